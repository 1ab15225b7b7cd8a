/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-eio"

#include "config.h"

#include "confabd-eio-private.h"

#include "confabd-http-private.h"
#include "confabd-websocket.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MAX_EVENTS 64    /* in a row; then the others have their turn */
#define SWEEP_MS   500

/* How much later than the POST that closes a session a GET can be that was sent before it. */
#define CROSSED_MS 1000

#define TOO_MANY "{\"code\":\"UNAVAILABLE\",\"message\":\"Too many sessions\"}"

/**
 * ConfabdEio:
 *
 * Answers requests of Engine.IO 4.
 *
 * A WebSocket goes to the hub at once. A session that polls goes there too: the hub
 * gets one end of a pair of sockets, and takes it for a peer like all others, with the same
 * limits, the same pings and the same core behind it. Here is the other end, a client of our
 * own hub: what comes in POSTs is passed on as WebSocket frames, frames from the hub wait for the
 * next GET. An upgrade gives the hub the client's WebSocket in the place of the pair, so that
 * nobody else hears of it, and nothing is lost between the two.
 */

gint64
confabd_eio_get_now_us (ConfabdEio *self)
{
  return base_clock_get_monotonic_us (self->options.clock);
}

/**
 * confabd_eio_refuse:
 * @message: a request
 * @refusal: a #WireEioRefusal
 *
 * Turns it away, as Engine.IO does.
 */
void
confabd_eio_refuse (SoupServerMessage *message,
                    guint              refusal)
{
  confabd_http_reply_json (message, wire_eio_refusal_get_status (refusal),
                           wire_eio_refusal_get_body (refusal));
}

void
confabd_eio_reply (ConfabdEio        *self,
                   SoupServerMessage *message,
                   const char        *type,
                   const char        *body,
                   gsize              length)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "Cache-Control", "no-store");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, body, length);
}

/* One event at a time: whatever is closed meanwhile, no event is left that knows it. */
static gboolean
ready_cb (int          fd,
          GIOCondition condition,
          gpointer     user_data)
{
  ConfabdEio *self = user_data;
  struct epoll_event event;

  for (guint i = 0; i < MAX_EVENTS && epoll_wait (self->epoll_fd, &event, 1, 0) == 1; i++)
    {
      ConfabdEioWatch *watch = event.data.ptr;

      watch->ready (watch->session, event.events);
    }

  return G_SOURCE_CONTINUE;
}

void
confabd_eio_watch (ConfabdEio      *self,
                   ConfabdEioWatch *watch,
                   guint32          events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  if (watch->fd < 0 || watch->events == events)
    return;

  if (epoll_ctl (self->epoll_fd, watch->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, watch->fd,
                 &event) < 0)
    g_warning ("Cannot watch a polling session: %s", g_strerror (errno));

  watch->events = events;
}

/* Lets go of the descriptor without closing it. */
void
confabd_eio_unwatch (ConfabdEio      *self,
                     ConfabdEioWatch *watch)
{
  if (watch->fd >= 0 && watch->events)
    (void) epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);

  watch->events = 0;
}

static void
sweep_one (ConfabdEio        *self,
           ConfabdEioSession *session,
           gint64             now_us)
{
  if (session->probe.fd >= 0 && session->state != CONFABD_EIO_MOVING &&
      now_us >= session->probe_due_us)
    confabd_eio_drop_probe (session);

  if (now_us < session->due_us)
    return;

  switch (session->state)
    {
    case CONFABD_EIO_OPEN:
    case CONFABD_EIO_PROBED:
      confabd_eio_session_part (session, NULL);
      break;

    case CONFABD_EIO_MOVING:
    case CONFABD_EIO_PARTING:
      confabd_eio_session_free (session);
      break;
    }
}

/**
 * confabd_eio_expect_crossed:
 * @self: the endpoint
 * @sid: of a session that its client has closed while no GET waited
 *
 * A GET and a POST come by two connections, which have no order between them: a GET that was sent
 * before the close may come after it, and is answered as if it had waited.
 */
void
confabd_eio_expect_crossed (ConfabdEio *self,
                            const char *sid)
{
  gint64 until_us = confabd_eio_get_now_us (self) + CROSSED_MS * 1000;

  g_hash_table_replace (self->crossed, g_strdup (sid), g_memdup2 (&until_us, sizeof until_us));
  confabd_eio_need_sweeper (self);
}

static gboolean
is_late_cb (gpointer sid,
            gpointer until_us,
            gpointer now_us)
{
  return *(gint64 *) now_us >= *(gint64 *) until_us;
}

