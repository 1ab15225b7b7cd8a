/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-enums.h"
#include "confab-call-stats.h"
#include "confab-call-types.h"

#include "confab.h"

#include <gst/gst.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_CALL_PEER (confab_call_peer_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabCallPeer, confab_call_peer, CONFAB, CALL_PEER, GObject)

/**
 * confab_call_peer_get_user:
 * @self: a peer
 *
 * Returns: (transfer none): who it is
 */
CONFAB_EXPORT
ConfabUser *confab_call_peer_get_user (ConfabCallPeer *self);

/**
 * confab_call_peer_get_connected:
 * @self: a peer
 *
 * Returns: whether its media come through now
 */
CONFAB_EXPORT
gboolean confab_call_peer_get_connected (ConfabCallPeer *self);

/**
 * confab_call_peer_get_muted:
 * @self: a peer
 *
 * Returns: whether the other side has muted itself, as it says
 */
CONFAB_EXPORT
gboolean confab_call_peer_get_muted (ConfabCallPeer *self);

/**
 * confab_call_peer_get_video_on:
 * @self: a peer
 *
 * Returns: whether the other side sends a picture
 */
CONFAB_EXPORT
gboolean confab_call_peer_get_video_on (ConfabCallPeer *self);

/**
 * confab_call_peer_get_screen_on:
 * @self: a peer
 *
 * Returns: whether the picture is that of a screen, as the other side says
 */
CONFAB_EXPORT
gboolean confab_call_peer_get_screen_on (ConfabCallPeer *self);

/**
 * confab_call_peer_get_missing_audio:
 * @self: a peer
 *
 * Returns: why the other side cannot be heard, as it says
 */
CONFAB_EXPORT
ConfabMissing confab_call_peer_get_missing_audio (ConfabCallPeer *self);

/**
 * confab_call_peer_get_missing_video:
 * @self: a peer
 *
 * Returns: why the other side cannot be seen although it would like to, as it says
 */
CONFAB_EXPORT
ConfabMissing confab_call_peer_get_missing_video (ConfabCallPeer *self);

/**
 * confab_call_peer_get_missing_screen:
 * @self: a peer
 *
 * Returns: why the screen is not seen that the other side wanted to show, as it says
 */
CONFAB_EXPORT
ConfabMissing confab_call_peer_get_missing_screen (ConfabCallPeer *self);

/**
 * confab_call_peer_get_safety_code:
 * @self: a peer
 *
 * Returns: (transfer none) (nullable): the code that both ends show
 */
CONFAB_EXPORT
const char *confab_call_peer_get_safety_code (ConfabCallPeer *self);

/**
 * confab_call_peer_dup_stats:
 * @self: a peer
 *
 * Gets how the connection is. #ConfabCallPeer::stats-changed tells of new ones, about once a
 * second.
 *
 * Returns: (transfer full): statistics
 */
CONFAB_EXPORT
ConfabCallStats *confab_call_peer_dup_stats (ConfabCallPeer *self);

/**
 * confab_call_peer_set_video_sink:
 * @self: a peer
 * @sink: (nullable): an element with one `sink` pad for raw video, or %NULL
 *
 * Sets where the picture goes, whether there is one already or not. It is taken out of the
 * call's pipeline, and stopped, when another one or %NULL is set, and when the call ends.
 */
CONFAB_EXPORT
void confab_call_peer_set_video_sink (ConfabCallPeer *self,
                                      GstElement     *sink);

G_END_DECLS
