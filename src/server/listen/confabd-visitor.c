/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-doorway"

#include "config.h"

#include "confabd-doorway-private.h"

#include "confabd-http-head.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES (CONFABD_HTTP_HEAD_MAX_BYTES + 1024)
#define MAX_READS  8    /* in a row */
#define LINGER_MS  2000

/**
 * ConfabdVisitor:
 *
 * One connection from accept() until it ends or the hub has got it.
 *
 * The head of each of its requests is read here, by the doorway's own epoll set, and only a head
 * that is whole and clean goes to libsoup, with what belongs to that request and no byte more.
 * When libsoup has answered, the connection comes back (confabd-visitor-service.c) for
 * the next one, until it was silent for too long, or has asked often enough. So requests
 * that were sent without waiting for answers are answered one after the other, each looked at
 * like the first.
 *
 * One who connects and says nothing, or one byte a second, costs a few hundred bytes and no work:
 * the main context never knows of them. Whatever a visitor does, the deadline of its state ends
 * it.
 */

GQueue *
confabd_visitor_get_queue (ConfabdVisitor *self)
{
  switch (self->state)
    {
    case CONFABD_VISITOR_SHAKING:
    case CONFABD_VISITOR_READING:
      return &self->doorway->waiting;

    case CONFABD_VISITOR_IDLE:
      return &self->doorway->idle;

    case CONFABD_VISITOR_SERVING:
      return &self->doorway->answering;

    case CONFABD_VISITOR_HELD:
      return &self->doorway->held;

    case CONFABD_VISITOR_LINGERING:
      break;
    }

  return &self->doorway->lingering;
}

/* Its state has to be that of none of the queues, or @self unlinked from it. */
void
confabd_visitor_enter (ConfabdVisitor      *self,
                       ConfabdVisitorState  state,
                       guint                patience_ms)
{
  self->state = state;
  self->due_us = base_clock_get_monotonic_us (self->doorway->options.clock) +
                 (gint64) patience_ms * 1000;
  g_queue_push_tail_link (confabd_visitor_get_queue (self), &self->link);
  confabd_doorway_need_sweeper (self->doorway);
}

/**
 * confabd_visitor_free:
 * @self: (transfer full): a visitor
 *
 * Ends it, wherever it is.
 */
void
confabd_visitor_free (ConfabdVisitor *self)
{
  g_queue_unlink (confabd_visitor_get_queue (self), &self->link);
  confabd_visitor_leave_service (self);
  g_clear_pointer (&self->tls, SSL_free);
  if (self->fd >= 0)
    close (self->fd);

  g_clear_pointer (&self->head, g_byte_array_unref);
  g_object_unref (self->local);
  g_object_unref (self->remote);
  g_free (self);
}