static gboolean
take_crossed (ConfabdEio *self,
              const char *sid)
{
  const gint64 *until_us = g_hash_table_lookup (self->crossed, sid);
  gboolean in_time = until_us && confabd_eio_get_now_us (self) < *until_us;

  g_hash_table_remove (self->crossed, sid);

  return in_time;
}

static gboolean
sweep_cb (gpointer user_data)
{
  ConfabdEio *self = user_data;
  gint64 now_us = confabd_eio_get_now_us (self);
  GList *next;

  for (GList *each = self->sessions.head; each; each = next)
    {
      next = each->next;
      sweep_one (self, each->data, now_us);
    }

  g_hash_table_foreach_remove (self->crossed, is_late_cb, &now_us);

  if (self->sessions.length > 0 || g_hash_table_size (self->crossed) > 0)
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&self->sweeper, g_source_unref);

  return G_SOURCE_REMOVE;
}

void
confabd_eio_need_sweeper (ConfabdEio *self)
{
  if (self->sweeper)
    return;

  self->sweeper = g_timeout_source_new (SWEEP_MS);
  g_source_set_static_name (self->sweeper, "[confabd] sweep polling sessions");
  g_source_set_callback (self->sweeper, sweep_cb, self, NULL);
  g_source_attach (self->sweeper, g_main_context_get_thread_default ());
}

/**
 * confabd_eio_new:
 * @options: how to behave
 * @doorway: by which the requests come; outlives it
 *
 * Returns: (transfer full): an endpoint without sessions
 */
ConfabdEio *
confabd_eio_new (const ConfabdEioOptions *options,
                 ConfabdDoorway          *doorway)
{
  ConfabdEio *self = g_rc_box_new0 (ConfabdEio);

  self->options = *options;
  self->doorway = doorway;
  self->sids = g_hash_table_new (g_str_hash, g_str_equal);
  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->crossed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->sessions);

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    g_error ("Cannot make an epoll set: %s", g_strerror (errno));

  self->source = g_unix_fd_source_new (self->epoll_fd, G_IO_IN);
  g_source_set_static_name (self->source, "[confabd] polling sessions");
  g_source_set_callback (self->source, G_SOURCE_FUNC (ready_cb), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());

  return self;
}

static void
clear (gpointer data)
{
  ConfabdEio *self = data;

  g_hash_table_unref (self->sids);
  g_hash_table_unref (self->addresses);
  g_hash_table_unref (self->crossed);
}

/* Requests that libsoup still has hold the endpoint, and find that it is closed. */
void
confabd_eio_unref (ConfabdEio *self)
{
  g_rc_box_release_full (self, clear);
}

/**
 * confabd_eio_free:
 * @self: (transfer full): an endpoint
 *
 * Ends all sessions. Requests that libsoup still has do no harm.
 */
void
confabd_eio_free (ConfabdEio *self)
{
  while (self->sessions.head)
    {
      confabd_eio_session_part (self->sessions.head->data, NULL);
      confabd_eio_session_free (self->sessions.head->data);
    }

  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->sweeper)
    g_source_destroy (self->sweeper);
  g_clear_pointer (&self->sweeper, g_source_unref);
  close (self->epoll_fd);
  self->closed = TRUE;
  confabd_eio_unref (self);
}

/**
 * confabd_eio_is_busy:
 * @self: an endpoint
 *
 * Returns: whether the hub has not ended all sessions yet
 */
gboolean
confabd_eio_is_busy (ConfabdEio *self)
{
  for (GList *each = self->sessions.head; each; each = each->next)
    if (!((ConfabdEioSession *) each->data)->over)
      return TRUE;

  return FALSE;
}

/**
 * confabd_eio_find:
 * @self: the endpoint
 * @sid: what a request says
 *
 * Returns: (nullable): the session, unless it is over or has moved
 */
ConfabdEioSession *
confabd_eio_find (ConfabdEio *self,
                  const char *sid)
{
  ConfabdEioSession *session = g_hash_table_lookup (self->sids, sid);

  /* The end of an upgrade that was sent before this request comes before it. */
  if (session && session->probe.fd >= 0)
    {
      confabd_eio_read_probe (session);
      session = g_hash_table_lookup (self->sids, sid);
    }

  if (session && confabd_eio_get_now_us (self) >= session->due_us)
    {
      confabd_eio_session_part (session, NULL);
      return NULL;
    }

  return session;
}

/* A request in a session: what became of it has to be known to the session. */
typedef struct
{
  ConfabdEio *eio;
  char       *sid;
} Asked;

static void
asked_free (gpointer  data,
            GClosure *closure)
{
  Asked *self = data;

  confabd_eio_unref (self->eio);
  g_free (self->sid);
  g_free (self);
}

