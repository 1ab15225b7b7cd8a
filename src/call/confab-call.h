/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-enums.h"
#include "confab-call-types.h"

#include "confab.h"

#include <gst/gst.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_CALL (confab_call_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabCall, confab_call, CONFAB, CALL, GObject)

/**
 * confab_call_get_id:
 * @self: a call
 *
 * Returns: (transfer none): a UUID, the same at both ends
 */
CONFAB_EXPORT
const char *confab_call_get_id (ConfabCall *self);

/**
 * confab_call_get_state:
 * @self: a call
 *
 * Returns: where the call is
 */
CONFAB_EXPORT
ConfabCallState confab_call_get_state (ConfabCall *self);

/**
 * confab_call_get_end_reason:
 * @self: a call
 *
 * Returns: why it has ended
 */
CONFAB_EXPORT
ConfabCallEndReason confab_call_get_end_reason (ConfabCall *self);

/**
 * confab_call_get_end_message:
 * @self: a call
 *
 * Returns: (transfer none) (nullable): details of the end for a log, in English
 */
CONFAB_EXPORT
const char *confab_call_get_end_message (ConfabCall *self);

/**
 * confab_call_get_room:
 * @self: a call
 *
 * Returns: (transfer none) (nullable): the room it belongs to; %NULL for a call from somebody with
 *   whom there is none
 */
CONFAB_EXPORT
ConfabRoom *confab_call_get_room (ConfabCall *self);

/**
 * confab_call_get_user:
 * @self: a call
 *
 * Returns: (transfer none) (nullable): the other user; %NULL in the call of a group
 */
CONFAB_EXPORT
ConfabUser *confab_call_get_user (ConfabCall *self);

/**
 * confab_call_get_outgoing:
 * @self: a call
 *
 * Returns: whether it was begun here
 */
CONFAB_EXPORT
gboolean confab_call_get_outgoing (ConfabCall *self);

/**
 * confab_call_get_video:
 * @self: a call
 *
 * Returns: whether the caller began it with a camera
 */
CONFAB_EXPORT
gboolean confab_call_get_video (ConfabCall *self);

/**
 * confab_call_get_started_at:
 * @self: a call
 *
 * Returns: when it became %CONFAB_CALL_STATE_ACTIVE, in µs since the epoch, UTC; 0 before
 */
CONFAB_EXPORT
gint64 confab_call_get_started_at (ConfabCall *self);

/**
 * confab_call_get_reconnecting:
 * @self: a call
 *
 * Returns: whether it is active, but nothing comes through just now
 */
CONFAB_EXPORT
gboolean confab_call_get_reconnecting (ConfabCall *self);

/**
 * confab_call_get_peers:
 * @self: a call
 *
 * Gets who else is in the call.
 *
 * Returns: (transfer none): a list of #ConfabCallPeer; one item in a call of two
 */
CONFAB_EXPORT
GListModel *confab_call_get_peers (ConfabCall *self);

/**
 * confab_call_get_muted:
 * @self: a call
 *
 * Returns: whether the own microphone is silent
 */
CONFAB_EXPORT
gboolean confab_call_get_muted (ConfabCall *self);

/**
 * confab_call_set_muted:
 * @self: a call
 * @muted: whether the own microphone is to be silent
 *
 * Mutes, or no longer does; the other side is told.
 */
CONFAB_EXPORT
void confab_call_set_muted (ConfabCall *self,
                            gboolean    muted);

/**
 * confab_call_get_camera_on:
 * @self: a call
 *
 * Returns: whether the own camera is seen
 */
CONFAB_EXPORT
gboolean confab_call_get_camera_on (ConfabCall *self);

/**
 * confab_call_set_camera_on:
 * @self: a call
 * @camera_on: whether the own camera is to be seen
 *
 * Opens or closes the camera. Where it cannot be opened, the property goes back, and
 * #ConfabCall:missing-video tells why.
 */
CONFAB_EXPORT
void confab_call_set_camera_on (ConfabCall *self,
                                gboolean    camera_on);

/**
 * confab_call_get_screen_on:
 * @self: a call
 *
 * Returns: whether the own screen is seen instead of the camera
 */
CONFAB_EXPORT
gboolean confab_call_get_screen_on (ConfabCall *self);

/**
 * confab_call_share_screen:
 * @self: a call
 *
 * Shows the screen instead of the camera. The person may be asked first, so
 * #ConfabCall:screen-on changes later, or not at all; #ConfabCall:missing-screen tells why.
 */
CONFAB_EXPORT
void confab_call_share_screen (ConfabCall *self);

/**
 * confab_call_stop_screen:
 * @self: a call
 *
 * Shows the screen no longer.
 */
CONFAB_EXPORT
void confab_call_stop_screen (ConfabCall *self);

/**
 * confab_call_get_missing_audio:
 * @self: a call
 *
 * Returns: why the person here cannot be heard
 */
CONFAB_EXPORT
ConfabMissing confab_call_get_missing_audio (ConfabCall *self);

/**
 * confab_call_get_missing_video:
 * @self: a call
 *
 * Returns: why the person here cannot be seen although the camera or the screen was wished for
 */
CONFAB_EXPORT
ConfabMissing confab_call_get_missing_video (ConfabCall *self);

/**
 * confab_call_get_missing_screen:
 * @self: a call
 *
 * Returns: why confab_call_share_screen() showed none the last time; the camera goes on meanwhile
 */
CONFAB_EXPORT
ConfabMissing confab_call_get_missing_screen (ConfabCall *self);

/**
 * confab_call_set_self_view_sink:
 * @self: a call
 * @sink: (nullable): an element with one `sink` pad for raw video, or %NULL
 *
 * Sets where the own picture goes, at any time.
 */
CONFAB_EXPORT
void confab_call_set_self_view_sink (ConfabCall *self,
                                     GstElement *sink);

/**
 * confab_call_get_safety_code:
 * @self: a call
 *
 * Gets a short code that both ends of a call of two show. If they read the same to each other,
 * nobody is in between. In the call of a group each peer has its own.
 *
 * Returns: (transfer none) (nullable): twenty digits in groups of five; %NULL before it is known
 */
CONFAB_EXPORT
const char *confab_call_get_safety_code (ConfabCall *self);

/**
 * confab_call_accept:
 * @self: a call
 * @video: whether to answer with the camera on
 *
 * Accepts a call that is %CONFAB_CALL_STATE_RINGING_IN. Does nothing in other states.
 */
CONFAB_EXPORT
void confab_call_accept (ConfabCall *self,
                         gboolean    video);

/**
 * confab_call_decline:
 * @self: a call
 *
 * Declines a call that is %CONFAB_CALL_STATE_RINGING_IN, on all devices. Does nothing in other
 * states.
 */
CONFAB_EXPORT
void confab_call_decline (ConfabCall *self);

/**
 * confab_call_hang_up:
 * @self: a call
 *
 * Ends a call: cancels one that is ringing at the other side, declines one that is ringing here,
 * leaves one of a group. Does nothing if it has ended.
 */
CONFAB_EXPORT
void confab_call_hang_up (ConfabCall *self);

G_END_DECLS
