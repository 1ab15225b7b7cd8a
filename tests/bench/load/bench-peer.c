/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-peer.h"

#include "wire-ws-frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES      (256 * 1024)
#define MAX_SEND_BYTES  4096
#define SEND_TIMEOUT_MS 2000
#define PORTS_A_SOURCE  20000

/* Generators are single-threaded processes: one buffer serves all peers. */
static guint8 buffer[READ_BYTES];

/**
 * bench_peer_connect:
 * @self: a cleared peer
 * @address: where to
 * @error: return location
 *
 * Begins to connect; the socket becomes writable when the TCP connection stands.
 */
gboolean
bench_peer_connect (BenchPeer           *self,
                    const BenchAddress  *address,
                    GError             **error)
{
  struct sockaddr_in target = { .sin_family = AF_INET, .sin_port = htons (address->port),
                                .sin_addr = { htonl (INADDR_LOOPBACK) } };
  /* Each source address has its own ports: 127.0.0.2, 127.0.0.3 … */
  struct sockaddr_in source = { .sin_family = AF_INET,
                                .sin_addr = { htonl (INADDR_LOOPBACK + 1 +
                                                     self->index / PORTS_A_SOURCE) } };
  int one = 1;

  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (self->fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "No socket: %s",
                   g_strerror (errno));
      return FALSE;
    }
  setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt (self->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind (self->fd, (struct sockaddr *) &source, sizeof source) < 0 ||
      (connect (self->fd, (struct sockaddr *) &target, sizeof target) < 0 && errno != EINPROGRESS))
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "Cannot connect: %s",
                   g_strerror (errno));
      bench_peer_clear (self);
      return FALSE;
    }
  self->state = BENCH_PEER_CONNECTING;

  return TRUE;
}

void
bench_peer_clear (BenchPeer *self)
{
  /* Reset instead of a goodbye, so that no port waits in TIME_WAIT for the next round. */
  struct linger linger = { .l_onoff = 1 };

  if (self->fd >= 0)
    {
      setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
      close (self->fd);
    }
  self->fd = -1;
  self->state = BENCH_PEER_LOST;
  g_clear_pointer (&self->rest, g_free);
  self->rest_length = 0;
}

static gboolean
send_all (BenchPeer    *self,
          const guint8 *data,
          gsize         length)
{
  while (length > 0)
    {
      struct pollfd pfd = { .fd = self->fd, .events = POLLOUT };
      ssize_t n = send (self->fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && (errno != EAGAIN || poll (&pfd, 1, SEND_TIMEOUT_MS) != 1))
        return FALSE;
      if (n > 0)
        {
          data += n;
          length -= n;
        }
    }

  return TRUE;
}

void
bench_peer_upgrade (BenchPeer          *self,
                    const BenchAddress *address)
{
  char request[2048];
  int length = g_snprintf (request, sizeof request,
                           "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
                           "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                           "Sec-WebSocket-Version: 13\r\n%s%s%s%s\r\n",
                           address->target ? address->target : "/api", address->port,
                           address->target ? "" : "Sec-WebSocket-Protocol: confab.v1\r\n",
                           address->token ? "Authorization: Bearer " : "",
                           address->token ? address->token : "",
                           address->token ? "\r\n" : "");

  self->state = BENCH_PEER_UPGRADING;
  if (length >= (int) sizeof request || !send_all (self, (guint8 *) request, length))
    self->state = BENCH_PEER_LOST;
}

gboolean
bench_peer_send (BenchPeer  *self,
                 guint8      opcode,
                 const char *payload,
                 gsize       length)
{
  static const guint8 mask[4] = { 0x5a, 0x3c, 0x69, 0x96 };
  guint8 frame[MAX_SEND_BYTES + WIRE_WS_MAX_HEADER];
  gsize header;

  g_return_val_if_fail (length <= MAX_SEND_BYTES, FALSE);

  header = wire_ws_write_header (frame, opcode, TRUE, length, mask);
  for (gsize i = 0; i < length; i++)
    frame[header + i] = payload[i] ^ mask[i % 4];
  if (self->state == BENCH_PEER_LOST || !send_all (self, frame, header + length))
    {
      self->state = BENCH_PEER_LOST;
      return FALSE;
    }

  return TRUE;
}

