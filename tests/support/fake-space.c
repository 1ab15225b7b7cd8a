/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fake-space"

#include "config.h"

#include "fake-space.h"

#include "wire-limits.h"
#include "wire-ws-reader.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* RFC 6455 §1.3 */
#define WS_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

struct _FakeSpace
{
  FakeSpaceScript  script;
  gpointer         user_data;
  char            *url;
  int              fd;
  GThread         *thread;
  GMutex           lock;
  GPtrArray       *peers;   /* of FakePeer: all there ever were */
  GAsyncQueue     *words;
};

struct _FakePeer
{
  FakeSpace    *space;
  guint         number;
  int           fd;
  GThread      *thread;
  GString      *input;
  char         *path;
  GHashTable   *headers;
  char         *body;
  WireWsReader  reader;
};

void
fake_peer_send (FakePeer   *peer,
                const void *bytes,
                gsize       length)
{
  const char *at = bytes;

  while (length > 0)
    {
      gssize n_sent = send (peer->fd, at, length, MSG_NOSIGNAL);

      if (n_sent <= 0)
        return;
      at += n_sent;
      length -= (gsize) n_sent;
    }
}

static gboolean
receive (FakePeer *peer)
{
  char buffer[16384];
  gssize n_read = recv (peer->fd, buffer, sizeof buffer, 0);

  if (n_read <= 0)
    return FALSE;

  g_string_append_len (peer->input, buffer, n_read);

  return TRUE;
}

static gboolean
read_request (FakePeer *peer)
{
  g_auto(GStrv) lines = NULL;
  g_auto(GStrv) words = NULL;
  const char *length_text;
  char *end;
  gsize head_length, body_length;

  while (!(end = strstr (peer->input->str, "\r\n\r\n")))
    if (!receive (peer))
      return FALSE;

  head_length = (gsize) (end - peer->input->str) + 4;
  *end = '\0';
  lines = g_strsplit (peer->input->str, "\r\n", -1);
  words = g_strsplit (lines[0], " ", 3);
  peer->path = g_strdup (words[1]);
  for (guint i = 1; lines[i]; i++)
    {
      char *colon = strchr (lines[i], ':');

      if (!colon)
        continue;
      *colon = '\0';
      g_hash_table_insert (peer->headers, g_ascii_strdown (lines[i], -1),
                           g_strstrip (g_strdup (colon + 1)));
    }

  length_text = fake_peer_get_header (peer, "content-length");
  body_length = length_text ? (gsize) g_ascii_strtoull (length_text, NULL, 10) : 0;
  while (peer->input->len < head_length + body_length)
    if (!receive (peer))
      return FALSE;

  peer->body = g_strndup (peer->input->str + head_length, body_length);
  g_string_erase (peer->input, 0, (gssize) (head_length + body_length));

  return TRUE;
}

const char *
fake_peer_get_path (FakePeer *peer)
{
  return peer->path;
}

const char *
fake_peer_get_header (FakePeer   *peer,
                      const char *name)
{
  return g_hash_table_lookup (peer->headers, name);
}

const char *
fake_peer_get_body (FakePeer *peer)
{
  return peer->body;
}

gboolean
fake_peer_is_socket (FakePeer *peer)
{
  return g_str_equal (peer->path, "/api");
}

void
fake_peer_answer (FakePeer   *peer,
                  guint       status,
                  const char *body)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %u Fake\r\nContent-Type: application/json\r\n"
                                           "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
                                           status, strlen (body), body);

  fake_peer_send (peer, text, strlen (text));
}

char *
fake_peer_make_upgrade (FakePeer *peer)
{
  const char *key = fake_peer_get_header (peer, "sec-websocket-key");
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;
  g_autofree char *accept = NULL;

  g_checksum_update (checksum, (const guchar *) (key ? key : ""), -1);
  g_checksum_update (checksum, (const guchar *) WS_GUID, -1);
  g_checksum_get_digest (checksum, digest, &length);
  accept = g_base64_encode (digest, length);

  return g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n",
                          accept,
                          fake_peer_get_header (peer, "sec-websocket-protocol")
                            ? "Sec-WebSocket-Protocol: " WIRE_SUBPROTOCOL "\r\n" : "");
}

