/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-doorway"

#include "config.h"

#include "confabd-doorway-private.h"

#include <sys/epoll.h>

/* A visitor at libsoup: handed over with one request, and taken back when that has been answered.
 * libsoup itself keeps a connection only for a server that listens by itself. */

static void
stream_gone_cb (gpointer  data,
                GObject  *stream)
{
  ConfabdVisitor *self = data;

  self->stream = NULL;
  confabd_visitor_free (self);
}

/* Forgets that it is libsoup's. */
void
confabd_visitor_leave_service (ConfabdVisitor *self)
{
  self->doorway->n_body_bytes -= self->n_body_bytes;
  self->n_body_bytes = 0;

  if (self->state == CONFABD_VISITOR_SERVING || self->state == CONFABD_VISITOR_HELD)
    g_hash_table_remove (self->doorway->serving, self->remote);

  if (self->stream)
    g_object_weak_unref (G_OBJECT (self->stream), stream_gone_cb, self);
  self->stream = NULL;
}

/**
 * confabd_visitor_serve:
 * @self: a visitor
 * @head: what the head of its request says
 * @data: what was read of it
 * @length: how much
 *
 * Gives @self to libsoup for one request.
 */
void
confabd_visitor_serve (ConfabdVisitor        *self,
                       const ConfabdHttpHead *head,
                       const guint8          *data,
                       gsize                  length)
{
  ConfabdDoorway *doorway = self->doorway;
  gsize n_bytes = head->chunked ? G_MAXSIZE : head->n_bytes + head->n_body_bytes;
  g_autoptr(ConfabdSocketStream) stream = NULL;
  g_autoptr(GError) error = NULL;

  if (self->watched)
    (void) epoll_ctl (doorway->epoll_fd, EPOLL_CTL_DEL, self->fd, NULL);
  self->watched = FALSE;

  self->chunked = head->chunked;
  self->n_requests++;
  /* What comes behind a body without a length has perhaps been read by libsoup. */
  self->persistent = head->persistent && !head->chunked && !doorway->closed &&
                     self->n_requests < doorway->options.max_requests;
  doorway->n_body_bytes += self->n_body_bytes;

  g_queue_unlink (confabd_visitor_get_queue (self), &self->link);
  stream = confabd_socket_stream_new (self->fd, g_steal_pointer (&self->tls),
                                      g_bytes_new (data, length), n_bytes);
  self->fd = -1;
  self->stream = stream;
  g_object_weak_ref (G_OBJECT (stream), stream_gone_cb, self);
  g_hash_table_insert (doorway->serving, self->remote, self);
  confabd_visitor_enter (self, CONFABD_VISITOR_SERVING, doorway->options.answer_ms);

  if (!soup_server_accept_iostream (doorway->server, G_IO_STREAM (stream), self->local,
                                    self->remote, &error))
    g_warning ("libsoup does not take a connection: %s", error->message);
}

static ConfabdVisitor *
find (ConfabdDoorway    *doorway,
      SoupServerMessage *message)
{
  return g_hash_table_lookup (doorway->serving, soup_server_message_get_remote_address (message));
}

static gboolean
take_early_cb (gpointer user_data)
{
  ConfabdDoorway *doorway = user_data;
  GList *next;

  g_clear_pointer (&doorway->early, g_source_unref);

  /* Whoever has sent more than one request early comes to the end of the queue again, later. */
  for (GList *each = doorway->idle.head; each; each = next)
    {
      ConfabdVisitor *visitor = each->data;

      next = each->next;
      if (visitor->head)
        confabd_visitor_take_early (visitor);
    }

  return G_SOURCE_REMOVE;
}

/* Not from within libsoup's own answer to the request before. */
static void
await_early (ConfabdDoorway *doorway)
{
  if (doorway->early)
    return;

  doorway->early = g_timeout_source_new (0);
  g_source_set_static_name (doorway->early, "[confabd] requests that were sent early");
  g_source_set_callback (doorway->early, take_early_cb, doorway, NULL);
  g_source_attach (doorway->early, g_main_context_get_thread_default ());
}

/* libsoup has written the answer, and is about to close the connection. */
static void
take_back (ConfabdVisitor *self)
{
  ConfabdDoorway *doorway = self->doorway;
  g_autoptr(GBytes) unread = NULL;

  self->fd = confabd_socket_stream_steal (self->stream, &self->tls, &unread);
  g_queue_unlink (confabd_visitor_get_queue (self), &self->link);
  confabd_visitor_leave_service (self);
  confabd_visitor_enter (self, CONFABD_VISITOR_IDLE, doorway->options.idle_ms);

  if (unread)
    {
      self->head = g_bytes_unref_to_array (g_steal_pointer (&unread));
      await_early (doorway);
    }

  confabd_visitor_watch (self);
}

/* The same for a connection that ends with this answer. Closing it while something comes in that
 * nobody reads would reset it, and could take the answer with it. */
static void
see_off (ConfabdVisitor *self)
{
  g_autoptr(GBytes) unread = NULL;

  self->fd = confabd_socket_stream_steal (self->stream, &self->tls, &unread);
  if (self->fd < 0)
    return;

  g_queue_unlink (confabd_visitor_get_queue (self), &self->link);
  confabd_visitor_leave_service (self);
  confabd_visitor_linger (self);
  confabd_visitor_watch (self);
}

