/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-calls"

#include "config.h"

#include "confab-calls.h"

#include "confab-call-ice-private.h"
#include "confab-call-private.h"
#include "confab-devices.h"

#include <string.h>

#define PARAM_READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

/**
 * ConfabCalls:
 *
 * The calls of an account: begins them, and tells of those that come (#ConfabCalls::incoming).
 *
 * There is one call at a time, #ConfabCalls:current, from its first ring to its end. It keeps the
 * addresses of the space's relays ready, so that a call has not to wait for them.
 */
struct _ConfabCalls
{
  GObject         parent_instance;

  ConfabCallHome  home;
  ConfabCall     *current;
  ConfabCallIce   ice;
  gint64          ice_expires_at; /* µs since the epoch */
  GHashTable     *groups;         /* rid → how many are in its call */
  GCancellable   *lifetime;
};

G_DEFINE_FINAL_TYPE (ConfabCalls, confab_calls, G_TYPE_OBJECT)

typedef enum {
  PROP_CURRENT = 1,
} ConfabCallsProperty;

static GParamSpec *properties[PROP_CURRENT + 1];

typedef enum {
  SIGNAL_INCOMING,
  SIGNAL_GROUP_CHANGED,
} ConfabCallsSignal;

static guint signals[SIGNAL_GROUP_CHANGED + 1];

static void
ice_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(ConfabCalls) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = confab_call_line_ask_finish (self->home.line, result, &error);
  JsonArray *servers = answer ? confab_call_json_get_array (answer, "ice") : NULL;
  gint64 expires_at_ms;

  if (!servers)
    return;

  confab_call_ice_read (&self->ice, servers);
  expires_at_ms = json_object_get_int_member_with_default (answer, "expires_at", 0);
  self->ice_expires_at = CLAMP (expires_at_ms, 0, G_MAXINT64 / 1000) * 1000;
}

static void
ask_for_ice (ConfabCalls *self)
{
  g_autoptr(JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "action", "ice");
  confab_call_line_ask_async (self->home.line, request, self->lifetime, ice_cb,
                              g_object_ref (self));
}

/* A call may last: what has passed half of its life is asked for anew. */
static const ConfabCallIce *
get_ice (ConfabCalls *self)
{
  gint64 left_us = self->ice_expires_at - g_get_real_time ();

  if (left_us < 3 * G_TIME_SPAN_HOUR && confab_call_line_get_online (self->home.line))
    ask_for_ice (self);
  if (left_us <= 0)
    confab_call_ice_clear (&self->ice);

  return &self->ice;
}

static void
state_cb (ConfabCall  *call,
          GParamSpec  *pspec,
          ConfabCalls *self)
{
  if (confab_call_get_state (call) != CONFAB_CALL_STATE_ENDED || self->current != call)
    return;

  g_signal_handlers_disconnect_by_func (call, G_CALLBACK (state_cb), self);
  g_clear_object (&self->current);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURRENT]);
}

static void
set_current (ConfabCalls *self,
             ConfabCall  *call)
{
  self->current = g_object_ref (call);
  g_signal_connect_object (call, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_DEFAULT);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURRENT]);
}

ConfabCall *
confab_calls_start (ConfabCalls *self,
                    ConfabRoom  *room,
                    gboolean     video)
{
  g_autoptr(ConfabCall) call = NULL;

  g_return_val_if_fail (CONFAB_IS_CALLS (self), NULL);
  g_return_val_if_fail (CONFAB_IS_ROOM (room), NULL);

  if (self->current)
    return g_object_ref (self->current);

  call = confab_call_new (&self->home, get_ice (self), room, video);
  set_current (self, call);
  if (confab_room_get_kind (room) == CONFAB_ROOM_KIND_GROUP)
    confab_call_join_group (call);
  else
    confab_call_ring_out (call);

  return g_steal_pointer (&call);
}

/* Without it a caller rings until the time is over. */
static void
refuse (ConfabCalls *self,
        const char  *cid,
        JsonObject  *content,
        const char  *reason)
{
  JsonObject *answer = json_object_new ();
  JsonObject *theirs = confab_call_json_get_object (content, "call");
  const char *id = theirs ? confab_call_json_get_string (theirs, "id") : NULL;
  ConfabUser *user = confab_session_get_user (self->home.session);

  json_object_set_string_member (answer, "hungup", confab_user_get_user_id (user));
  if (id)
    {
      JsonObject *call = json_object_new ();

      json_object_set_string_member (call, "id", id);
      json_object_set_string_member (call, "reason", reason);
      json_object_set_object_member (answer, "call", call);
    }
  confab_call_line_say (self->home.line, cid, answer);
}

