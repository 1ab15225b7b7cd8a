/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-ws-reader"

#include "config.h"

#include "wire-ws-reader.h"

#include <string.h>

/**
 * WireWsReader:
 *
 * Makes messages out of the bytes that come from a WebSocket, however they are cut.
 *
 * What a peer does wrong is found at the first byte that shows it, before anything is
 * kept for it: a length that is announced costs nothing until its bytes are there. Once
 * failed it stays failed, once closed it reads nothing more. A message that lies whole in
 * what it is given is handed out where it lies.
 */

#define FIRST_MESSAGE_SIZE 512

static WireWsStatus
fail (WireWsReader  *self,
      WireWsMessage *message,
      guint16        code,
      const char    *reason)
{
  self->failed_code = code;
  message->close_code = code;
  message->reason = reason;

  return WIRE_WS_FAILED;
}

static WireWsStatus
protocol_error (WireWsReader  *self,
                WireWsMessage *message,
                const char    *reason)
{
  return fail (self, message, WIRE_WS_CLOSE_PROTOCOL_ERROR, reason);
}

static void
drop_handed_out (WireWsReader *self)
{
  if (!self->handed_out)
    return;

  self->handed_out = FALSE;

  /* A control frame can come between the fragments of a message, which is then kept. */
  if (self->control)
    {
      g_clear_pointer (&self->control, g_free);
      self->control_length = 0;
    }
  else
    {
      g_clear_pointer (&self->message, g_free);
      self->message_length = 0;
      self->message_size = 0;
    }
}

static gboolean
is_control (guint8 opcode)
{
  return (opcode & 0x8) != 0;
}

/* How long the header is, as far as its first two bytes tell. */
static gsize
get_header_length (const guint8 *header)
{
  guint8 length = header[1] & 0x7f;

  return 2 + (length == 126 ? 2u : length == 127 ? 8u : 0u) + (header[1] & 0x80 ? 4u : 0u);
}

static guint64
get_payload_length (const guint8 *header)
{
  guint8 short_length = header[1] & 0x7f;
  guint n_bytes = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  guint64 length = 0;

  if (n_bytes == 0)
    return short_length;

  for (guint i = 0; i < n_bytes; i++)
    length = length << 8 | header[2 + i];

  return length;
}

/* RFC 6455 §5.2 and §5.4, the part that the first two bytes decide. */
static const char *
find_fault_in_start (const WireWsReader        *self,
                     const WireWsReaderOptions *options,
                     const guint8              *header)
{
  guint8 opcode = header[0] & 0x0f;
  gboolean fin = (header[0] & 0x80) != 0;
  gboolean masked = (header[1] & 0x80) != 0;

  if (header[0] & 0x70)
    return "a reserved bit is set";
  if (opcode != WIRE_WS_CONTINUATION && opcode != WIRE_WS_TEXT && opcode != WIRE_WS_BINARY &&
      opcode != WIRE_WS_CLOSE && opcode != WIRE_WS_PING && opcode != WIRE_WS_PONG)
    return "an opcode is reserved";
  if (masked && !options->expect_masked)
    return "a frame of the server is masked";
  if (!masked && options->expect_masked)
    return "a frame of the client is not masked";
  if (is_control (opcode) && !fin)
    return "a control frame is fragmented";
  if (is_control (opcode) && (header[1] & 0x7f) > WIRE_WS_MAX_CONTROL)
    return "a control frame is too long";
  if (opcode == WIRE_WS_CONTINUATION && self->message_opcode == 0)
    return "a continuation continues nothing";
  if ((opcode == WIRE_WS_TEXT || opcode == WIRE_WS_BINARY) && self->message_opcode != 0)
    return "a message begins within another";

  return NULL;
}

static gboolean
is_length_minimal (const guint8 *header,
                   guint64       length)
{
  switch (header[1] & 0x7f)
    {
    case 126:
      return length > 125;
    case 127:
      return length > G_MAXUINT16 && length <= G_MAXINT64;
    default:
      return TRUE;
    }
}

