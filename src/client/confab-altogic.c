/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-altogic"

#include "config.h"

#include "confab-altogic-private.h"

#include "confab-altogic-url-private.h"
#include "confab-client-error-private.h"
#include "confab-error.h"
#include "confab-http-exchange-private.h"
#include "confab-json-private.h"

#include <string.h>

#define MAX_MEMBERS_BYTES (4 * 1024 * 1024)

/**
 * ConfabAltogic:
 *
 * What a client of Altogic's realtime does: it is in channels, sends to them, and says who it is.
 *
 * The connection opens with the first use, and comes back by itself. Channels that were joined and
 * the profile that was set are told to the server each time it is connected, before anybody
 * hears of that; those that have waited for this very connection are not told twice.
 *
 * Signals: connected (); disconnected (reason); connect-error (GError * of CONFAB_CLIENT_ERROR,
 * JsonNode *); reconnect-attempt (guint); event (const char *name, JsonArray *arguments), of which
 * the first is the first behind the name.
 */
struct _ConfabAltogic
{
  GObject           parent_instance;

  ConfabHttp       *http;
  ConfabAltogicUrl  url;
  ConfabSio        *sio;
  char             *client_key;
  char             *session;             /* NULL: nobody is signed in */
  gboolean          echo_messages;
  gboolean          buffer_messages;
  gboolean          auto_join_channels;
  ConfabSioOptions  options;

  gboolean          used;
  GPtrArray        *channels;            /* of Channel, in the order of their joins */
  JsonNode         *data;                /* of the profile; NULL: none */
  gboolean          data_waits;          /* the next connection is told of it anyway */
};

typedef struct
{
  char     *name;
  gboolean  echo;
  gboolean  waits;   /* the next connection is told of it anyway */
} Channel;

G_DEFINE_FINAL_TYPE (ConfabAltogic, confab_altogic, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_CONNECTED,
  SIGNAL_DISCONNECTED,
  SIGNAL_CONNECT_ERROR,
  SIGNAL_RECONNECT_ATTEMPT,
  SIGNAL_EVENT,
} ConfabAltogicSignal;

static guint signals[SIGNAL_EVENT + 1];

static void
channel_free (gpointer data)
{
  Channel *channel = data;

  g_free (channel->name);
  g_free (channel);
}

static gboolean
find_channel (ConfabAltogic *self,
              const char    *name,
              guint         *index)
{
  for (guint i = 0; i < self->channels->len; i++)
    if (g_str_equal (((Channel *) self->channels->pdata[i])->name, name))
      {
        *index = i;
        return TRUE;
      }

  return FALSE;
}

static gboolean
resolve_echo (ConfabAltogic *self,
              ConfabEcho     echo)
{
  switch (echo)
    {
    case CONFAB_ECHO_ON:
      return TRUE;
    case CONFAB_ECHO_OFF:
      return FALSE;
    case CONFAB_ECHO_DEFAULT:
      break;
    }

  return self->echo_messages;
}

static gboolean
require (const char  *name,
         const char  *value,
         GError     **error)
{
  if (value && *value)
    return TRUE;

  g_set_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_PARAMETER,
               "%s is a required parameter, cannot be left empty", name);

  return FALSE;
}

static void
add_echo (JsonObject *payload,
          ConfabEcho  echo)
{
  if (echo != CONFAB_ECHO_DEFAULT)
    json_object_set_boolean_member (payload, "echo", echo == CONFAB_ECHO_ON);
}

/* Takes @payload. */
static gboolean
emit (ConfabAltogic  *self,
      const char     *event,
      JsonObject     *payload,
      gboolean        may_wait,
      GError        **error)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  ConfabSio *sio = confab_altogic_use (self);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) local_error = NULL;
  JsonArray *array = json_array_new ();
  char *text;

  json_array_add_string_element (array, event);
  json_array_add_object_element (array, payload);
  json_node_take_array (node, array);
  text = json_to_string (node, FALSE);
  bytes = g_bytes_new_take (text, strlen (text));

  if (may_wait ? confab_sio_emit (sio, bytes, &local_error)
               : confab_sio_emit_volatile (sio, bytes, &local_error))
    return TRUE;

  g_propagate_error (error, confab_client_error_translate (local_error));

  return FALSE;
}

