/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-alerts"

#include "config.h"

#include "confabd-alerts-private.h"

#include "confabd-address.h"
#include "confabd-pending-private.h"

#include "wire-json.h"
#include "wire-limits.h"

/* Notifications that go with a message. They are for those who have no connection when the message
 * is stored, and go out after it is: nobody is woken by a message that may be lost. */

static gboolean
take_member (const WireJsonValue  *value,
             const char           *key,
             char                **text)
{
  if (!wire_json_key_is (value, key) || value->type != WIRE_JSON_STRING)
    return FALSE;

  g_free (*text);
  *text = wire_json_dup_string (value);

  return TRUE;
}

/**
 * confabd_alert_parse:
 * @request: a message
 * @alert: (out) (transfer full): what it is to be announced with, or %NULL
 * @error: return location for a %WIRE_ERROR
 *
 * Looks into "notification", which is JSON in a string: a title and a body (reference §1.4).
 *
 * Returns: %FALSE if it is there and wrong
 */
gboolean
confabd_alert_parse (WireRequest   *request,
                     ConfabdAlert **alert,
                     GError       **error)
{
  g_autoptr(ConfabdAlert) parsed = NULL;
  WireJsonReader reader;
  WireJsonValue value;
  WireJsonStep step = WIRE_JSON_FAULTY;
  const char *text = request->notification;

  *alert = NULL;
  if (!text || text[0] == '\0')
    return TRUE;

  parsed = g_new0 (ConfabdAlert, 1);
  parsed->always = request->notify_always;

  if (text[strspn (text, " \t\r\n")] == '{' &&
      wire_json_reader_init (&reader, text, strlen (text), WIRE_LIMIT_JSON_DEPTH))
    {
      while ((step = wire_json_reader_next (&reader, &value)) == WIRE_JSON_ITEM)
        {
          if (!take_member (&value, "title", &parsed->title))
            take_member (&value, "body", &parsed->body);
        }
    }

  if (step != WIRE_JSON_END || !parsed->title || !parsed->body)
    {
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER,
                           "“notification” should be JSON with a “title” and a “body”");
      return FALSE;
    }

  *alert = g_steal_pointer (&parsed);
  return TRUE;
}

void
confabd_alert_free (ConfabdAlert *self)
{
  g_free (self->title);
  g_free (self->body);
  g_clear_pointer (&self->woken, g_hash_table_unref);
  g_free (self);
}

static gboolean
is_to_be_woken (ConfabdAlert   *self,
                ConfabdCore    *core,
                const BaseUuid *user_id,
                const BaseUuid *sender)
{
  return !base_uuid_equal (user_id, sender) &&
         !(self->woken && g_hash_table_contains (self->woken, user_id)) &&
         (self->always || !confabd_core_is_online (core, user_id));
}

static void
wake (ConfabdAlert *self,
      ConfabdCore  *core,
      GArray       *user_ids)
{
  g_autoptr(GError) error = NULL;
  ConfabdNotification *notification;

  if (user_ids->len == 0)
    return;

  notification = confabd_notification_new (user_ids, self->title, self->body, &error);
  if (notification)
    confabd_push_submit (core->push, notification);
  else
    g_debug ("No notification: %s", error->message);
}

static void ask_for_members (ConfabdAlert   *alert,
                             ConfabdCore    *core,
                             const char     *key,
                             const BaseUuid *sender,
                             const char     *after);

static void
members_cb (ConfabdQuery *answer)
{
  g_autoptr(ConfabdQuery) query = answer;
  g_autoptr(ConfabdPending) pending = query->user_data;
  g_autoptr(GArray) user_ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
  ConfabdCore *core = pending->core;
  ConfabdUser *user = NULL;

  if (core->stopped || query->status != CONFABD_QUERY_OK || !query->users)
    return;

  for (guint i = 0; i < query->users->len; i++)
    {
      user = g_ptr_array_index (query->users, i);
      if (is_to_be_woken (pending->alert, core, &user->user_id, &pending->user_id))
        g_array_append_val (user_ids, user->user_id);
    }
  wake (pending->alert, core, user_ids);

  if (query->more && user)
    {
      char after[BASE_UUID_STRING_LENGTH + 1];

      base_uuid_format (&user->user_id, after);
      ask_for_members (g_steal_pointer (&pending->alert), core, pending->key, &pending->user_id,
                       after);
    }
}

static void
ask_for_members (ConfabdAlert   *alert,
                 ConfabdCore    *core,
                 const char     *key,
                 const BaseUuid *sender,
                 const char     *after)
{
  ConfabdPending *pending = confabd_pending_new_unasked (core, sender, key);
  ConfabdQuery *query = confabd_pending_make_query (pending, CONFABD_QUERY_MEMBERS, members_cb);

  pending->alert = alert;
  query->after = g_strdup (after);
  query->limit = WIRE_LIMIT_PAGE;
  confabd_pending_read_query (pending, query);
}

/* Clients of Skapi are in a group without being members of it. */
static void
wake_present (ConfabdAlert   *self,
              ConfabdCore    *core,
              const char     *key,
              const BaseUuid *sender)
{
  ConfabdRoom *room = confabd_rooms_find (&core->rooms, key);
  g_autoptr(GArray) user_ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
  ConfabdPerson *person;
  GHashTableIter iter;

  if (!self->always || !room || !room->persons)
    return;

  self->woken = g_hash_table_new_full (base_uuid_hash, base_uuid_equal, g_free, NULL);
  g_hash_table_iter_init (&iter, room->persons);
  while (g_hash_table_iter_next (&iter, (gpointer *) &person, NULL))
    {
      if (base_uuid_equal (&person->user_id, sender))
        continue;

      g_hash_table_add (self->woken, g_memdup2 (&person->user_id, sizeof person->user_id));
      g_array_append_val (user_ids, person->user_id);
      if (user_ids->len == WIRE_LIMIT_PAGE)
        {
          wake (self, core, user_ids);
          g_array_set_size (user_ids, 0);
        }
    }
  wake (self, core, user_ids);
}

/**
 * confabd_alert_send:
 * @self: (transfer full): what to announce a message with
 * @core: the core
 * @key: the room of the message
 * @sender: who sent it, and is not woken
 *
 * Wakes the other user of a direct room, or the members of a group and those who are in it.
 */
void
confabd_alert_send (ConfabdAlert   *self,
                    ConfabdCore    *core,
                    const char     *key,
                    const BaseUuid *sender)
{
  g_autoptr(ConfabdAlert) alert = self;
  g_autoptr(GArray) user_ids = NULL;
  BaseUuid users[2];

  if (!core->push)
    return;

  if (!confabd_address_get_users (key, users))
    {
      wake_present (alert, core, key, sender);
      ask_for_members (g_steal_pointer (&alert), core, key, sender, NULL);
      return;
    }

  user_ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
  for (guint i = 0; i < 2; i++)
    {
      if (is_to_be_woken (alert, core, &users[i], sender))
        g_array_append_val (user_ids, users[i]);
    }
  wake (alert, core, user_ids);
}
