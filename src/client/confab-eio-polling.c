/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-eio-polling"

#include "config.h"

#include "confab-eio-polling-private.h"

#include "confab-error-private.h"
#include "confab-http-exchange-private.h"

/* A body on its way up a slow line. */
#define POST_DEADLINE_MS (60 * 1000)
#define GOODBYE_DEADLINE_MS (5 * 1000)
#define CONTENT_TYPE "text/plain;charset=UTF-8"

/**
 * ConfabEioPolling:
 *
 * Engine.IO packets in the bodies of HTTP requests: one GET always waits at the server, and what is
 * to be sent goes in one POST at a time.
 *
 * How long a GET may wait is not its business: who does not hear the server's pings closes it.
 */
struct _ConfabEioPolling
{
  GObject       parent_instance;

  ConfabHttp   *http;
  char         *endpoint;
  char         *sid;        /* NULL until the open packet */
  gsize         max_bytes;  /* of a body that we send */
  GCancellable *lifetime;   /* cancelled: nothing is told any more */
  gboolean      polling;    /* a GET is under way */
  gboolean      posting;    /* a POST is */
  gboolean      paused;
};

/* A GET or a POST. */
typedef struct
{
  ConfabEioPolling *self;
  SoupMessage      *message;
} Request;

static void transport_init (ConfabEioTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabEioPolling, confab_eio_polling, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFAB_TYPE_EIO_TRANSPORT, transport_init))

static void poll_server (ConfabEioPolling *self);

static gboolean
is_over (ConfabEioPolling *self)
{
  return g_cancellable_is_cancelled (self->lifetime);
}

static void
end (ConfabEioPolling *self,
     const char       *prefix,
     const GError     *error)
{
  g_autoptr(ConfabEioPolling) guard = g_object_ref (self);
  g_autoptr(GError) reason = error ? confab_error_translate (error) : NULL;

  if (is_over (self))
    return;

  g_cancellable_cancel (self->lifetime);
  g_prefix_error (&reason, "%s: ", prefix);
  confab_eio_transport_emit_closed (CONFAB_EIO_TRANSPORT (self), reason);
}

static void
request_free (Request *request)
{
  g_object_unref (request->self);
  g_clear_object (&request->message);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static Request *
request_new (ConfabEioPolling *self,
             const char       *method)
{
  g_autofree char *escaped = self->sid ? g_uri_escape_string (self->sid, NULL, FALSE) : NULL;
  g_autofree char *uri = g_strconcat (self->endpoint, "?EIO=4&transport=polling",
                                      escaped ? "&sid=" : "", escaped ? escaped : "", NULL);
  Request *request = g_new0 (Request, 1);

  request->self = g_object_ref (self);
  request->message = soup_message_new (method, uri);
  if (request->message)
    soup_message_add_flags (request->message, SOUP_MESSAGE_NO_REDIRECT);

  return request;
}

/* The refusals of Engine.IO are {"code":N,"message":"…"}; they are for a log. */
static gboolean
check_status (SoupMessage  *message,
              GBytes       *body,
              GError      **error)
{
  guint status = soup_message_get_status (message);
  int length = (int) MIN (g_bytes_get_size (body), 200);
  g_autofree char *text = NULL;

  if (status == SOUP_STATUS_OK)
    return TRUE;

  text = g_utf8_make_valid (g_bytes_get_data (body, NULL), length);
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_REQUEST, "HTTP status %u %s", status,
               text);

  return FALSE;
}

static void
tell_if_paused (ConfabEioPolling *self)
{
  if (self->paused && !self->polling && !self->posting)
    confab_eio_transport_emit_paused (CONFAB_EIO_TRANSPORT (self));
}