static void
request_finished_cb (SoupServer        *server,
                     SoupServerMessage *message,
                     gpointer           user_data)
{
  ConfabdVisitor *visitor = find (user_data, message);

  if (!visitor || !visitor->stream)
    return;

  if (visitor->persistent && !visitor->doorway->closed &&
      confabd_socket_stream_is_spent (visitor->stream))
    take_back (visitor);
  else
    see_off (visitor);
}

/* How much of a body without a length has come. */
typedef struct
{
  gsize n_bytes;
  gsize max_bytes;
} Chunks;

static void
got_chunk_cb (SoupServerMessage *message,
              GBytes            *chunk,
              gpointer           user_data)
{
  Chunks *chunks = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  chunks->n_bytes += g_bytes_get_size (chunk);
  if (chunks->n_bytes <= chunks->max_bytes || soup_server_message_get_status (message) != 0)
    return;

  soup_message_body_truncate (body);
  soup_message_body_set_accumulate (body, FALSE);
  soup_server_message_set_status (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
}

static void
chunks_free (gpointer  data,
             GClosure *closure)
{
  g_free (data);
}

static void
request_started_cb (SoupServer        *server,
                    SoupServerMessage *message,
                    gpointer           user_data)
{
  ConfabdVisitor *visitor = find (user_data, message);
  Chunks *chunks;

  if (!visitor || !visitor->chunked)
    return;

  chunks = g_new0 (Chunks, 1);
  chunks->max_bytes = visitor->max_body_bytes;
  g_signal_connect_data (message, "got-chunk", G_CALLBACK (got_chunk_cb), chunks, chunks_free, 0);
}

/* Hears of what libsoup does with them. */
void
confabd_visitor_connect (ConfabdDoorway *doorway)
{
  g_signal_connect (doorway->server, "request-started", G_CALLBACK (request_started_cb), doorway);
  g_signal_connect (doorway->server, "request-finished", G_CALLBACK (request_finished_cb),
                    doorway);
}

/**
 * confabd_doorway_get_stream:
 * @self: a doorway
 * @message: a request that came in by it
 *
 * Returns: (transfer none) (nullable): what @message came through
 */
ConfabdSocketStream *
confabd_doorway_get_stream (ConfabdDoorway    *self,
                            SoupServerMessage *message)
{
  ConfabdVisitor *visitor = find (self, message);

  return visitor ? visitor->stream : NULL;
}

/**
 * confabd_doorway_get_keep_s:
 * @self: a doorway
 * @message: a request that came in by it
 *
 * Returns: for how many seconds its connection can be used again once it is answered; 0: not at all
 */
guint
confabd_doorway_get_keep_s (ConfabdDoorway    *self,
                            SoupServerMessage *message)
{
  ConfabdVisitor *visitor = find (self, message);

  return visitor && visitor->persistent ? self->options.idle_ms / 1000 : 0;
}

/**
 * confabd_doorway_hold:
 * @self: a doorway
 * @message: a request that has been read, whose answer may take any time
 * @func: called if the client goes before confabd_doorway_release()
 * @user_data: data for @func
 *
 * Gives @message no deadline.
 */
void
confabd_doorway_hold (ConfabdDoorway         *self,
                      SoupServerMessage      *message,
                      ConfabdDoorwayGoneFunc  func,
                      gpointer                user_data)
{
  ConfabdVisitor *visitor = find (self, message);
  struct epoll_event event = { .events = EPOLLRDHUP | EPOLLET, .data.ptr = visitor };
  int fd;

  if (!visitor || visitor->state != CONFABD_VISITOR_SERVING || !visitor->stream)
    return;

  g_queue_unlink (&self->answering, &visitor->link);
  confabd_visitor_enter (visitor, CONFABD_VISITOR_HELD, 0);
  visitor->gone = func;
  visitor->gone_data = user_data;

  fd = confabd_socket_stream_get_fd (visitor->stream);
  if (fd >= 0)
    (void) epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/**
 * confabd_doorway_release:
 * @self: a doorway
 * @message: a request that is answered now, held or not
 */
void
confabd_doorway_release (ConfabdDoorway    *self,
                         SoupServerMessage *message)
{
  ConfabdVisitor *visitor = find (self, message);
  int fd;

  if (!visitor || visitor->state != CONFABD_VISITOR_HELD)
    return;

  g_queue_unlink (&self->held, &visitor->link);
  confabd_visitor_enter (visitor, CONFABD_VISITOR_SERVING, self->options.answer_ms);
  visitor->gone = NULL;

  fd = visitor->stream ? confabd_socket_stream_get_fd (visitor->stream) : -1;
  if (fd >= 0)
    (void) epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

/* The client has gone while its request is held. */
void
confabd_visitor_hang_up (ConfabdVisitor *self)
{
  ConfabdDoorwayGoneFunc gone = g_steal_pointer (&self->gone);

  if (gone)
    gone (self->gone_data);
}
