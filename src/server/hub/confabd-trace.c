/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-trace"

#include "config.h"

#include "confabd-trace.h"

#include "wire-base64.h"
#include "wire-json.h"
#include "wire-limits.h"
#include "wire-ws-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * ConfabdTrace:
 *
 * A file of what passes over each WebSocket, for whoever looks for a mistake in a client or here.
 *
 * A line is a JSON object: "at" (µs since the epoch), "peer", and "what": `named` with the "cid" of
 * the connection, `in` or `out` with the "opcode" and the "text" of a message (or "base64"), or
 * `gone`. What goes out is written down when it is queued. Messages and tokens are in it as they
 * are, so it is for its owner alone.
 *
 * Any thread may write: each line is one write() at the end of the file, so there is no lock.
 */
struct _ConfabdTrace
{
  int fd;
};

static GString *
begin_line (ConfabdPeer  peer,
            const char  *what)
{
  GString *line = g_string_new (NULL);

  g_string_append_printf (line,
                          "{\"at\":%" G_GINT64_FORMAT ",\"peer\":\"%016" G_GINT64_MODIFIER "x\","
                          "\"what\":\"%s\"",
                          g_get_real_time (), peer, what);

  return line;
}

/* A disk that is full must not stop the server; the end of the trace shows it. */
static void
end_line (ConfabdTrace *self,
          GString      *line)
{
  g_string_append (line, "}\n");

  if (write (self->fd, line->str, line->len) < (gssize) line->len)
    g_debug ("A line of the trace is lost: %s", g_strerror (errno));

  g_string_free (line, TRUE);
}

static const char *
get_opcode_name (WireWsOpcode opcode)
{
  switch (opcode)
    {
    case WIRE_WS_TEXT:
      return "text";
    case WIRE_WS_BINARY:
      return "binary";
    case WIRE_WS_CLOSE:
      return "close";
    case WIRE_WS_PING:
      return "ping";
    case WIRE_WS_PONG:
      return "pong";
    case WIRE_WS_CONTINUATION:
      break;
    }

  return "continuation";
}

static void
write_frame (ConfabdTrace *self,
             ConfabdPeer   peer,
             const char   *what,
             WireWsOpcode  opcode,
             const void   *data,
             gsize         length,
             guint16       close_code)
{
  GString *line = begin_line (peer, what);

  g_string_append_printf (line, ",\"opcode\":\"%s\",\"bytes\":%" G_GSIZE_FORMAT,
                          get_opcode_name (opcode), length);

  if (opcode == WIRE_WS_CLOSE)
    g_string_append_printf (line, ",\"code\":%u", close_code);

  if (opcode == WIRE_WS_TEXT || opcode == WIRE_WS_CLOSE)
    {
      g_autofree char *text = g_strndup (data, length);

      g_string_append (line, ",\"text\":");
      wire_json_append_string (line, text);
    }
  else
    {
      g_string_append (line, ",\"base64\":\"");
      wire_base64_append (line, data, length);
      g_string_append_c (line, '"');
    }

  end_line (self, line);
}

/**
 * confabd_trace_new:
 * @path: of the file; what is in it already, stays
 * @error: return location for an error
 *
 * Opens or makes the file, so that only its owner may read it.
 *
 * Returns: (transfer full) (nullable): a trace
 */
ConfabdTrace *
confabd_trace_new (const char  *path,
                   GError     **error)
{
  int fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  ConfabdTrace *self;

  if (fd < 0 || fchmod (fd, 0600) < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "Cannot trace frames to %s: %s", path, g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return NULL;
    }

  self = g_new0 (ConfabdTrace, 1);
  self->fd = fd;

  return self;
}

void
confabd_trace_free (ConfabdTrace *self)
{
  close (self->fd);
  g_free (self);
}

/**
 * confabd_trace_name:
 * @self: a trace
 * @peer: a peer
 * @cid: what its connection is called in the protocol
 *
 * Tells which connection @peer is.
 */
void
confabd_trace_name (ConfabdTrace *self,
                    ConfabdPeer   peer,
                    const char   *cid)
{
  GString *line = begin_line (peer, "named");

  g_string_append (line, ",\"cid\":");
  wire_json_append_string (line, cid);
  end_line (self, line);
}

/**
 * confabd_trace_received:
 * @self: a trace
 * @peer: from whom
 * @opcode: what kind of message
 * @data: the message, whole and unmasked; of a close frame its reason
 * @length: of @data
 * @close_code: of a close frame
 */
void
confabd_trace_received (ConfabdTrace *self,
                        ConfabdPeer   peer,
                        WireWsOpcode  opcode,
                        const void   *data,
                        gsize         length,
                        guint16       close_code)
{
  write_frame (self, peer, "in", opcode, data, length, close_code);
}

/**
 * confabd_trace_sent:
 * @self: a trace
 * @peer: to whom
 * @frames: one or several whole frames of the server
 * @length: of @frames
 */
void
confabd_trace_sent (ConfabdTrace *self,
                    ConfabdPeer   peer,
                    const guint8 *frames,
                    gsize         length)
{
  const WireWsReaderOptions options = { .max_message_bytes = G_MAXUINT32, .max_fragments = 1 };
  g_auto(WireWsReader) reader = { 0 };
  g_autofree guint8 *copy = g_memdup2 (frames, length);
  gsize offset = 0;

  wire_ws_reader_init (&reader);

  while (offset < length)
    {
      WireWsMessage message;
      gsize used = 0;
      WireWsStatus status = wire_ws_reader_feed (&reader, &options, copy + offset, length - offset,
                                                 &used, &message);

      if (status != WIRE_WS_MESSAGE && status != WIRE_WS_CONTROL)
        break;

      write_frame (self, peer, "out", message.opcode, message.data, message.length,
                   message.close_code);
      offset += used;
    }
}

/**
 * confabd_trace_gone:
 * @self: a trace
 * @peer: whose socket is closed now
 */
void
confabd_trace_gone (ConfabdTrace *self,
                    ConfabdPeer   peer)
{
  end_line (self, begin_line (peer, "gone"));
}
