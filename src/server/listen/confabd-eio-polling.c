/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-eio"

#include "config.h"

#include "confabd-eio-private.h"

#include "wire-eio.h"

#include <string.h>

#define BINARY_TYPE "application/octet-stream"

/* GET takes what the hub has said, POST brings what the client says. Of each there may be one at a
 * time; whoever sends two has lost count of the order, and the session ends. */

/* The packet in a frame of the hub, which is there whole; returns the size of the frame. */
static gsize
read_packet (const guint8  *frame,
             gsize          length,
             WireEioPacket *packet)
{
  gsize n_header;
  gsize size = confabd_eio_measure_frame (frame, length, &n_header);

  *packet = (WireEioPacket) {
    .type = WIRE_EIO_MESSAGE,
    .binary = TRUE,
    .data = (const char *) frame + n_header,
    .length = size - n_header,
  };

  /* What the hub says in a text frame is a packet. */
  if ((frame[0] & 0x0f) == WIRE_WS_TEXT)
    (void) wire_eio_packet_parse (packet, packet->data, packet->length, NULL);

  return size;
}

/* Takes as much as a payload may hold, but one packet at least. */
static void
take_payload (ConfabdEioSession *self,
              GString           *payload)
{
  gsize n_taken = 0;

  while (n_taken < self->n_whole)
    {
      const guint8 *frame = self->unread->data + n_taken;
      gsize max_bytes = payload->len > 0 ? self->eio->options.max_payload_bytes : G_MAXSIZE;
      WireEioPacket packet;
      gsize size = read_packet (frame, self->n_whole - n_taken, &packet);

      /* Text for which the transport has no form does not come from a core of ours: JSON escapes
       * the separator. */
      if ((frame[0] & 0x0f) <= WIRE_WS_BINARY &&
          !wire_eio_payload_append (payload, &packet, max_bytes, NULL) && payload->len > 0)
        break;

      n_taken += size;
    }

  g_byte_array_remove_range (self->unread, 0, n_taken);
  self->n_whole -= n_taken;

  if (self->unread->len == 0)
    {
      g_byte_array_unref (self->unread);
      self->unread = g_byte_array_new ();
    }

  confabd_eio_session_watch (self);
}

/* Answers a GET with what there is, or with @otherwise. Returns FALSE if there is neither. */
static gboolean
fill (ConfabdEioSession *self,
      SoupServerMessage *message,
      const char        *otherwise,
      gboolean          *is_last)
{
  g_autoptr(GString) payload = g_string_new (NULL);

  take_payload (self, payload);
  *is_last = self->over && self->n_whole == 0;

  if (*is_last && self->state != CONFABD_EIO_PARTING)
    {
      if (payload->len > 0)
        g_string_append_c (payload, WIRE_EIO_SEPARATOR);
      g_string_append (payload, "1");
    }

  if (payload->len == 0 && !otherwise)
    return FALSE;

  if (payload->len == 0)
    g_string_append (payload, otherwise);

  confabd_eio_reply (self->eio, message, "text/plain; charset=UTF-8", payload->str, payload->len);

  return TRUE;
}

static void
gone_cb (gpointer user_data)
{
  confabd_eio_session_part (user_data, NULL);
}

/**
 * confabd_eio_answer_poll:
 * @self: a session
 * @otherwise: (nullable): a packet for the case that there is nothing else to say
 *
 * Answers the GET that waits, if there is one, and something to say.
 */
void
confabd_eio_answer_poll (ConfabdEioSession *self,
                         const char        *otherwise)
{
  SoupServerMessage *message = self->poll;
  gboolean is_last;

  if (!message || !fill (self, message, otherwise, &is_last))
    return;

  self->poll = NULL;
  confabd_doorway_release (self->eio->doorway, message);
  soup_server_message_unpause (message);
  g_object_unref (message);

  if (is_last)
    confabd_eio_session_part (self, NULL);
}

/**
 * confabd_eio_poll:
 * @self: a session
 * @message: a GET
 *
 * Answers it, or lets it wait.
 */
void
confabd_eio_poll (ConfabdEioSession *self,
                  SoupServerMessage *message)
{
  /* While a WebSocket is about to take over, no GET is kept: the client waits for its end. */
  const char *otherwise = self->state == CONFABD_EIO_PROBED ? "6" : NULL;
  gboolean is_last;

  if (self->poll)
    {
      confabd_eio_refuse (message, WIRE_EIO_REFUSAL_BAD_REQUEST);
      confabd_eio_session_part (self, "1");
      return;
    }

  if (fill (self, message, otherwise, &is_last))
    {
      if (is_last)
        confabd_eio_session_part (self, NULL);
      return;
    }

  self->poll = g_object_ref (message);
  soup_server_message_pause (message);
  confabd_doorway_hold (self->eio->doorway, message, gone_cb, self);
}