static void
tell_profile (ConfabAltogic *self)
{
  gboolean told = self->data_waits;
  JsonObject *payload;

  self->data_waits = FALSE;
  if (!self->data || told || !self->auto_join_channels)
    return;

  payload = json_object_new ();
  json_object_set_member (payload, "data", json_node_copy (self->data));
  json_object_set_boolean_member (payload, "echo", self->echo_messages);
  emit (self, "update", payload, TRUE, NULL);
}

static void
tell_channels (ConfabAltogic *self)
{
  for (guint i = 0; i < self->channels->len; i++)
    {
      Channel *channel = self->channels->pdata[i];
      gboolean told = channel->waits;
      JsonObject *payload;

      channel->waits = FALSE;
      if (told || !self->auto_join_channels)
        continue;

      payload = json_object_new ();
      json_object_set_string_member (payload, "channel", channel->name);
      json_object_set_boolean_member (payload, "echo", channel->echo);
      emit (self, "join", payload, TRUE, NULL);
    }
}

static JsonNode *
parse (GBytes *json)
{
  gsize length;
  const char *text = g_bytes_get_data (json, &length);

  return confab_json_parse_node (text, length, NULL);
}

static void
connected_cb (ConfabSio *sio,
              gpointer   user_data)
{
  g_autoptr(ConfabAltogic) self = g_object_ref (user_data);

  tell_profile (self);
  tell_channels (self);
  g_signal_emit (self, signals[SIGNAL_CONNECTED], 0);
}

static void
disconnected_cb (ConfabSio    *sio,
                 const char   *reason,
                 const GError *error,
                 gpointer      user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_DISCONNECTED], 0, reason);
}

static void
connect_error_cb (ConfabSio    *sio,
                  const GError *error,
                  GBytes       *data,
                  gpointer      user_data)
{
  g_autoptr(GError) reason = confab_client_error_translate (error);
  g_autoptr(JsonNode) node = data ? parse (data) : NULL;

  /* Of an attempt, that is the server's own refusal, with or without a reason. */
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED))
    reason->code = CONFAB_CLIENT_ERROR_REFUSED;
  g_signal_emit (user_data, signals[SIGNAL_CONNECT_ERROR], 0, reason, node);
}

static void
reconnect_attempt_cb (ConfabSio *sio,
                      guint      n,
                      gpointer   user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_RECONNECT_ATTEMPT], 0, n);
}

static void
event_cb (ConfabSio *sio,
          GBytes    *payload,
          gboolean   wants_ack,
          guint64    id,
          gpointer   user_data)
{
  g_autoptr(JsonNode) node = parse (payload);
  g_autoptr(JsonArray) arguments = json_array_new ();
  JsonArray *array = node ? json_node_get_array (node) : NULL;
  g_autofree char *name = NULL;

  if (!array || json_array_get_length (array) == 0)
    return;

  /* A number is a name as well; JavaScript turns it into text. */
  if (JSON_NODE_HOLDS_VALUE (json_array_get_element (array, 0)) &&
      json_node_get_value_type (json_array_get_element (array, 0)) == G_TYPE_STRING)
    name = g_strdup (json_array_get_string_element (array, 0));
  else
    name = json_to_string (json_array_get_element (array, 0), FALSE);

  for (guint i = 1; i < json_array_get_length (array); i++)
    json_array_add_element (arguments, json_node_ref (json_array_get_element (array, i)));
  g_signal_emit (user_data, signals[SIGNAL_EVENT], 0, name, arguments);
}