void
fake_peer_upgrade (FakePeer *peer)
{
  g_autofree char *text = fake_peer_make_upgrade (peer);

  fake_peer_send (peer, text, strlen (text));
}

static void
send_frame (FakePeer *peer,
            GBytes   *frame)
{
  gsize length;
  const void *bytes = g_bytes_get_data (frame, &length);

  fake_peer_send (peer, bytes, length);
  g_bytes_unref (frame);
}

void
fake_peer_send_text (FakePeer   *peer,
                     const char *format,
                     ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  send_frame (peer, wire_ws_frame_new (WIRE_WS_TEXT, text, strlen (text)));
}

void
fake_peer_send_bytes (FakePeer   *peer,
                      const void *bytes,
                      gsize       length)
{
  send_frame (peer, wire_ws_frame_new (WIRE_WS_BINARY, bytes, length));
}

void
fake_peer_hello (FakePeer *peer)
{
  fake_peer_send_text (peer,
                       "{\"#hello\":{\"cid\":\"AAAAAAAAAAAAAAA=\",\"service\":\"fake\","
                       "\"at\":1767225600000,\"ping_ms\":25000}}");
}

void
fake_peer_close (FakePeer *peer,
                 guint16   code)
{
  send_frame (peer, wire_ws_close_frame_new (code, "fake"));
  fake_peer_wait (peer);
}

void
fake_peer_wait (FakePeer *peer)
{
  while (receive (peer))
    g_string_truncate (peer->input, 0);
}

GBytes *
fake_peer_read_message (FakePeer *peer,
                        gboolean *binary)
{
  static const WireWsReaderOptions options = {
    .max_message_bytes = 4 * WIRE_LIMIT_FRAME_BYTES,
    .max_fragments = 100,
    .expect_masked = TRUE,
  };

  for (;;)
    {
      WireWsMessage message;
      gsize used = 0;
      WireWsStatus status =
        wire_ws_reader_feed (&peer->reader, &options, (guint8 *) peer->input->str,
                             peer->input->len, &used, &message);
      GBytes *bytes = NULL;

      /* The message may lie in the input: take it before that moves. */
      if (status == WIRE_WS_MESSAGE)
        {
          bytes = g_bytes_new (message.data, message.length);
          *binary = message.opcode == WIRE_WS_BINARY;
        }
      g_string_erase (peer->input, 0, (gssize) used);
      if ((status == WIRE_WS_NEED_MORE && receive (peer)) ||
          (status == WIRE_WS_CONTROL && message.opcode != WIRE_WS_CLOSE))
        continue;

      return bytes;
    }
}

JsonObject *
fake_peer_read (FakePeer *peer)
{
  gboolean binary = FALSE;
  g_autoptr(GBytes) bytes = fake_peer_read_message (peer, &binary);
  g_autofree char *text = NULL;
  g_autoptr(JsonNode) node = NULL;

  if (!bytes)
    return NULL;

  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  node = json_from_string (text, NULL);

  return node ? json_node_dup_object (node) : NULL;
}

void
fake_peer_ok (FakePeer   *peer,
              JsonObject *request,
              const char *ok)
{
  fake_peer_send_text (peer, "{\"#ok\":%s,\"#ref\":\"%s\"}", ok,
                       json_object_get_string_member_with_default (request, "ref", ""));
}

void
fake_peer_serve_one (FakePeer   *peer,
                     JsonObject *request)
{
  const char *action = json_object_get_string_member_with_default (request, "action", "");
  const char *rid = json_object_get_string_member_with_default (request, "rid", "");

  if (g_str_equal (action, "rooms"))
    {
      fake_peer_ok (peer, request, "{\"rooms\":[]}");
    }
  else if (g_str_equal (action, "subscribe") || g_str_equal (action, "join"))
    {
      g_autofree char *ok = g_strdup_printf (
        "{\"room\":{\"rid\":\"%s\",\"kind\":\"group\",\"epoch\":\"e1\",\"seq\":0,\"members\":1,"
        "\"present\":1,\"member\":true,\"read\":0,\"unread\":0,\"last\":null},\"events\":[],"
        "\"more\":false,\"reset\":false,\"present\":[],\"reads\":[]}",
        rid);

      fake_peer_ok (peer, request, ok);
    }
  else if (g_str_equal (action, "history"))
    {
      fake_peer_ok (peer, request, "{\"events\":[],\"more\":false,\"epoch\":\"e1\"}");
    }
  else if (g_str_equal (action, "users"))
    {
      fake_peer_ok (peer, request, "{\"users\":[],\"more\":false}");
    }
  else
    {
      fake_peer_ok (peer, request, "{}");
    }
}

