/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-entry"

#include "config.h"

#include "app-call-entry.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

/* A call of a week has no entry of its own; more is nonsense of a peer. */
#define MAX_DURATION_S (7 * 24 * 3600)

/* As they stand in the content, in the order of AppCallOutcome. */
static const char *const outcome_names[] = {
  "answered", "missed", "cancelled", "declined", "busy", "failed",
};

static gboolean
parse_outcome (const char     *name,
               AppCallOutcome *outcome)
{
  for (guint i = 0; name && i < G_N_ELEMENTS (outcome_names); i++)
    {
      if (g_str_equal (name, outcome_names[i]))
        {
          *outcome = (AppCallOutcome) i;
          return TRUE;
        }
    }

  return FALSE;
}

static const char *
get_text (JsonObject *object,
          const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

static gint64
get_number (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
           ? json_node_get_int (node)
           : 0;
}

/**
 * app_call_entry_parse:
 * @content: (nullable): the content of a message
 * @entry: (out caller-allocates): what it says of a call
 *
 * Returns: whether the message is the entry of a call
 */
gboolean
app_call_entry_parse (const char   *content,
                      AppCallEntry *entry)
{
  g_autoptr(JsonNode) root = NULL;
  JsonNode *node;
  JsonObject *call;
  AppCallOutcome outcome;
  const char *id;

  /* Most content is none of ours: parse only what can be. */
  if (!content || !strstr (content, "\"call\""))
    return FALSE;

  root = json_from_string (content, NULL);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;

  node = json_object_get_member (json_node_get_object (root), "call");
  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;

  call = json_node_get_object (node);
  id = get_text (call, "id");
  if (!parse_outcome (get_text (call, "outcome"), &outcome))
    return FALSE;

  memset (entry->call_id, 0, sizeof entry->call_id);
  if (id && strlen (id) < sizeof entry->call_id)
    g_strlcpy (entry->call_id, id, sizeof entry->call_id);
  entry->video = g_strcmp0 (get_text (call, "media"), "video") == 0;
  entry->outcome = outcome;
  entry->duration_s = (guint) CLAMP (get_number (call, "duration_s"), 0, MAX_DURATION_S);

  return TRUE;
}

/**
 * app_call_entry_format_duration:
 * @seconds: how long
 *
 * Returns: (transfer full): minutes and seconds, with hours if there are any
 */
char *
app_call_entry_format_duration (guint seconds)
{
  guint hours = seconds / 3600;
  guint minutes = seconds / 60 % 60;

  if (hours > 0)
    /* Translators: how long a call lasts: hours, minutes, seconds. */
    return g_strdup_printf (C_("duration", "%u:%02u:%02u"), hours, minutes, seconds % 60);

  /* Translators: how long a call lasts: minutes, seconds. */
  return g_strdup_printf (C_("duration", "%u:%02u"), minutes, seconds % 60);
}

/* What whoever knows nothing of calls reads: plain English, as the caller saw it. */
static char *
make_text (const AppCallEntry *entry)
{
  const char *kind = entry->video ? "Video call" : "Voice call";
  g_autofree char *duration = NULL;

  switch (entry->outcome)
    {
    case APP_CALL_OUTCOME_ANSWERED:
      duration = g_strdup_printf ("%u:%02u", entry->duration_s / 60, entry->duration_s % 60);
      return g_strdup_printf ("📞 %s, %s", kind, duration);
    case APP_CALL_OUTCOME_MISSED:
      return g_strdup_printf ("📞 %s, no answer", kind);
    case APP_CALL_OUTCOME_CANCELLED:
      return g_strdup_printf ("📞 %s, cancelled", kind);
    case APP_CALL_OUTCOME_DECLINED:
      return g_strdup_printf ("📞 %s, declined", kind);
    case APP_CALL_OUTCOME_BUSY:
      return g_strdup_printf ("📞 %s, busy", kind);
    case APP_CALL_OUTCOME_FAILED:
      return g_strdup_printf ("📞 %s, failed", kind);
    }

  g_return_val_if_reached (NULL);
}

/**
 * app_call_entry_print:
 * @entry: an entry
 *
 * Returns: (transfer full): the content of a message that app_call_entry_parse() reads, with a
 *   text for everybody else
 */
char *
app_call_entry_print (const AppCallEntry *entry)
{
  g_autoptr(JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = make_text (entry);
  JsonObject *object = json_object_new ();
  JsonObject *call = json_object_new ();

  json_object_set_string_member (call, "id", entry->call_id);
  json_object_set_string_member (call, "media", entry->video ? "video" : "audio");
  json_object_set_string_member (call, "outcome", outcome_names[entry->outcome]);
  json_object_set_int_member (call, "duration_s", entry->duration_s);
  json_object_set_string_member (object, "text", text);
  json_object_set_object_member (object, "call", call);
  json_node_take_object (root, object);

  return json_to_string (root, FALSE);
}

static const char *
describe_incoming (const AppCallEntry *entry)
{
  switch (entry->outcome)
    {
    case APP_CALL_OUTCOME_ANSWERED:
      return entry->video ? _("Video call") : _("Voice call");
    case APP_CALL_OUTCOME_DECLINED:
      return entry->video ? _("Declined video call") : _("Declined voice call");
    case APP_CALL_OUTCOME_MISSED:
    case APP_CALL_OUTCOME_CANCELLED:
    case APP_CALL_OUTCOME_BUSY:
    case APP_CALL_OUTCOME_FAILED:
      return entry->video ? _("Missed video call") : _("Missed voice call");
    }

  g_return_val_if_reached ("");
}

static const char *
describe_outgoing (const AppCallEntry *entry)
{
  switch (entry->outcome)
    {
    case APP_CALL_OUTCOME_ANSWERED:
      return entry->video ? _("Video call") : _("Voice call");
    case APP_CALL_OUTCOME_MISSED:
      return entry->video ? _("Video call, no answer") : _("Voice call, no answer");
    case APP_CALL_OUTCOME_CANCELLED:
      return entry->video ? _("Cancelled video call") : _("Cancelled voice call");
    case APP_CALL_OUTCOME_DECLINED:
      return entry->video ? _("Video call, declined") : _("Voice call, declined");
    case APP_CALL_OUTCOME_BUSY:
      return entry->video ? _("Video call, busy") : _("Voice call, busy");
    case APP_CALL_OUTCOME_FAILED:
      return entry->video ? _("Video call failed") : _("Voice call failed");
    }

  g_return_val_if_reached ("");
}

/**
 * app_call_entry_describe:
 * @entry: an entry
 * @outgoing: whether one called oneself
 *
 * Returns: (transfer full): what it was, without the duration
 */
char *
app_call_entry_describe (const AppCallEntry *entry,
                         gboolean            outgoing)
{
  return g_strdup (outgoing ? describe_outgoing (entry) : describe_incoming (entry));
}

/**
 * app_call_entry_summarize:
 * @entry: an entry
 * @outgoing: whether one called oneself
 *
 * Returns: (transfer full): one line with everything
 */
char *
app_call_entry_summarize (const AppCallEntry *entry,
                          gboolean            outgoing)
{
  g_autofree char *what = app_call_entry_describe (entry, outgoing);
  g_autofree char *duration = NULL;

  if (entry->outcome != APP_CALL_OUTCOME_ANSWERED)
    return g_steal_pointer (&what);

  duration = app_call_entry_format_duration (entry->duration_s);

  /* Translators: a kind of call and how long it lasted. */
  return g_strdup_printf (C_("call", "%s, %s"), what, duration);
}

/**
 * app_call_entry_get_icon:
 * @entry: an entry
 * @outgoing: whether one called oneself
 *
 * Returns: (transfer none): the name of an icon
 */
const char *
app_call_entry_get_icon (const AppCallEntry *entry,
                         gboolean            outgoing)
{
  if (app_call_entry_is_missed (entry, outgoing))
    return "call-missed-symbolic";
  if (entry->outcome != APP_CALL_OUTCOME_ANSWERED)
    return "call-stop-symbolic";

  return outgoing ? "call-outgoing-symbolic" : "call-incoming-symbolic";
}

/**
 * app_call_entry_is_missed:
 * @entry: an entry
 * @outgoing: whether one called oneself
 *
 * Returns: whether somebody tried to reach one and could not
 */
gboolean
app_call_entry_is_missed (const AppCallEntry *entry,
                          gboolean            outgoing)
{
  return !outgoing && entry->outcome != APP_CALL_OUTCOME_ANSWERED &&
         entry->outcome != APP_CALL_OUTCOME_DECLINED;
}