/* An answer that did not get through took packets with it. */
static void
finished_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  Asked *asked = user_data;
  ConfabdEioSession *session = g_hash_table_lookup (asked->eio->sids, asked->sid);
  gboolean failed = soup_server_message_get_status (message) == SOUP_STATUS_INTERNAL_SERVER_ERROR;

  if (!session || (session->poll != message && session->post != message && !failed))
    return;

  /* There is nobody to be answered any more. */
  if (session->poll == message)
    g_clear_object (&session->poll);
  if (session->post == message)
    g_clear_object (&session->post);

  confabd_eio_session_part (session, NULL);
}

static void
attend (ConfabdEio        *self,
        SoupServerMessage *message,
        const char        *sid)
{
  Asked *asked = g_new (Asked, 1);

  asked->eio = g_rc_box_acquire (self);
  asked->sid = g_strdup (sid);
  g_signal_connect_data (message, "finished", G_CALLBACK (finished_cb), asked, asked_free, 0);
}

static gboolean
is_room (ConfabdEio *self,
         const char *address)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->addresses, address));

  return g_hash_table_size (self->sids) < self->options.max_sessions &&
         n < self->options.max_sessions_per_address;
}

static void
open_session (ConfabdEio        *self,
              SoupServerMessage *message)
{
  g_autofree char *address = confabd_http_dup_address (message);
  ConfabdEioSession *session = NULL;
  WireEioOpen open = {
    .can_upgrade = TRUE,
    .ping_interval_ms = self->options.ping_interval_ms,
    .ping_timeout_ms = self->options.ping_timeout_ms,
    .max_payload_bytes = self->options.max_payload_bytes,
  };
  g_autofree char *text = NULL;

  if (is_room (self, address))
    session = confabd_eio_session_new (self, g_steal_pointer (&address));

  if (!session)
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    "Retry-After", "5");
      confabd_http_reply_json (message, SOUP_STATUS_SERVICE_UNAVAILABLE, TOO_MANY);
      return;
    }

  open.sid = session->sid;
  text = wire_eio_open_print (&open);
  confabd_eio_reply (self, message, "text/plain; charset=UTF-8", text, strlen (text));
}

static gboolean
parse (SoupServerMessage *message,
       WireEioRequest    *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  gboolean is_upgrade = soup_message_headers_header_contains (headers, "Upgrade", "websocket");
  WireEioRefusal refusal;

  if (wire_eio_request_parse (request, soup_server_message_get_method (message),
                              g_uri_get_query (soup_server_message_get_uri (message)),
                              is_upgrade, &refusal))
    return TRUE;

  confabd_eio_refuse (message, refusal);

  return FALSE;
}

/**
 * confabd_eio_begin:
 * @self: the endpoint
 * @message: a POST whose head has been read
 *
 * Looks whose it is. That two overlap shows now, not when their bodies are there; and the body of
 * one that is refused is not kept.
 */
void
confabd_eio_begin (ConfabdEio        *self,
                   SoupServerMessage *message)
{
  g_auto(WireEioRequest) request = { 0 };
  ConfabdEioSession *session;

  if (parse (message, &request))
    {
      session = confabd_eio_find (self, request.sid);
      if (session)
        {
          attend (self, message, request.sid);
          confabd_eio_begin_post (session, message);
        }
      else
        {
          confabd_eio_refuse (message, WIRE_EIO_REFUSAL_SESSION_ID_UNKNOWN);
        }
    }

  if (soup_server_message_get_status (message) != 0)
    soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
}

/**
 * confabd_eio_request:
 * @self: the endpoint
 * @message: a request that is there whole
 *
 * Answers it, now or later, or makes a WebSocket of it.
 */
void
confabd_eio_request (ConfabdEio        *self,
                     SoupServerMessage *message)
{
  g_auto(WireEioRequest) request = { 0 };
  gboolean is_get = soup_server_message_get_method (message) == SOUP_METHOD_GET;
  ConfabdEioSession *session;

  if (!parse (message, &request))
    return;

  if (request.transport == WIRE_EIO_WEBSOCKET)
    {
      if (confabd_websocket_check (message))
        confabd_eio_upgrade (self, message, request.sid);
      return;
    }

  if (!request.sid)
    {
      open_session (self, message);
      return;
    }

  session = confabd_eio_find (self, request.sid);
  if (session && is_get)
    {
      attend (self, message, request.sid);
      confabd_eio_poll (session, message);
    }
  else if (session && session->post == message)
    {
      confabd_eio_take_post (session);
    }
  else if (is_get && take_crossed (self, request.sid))
    {
      confabd_eio_reply (self, message, "text/plain; charset=UTF-8", "6", 1);
    }
  else
    {
      confabd_eio_refuse (message, WIRE_EIO_REFUSAL_SESSION_ID_UNKNOWN);
    }
}