static void
take_new_call (ConfabCalls *self,
               const char  *user_id,
               const char  *cid,
               JsonObject  *content)
{
  g_autoptr(ConfabCall) call = NULL;
  g_autoptr(GError) error = NULL;

  call = confab_call_new_incoming (&self->home, get_ice (self), user_id, cid, content, &error);
  if (!call)
    {
      g_debug ("%s", error->message);
      refuse (self, cid, content, "failed");
      return;
    }
  if (confab_call_get_state (call) != CONFAB_CALL_STATE_RINGING_IN)
    {
      refuse (self, cid, content,
              confab_call_get_end_reason (call) == CONFAB_CALL_END_REASON_NO_PLUGIN ? "no-plugin"
                                                                                    : "failed");
      return;
    }

  set_current (self, call);
  g_signal_emit (self, signals[SIGNAL_INCOMING], 0, call);
}

static void
take_offer (ConfabCalls *self,
            const char  *user_id,
            const char  *cid,
            JsonObject  *content)
{
  JsonObject *call = confab_call_json_get_object (content, "call");

  /* Of a call of a group that is over, or a link that is. */
  if (call && (confab_call_json_get_string (call, "group") ||
               confab_call_json_get_boolean (call, "reconnect")))
    return;

  if (!self->current)
    {
      take_new_call (self, user_id, cid, content);
      return;
    }

  if (confab_call_is_ringing_for (self->current, user_id))
    confab_call_yield (self->current, cid, content);
  else
    refuse (self, cid, content, "busy");
}

static void
heard_cb (ConfabCallLine *line,
          const char     *user_id,
          const char     *cid,
          JsonObject     *content,
          ConfabCalls    *self)
{
  ConfabUser *user = confab_session_get_user (self->home.session);

  if (g_str_equal (user_id, confab_user_get_user_id (user)))
    return;
  if (self->current && confab_call_hear (self->current, user_id, cid, content))
    return;

  if (confab_call_json_get_object (content, "sdpoffer"))
    take_offer (self, user_id, cid, content);
}

static void
back_cb (ConfabCallLine *line,
         const char     *cid_before,
         ConfabCalls    *self)
{
  if (self->current)
    confab_call_signalling_back (self->current, cid_before);
}

static void
set_count (ConfabCalls *self,
           const char  *rid,
           guint        n_devices)
{
  ConfabRoom *room = confab_session_get_room (self->home.session, rid);

  if (!room || (g_hash_table_contains (self->groups, rid) &&
                GPOINTER_TO_UINT (g_hash_table_lookup (self->groups, rid)) == n_devices))
    return;

  g_hash_table_replace (self->groups, g_strdup (rid), GUINT_TO_POINTER (n_devices));
  g_signal_emit (self, signals[SIGNAL_GROUP_CHANGED], 0, room);
}

static void
devices_cb (ConfabCallLine *line,
            const char     *rid,
            JsonArray      *devices,
            ConfabCalls    *self)
{
  ConfabRoom *room = self->current ? confab_call_get_room (self->current) : NULL;

  if (room && g_str_equal (confab_room_get_rid (room), rid))
    confab_call_take_devices (self->current, devices);
  set_count (self, rid, json_array_get_length (devices));
}

typedef struct
{
  ConfabCalls *self;
  char        *rid;
} CountQuestion;

static void
counted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  CountQuestion *question = user_data;
  g_autoptr(ConfabCalls) self = question->self;
  g_autofree char *rid = question->rid;
  g_autoptr(JsonObject) answer = confab_call_line_ask_finish (self->home.line, result, NULL);
  JsonArray *devices = answer ? confab_call_json_get_array (answer, "devices") : NULL;

  g_free (question);
  if (devices)
    set_count (self, rid, json_array_get_length (devices));
}

static void
ask_for_count (ConfabCalls *self,
               const char  *rid)
{
  g_autoptr(JsonObject) request = json_object_new ();
  CountQuestion *question = g_new (CountQuestion, 1);

  question->self = g_object_ref (self);
  question->rid = g_strdup (rid);
  json_object_set_string_member (request, "action", "call");
  json_object_set_string_member (request, "rid", rid);
  confab_call_line_ask_async (self->home.line, request, self->lifetime, counted_cb, question);
}

guint
confab_calls_count_in_group (ConfabCalls *self,
                             ConfabRoom  *room)
{
  const char *rid;

  g_return_val_if_fail (CONFAB_IS_CALLS (self), 0);
  g_return_val_if_fail (CONFAB_IS_ROOM (room), 0);

  if (confab_room_get_kind (room) != CONFAB_ROOM_KIND_GROUP)
    return 0;

  rid = confab_room_get_rid (room);
  if (!g_hash_table_contains (self->groups, rid) &&
      confab_call_line_get_online (self->home.line))
    {
      g_hash_table_insert (self->groups, g_strdup (rid), GUINT_TO_POINTER (0));
      ask_for_count (self, rid);
    }

  return GPOINTER_TO_UINT (g_hash_table_lookup (self->groups, rid));
}