static gboolean
is_binary (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);

  return type && g_ascii_strcasecmp (type, BINARY_TYPE) == 0;
}

/**
 * confabd_eio_begin_post:
 * @self: a session
 * @message: a POST whose body is still to come
 *
 * Refuses it, or waits for its body.
 */
void
confabd_eio_begin_post (ConfabdEioSession *self,
                        SoupServerMessage *message)
{
  if (self->post || is_binary (message))
    {
      confabd_eio_refuse (message, WIRE_EIO_REFUSAL_BAD_REQUEST);
      confabd_eio_session_part (self, "1");
      return;
    }

  self->post = g_object_ref (message);
  self->post_passed = FALSE;
}

/* Returns FALSE for what only a server says. */
static gboolean
take_packet (ConfabdEioSession   *self,
             const WireEioPacket *packet,
             gboolean            *closes)
{
  g_autoptr(GString) text = NULL;

  switch (packet->type)
    {
    case WIRE_EIO_PONG:
      self->due_us = confabd_eio_session_get_deadline_us (self);
      break;

    case WIRE_EIO_CLOSE:
      *closes = TRUE;
      return TRUE;

    case WIRE_EIO_MESSAGE:
      break;

    case WIRE_EIO_OPEN:
    case WIRE_EIO_PING:
    case WIRE_EIO_UPGRADE:
    case WIRE_EIO_NOOP:
      return FALSE;
    }

  if (packet->binary)
    {
      confabd_eio_session_add_frame (self, WIRE_WS_BINARY, packet->data, packet->length);
      return TRUE;
    }

  text = g_string_sized_new (packet->length + 2);
  wire_eio_packet_append (packet, text);
  confabd_eio_session_add_frame (self, WIRE_WS_TEXT, text->str, text->len);

  return TRUE;
}

/* All packets of the body, or none. */
static gboolean
take_body (ConfabdEioSession *self,
           char              *body,
           gsize              length,
           gboolean          *closes)
{
  gsize n_before = self->unsent->len;
  WireEioStep step = WIRE_EIO_STEP_FAILED;
  WireEioPayload payload;
  WireEioPacket packet;

  /* A payload holds at least one packet. */
  if (length > 0 &&
      wire_eio_payload_init (&payload, body, length, self->eio->options.max_payload_bytes,
                             NULL))
    while (!*closes &&
           (step = wire_eio_payload_next (&payload, &packet, NULL)) == WIRE_EIO_STEP_PACKET)
      if (!take_packet (self, &packet, closes))
        break;

  if (*closes || step == WIRE_EIO_STEP_DONE)
    return TRUE;

  g_byte_array_set_size (self->unsent, n_before);

  return FALSE;
}

/**
 * confabd_eio_answer_post:
 * @self: a session
 * @accepted: whether what it brought has been passed on
 *
 * Answers the POST whose body has been taken, if there is one.
 */
void
confabd_eio_answer_post (ConfabdEioSession *self,
                         gboolean           accepted)
{
  SoupServerMessage *message = self->post;

  if (!message || !self->post_passed)
    return;

  self->post = NULL;
  if (accepted)
    confabd_eio_reply (self->eio, message, "text/html", "ok", strlen ("ok"));
  else
    confabd_eio_refuse (message, WIRE_EIO_REFUSAL_BAD_REQUEST);

  soup_server_message_unpause (message);
  g_object_unref (message);
}

/**
 * confabd_eio_take_post:
 * @self: a session
 *
 * Takes the body of its POST.
 */
void
confabd_eio_take_post (ConfabdEioSession *self)
{
  SoupServerMessage *message = self->post;
  SoupMessageBody *content = soup_server_message_get_request_body (message);
  g_autofree char *body = NULL;
  gboolean closes = FALSE;
  gboolean accepted;
  gsize length;

  body = g_bytes_unref_to_data (soup_message_body_flatten (content), &length);
  soup_message_body_truncate (content);
  accepted = take_body (self, body, length, &closes);

  soup_server_message_pause (message);
  self->post_passed = TRUE;

  if (accepted && !closes)
    {
      confabd_eio_session_send (self);
      return;
    }

  if (closes && !self->poll)
    confabd_eio_expect_crossed (self->eio, self->sid);

  confabd_eio_answer_post (self, accepted);
  confabd_eio_session_part (self, closes ? "6" : "1");
}
