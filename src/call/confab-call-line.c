/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-line"

#include "config.h"

#include "confab-call-line-private.h"

#define MAX_WAITING 200

/**
 * ConfabCallLine:
 *
 * The signalling of calls over the connection of an account: says things to single devices, and
 * hears what they say (#ConfabCallLine::heard).
 *
 * The connection may go and come back while somebody talks. What is said meanwhile waits; then this
 * device has another cid, which #ConfabCallLine::back tells together with the one before.
 */
struct _ConfabCallLine
{
  GObject           parent_instance;

  ConfabConnection *connection;
  char             *cid;
  GQueue            waiting;   /* of JsonObject: requests */
};

G_DEFINE_FINAL_TYPE (ConfabCallLine, confab_call_line, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_HEARD,
  SIGNAL_DEVICES,
  SIGNAL_BACK,
} ConfabCallLineSignal;

static guint signals[SIGNAL_BACK + 1];

static void
said_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer =
    confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);

  /* A device that is not there any more is noticed by those who wait for it. */
  if (!answer)
    g_debug ("Not said: %s", error->message);
}

static void
send_waiting (ConfabCallLine *self)
{
  JsonObject *next;

  while ((next = g_queue_pop_head (&self->waiting)))
    {
      g_autoptr(JsonObject) request = next;

      confab_connection_request_async (self->connection, request, NULL, said_cb, NULL);
    }
}

void
confab_call_line_say (ConfabCallLine *self,
                      const char     *cid,
                      JsonObject     *content)
{
  JsonObject *request = json_object_new ();
  g_autofree char *uid = g_strconcat ("cid:", cid, NULL);

  json_object_set_string_member (request, "action", "rtc");
  json_object_set_string_member (request, "uid", uid);
  json_object_set_object_member (request, "content", content);

  g_queue_push_tail (&self->waiting, request);
  if (g_queue_get_length (&self->waiting) > MAX_WAITING)
    json_object_unref (g_queue_pop_head (&self->waiting));
  if (confab_call_line_get_online (self))
    send_waiting (self);
}

void
confab_call_line_ask_async (ConfabCallLine      *self,
                            JsonObject          *request,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  confab_connection_request_async (self->connection, request, cancellable, callback, user_data);
}

JsonObject *
confab_call_line_ask_finish (ConfabCallLine  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  return confab_connection_request_finish (self->connection, result, error);
}

gboolean
confab_call_line_get_online (ConfabCallLine *self)
{
  return confab_connection_get_state (self->connection) == CONFAB_CONNECTION_STATE_ONLINE;
}

static void
frame_cb (ConfabConnection *connection,
          JsonObject       *frame,
          ConfabCallLine   *self)
{
  JsonObject *content = confab_call_json_get_object (frame, "#rtc");
  JsonArray *devices = confab_call_json_get_array (frame, "#call");
  const char *user_id = confab_call_json_get_string (frame, "#user_id");
  const char *cid = confab_call_json_get_string (frame, "#scid");
  const char *rid = confab_call_json_get_string (frame, "#room");

  if (content && user_id && cid)
    g_signal_emit (self, signals[SIGNAL_HEARD], 0, user_id, cid, content);
  else if (devices && rid)
    g_signal_emit (self, signals[SIGNAL_DEVICES], 0, rid, devices);
}

static void
state_cb (ConfabConnection *connection,
          GParamSpec       *pspec,
          ConfabCallLine   *self)
{
  g_autofree char *before = NULL;
  const char *cid = confab_connection_get_cid (connection);

  if (!confab_call_line_get_online (self))
    return;

  if (g_strcmp0 (cid, self->cid) != 0)
    {
      before = g_steal_pointer (&self->cid);
      self->cid = g_strdup (cid);
      if (before)
        g_signal_emit (self, signals[SIGNAL_BACK], 0, before);
    }
  send_waiting (self);
}

ConfabCallLine *
confab_call_line_new (ConfabConnection *connection)
{
  ConfabCallLine *self = g_object_new (CONFAB_TYPE_CALL_LINE, NULL);

  self->connection = g_object_ref (connection);
  self->cid = g_strdup (confab_connection_get_cid (connection));
  g_signal_connect_object (connection, "frame", G_CALLBACK (frame_cb), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (connection, "notify::state", G_CALLBACK (state_cb), self,
                           G_CONNECT_DEFAULT);

  return self;
}

static void
request_free_cb (gpointer data)
{
  json_object_unref (data);
}

static void
confab_call_line_finalize (GObject *object)
{
  ConfabCallLine *self = CONFAB_CALL_LINE (object);

  g_queue_clear_full (&self->waiting, request_free_cb);
  g_clear_object (&self->connection);
  g_free (self->cid);

  G_OBJECT_CLASS (confab_call_line_parent_class)->finalize (object);
}

static void
confab_call_line_class_init (ConfabCallLineClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = confab_call_line_finalize;

  /* A device said something: the user's id, the device's cid, what. */
  signals[SIGNAL_HEARD] =
    g_signal_new ("heard", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                  G_TYPE_STRING, G_TYPE_STRING, JSON_TYPE_OBJECT);
  /* Who is in the call of a group: its rid, the devices. */
  signals[SIGNAL_DEVICES] = g_signal_new ("devices", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_STRING, JSON_TYPE_ARRAY);
  /* The connection is back, under another cid: the one before. */
  signals[SIGNAL_BACK] = g_signal_new ("back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
confab_call_line_init (ConfabCallLine *self)
{
  g_queue_init (&self->waiting);
}