static void
take_hello (BenchPeer    *self,
            const guint8 *payload,
            gsize         length)
{
  static const char key[] = "\"cid\":\"";
  const char *start = memmem (payload, length, key, strlen (key));
  gsize left;

  if (!start)
    return;
  start += strlen (key);
  left = (const char *) payload + length - start;
  for (gsize i = 0; i < left && i < sizeof self->cid - 1 && start[i] != '"'; i++)
    self->cid[i] = start[i];
  self->state = BENCH_PEER_OPEN;
}

static gboolean
take_frame (BenchPeer     *self,
            guint8         opcode,
            const guint8  *payload,
            gsize          length,
            BenchPeerFunc  func,
            gpointer       user_data)
{
  if (opcode == WIRE_WS_TEXT && self->state == BENCH_PEER_GREETING)
    take_hello (self, payload, length);
  else if (opcode == WIRE_WS_TEXT)
    func (self, payload, length, user_data);
  else if (opcode == WIRE_WS_PING)
    return bench_peer_send (self, WIRE_WS_PONG, (const char *) payload, length);
  else if (opcode == WIRE_WS_CLOSE)
    return FALSE;

  return TRUE;
}

/* The server's frames are trusted to be whole and unmasked: a generator must cost less than what
 * it measures. Returns the bytes used, -1 when the connection is over. */
static gssize
take_frames (BenchPeer     *self,
             const guint8  *data,
             gsize          length,
             BenchPeerFunc  func,
             gpointer       user_data)
{
  gsize at = 0;

  while (length - at >= 2)
    {
      gsize header = data[at + 1] == 127 ? 10 : data[at + 1] == 126 ? 4 : 2;
      guint64 payload = data[at + 1];

      if (length - at < header)
        break;
      if (header > 2)
        {
          payload = 0;
          for (gsize i = 2; i < header; i++)
            payload = payload << 8 | data[at + i];
        }
      if (length - at < header + payload)
        break;
      if (!take_frame (self, data[at] & 0xf, data + at + header, payload, func, user_data))
        return -1;
      at += header + payload;
    }

  return at;
}

static gssize
take_answer (BenchPeer    *self,
             const guint8 *data,
             gsize         length,
             gboolean      greets)
{
  static const char expected[] = "HTTP/1.1 101";
  const guint8 *end = memmem (data, length, "\r\n\r\n", 4);

  if (!end)
    return 0;
  if (memcmp (data, expected, strlen (expected)) != 0)
    return -1;
  self->state = greets ? BENCH_PEER_GREETING : BENCH_PEER_OPEN;

  return end + 4 - data;
}

gboolean
bench_peer_read (BenchPeer     *self,
                 gboolean       greets,
                 BenchPeerFunc  func,
                 gpointer       user_data)
{
  gsize length = self->rest_length;
  gssize used = 0, taken = 0;
  ssize_t n = recv (self->fd, buffer + length, READ_BYTES - length, MSG_DONTWAIT);

  if (n < 0 && errno == EAGAIN)
    return TRUE;
  if (length > 0)
    memcpy (buffer, self->rest, length);
  g_clear_pointer (&self->rest, g_free);
  self->rest_length = 0;
  length += MAX (n, 0);

  if (n > 0 && self->state == BENCH_PEER_UPGRADING)
    used = take_answer (self, buffer, length, greets);
  if (n > 0 && used >= 0 && self->state >= BENCH_PEER_GREETING)
    taken = take_frames (self, buffer + used, length - used, func, user_data);
  if (n <= 0 || used < 0 || taken < 0 || self->state == BENCH_PEER_LOST)
    {
      self->state = BENCH_PEER_LOST;
      return FALSE;
    }

  used += taken;
  if (length > (gsize) used)
    {
      self->rest_length = length - used;
      self->rest = g_memdup2 (buffer + used, self->rest_length);
    }

  return TRUE;
}