static void
confab_altogic_dispose (GObject *object)
{
  ConfabAltogic *self = CONFAB_ALTOGIC (object);

  if (self->sio)
    {
      g_signal_handlers_disconnect_by_data (self->sio, self);
      confab_sio_close (self->sio);
    }
  g_clear_object (&self->sio);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (confab_altogic_parent_class)->dispose (object);
}

static void
confab_altogic_finalize (GObject *object)
{
  ConfabAltogic *self = CONFAB_ALTOGIC (object);

  g_clear_pointer (&self->channels, g_ptr_array_unref);
  g_clear_pointer (&self->data, json_node_unref);
  confab_altogic_url_clear (&self->url);
  g_free (self->client_key);
  g_free (self->session);

  G_OBJECT_CLASS (confab_altogic_parent_class)->finalize (object);
}

static void
confab_altogic_class_init (ConfabAltogicClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_altogic_dispose;
  object_class->finalize = confab_altogic_finalize;

  signals[SIGNAL_CONNECTED] = g_signal_new ("connected", CONFAB_TYPE_ALTOGIC, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DISCONNECTED] = g_signal_new ("disconnected", CONFAB_TYPE_ALTOGIC,
                                               G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                               1, G_TYPE_STRING);
  signals[SIGNAL_CONNECT_ERROR] = g_signal_new ("connect-error", CONFAB_TYPE_ALTOGIC,
                                                G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                G_TYPE_NONE, 2, G_TYPE_ERROR, JSON_TYPE_NODE);
  signals[SIGNAL_RECONNECT_ATTEMPT] = g_signal_new ("reconnect-attempt", CONFAB_TYPE_ALTOGIC,
                                                    G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                    G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_EVENT] = g_signal_new ("event", CONFAB_TYPE_ALTOGIC, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                        JSON_TYPE_ARRAY);
}

static void
confab_altogic_init (ConfabAltogic *self)
{
  self->echo_messages = TRUE;
  self->buffer_messages = TRUE;
  self->auto_join_channels = TRUE;
  self->channels = g_ptr_array_new_with_free_func (channel_free);
  confab_sio_options_init (&self->options);
  self->options.way = CONFAB_EIO_WAY_WEBSOCKET;
}

/* Says who we are with the next connection. */
static void
refresh_auth (ConfabAltogic *self)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *auth = json_object_new ();
  g_autoptr(GBytes) bytes = NULL;
  char *text;

  json_object_set_boolean_member (auth, "echoMessages", self->echo_messages);
  json_object_set_string_member (auth, "subdomain", self->url.subdomain);
  json_object_set_string_member (auth, "envId", self->url.env_id);
  json_object_set_string_member (auth, "clientKey", self->client_key);
  if (self->session)
    json_object_set_string_member (auth, "Session", self->session);
  json_node_take_object (node, auth);
  text = json_to_string (node, FALSE);
  bytes = g_bytes_new_take (text, strlen (text));
  confab_sio_set_auth (self->sio, bytes);
}

ConfabAltogic *
confab_altogic_new (ConfabHttp  *http,
                    const char  *env_url,
                    const char  *client_key,
                    GError     **error)
{
  g_autoptr(ConfabAltogic) self = g_object_new (CONFAB_TYPE_ALTOGIC, NULL);
  g_autofree char *endpoint = NULL;

  if (!confab_altogic_url_parse (&self->url, env_url, error))
    return NULL;

  self->http = g_object_ref (http);
  self->client_key = g_strdup (client_key);
  endpoint = g_strconcat (self->url.realtime, "/socket.io/", NULL);
  self->sio = confab_sio_new (http, endpoint, "/");
  confab_altogic_set_options (self, &self->options);
  refresh_auth (self);
  g_signal_connect (self->sio, "connected", G_CALLBACK (connected_cb), self);
  g_signal_connect (self->sio, "disconnected", G_CALLBACK (disconnected_cb), self);
  g_signal_connect (self->sio, "connect-error", G_CALLBACK (connect_error_cb), self);
  g_signal_connect (self->sio, "reconnect-attempt", G_CALLBACK (reconnect_attempt_cb), self);
  g_signal_connect (self->sio, "event", G_CALLBACK (event_cb), self);

  return g_steal_pointer (&self);
}