/* Hands out what came, unless a listener has had enough in between. */
static void
take_payload (ConfabEioPolling *self,
              GBytes           *body)
{
  gsize length = g_bytes_get_size (body);
  g_autofree char *copy = g_memdup2 (g_bytes_get_data (body, NULL), length + 1);
  WireEioPayload payload;
  WireEioPacket packet;
  WireEioStep step = WIRE_EIO_STEP_FAILED;
  g_autoptr(GError) error = NULL;

  if (wire_eio_payload_init (&payload, copy, length, CONFAB_EIO_MAX_INCOMING_BYTES, &error))
    while (!is_over (self) &&
           (step = wire_eio_payload_next (&payload, &packet, &error)) == WIRE_EIO_STEP_PACKET)
      {
        if (packet.type == WIRE_EIO_CLOSE)
          end (self, NULL, NULL);
        else
          confab_eio_transport_emit_packet (CONFAB_EIO_TRANSPORT (self), &packet);
      }

  if (step == WIRE_EIO_STEP_FAILED)
    end (self, "xhr poll error", error);
}

/* The body of an answer; NULL: the connection has ended, now or before. */
static GBytes *
finish (Request      *request,
        GObject      *source,
        GAsyncResult *result,
        const char   *prefix)
{
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GError) error = NULL;

  body = confab_http_exchange_finish (CONFAB_HTTP (source), result, &error);
  if (is_over (request->self))
    return NULL;

  if (body && check_status (request->message, body, &error))
    return g_steal_pointer (&body);

  end (request->self, prefix, error);

  return NULL;
}

static void
poll_answered_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(Request) request = user_data;
  ConfabEioPolling *self = request->self;
  g_autoptr(GBytes) body = finish (request, source, result, "xhr poll error");

  if (!body)
    return;

  take_payload (self, body);
  if (is_over (self))
    return;

  self->polling = FALSE;
  if (self->paused)
    tell_if_paused (self);
  else
    poll_server (self);
}

static void
poll_server (ConfabEioPolling *self)
{
  Request *request = request_new (self, "GET");

  self->polling = TRUE;
  confab_http_exchange_async (self->http, request->message, CONFAB_EIO_MAX_INCOMING_BYTES, 0,
                              self->lifetime, poll_answered_cb, request);
}

static gboolean
fail_cb (gpointer user_data)
{
  g_autoptr(GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER,
                                                 "This is no address");

  end (user_data, "xhr poll error", error);

  return G_SOURCE_REMOVE;
}

static void
confab_eio_polling_open (ConfabEioTransport *transport)
{
  ConfabEioPolling *self = CONFAB_EIO_POLLING (transport);

  if (g_uri_is_valid (self->endpoint, G_URI_FLAGS_NONE, NULL))
    poll_server (self);
  else
    confab_eio_transport_call_soon (transport, fail_cb);
}

static gboolean
confab_eio_polling_is_writable (ConfabEioTransport *transport)
{
  ConfabEioPolling *self = CONFAB_EIO_POLLING (transport);

  return self->sid && !self->posting && !self->paused && !is_over (self);
}

static void
post_answered_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(Request) request = user_data;
  ConfabEioPolling *self = request->self;
  g_autoptr(GBytes) body = finish (request, source, result, "xhr post error");

  if (!body)
    return;

  self->posting = FALSE;
  if (self->paused)
    tell_if_paused (self);
  else
    confab_eio_transport_emit_drained (CONFAB_EIO_TRANSPORT (self));
}

/* As many packets as the server takes in one body, but one at least: whoever queues has to see to
 * it that each is short enough. */
static GBytes *
take_body (ConfabEioPolling *self,
           GQueue           *outbox)
{
  GString *body = g_string_new (NULL);
  gboolean ok = TRUE;

  while (ok && !g_queue_is_empty (outbox))
    {
      WireEioPacket packet;
      gsize max_bytes = body->len > 0 ? self->max_bytes : G_MAXSIZE;

      confab_eio_message_peek (g_queue_peek_head (outbox), &packet);
      ok = wire_eio_payload_append (body, &packet, max_bytes, NULL);
      /* What has no form in this transport is left out; no JSON is that. */
      if (ok || body->len == 0)
        confab_eio_message_free (g_queue_pop_head (outbox));
    }

  return g_string_free_to_bytes (body);
}

