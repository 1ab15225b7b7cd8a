/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "raw-peer.h"

#include <string.h>

static const char header_end[] = "\r\n\r\n";

/* Bytes of the head of an answer, its empty line included; 0 if the connection ends or is silent
 * before. */
static gsize
await_head (RawPeer *self)
{
  GByteArray *unread = raw_peer_get_unread (self);

  for (;;)
    {
      const char *end = unread->len == 0 ? NULL : memmem (unread->data, unread->len, header_end,
                                                          strlen (header_end));

      if (end)
        return (gsize) (end - (const char *) unread->data) + strlen (header_end);
      if (raw_peer_fill (self, RAW_PEER_DEADLINE_MS) != RAW_PEER_GOT_FRAME)
        return 0;
    }
}

static gsize
get_content_length (const char *head)
{
  static const char name[] = "\r\nContent-Length:";

  for (const char *next = head; *next; next++)
    {
      if (g_ascii_strncasecmp (next, name, strlen (name)) == 0)
        return g_ascii_strtoull (next + strlen (name), NULL, 10);
    }

  return 0;
}

static char *
take (RawPeer *self,
      gsize    length)
{
  GByteArray *unread = raw_peer_get_unread (self);
  char *text = g_strndup ((const char *) unread->data, length);

  g_byte_array_remove_range (unread, 0, (guint) length);

  return text;
}

/**
 * raw_peer_read_whole_answer:
 * @self: a peer that has asked something
 * @headers: (out) (optional) (transfer full): the head
 * @answer: (out) (optional) (transfer full): the body
 *
 * Returns: the status of an HTTP answer, or 0 if there was none
 */
guint
raw_peer_read_whole_answer (RawPeer  *self,
                            char    **headers,
                            char    **answer)
{
  gsize head_bytes = await_head (self);
  g_autofree char *head = NULL;
  g_autofree char *body = NULL;
  gsize body_bytes;
  guint status = 0;

  if (head_bytes == 0)
    return 0;

  head = take (self, head_bytes);
  if (!g_str_has_prefix (head, "HTTP/1."))
    return 0;
  status = (guint) g_ascii_strtoull (head + strlen ("HTTP/1.1 "), NULL, 10);

  /* What follows an upgrade is no body. */
  body_bytes = status == 101 ? 0 : get_content_length (head);
  while (raw_peer_get_unread (self)->len < body_bytes)
    {
      if (raw_peer_fill (self, RAW_PEER_DEADLINE_MS) != RAW_PEER_GOT_FRAME)
        return 0;
    }

  body = take (self, body_bytes);
  if (answer)
    *answer = g_steal_pointer (&body);
  if (headers)
    *headers = g_steal_pointer (&head);

  return status;
}

guint
raw_peer_read_answer (RawPeer  *self,
                      char    **answer)
{
  return raw_peer_read_whole_answer (self, NULL, answer);
}

/**
 * raw_peer_request:
 * @self: a peer
 * @method: of HTTP
 * @path: with the query
 * @headers: (nullable): whole lines, each with its line end
 * @body: (nullable): JSON
 * @answer: (out) (optional) (transfer full): the body of the answer
 *
 * Returns: the status of the answer, or 0 if there was none
 */
guint
raw_peer_request (RawPeer     *self,
                  const char  *method,
                  const char  *path,
                  const char  *headers,
                  const char  *body,
                  char       **answer)
{
  g_autofree char *request = NULL;

  request = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: localhost\r\n%s"
                             "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                             method, path, headers ? headers : "", body ? strlen (body) : 0,
                             body ? body : "");

  return raw_peer_write_text (self, request) ? raw_peer_read_answer (self, answer) : 0;
}

/**
 * raw_peer_make_upgrade:
 * @path: with the query
 * @headers: (nullable): whole lines, each with its line end
 *
 * Returns: (transfer full): the handshake of a WebSocket client (RFC 6455 §4.1)
 */
char *
raw_peer_make_upgrade (const char *path,
                       const char *headers)
{
  return g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                          "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                          path, headers ? headers : "");
}

/**
 * raw_peer_upgrade:
 * @self: a peer
 * @path: with the query
 * @headers: (nullable): whole lines, each with its line end
 *
 * Returns: the status of the answer: 101 if this is a WebSocket now
 */
guint
raw_peer_upgrade (RawPeer    *self,
                  const char *path,
                  const char *headers)
{
  g_autofree char *request = raw_peer_make_upgrade (path, headers);

  return raw_peer_write_text (self, request) ? raw_peer_read_answer (self, NULL) : 0;
}