static void
connection_state_cb (ConfabConnection *connection,
                     GParamSpec       *pspec,
                     ConfabCalls      *self)
{
  if (confab_connection_get_state (connection) != CONFAB_CONNECTION_STATE_ONLINE)
    return;

  /* What was known of groups may be old. */
  g_hash_table_remove_all (self->groups);
  ask_for_ice (self);
}

ConfabCalls *
confab_calls_new (ConfabSession *session,
                  ConfabDevices *devices)
{
  ConfabCalls *self;
  ConfabConnection *connection;

  g_return_val_if_fail (CONFAB_IS_SESSION (session), NULL);
  g_return_val_if_fail (CONFAB_IS_DEVICES (devices), NULL);

  self = g_object_new (CONFAB_TYPE_CALLS, NULL);
  connection = confab_session_get_connection (session);
  self->home.session = g_object_ref (session);
  self->home.devices = g_object_ref (devices);
  self->home.line = confab_call_line_new (connection);
  self->home.clock = base_clock_system ();
  g_signal_connect_object (self->home.line, "heard", G_CALLBACK (heard_cb), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (self->home.line, "devices", G_CALLBACK (devices_cb), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (self->home.line, "back", G_CALLBACK (back_cb), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (connection, "notify::state", G_CALLBACK (connection_state_cb), self,
                           G_CONNECT_DEFAULT);
  if (confab_call_line_get_online (self->home.line))
    ask_for_ice (self);

  return self;
}

void
confab_calls_set_clock (ConfabCalls     *self,
                        const BaseClock *clock)
{
  self->home.clock = clock;
}

ConfabSession *
confab_calls_get_session (ConfabCalls *self)
{
  g_return_val_if_fail (CONFAB_IS_CALLS (self), NULL);

  return self->home.session;
}

ConfabDevices *
confab_calls_get_devices (ConfabCalls *self)
{
  g_return_val_if_fail (CONFAB_IS_CALLS (self), NULL);

  return self->home.devices;
}

ConfabCall *
confab_calls_get_current (ConfabCalls *self)
{
  g_return_val_if_fail (CONFAB_IS_CALLS (self), NULL);

  return self->current;
}

static void
confab_calls_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  ConfabCalls *self = CONFAB_CALLS (object);

  switch ((ConfabCallsProperty) property_id)
    {
    case PROP_CURRENT:
      g_value_set_object (value, self->current);
      break;
    }
}

static void
confab_calls_dispose (GObject *object)
{
  ConfabCalls *self = CONFAB_CALLS (object);

  g_cancellable_cancel (self->lifetime);
  if (self->current)
    {
      g_signal_handlers_disconnect_by_func (self->current, G_CALLBACK (state_cb), self);
      confab_call_hang_up (self->current);
      g_clear_object (&self->current);
    }
  g_clear_object (&self->home.line);
  g_clear_object (&self->home.devices);
  g_clear_object (&self->home.session);

  G_OBJECT_CLASS (confab_calls_parent_class)->dispose (object);
}

static void
confab_calls_finalize (GObject *object)
{
  ConfabCalls *self = CONFAB_CALLS (object);

  confab_call_ice_clear (&self->ice);
  g_clear_object (&self->lifetime);
  g_clear_pointer (&self->groups, g_hash_table_unref);

  G_OBJECT_CLASS (confab_calls_parent_class)->finalize (object);
}

static void
confab_calls_class_init (ConfabCallsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = confab_calls_get_property;
  object_class->dispose = confab_calls_dispose;
  object_class->finalize = confab_calls_finalize;

  /**
   * ConfabCalls:current:
   *
   * The call that is on.
   */
  properties[PROP_CURRENT] =
    g_param_spec_object ("current", NULL, NULL, CONFAB_TYPE_CALL, PARAM_READABLE);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * ConfabCalls::incoming:
   * @self: the calls of an account
   * @call: the call, %CONFAB_CALL_STATE_RINGING_IN
   *
   * Somebody calls.
   */
  signals[SIGNAL_INCOMING] = g_signal_new ("incoming", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 1, CONFAB_TYPE_CALL);
  /**
   * ConfabCalls::group-changed:
   * @self: the calls of an account
   * @room: a group
   *
   * Somebody came into the call of a group, or left it.
   */
  signals[SIGNAL_GROUP_CHANGED] =
    g_signal_new ("group-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  CONFAB_TYPE_ROOM);
}

static void
confab_calls_init (ConfabCalls *self)
{
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lifetime = g_cancellable_new ();
}