static WireWsStatus
begin_frame (WireWsReader              *self,
             const WireWsReaderOptions *options,
             const guint8              *header,
             WireWsMessage             *message)
{
  guint64 length = get_payload_length (header);

  if (!is_length_minimal (header, length))
    return protocol_error (self, message, "a length is not written as it should be");

  self->frame_opcode = header[0] & 0x0f;
  self->fin = (header[0] & 0x80) != 0;
  self->n_payload_left = length;
  self->mask_offset = 0;
  self->in_payload = TRUE;

  if (header[1] & 0x80)
    memcpy (self->mask, header + get_header_length (header) - 4, 4);

  if (is_control (self->frame_opcode))
    return WIRE_WS_NEED_MORE;

  if (length > options->max_message_bytes ||
      length + self->message_length > options->max_message_bytes ||
      length + self->message_length > G_MAXUINT32)
    return fail (self, message, WIRE_WS_CLOSE_TOO_BIG, "a message is too big");

  if (self->n_fragments >= options->max_fragments)
    return fail (self, message, WIRE_WS_CLOSE_TOO_BIG, "a message has too many fragments");

  self->n_fragments++;

  if (self->frame_opcode != WIRE_WS_CONTINUATION)
    self->message_opcode = self->frame_opcode;

  return WIRE_WS_NEED_MORE;
}

/* Takes bytes of the header; tells in @status whether that failed. Returns how many it took. */
static gsize
take_header (WireWsReader              *self,
             const WireWsReaderOptions *options,
             const guint8              *data,
             gsize                      length,
             WireWsMessage             *message,
             WireWsStatus              *status)
{
  gsize used = 0;

  while (used < length)
    {
      const char *fault;

      self->header[self->n_header++] = data[used++];

      if (self->n_header < 2)
        continue;

      if (self->n_header == 2)
        {
          fault = find_fault_in_start (self, options, self->header);

          if (fault)
            {
              *status = protocol_error (self, message, fault);
              return used;
            }
        }

      if (self->n_header == get_header_length (self->header))
        {
          self->n_header = 0;
          *status = begin_frame (self, options, self->header, message);
          return used;
        }
    }

  return used;
}

static void
unmask (WireWsReader              *self,
        const WireWsReaderOptions *options,
        guint8                    *data,
        gsize                      length)
{
  if (!options->expect_masked)
    return;

  wire_ws_mask (data, length, self->mask, self->mask_offset);
  self->mask_offset = (guint8) ((self->mask_offset + length) % 4);
}

/* Grows with what has come, never with what was announced. */
static void
keep_for_message (WireWsReader *self,
                  const guint8 *data,
                  gsize         length)
{
  gsize needed = self->message_length + length;

  if (needed > self->message_size)
    {
      gsize announced = self->fin ? needed + self->n_payload_left : G_MAXUINT32;
      gsize size = MAX (MAX (needed, FIRST_MESSAGE_SIZE),
                        MIN ((gsize) self->message_size * 2, announced));

      self->message = g_realloc (self->message, size);
      self->message_size = (guint32) MIN (size, G_MAXUINT32);
    }

  memcpy (self->message + self->message_length, data, length);
  self->message_length = (guint32) needed;
}

static void
keep_for_control (WireWsReader *self,
                  const guint8 *data,
                  gsize         length)
{
  if (!self->control)
    self->control = g_malloc (WIRE_WS_MAX_CONTROL);

  memcpy (self->control + self->control_length, data, length);
  self->control_length = (guint8) (self->control_length + length);
}

/* RFC 6455 §5.5.1 */
static WireWsStatus
finish_close (WireWsReader  *self,
              WireWsMessage *message)
{
  guint code;

  self->closed = TRUE;
  message->close_code = WIRE_WS_CLOSE_NO_STATUS;

  if (message->length == 0)
    return WIRE_WS_CONTROL;

  if (message->length == 1)
    return protocol_error (self, message, "a close frame has half a code");

  code = (guint) message->data[0] << 8 | message->data[1];

  if (!wire_ws_close_code_ok (code))
    return protocol_error (self, message, "a close frame has a code that may not be sent");

  if (!wire_utf8_is_valid (message->data + 2, message->length - 2))
    return fail (self, message, WIRE_WS_CLOSE_INVALID_DATA,
                 "the reason of a close frame is not UTF-8");

  message->close_code = (guint16) code;
  message->data += 2;
  message->length -= 2;

  return WIRE_WS_CONTROL;
}