ConfabSio *
confab_altogic_use (ConfabAltogic *self)
{
  if (!self->used)
    {
      self->used = TRUE;
      confab_sio_open (self->sio);
    }

  return self->sio;
}

/* Also before the first use, which opens nothing then. */
void
confab_altogic_close (ConfabAltogic *self)
{
  self->used = TRUE;
  confab_sio_close (self->sio);
}

void
confab_altogic_get_options (ConfabAltogic    *self,
                            ConfabSioOptions *options)
{
  *options = self->options;
}

void
confab_altogic_set_options (ConfabAltogic          *self,
                            const ConfabSioOptions *options)
{
  self->options = *options;
  confab_sio_set_options (self->sio, options);
}

void
confab_altogic_set_session (ConfabAltogic *self,
                            const char    *session)
{
  g_set_str (&self->session, session);
  refresh_auth (self);
}

void
confab_altogic_set_echo (ConfabAltogic *self,
                         gboolean       echo_messages)
{
  self->echo_messages = echo_messages;
  refresh_auth (self);
}

void
confab_altogic_set_buffers (ConfabAltogic *self,
                            gboolean       buffer_messages)
{
  self->buffer_messages = buffer_messages;
}

void
confab_altogic_set_auto_joins (ConfabAltogic *self,
                               gboolean       auto_join_channels)
{
  self->auto_join_channels = auto_join_channels;
}

/* @channel NULL: to everybody. */
gboolean
confab_altogic_send (ConfabAltogic  *self,
                     const char     *channel,
                     const char     *event_name,
                     JsonNode       *message,
                     ConfabEcho      echo,
                     GError        **error)
{
  JsonObject *payload;

  if ((channel && !require ("channel", channel, error)) ||
      !require ("eventName", event_name, error))
    return FALSE;

  payload = json_object_new ();
  if (channel)
    json_object_set_string_member (payload, "channel", channel);
  json_object_set_string_member (payload, "eventName", event_name);
  if (message)
    json_object_set_member (payload, "message", json_node_copy (message));
  add_echo (payload, echo);

  return emit (self, "message", payload, self->buffer_messages, error);
}

gboolean
confab_altogic_join (ConfabAltogic  *self,
                     const char     *channel,
                     ConfabEcho      echo,
                     GError        **error)
{
  JsonObject *payload;
  Channel *joined;
  guint index;

  if (!require ("channel", channel, error))
    return FALSE;

  payload = json_object_new ();
  json_object_set_string_member (payload, "channel", channel);
  add_echo (payload, echo);
  if (!emit (self, "join", payload, TRUE, error))
    return FALSE;

  if (find_channel (self, channel, &index))
    {
      joined = self->channels->pdata[index];
    }
  else
    {
      joined = g_new0 (Channel, 1);
      joined->name = g_strdup (channel);
      g_ptr_array_add (self->channels, joined);
    }
  joined->echo = resolve_echo (self, echo);
  joined->waits = !confab_sio_is_connected (self->sio);

  return TRUE;
}

gboolean
confab_altogic_leave (ConfabAltogic  *self,
                      const char     *channel,
                      ConfabEcho      echo,
                      GError        **error)
{
  JsonObject *payload;
  guint index;

  if (!require ("channel", channel, error))
    return FALSE;

  /* Forgotten in any case: a leave that is refused must not be undone by the next connection. */
  if (find_channel (self, channel, &index))
    g_ptr_array_remove_index (self->channels, index);
  payload = json_object_new ();
  json_object_set_string_member (payload, "channel", channel);
  add_echo (payload, echo);

  return emit (self, "leave", payload, TRUE, error);
}