void
fake_peer_serve (FakePeer *peer)
{
  JsonObject *request;

  while ((request = fake_peer_read (peer)))
    {
      fake_peer_serve_one (peer, request);
      json_object_unref (request);
    }
}

void
fake_peer_tell (FakePeer   *peer,
                const char *word)
{
  g_async_queue_push (peer->space->words, g_strdup (word));
}

char *
fake_space_pop (FakeSpace *self)
{
  return g_async_queue_try_pop (self->words);
}

static gpointer
peer_thread (gpointer data)
{
  FakePeer *peer = data;

  if (read_request (peer))
    peer->space->script (peer, peer->number, peer->space->user_data);
  shutdown (peer->fd, SHUT_RDWR);

  return NULL;
}

static void
peer_free (gpointer data)
{
  FakePeer *peer = data;

  shutdown (peer->fd, SHUT_RDWR);
  g_thread_join (peer->thread);
  close (peer->fd);
  g_string_free (peer->input, TRUE);
  g_hash_table_unref (peer->headers);
  wire_ws_reader_clear (&peer->reader);
  g_free (peer->path);
  g_free (peer->body);
  g_free (peer);
}

static gpointer
accept_thread (gpointer data)
{
  FakeSpace *self = data;
  int fd;

  while ((fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    {
      FakePeer *peer = g_new0 (FakePeer, 1);

      peer->space = self;
      peer->fd = fd;
      peer->input = g_string_new ("");
      peer->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      wire_ws_reader_init (&peer->reader);
      g_mutex_lock (&self->lock);
      peer->number = self->peers->len;
      peer->thread = g_thread_new ("fake-peer", peer_thread, peer);
      g_ptr_array_add (self->peers, peer);
      g_mutex_unlock (&self->lock);
    }

  return NULL;
}

FakeSpace *
fake_space_new (FakeSpaceScript script,
                gpointer        user_data)
{
  FakeSpace *self = g_new0 (FakeSpace, 1);
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (self->fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (self->fd, 16), ==, 0);
  g_assert_cmpint (getsockname (self->fd, (struct sockaddr *) &address, &length), ==, 0);

  self->url = g_strdup_printf ("http://127.0.0.1:%u", ntohs (address.sin_port));
  self->script = script;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  self->peers = g_ptr_array_new_with_free_func (peer_free);
  self->words = g_async_queue_new_full (g_free);
  self->thread = g_thread_new ("fake-space", accept_thread, self);

  return self;
}

void
fake_space_free (FakeSpace *self)
{
  shutdown (self->fd, SHUT_RDWR);
  g_thread_join (self->thread);
  close (self->fd);
  g_ptr_array_unref (self->peers);
  g_async_queue_unref (self->words);
  g_mutex_clear (&self->lock);
  g_free (self->url);
  g_free (self);
}

const char *
fake_space_get_url (FakeSpace *self)
{
  return self->url;
}

guint
fake_space_get_n_connections (FakeSpace *self)
{
  guint n_connections;

  g_mutex_lock (&self->lock);
  n_connections = self->peers->len;
  g_mutex_unlock (&self->lock);

  return n_connections;
}

static char *
encode (const char *text)
{
  char *code = g_base64_encode ((const guchar *) text, strlen (text));

  g_strdelimit (code, "+", '-');
  g_strdelimit (code, "/", '_');
  *strchrnul (code, '=') = '\0';

  return code;
}

char *
fake_space_make_token (gint64 issued_at,
                       gint64 expires_at)
{
  g_autofree char *claims =
    g_strdup_printf ("{\"iat\":%" G_GINT64_FORMAT ",\"exp\":%" G_GINT64_FORMAT "}", issued_at,
                     expires_at);
  g_autofree char *head = encode ("{\"alg\":\"none\"}");
  g_autofree char *body = encode (claims);

  return g_strconcat (head, ".", body, ".sign", NULL);
}