/* All of a control frame is there: in @data, or kept. */
static WireWsStatus
finish_control (WireWsReader  *self,
                const guint8  *data,
                gsize          length,
                WireWsMessage *message)
{
  if (self->control)
    {
      keep_for_control (self, data, length);
      data = self->control;
      length = self->control_length;
      self->handed_out = TRUE;
    }

  message->opcode = (WireWsOpcode) self->frame_opcode;
  message->data = data;
  message->length = length;

  return self->frame_opcode == WIRE_WS_CLOSE ? finish_close (self, message) : WIRE_WS_CONTROL;
}

/* The last fragment of a message is there: in @data, with what was kept before it. */
static WireWsStatus
finish_message (WireWsReader  *self,
                const guint8  *data,
                gsize          length,
                WireWsMessage *message)
{
  message->opcode = (WireWsOpcode) self->message_opcode;

  if (message->opcode == WIRE_WS_TEXT && !wire_utf8_is_whole (&self->utf8))
    return fail (self, message, WIRE_WS_CLOSE_INVALID_DATA, "a text ends within a character");

  if (self->message)
    {
      keep_for_message (self, data, length);
      data = self->message;
      length = self->message_length;
      self->handed_out = TRUE;
    }

  message->data = data;
  message->length = length;
  self->message_opcode = 0;
  self->n_fragments = 0;

  return WIRE_WS_MESSAGE;
}

/* @data is payload of the frame, and no more than is left of it. */
static WireWsStatus
take_payload (WireWsReader              *self,
              const WireWsReaderOptions *options,
              guint8                    *data,
              gsize                      length,
              WireWsMessage             *message)
{
  gboolean complete = length == self->n_payload_left;

  unmask (self, options, data, length);
  self->n_payload_left -= length;
  self->in_payload = !complete;

  if (is_control (self->frame_opcode))
    {
      if (complete)
        return finish_control (self, data, length, message);

      keep_for_control (self, data, length);
      return WIRE_WS_NEED_MORE;
    }

  if (self->message_opcode == WIRE_WS_TEXT && !wire_utf8_feed (&self->utf8, data, length))
    return fail (self, message, WIRE_WS_CLOSE_INVALID_DATA, "a text is not UTF-8");

  if (complete && self->fin)
    return finish_message (self, data, length, message);

  if (length > 0)
    keep_for_message (self, data, length);

  return WIRE_WS_NEED_MORE;
}

/**
 * wire_ws_reader_init:
 * @self: (out caller-allocates): a reader between messages
 */
void
wire_ws_reader_init (WireWsReader *self)
{
  memset (self, 0, sizeof *self);
}

/**
 * wire_ws_reader_clear:
 * @self: a reader
 *
 * Frees what it holds; it is then as new.
 */
void
wire_ws_reader_clear (WireWsReader *self)
{
  g_free (self->message);
  g_free (self->control);
  wire_ws_reader_init (self);
}

/**
 * wire_ws_reader_feed:
 * @self: a reader
 * @options: which end it is and what it bears; the same at each call
 * @data: (inout): what came from the peer; unmasked in place as far as it is used
 * @length: how many bytes
 * @used: (out): how many were taken
 * @message: (out caller-allocates): what was found
 *
 * Takes some of @data and tells what came of it. Call again with the rest until
 * %WIRE_WS_NEED_MORE. A message that lies whole inside @data is handed out without a
 * copy; @message is valid until the next call and as long as @data is.
 *
 * Returns: what came of it
 */
WireWsStatus
wire_ws_reader_feed (WireWsReader              *self,
                     const WireWsReaderOptions *options,
                     guint8                    *data,
                     gsize                      length,
                     gsize                     *used,
                     WireWsMessage             *message)
{
  WireWsStatus status = WIRE_WS_NEED_MORE;
  gsize position = 0;

  memset (message, 0, sizeof *message);
  drop_handed_out (self);

  if (self->failed_code != 0)
    status = fail (self, message, self->failed_code, "it failed before");
  else if (self->closed)
    position = length;

  while (status == WIRE_WS_NEED_MORE &&
         (position < length || (self->in_payload && self->n_payload_left == 0)))
    {
      if (!self->in_payload)
        {
          position += take_header (self, options, data + position, length - position, message,
                                   &status);
        }
      else
        {
          gsize taken = (gsize) MIN (self->n_payload_left, length - position);

          status = take_payload (self, options, data + position, taken, message);
          position += taken;
        }
    }

  *used = position;

  return status;
}