gboolean
confab_altogic_update (ConfabAltogic  *self,
                       JsonNode       *data,
                       ConfabEcho      echo,
                       GError        **error)
{
  JsonObject *payload = json_object_new ();

  json_object_set_member (payload, "data", json_node_copy (data));
  add_echo (payload, echo);
  if (!emit (self, "update", payload, TRUE, error))
    return FALSE;

  g_clear_pointer (&self->data, json_node_unref);
  self->data = json_node_copy (data);
  self->data_waits = !confab_sio_is_connected (self->sio);

  return TRUE;
}

/* {"errors":[{"origin","code","message"}]} */
static GError *
error_of_answer (ConfabAltogic *self,
                 guint          status,
                 JsonNode      *answer)
{
  JsonObject *object = answer && JSON_NODE_HOLDS_OBJECT (answer) ? json_node_get_object (answer)
                                                                 : NULL;
  JsonArray *errors = object ? confab_json_get_array (object, "errors") : NULL;
  JsonObject *first = errors ? confab_json_array_object (errors, 0) : NULL;
  const char *code = first ? confab_json_get_string (first, "code") : NULL;
  const char *message = first ? confab_json_get_string (first, "message") : NULL;
  ConfabClientError kind = CONFAB_CLIENT_ERROR_ERROR;

  if (g_strcmp0 (code, "invalid_session_token") == 0 ||
      g_strcmp0 (code, "missing_session_token") == 0)
    {
      kind = CONFAB_CLIENT_ERROR_INVALID_TOKEN;
      confab_altogic_set_session (self, NULL);
    }

  if (message)
    return g_error_new_literal (CONFAB_CLIENT_ERROR, (int) kind, message);

  return g_error_new (CONFAB_CLIENT_ERROR, (int) kind, "HTTP status %u", status);
}

static void
members_answered_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabAltogic *self = g_task_get_source_object (task);
  guint status = soup_message_get_status (g_task_get_task_data (task));
  g_autoptr(GBytes) body = NULL;
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) error = NULL;

  body = confab_http_exchange_finish (CONFAB_HTTP (source), result, &error);
  if (!body)
    {
      g_task_return_error (task, confab_client_error_translate (error));
      return;
    }

  answer = parse (body);
  if (status < 200 || status >= 300)
    g_task_return_error (task, error_of_answer (self, status, answer));
  else if (!answer || !JSON_NODE_HOLDS_ARRAY (answer))
    g_task_return_new_error (task, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_ERROR,
                             "The answer is no list of members");
  else
    g_task_return_pointer (task, json_node_dup_array (answer),
                           (GDestroyNotify) json_array_unref);
}

static SoupMessage *
make_members_message (ConfabAltogic *self,
                      const char    *channel)
{
  g_autofree char *uri = g_strconcat (self->url.rest, "/_api/rest/v1/realtime/get-members", NULL);
  SoupMessage *message = soup_message_new (SOUP_METHOD_POST, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  JsonObject *object = json_object_new ();
  g_autoptr(GBytes) body = NULL;
  char *text;

  json_object_set_string_member (object, "channel", channel);
  text = confab_json_print_object (object);
  json_object_unref (object);
  body = g_bytes_new_take (text, strlen (text));
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  soup_message_headers_append (headers, "X-Client", "libconfab");
  soup_message_headers_append (headers, "X-Client-Key", self->client_key);
  if (self->session)
    soup_message_headers_append (headers, "Session", self->session);

  return message;
}

void
confab_altogic_get_members_async (ConfabAltogic       *self,
                                  const char          *channel,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(GError) error = NULL;
  SoupMessage *message;

  g_task_set_source_tag (task, confab_altogic_get_members_async);
  confab_altogic_use (self);
  if (!require ("channel", channel, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  message = make_members_message (self, channel);
  g_task_set_task_data (task, message, g_object_unref);
  confab_http_exchange_async (self->http, message, MAX_MEMBERS_BYTES, CONFAB_HTTP_DEADLINE_MS,
                              cancellable, members_answered_cb, g_steal_pointer (&task));
}

JsonArray *
confab_altogic_get_members_finish (ConfabAltogic  *self,
                                   GAsyncResult   *result,
                                   GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
