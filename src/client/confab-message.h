/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-enums.h"
#include "confab-types.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_MESSAGE (confab_message_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabMessage, confab_message, CONFAB, MESSAGE, GObject)

/**
 * confab_message_get_id:
 * @self: a message
 *
 * Gets the id that the sender chose, a UUID in lower case.
 *
 * Returns: (transfer none): the id
 */
CONFAB_EXPORT
const char *confab_message_get_id (ConfabMessage *self);

/**
 * confab_message_get_seq:
 * @self: a message
 *
 * Gets the place of the message in its room. An outgoing message gets it with its acknowledgement.
 *
 * Returns: the sequence number, from 1; 0 as long as there is none
 */
CONFAB_EXPORT
guint64 confab_message_get_seq (ConfabMessage *self);

/**
 * confab_message_get_kind:
 * @self: a message
 *
 * Returns: what it is
 */
CONFAB_EXPORT
ConfabMessageKind confab_message_get_kind (ConfabMessage *self);

/**
 * confab_message_get_sender:
 * @self: a message
 *
 * Gets who wrote it, or of whom a membership notice tells.
 *
 * Returns: (transfer none): the user
 */
CONFAB_EXPORT
ConfabUser *confab_message_get_sender (ConfabMessage *self);

/**
 * confab_message_get_at:
 * @self: a message
 *
 * Gets when the server stored it; for an unacknowledged message, when it was queued.
 *
 * Returns: µs since the epoch, UTC
 */
CONFAB_EXPORT
gint64 confab_message_get_at (ConfabMessage *self);

/**
 * confab_message_get_text:
 * @self: a message
 *
 * Gets the plain text as written; of %CONFAB_MESSAGE_KIND_JSON the JSON; of membership notices the
 * empty string.
 *
 * Returns: (transfer none): the text, valid UTF-8
 */
CONFAB_EXPORT
const char *confab_message_get_text (ConfabMessage *self);

/**
 * confab_message_get_content:
 * @self: a message
 *
 * Gets what was sent as JSON, where it is more than a text: an application finds here what it has
 * sent with confab_room_send_content(). Anybody can send anything: check it.
 *
 * Returns: (transfer none) (nullable): valid JSON, or %NULL
 */
CONFAB_EXPORT
const char *confab_message_get_content (ConfabMessage *self);

/**
 * confab_message_get_markup:
 * @self: a message
 *
 * Gets the text as Pango markup, to be shown as it is: links are `<a href="…">` with http, https
 * and mailto only, and bold,
 * italic and code are spans. Made on first use.
 *
 * Returns: (transfer none): valid Pango markup
 */
CONFAB_EXPORT
const char *confab_message_get_markup (ConfabMessage *self);

/**
 * confab_message_get_outgoing:
 * @self: a message
 *
 * Tells whether the account of the session wrote it, on this device or another.
 *
 * Returns: whether it is the user's own
 */
CONFAB_EXPORT
gboolean confab_message_get_outgoing (ConfabMessage *self);

/**
 * confab_message_get_state:
 * @self: a message
 *
 * Returns: how far it has got
 */
CONFAB_EXPORT
ConfabMessageState confab_message_get_state (ConfabMessage *self);

/**
 * confab_message_get_error_message:
 * @self: a message
 *
 * Gets why it is %CONFAB_MESSAGE_STATE_FAILED, or still %CONFAB_MESSAGE_STATE_QUEUED
 * although it was sent, in English; an application chooses its sentence by
 * confab_message_get_error_code().
 *
 * Returns: (transfer none) (nullable): the reason, or %NULL
 */
CONFAB_EXPORT
const char *confab_message_get_error_message (ConfabMessage *self);

/**
 * confab_message_get_error_code:
 * @self: a message
 *
 * Gets the code of confab_message_get_error_message().
 *
 * Returns: a #ConfabError; meaningless where there is no message
 */
CONFAB_EXPORT
int confab_message_get_error_code (ConfabMessage *self);

/**
 * confab_message_get_retryable:
 * @self: a message
 *
 * Tells whether confab_room_retry() may help.
 *
 * Returns: %TRUE for a failed message that might go through another time
 */
CONFAB_EXPORT
gboolean confab_message_get_retryable (ConfabMessage *self);

G_END_DECLS