static void
confab_eio_polling_send (ConfabEioTransport *transport,
                         GQueue             *outbox)
{
  ConfabEioPolling *self = CONFAB_EIO_POLLING (transport);
  g_autoptr(GBytes) body = NULL;
  Request *request;

  if (!confab_eio_polling_is_writable (transport) || g_queue_is_empty (outbox))
    return;

  body = take_body (self, outbox);
  request = request_new (self, "POST");
  soup_message_set_request_body_from_bytes (request->message, CONTENT_TYPE, body);
  self->posting = TRUE;
  confab_http_exchange_async (self->http, request->message, CONFAB_EIO_MAX_INCOMING_BYTES,
                              POST_DEADLINE_MS, self->lifetime, post_answered_cb, request);
}

static gboolean
pause_cb (gpointer user_data)
{
  ConfabEioPolling *self = user_data;

  if (!is_over (self))
    tell_if_paused (self);

  return G_SOURCE_REMOVE;
}

static void
confab_eio_polling_set_paused (ConfabEioTransport *transport,
                               gboolean            paused)
{
  ConfabEioPolling *self = CONFAB_EIO_POLLING (transport);

  self->paused = paused;
  if (is_over (self))
    return;

  if (paused)
    confab_eio_transport_call_soon (transport, pause_cb);
  else if (!self->polling)
    poll_server (self);
}

static void
goodbye_said_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GBytes) body = confab_http_exchange_finish (CONFAB_HTTP (source), result, NULL);
}

/* Without a goodbye the server would wait for its time-out. */
static void
confab_eio_polling_close (ConfabEioTransport *transport)
{
  ConfabEioPolling *self = CONFAB_EIO_POLLING (transport);
  g_autoptr(GBytes) body = g_bytes_new_static ("1", 1);
  g_autoptr(Request) request = NULL;

  if (is_over (self))
    return;

  g_cancellable_cancel (self->lifetime);
  if (!self->sid)
    return;

  request = request_new (self, "POST");
  soup_message_set_request_body_from_bytes (request->message, CONTENT_TYPE, body);
  confab_http_exchange_async (self->http, request->message, CONFAB_EIO_MAX_INCOMING_BYTES,
                              GOODBYE_DEADLINE_MS, NULL, goodbye_said_cb, NULL);
}

static void
confab_eio_polling_dispose (GObject *object)
{
  ConfabEioPolling *self = CONFAB_EIO_POLLING (object);

  g_cancellable_cancel (self->lifetime);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (confab_eio_polling_parent_class)->dispose (object);
}

static void
confab_eio_polling_finalize (GObject *object)
{
  ConfabEioPolling *self = CONFAB_EIO_POLLING (object);

  g_clear_object (&self->lifetime);
  g_free (self->endpoint);
  g_free (self->sid);

  G_OBJECT_CLASS (confab_eio_polling_parent_class)->finalize (object);
}

static void
transport_init (ConfabEioTransportInterface *iface)
{
  iface->open = confab_eio_polling_open;
  iface->is_writable = confab_eio_polling_is_writable;
  iface->send = confab_eio_polling_send;
  iface->set_paused = confab_eio_polling_set_paused;
  iface->close = confab_eio_polling_close;
}

static void
confab_eio_polling_class_init (ConfabEioPollingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_eio_polling_dispose;
  object_class->finalize = confab_eio_polling_finalize;
}

static void
confab_eio_polling_init (ConfabEioPolling *self)
{
  self->lifetime = g_cancellable_new ();
}

ConfabEioTransport *
confab_eio_polling_new (ConfabHttp *http,
                        const char *endpoint)
{
  ConfabEioPolling *self = g_object_new (CONFAB_TYPE_EIO_POLLING, NULL);

  self->http = g_object_ref (http);
  self->endpoint = g_strdup (endpoint);

  return CONFAB_EIO_TRANSPORT (self);
}

void
confab_eio_polling_set_session (ConfabEioPolling *self,
                                const char       *sid,
                                gsize             max_bytes)
{
  g_set_str (&self->sid, sid);
  self->max_bytes = max_bytes;
}