static void
send_raw (ConfabdVisitor *self,
          const char     *text)
{
  if (self->tls)
    {
      ERR_clear_error ();
      (void) SSL_write (self->tls, text, strlen (text));
    }
  else
    {
      (void) send (self->fd, text, strlen (text), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

/**
 * confabd_visitor_linger:
 * @self: a visitor in no queue that has got its last answer
 *
 * Says that nothing more comes, and waits for the end of what the visitor still sends.
 */
void
confabd_visitor_linger (ConfabdVisitor *self)
{
  if (self->tls)
    {
      ERR_clear_error ();
      (void) SSL_shutdown (self->tls);
    }

  (void) shutdown (self->fd, SHUT_WR);
  confabd_visitor_enter (self, CONFABD_VISITOR_LINGERING, LINGER_MS);
}

static char *
print_refusal (guint status)
{
  const char *code = status == SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE ? "TOO_LARGE"
                     : status == SOUP_STATUS_SERVICE_UNAVAILABLE    ? "UNAVAILABLE"
                                                                    : "INVALID_REQUEST";
  g_autofree char *body = g_strdup_printf ("{\"code\":\"%s\",\"message\":\"%s\"}", code,
                                           soup_status_get_phrase (status));

  return g_strdup_printf ("HTTP/1.1 %u %s\r\n"
                          "Content-Type: application/json\r\n"
                          "Content-Length: %zu\r\n"
                          "Connection: close\r\n\r\n%s",
                          status, soup_status_get_phrase (status), strlen (body), body);
}

/* Answers in libsoup's stead, then waits for the other side to have read it: closing at once,
 * with a body still on its way, would reset the connection and take the answer with it. */
static void
refuse (ConfabdVisitor *self,
        guint           status)
{
  g_autofree char *answer = print_refusal (status);

  self->doorway->stats.n_refused++;
  send_raw (self, answer);

  g_queue_unlink (confabd_visitor_get_queue (self), &self->link);
  confabd_visitor_linger (self);
}

/* Bodies are in memory while they come in. Those of the usual size are bounded by the number of
 * connections; the large ones, of the polling transport, together. */
static guint
judge_body (ConfabdVisitor        *self,
            const ConfabdHttpHead *head)
{
  const ConfabdDoorwayOptions *options = &self->doorway->options;
  gsize n_path = options->payload_path ? strlen (options->payload_path) : 0;

  self->max_body_bytes = options->max_body_bytes;
  if (n_path > 0 && head->n_target_bytes >= n_path &&
      memcmp (head->target, options->payload_path, n_path) == 0)
    self->max_body_bytes = options->max_payload_bytes;

  if (head->n_body_bytes > self->max_body_bytes)
    return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;

  self->n_body_bytes = head->chunked ? self->max_body_bytes : head->n_body_bytes;
  if (self->n_body_bytes <= options->max_body_bytes)
    self->n_body_bytes = 0;

  if (self->doorway->n_body_bytes + self->n_body_bytes <= CONFABD_DOORWAY_MAX_BODIES_BYTES)
    return 0;

  self->n_body_bytes = 0;

  return SOUP_STATUS_SERVICE_UNAVAILABLE;
}

/* After CONFABD_HTTP_HEAD_GOOD @self is libsoup's, which may have served it by now: it is not to be
 * looked at any more. */
static ConfabdHttpHeadVerdict
judge_head (ConfabdVisitor *self,
            const guint8   *data,
            gsize           length)
{
  ConfabdHttpHeadVerdict verdict;
  ConfabdHttpHead head;
  guint status;

  verdict = confabd_http_head_check ((const char *) data, length, &head, &status);

  if (verdict == CONFABD_HTTP_HEAD_GOOD)
    {
      status = judge_body (self, &head);
      if (status != 0)
        verdict = CONFABD_HTTP_HEAD_REFUSED;
    }

  switch (verdict)
    {
    case CONFABD_HTTP_HEAD_PARTIAL:
      break;

    case CONFABD_HTTP_HEAD_GOOD:
      confabd_visitor_serve (self, &head, data, length);
      break;

    case CONFABD_HTTP_HEAD_REFUSED:
      refuse (self, status);
      break;
    }

  return verdict;
}

/* -1: nothing now; 0: the end. */
static gssize
receive (ConfabdVisitor *self,
         guint8         *buffer)
{
  gssize n;

  if (self->tls)
    {
      int error;

      ERR_clear_error ();
      n = SSL_read (self->tls, buffer, READ_BYTES);
      if (n > 0)
        return n;

      error = SSL_get_error (self->tls, n);
      return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? -1 : 0;
    }

  do
    n = recv (self->fd, buffer, READ_BYTES, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  if (n < 0)
    return errno == EAGAIN ? -1 : 0;

  return n;
}

/* FALSE: @self is libsoup's now. */
static gboolean
take (ConfabdVisitor *self,
      const guint8   *data,
      gsize           length)
{
  g_autoptr(GByteArray) head = NULL;
  ConfabdHttpHeadVerdict verdict;

  if (self->state == CONFABD_VISITOR_LINGERING)
    return TRUE;

  if (self->state == CONFABD_VISITOR_IDLE)
    {
      g_queue_unlink (&self->doorway->idle, &self->link);
      confabd_visitor_enter (self, CONFABD_VISITOR_READING, self->doorway->options.head_ms);
    }

  if (self->head)
    {
      head = g_steal_pointer (&self->head);
      g_byte_array_append (head, data, length);
      data = head->data;
      length = head->len;
    }

  verdict = judge_head (self, data, length);

  /* Nearly always the head comes in one piece, and nothing is kept. */
  if (verdict == CONFABD_HTTP_HEAD_PARTIAL)
    self->head = head ? g_steal_pointer (&head)
                      : g_byte_array_append (g_byte_array_sized_new (length), data, length);

  return verdict != CONFABD_HTTP_HEAD_GOOD;
}

static struct epoll_event
make_event (ConfabdVisitor *self)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.ptr = self };

  /* Only TLS has to know when it can write. */
  if (self->tls)
    event.events |= EPOLLOUT;

  return event;
}

/* Setting anew what is watched makes an edge of what is still there. */
static void
come_back (ConfabdVisitor *self)
{
  struct epoll_event event = make_event (self);

  if (self->watched)
    (void) epoll_ctl (self->doorway->epoll_fd, EPOLL_CTL_MOD, self->fd, &event);
}

/* FALSE: @self is gone, or libsoup's. */
static gboolean
read_more (ConfabdVisitor *self)
{
  guint8 buffer[READ_BYTES];
  guint n_reads = 0;
  gssize n;

  /* Edge-triggered: all that is there has to be read, until there is a verdict. One who was refused
   * may go on sending faster than we read, which must not keep the others waiting. */
  do
    {
      if (n_reads++ == MAX_READS)
        {
          come_back (self);
          return TRUE;
        }

      n = receive (self, buffer);
      if (n < 0)
        return TRUE;

      if (n == 0)
        {
          confabd_visitor_free (self);
          return FALSE;
        }
    }
  while (take (self, buffer, n));

  return FALSE;
}

/* Watches its socket; what is there already makes it go on with the next batch of events. */
void
confabd_visitor_watch (ConfabdVisitor *self)
{
  struct epoll_event event = make_event (self);

  self->watched = epoll_ctl (self->doorway->epoll_fd, EPOLL_CTL_ADD, self->fd, &event) == 0;
  if (!self->watched)
    confabd_visitor_free (self);
}

static void
shake_hands (ConfabdVisitor *self)
{
  int n;

  ERR_clear_error ();
  n = SSL_accept (self->tls);

  if (n == 1)
    {
      self->state = CONFABD_VISITOR_READING;
      (void) read_more (self);
      return;
    }

  switch (SSL_get_error (self->tls, n))
    {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return;

    default:
      confabd_visitor_free (self);
    }
}

/**
 * confabd_visitor_go_on:
 * @self: a visitor whose socket has news
 *
 * Does what can be done now. @self may be gone afterwards.
 */
void
confabd_visitor_go_on (ConfabdVisitor *self)
{
  switch (self->state)
    {
    case CONFABD_VISITOR_SHAKING:
      shake_hands (self);
      break;

    case CONFABD_VISITOR_READING:
    case CONFABD_VISITOR_IDLE:
    case CONFABD_VISITOR_LINGERING:
      (void) read_more (self);
      break;

    case CONFABD_VISITOR_HELD:
      confabd_visitor_hang_up (self);
      break;

    case CONFABD_VISITOR_SERVING:
      break;
    }
}

/**
 * confabd_visitor_take_early:
 * @self: a visitor that has asked something and is idle again
 *
 * Takes what it had sent behind its last request. @self may be gone afterwards.
 */
void
confabd_visitor_take_early (ConfabdVisitor *self)
{
  g_autoptr(GByteArray) early = g_steal_pointer (&self->head);

  if (take (self, early->data, early->len) && self->state != CONFABD_VISITOR_LINGERING)
    (void) read_more (self);
}

/**
 * confabd_visitor_arrive:
 * @doorway: where it came in
 * @fd: (transfer full): its socket
 * @local: our address
 * @remote: its address, an object of its own
 *
 * Takes somebody in.
 */
void
confabd_visitor_arrive (ConfabdDoorway *doorway,
                        int             fd,
                        GSocketAddress *local,
                        GSocketAddress *remote)
{
  ConfabdVisitor *self = g_new0 (ConfabdVisitor, 1);

  self->kind = CONFABD_DOORWAY_VISITOR;
  self->doorway = doorway;
  self->fd = fd;
  self->link.data = self;
  self->local = g_object_ref (local);
  self->remote = g_object_ref (remote);
  self->tls = doorway->tls ? confabd_tls_new_server (doorway->tls, fd) : NULL;

  confabd_visitor_enter (self, self->tls ? CONFABD_VISITOR_SHAKING : CONFABD_VISITOR_READING,
                         doorway->options.head_ms);

  if (doorway->tls && !self->tls)
    confabd_visitor_free (self);
  else if (self->tls || read_more (self)) /* the head is often there already */
    confabd_visitor_watch (self);
}

static void
time_out (ConfabdVisitor *self)
{
  if (self->state != CONFABD_VISITOR_IDLE && self->state != CONFABD_VISITOR_LINGERING)
    self->doorway->stats.n_timed_out++;

  if (self->state != CONFABD_VISITOR_SERVING)
    {
      confabd_visitor_free (self);
      return;
    }

  /* libsoup finds the end of the connection and lets go of it. It is given as much time again,
   * so that it is not asked twice. */
  if (self->stream && confabd_socket_stream_get_fd (self->stream) >= 0)
    (void) shutdown (confabd_socket_stream_get_fd (self->stream), SHUT_RDWR);

  g_queue_unlink (&self->doorway->answering, &self->link);
  confabd_visitor_enter (self, CONFABD_VISITOR_SERVING, self->doorway->options.answer_ms);
}

static void
sweep_queue (GQueue *queue,
             gint64  now_us)
{
  while (queue->head && ((ConfabdVisitor *) queue->head->data)->due_us <= now_us)
    time_out (queue->head->data);
}

/**
 * confabd_visitor_sweep:
 * @doorway: the doorway
 * @now_us: monotonic
 *
 * Ends those whose time is up: the oldest stand first in their queues.
 */
void
confabd_visitor_sweep (ConfabdDoorway *doorway,
                       gint64          now_us)
{
  sweep_queue (&doorway->waiting, now_us);
  sweep_queue (&doorway->idle, now_us);
  sweep_queue (&doorway->answering, now_us);
  sweep_queue (&doorway->lingering, now_us);
}
