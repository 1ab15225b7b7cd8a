/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-types.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_DATA_CHANNEL (confab_data_channel_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabDataChannel, confab_data_channel, CONFAB, DATA_CHANNEL, GObject)

/**
 * confab_data_channel_get_label:
 * @self: a channel
 *
 * Returns: (transfer none): what it is called at both ends
 */
CONFAB_EXPORT
const char *confab_data_channel_get_label (ConfabDataChannel *self);

/**
 * confab_data_channel_get_protocol:
 * @self: a channel
 *
 * Returns: (transfer none): what it carries, as the two ends agreed
 */
CONFAB_EXPORT
const char *confab_data_channel_get_protocol (ConfabDataChannel *self);

/**
 * confab_data_channel_get_ordered:
 * @self: a channel
 *
 * Returns: whether messages come in the order in which they were sent
 */
CONFAB_EXPORT
gboolean confab_data_channel_get_ordered (ConfabDataChannel *self);

/**
 * confab_data_channel_get_max_retransmits:
 * @self: a channel
 *
 * Returns: how often a message is sent again; -1 for no bound
 */
CONFAB_EXPORT
int confab_data_channel_get_max_retransmits (ConfabDataChannel *self);

/**
 * confab_data_channel_get_max_packet_life_time:
 * @self: a channel
 *
 * Returns: for how many milliseconds a message is sent again; -1 for no bound
 */
CONFAB_EXPORT
int confab_data_channel_get_max_packet_life_time (ConfabDataChannel *self);

/**
 * confab_data_channel_get_open:
 * @self: a channel
 *
 * Returns: whether something can be sent
 */
CONFAB_EXPORT
gboolean confab_data_channel_get_open (ConfabDataChannel *self);

/**
 * confab_data_channel_get_buffered_amount:
 * @self: a channel
 *
 * Returns: how many bytes wait to be sent
 */
CONFAB_EXPORT
guint64 confab_data_channel_get_buffered_amount (ConfabDataChannel *self);

/**
 * confab_data_channel_get_buffered_amount_low_threshold:
 * @self: a channel
 *
 * Returns: how few waiting bytes #ConfabDataChannel::buffered-amount-low tells of; 0 at first
 */
CONFAB_EXPORT
guint64 confab_data_channel_get_buffered_amount_low_threshold (ConfabDataChannel *self);

/**
 * confab_data_channel_set_buffered_amount_low_threshold:
 * @self: a channel
 * @n_bytes: how few waiting bytes are to be told of
 *
 * Sets when #ConfabDataChannel::buffered-amount-low comes.
 */
CONFAB_EXPORT
void confab_data_channel_set_buffered_amount_low_threshold (ConfabDataChannel *self,
                                                            guint64            n_bytes);

/**
 * confab_data_channel_send_text:
 * @self: a channel
 * @text: what to send
 * @error: return location for an error
 *
 * Sends a text. There is an error when 16 MiB would wait with it.
 *
 * Returns: %TRUE if it is on its way
 */
CONFAB_EXPORT
gboolean confab_data_channel_send_text (ConfabDataChannel  *self,
                                        const char         *text,
                                        GError            **error);

/**
 * confab_data_channel_send_bytes:
 * @self: a channel
 * @bytes: what to send
 * @error: return location for an error
 *
 * Sends bytes. There is an error when 16 MiB would wait with them.
 *
 * Returns: %TRUE if they are on their way
 */
CONFAB_EXPORT
gboolean confab_data_channel_send_bytes (ConfabDataChannel  *self,
                                         GBytes             *bytes,
                                         GError            **error);

G_END_DECLS
