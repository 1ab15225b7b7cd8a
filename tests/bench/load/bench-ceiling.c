/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The ceiling of the machine: a server that upgrades to WebSocket whoever asks and then only
 * copies frames. A text frame goes back to its sender, a binary frame to every connection. What
 * one turn of a thread gathered for a peer leaves in one send(), as in the server proper; there
 * are no accounts, no rooms, no checks, no limits and no store. */

#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_THREADS   16
#define READ_BYTES    (256 * 1024)
#define EVENTS        512
#define WS_GUID       "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define MAX_REQUEST   4096
#define MAX_WS_HEADER 10

typedef struct
{
  int         fd;
  gboolean    upgraded;
  gboolean    answering;  /* in the shard's list of peers that "out" has to be sent to */
  guint       slot;       /* in the shard's peers */
  GByteArray *in;         /* part of a request or frame, or NULL */
  GByteArray *out;        /* what the socket did not take yet, or NULL */
} Peer;

/* One thread with its own listening socket and its own connections. */
typedef struct
{
  int         epoll_fd;
  int         listen_fd;
  int         wake_fd;
  GPtrArray  *peers;
  GPtrArray  *answering;
  GByteArray *turn;       /* frames for everyone that this turn has read */
  GMutex      mutex;
  GByteArray *inbox;      /* under the mutex: frames for everyone from the other threads */
  guint8     *buffer;
} Shard;

static Shard shards[MAX_THREADS];
static guint n_shards;

