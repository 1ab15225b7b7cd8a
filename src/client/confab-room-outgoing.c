/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-room"

#include "config.h"

#include "confab-room-private.h"

#include "confab-error-private.h"
#include "confab-json-private.h"
#include "confab-message-list-private.h"

#include "wire-limits.h"

#include <string.h>

/* What the user says in a room. The outbox keeps it and sends it; here it becomes a message of the
 * conversation at once. */

static char *
make_content (const char *text)
{
  g_autoptr(JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "text", text);

  return confab_json_print_object (object);
}

static ConfabMessage *
queue_content (ConfabRoom  *self,
               const char  *content,
               GError     **error)
{
  ConfabMessage *message;

  if (strlen (content) > WIRE_LIMIT_MESSAGE_BYTES)
    {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_LARGE,
                   "The message has %zu bytes, and may have %d", strlen (content),
                   WIRE_LIMIT_MESSAGE_BYTES);
      return NULL;
    }

  message = confab_outbox_add (confab_session_get_outbox (self->session), self->rid, content);
  if (self->messages)
    confab_message_list_add_outgoing (self->messages, message);
  confab_room_update_last (self, message);

  return message;
}

ConfabMessage *
confab_room_send_text (ConfabRoom  *self,
                       const char  *text,
                       GError     **error)
{
  g_autofree char *content = NULL;
  ConfabMessage *message;

  g_return_val_if_fail (CONFAB_IS_ROOM (self), NULL);
  g_return_val_if_fail (text, NULL);

  if (!text[0] || !g_utf8_validate (text, -1, NULL) || !self->session)
    {
      g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER,
                           self->session ? "The text is empty or not UTF-8"
                                         : "The session of the room is gone");
      return NULL;
    }

  content = make_content (text);
  message = queue_content (self, content, error);
  if (message)
    confab_room_set_typing (self, FALSE);

  return message;
}

ConfabMessage *
confab_room_send_content (ConfabRoom  *self,
                          const char  *json,
                          GError     **error)
{
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *content = NULL;

  g_return_val_if_fail (CONFAB_IS_ROOM (self), NULL);
  g_return_val_if_fail (json, NULL);

  node = g_utf8_validate (json, -1, NULL) ? json_from_string (json, NULL) : NULL;
  if (!node || !self->session)
    {
      g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER,
                           self->session ? "The content is no JSON"
                                         : "The session of the room is gone");
      return NULL;
    }

  content = json_to_string (node, FALSE);

  return queue_content (self, content, error);
}

void
confab_room_retry (ConfabRoom    *self,
                   ConfabMessage *message)
{
  g_return_if_fail (CONFAB_IS_ROOM (self));
  g_return_if_fail (CONFAB_IS_MESSAGE (message));

  if (self->session)
    confab_outbox_retry (confab_session_get_outbox (self->session), message);
}

/* What was said before it is the last again. */
static void
forget_discarded (ConfabRoom *self)
{
  g_autoptr(GPtrArray) rest =
    confab_outbox_list (confab_session_get_outbox (self->session), self->rid);

  confab_room_set_last_message (self, rest->len ? g_ptr_array_index (rest, rest->len - 1)
                                                : self->last_posted);
}

void
confab_room_discard (ConfabRoom    *self,
                     ConfabMessage *message)
{
  g_return_if_fail (CONFAB_IS_ROOM (self));
  g_return_if_fail (CONFAB_IS_MESSAGE (message));

  if (!self->session ||
      !confab_outbox_discard (confab_session_get_outbox (self->session), message))
    return;

  if (self->messages)
    confab_message_list_remove_outgoing (self->messages, message);
  if (self->last_message == message)
    forget_discarded (self);
}