static void
watch (Shard    *self,
       int       fd,
       guint32   events,
       gpointer  data,
       int       operation)
{
  struct epoll_event event = { .events = events, .data.ptr = data };

  if (epoll_ctl (self->epoll_fd, operation, fd, &event) < 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

static void
close_peer (Shard *self,
            Peer  *peer)
{
  Peer *last = g_ptr_array_index (self->peers, self->peers->len - 1);

  last->slot = peer->slot;
  g_ptr_array_remove_index_fast (self->peers, peer->slot);
  if (peer->answering)
    g_ptr_array_remove_fast (self->answering, peer);
  close (peer->fd);
  g_clear_pointer (&peer->in, g_byte_array_unref);
  g_clear_pointer (&peer->out, g_byte_array_unref);
  g_free (peer);
}

static void
send_to (Shard        *self,
         Peer         *peer,
         const guint8 *data,
         gsize         length)
{
  ssize_t n = 0;

  if (!peer->out)
    {
      n = send (peer->fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
      n = MAX (n, 0);
      if ((gsize) n == length)
        return;
      peer->out = g_byte_array_new ();
      watch (self, peer->fd, EPOLLIN | EPOLLOUT, peer, EPOLL_CTL_MOD);
    }
  g_byte_array_append (peer->out, data + n, length - n);
}

static void
flush_peer (Shard *self,
            Peer  *peer)
{
  g_autoptr(GByteArray) out = g_steal_pointer (&peer->out);

  watch (self, peer->fd, EPOLLIN, peer, EPOLL_CTL_MOD);
  if (out)
    send_to (self, peer, out->data, out->len);
}

static void
append_frame (GByteArray   *array,
              guint8        opcode,
              const guint8 *payload,
              guint         length)
{
  guint8 header[4] = { 0x80 | opcode, length };

  if (length > 125)
    {
      header[1] = 126;
      header[2] = length >> 8;
      header[3] = length & 0xff;
    }
  g_byte_array_append (array, header, length > 125 ? 4 : 2);
  g_byte_array_append (array, payload, length);
}

static void
take_frame (Shard  *self,
            Peer   *peer,
            guint8  opcode,
            guint8 *payload,
            guint   length)
{
  switch (opcode)
    {
    case 0x1:
      if (!peer->answering)
        g_ptr_array_add (self->answering, peer);
      peer->answering = TRUE;
      /* Gathered behind what could not be written, or for the end of the turn. */
      if (!peer->out)
        peer->out = g_byte_array_new ();
      append_frame (peer->out, opcode, payload, length);
      break;

    case 0x2:
      append_frame (self->turn, 0x1, payload, length);
      break;

    default:
      break;
    }
}

/* Returns how many bytes were whole frames, or -1 for a frame longer than this server copies. */
static gssize
parse_frames (Shard  *self,
              Peer   *peer,
              guint8 *data,
              gsize   length)
{
  gsize at = 0;

  while (length - at >= 6)
    {
      guint8 *frame = data + at;
      guint payload = frame[1] & 0x7f;
      guint header = 6;

      if (payload == 127)
        return -1;
      if (payload == 126)
        {
          payload = frame[2] << 8 | frame[3];
          header = 8;
        }
      if (length - at < header + payload)
        break;
      for (guint i = 0; i < payload; i++)
        frame[header + i] ^= frame[header - 4 + i % 4];
      take_frame (self, peer, frame[0] & 0xf, frame + header, payload);
      at += header + payload;
    }

  return at;
}

/* The trivial upgrade: the answer that RFC 6455 §4.2.2 asks for and nothing more. */
static gssize
answer_request (Shard  *self,
                Peer   *peer,
                guint8 *data,
                gsize   length)
{
  g_autofree char *text = g_strndup ((char *) data, length);
  g_autofree char *joined = NULL;
  g_autofree char *accept = NULL;
  g_autofree char *answer = NULL;
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  const char *end = strstr (text, "\r\n\r\n");
  const char *key = strstr (text, "Sec-WebSocket-Key: ");
  guint8 digest[20];
  gsize digest_length = sizeof digest;

  if (!end)
    return length > MAX_REQUEST ? -1 : 0;
  if (!key)
    return -1;

  key += strlen ("Sec-WebSocket-Key: ");
  joined = g_strdup_printf ("%.*s" WS_GUID, (int) strcspn (key, "\r"), key);
  g_checksum_update (checksum, (guchar *) joined, -1);
  g_checksum_get_digest (checksum, digest, &digest_length);
  accept = g_base64_encode (digest, sizeof digest);
  answer = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                            "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  send_to (self, peer, (guint8 *) answer, strlen (answer));
  peer->upgraded = TRUE;

  return end + 4 - text;
}

static gboolean
take_input (Shard  *self,
            Peer   *peer,
            guint8 *data,
            gsize   length)
{
  gsize at = 0;
  gssize used;

  if (!peer->upgraded)
    {
      used = answer_request (self, peer, data, length);
      if (used < 0)
        return FALSE;
      at = used;
    }
  if (peer->upgraded)
    {
      used = parse_frames (self, peer, data + at, length - at);
      if (used < 0)
        return FALSE;
      at += used;
    }
  if (at < length)
    {
      peer->in = g_byte_array_new ();
      g_byte_array_append (peer->in, data + at, length - at);
    }

  return TRUE;
}

static void
read_peer (Shard *self,
           Peer  *peer)
{
  ssize_t n = recv (peer->fd, self->buffer, READ_BYTES, MSG_DONTWAIT);
  gboolean fine;

  if (n < 0 && errno == EAGAIN)
    return;
  if (n <= 0)
    {
      close_peer (self, peer);
      return;
    }

  if (peer->in)
    {
      g_autoptr(GByteArray) in = g_steal_pointer (&peer->in);

      g_byte_array_append (in, self->buffer, n);
      fine = take_input (self, peer, in->data, in->len);
    }
  else
    {
      fine = take_input (self, peer, self->buffer, n);
    }
  if (!fine)
    close_peer (self, peer);
}

static void
accept_peers (Shard *self)
{
  int one = 1;
  int fd;

  while ((fd = accept4 (self->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
    {
      Peer *peer = g_new0 (Peer, 1);

      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      peer->fd = fd;
      peer->slot = self->peers->len;
      g_ptr_array_add (self->peers, peer);
      watch (self, fd, EPOLLIN, peer, EPOLL_CTL_ADD);
    }
}

static void
hand_to_others (Shard *self)
{
  for (guint i = 0; i < n_shards; i++)
    {
      Shard *other = &shards[i];
      gboolean was_empty;

      if (other == self)
        continue;
      g_mutex_lock (&other->mutex);
      was_empty = other->inbox->len == 0;
      g_byte_array_append (other->inbox, self->turn->data, self->turn->len);
      g_mutex_unlock (&other->mutex);
      if (was_empty)
        eventfd_write (other->wake_fd, 1);
    }
}

static void
finish_turn (Shard *self)
{
  for (guint i = 0; i < self->answering->len; i++)
    {
      Peer *peer = g_ptr_array_index (self->answering, i);
      g_autoptr(GByteArray) out = g_steal_pointer (&peer->out);

      peer->answering = FALSE;
      send_to (self, peer, out->data, out->len);
    }
  g_ptr_array_set_size (self->answering, 0);

  if (self->turn->len > 0)
    hand_to_others (self);
  g_mutex_lock (&self->mutex);
  if (self->inbox->len > 0)
    g_byte_array_append (self->turn, self->inbox->data, self->inbox->len);
  g_byte_array_set_size (self->inbox, 0);
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; self->turn->len > 0 && i < self->peers->len; i++)
    send_to (self, g_ptr_array_index (self->peers, i), self->turn->data, self->turn->len);
  g_byte_array_set_size (self->turn, 0);
}

static gpointer
run_shard (gpointer data)
{
  Shard *self = data;
  struct epoll_event events[EVENTS];

  while (TRUE)
    {
      int n = epoll_wait (self->epoll_fd, events, EVENTS, -1);

      for (int i = 0; i < n; i++)
        {
          eventfd_t value;

          if (events[i].data.ptr == &self->listen_fd)
            accept_peers (self);
          else if (events[i].data.ptr == &self->wake_fd)
            eventfd_read (self->wake_fd, &value);
          else if ((events[i].events & ~EPOLLIN) == EPOLLOUT)
            flush_peer (self, events[i].data.ptr);
          else
            read_peer (self, events[i].data.ptr);
        }
      finish_turn (self);
    }

  return NULL;
}

static guint16
listen_on (Shard   *self,
           guint16  port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port),
                                 .sin_addr = { htonl (INADDR_LOOPBACK) } };
  socklen_t length = sizeof address;
  int one = 1;

  self->listen_fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt (self->listen_fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  if (bind (self->listen_fd, (struct sockaddr *) &address, sizeof address) < 0 ||
      listen (self->listen_fd, 4096) < 0)
    g_error ("Cannot listen: %s", g_strerror (errno));
  getsockname (self->listen_fd, (struct sockaddr *) &address, &length);

  return ntohs (address.sin_port);
}

int
main (int   argc,
      char *argv[])
{
  struct rlimit limit;
  guint16 port = 0;

  n_shards = argc > 1 ? CLAMP (atoi (argv[1]), 1, MAX_THREADS) : 1;
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  signal (SIGPIPE, SIG_IGN);

  for (guint i = 0; i < n_shards; i++)
    {
      Shard *self = &shards[i];

      g_mutex_init (&self->mutex);
      self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
      self->wake_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
      self->peers = g_ptr_array_new ();
      self->answering = g_ptr_array_new ();
      self->turn = g_byte_array_new ();
      self->inbox = g_byte_array_new ();
      self->buffer = g_malloc (READ_BYTES);
      port = listen_on (self, port);
      watch (self, self->listen_fd, EPOLLIN, &self->listen_fd, EPOLL_CTL_ADD);
      watch (self, self->wake_fd, EPOLLIN, &self->wake_fd, EPOLL_CTL_ADD);
    }

  printf ("ceiling ready http://127.0.0.1:%u\n", port);
  fflush (stdout);
  for (guint i = 1; i < n_shards; i++)
    g_thread_unref (g_thread_new ("shard", run_shard, &shards[i]));
  run_shard (&shards[0]);

  return 0;
}
