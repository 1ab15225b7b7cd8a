/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-types.h"
#include "confab-data-channel.h"

#include "confab.h"

#include <gst/gst.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_RTC_PORT (confab_rtc_port_get_type ())
#define CONFAB_TYPE_RTC (confab_rtc_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabRtcPort, confab_rtc_port, CONFAB, RTC_PORT, GObject)

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabRtc, confab_rtc, CONFAB, RTC, GObject)

/**
 * confab_rtc_port_new:
 * @client: who connects and is connected to
 * @devices: what to speak, hear and see with
 *
 * Makes a client of a Skapi service ready for RTC connections.
 *
 * Returns: (transfer full): a new port
 */
CONFAB_EXPORT
ConfabRtcPort *confab_rtc_port_new (ConfabClient  *client,
                                    ConfabDevices *devices);

/**
 * confab_rtc_port_connect_rtc:
 * @self: a port
 * @params: `cid`, the connection of the other side with its `cid:`; `ice`, a STUN server such as
 *   `stun:host:3478`; `media` with `video` and `audio`; `channels`, an array of presets
 *   (`text-chat`, `file-transfer`, `video-chat`, `voice-chat`, `gaming`) and of objects with
 *   `ordered`, `maxPacketLifeTime`, `maxRetransmits` and `protocol`
 * @error: return location for an error in #ConfabClientError
 *
 * Calls another connection. The other side may accept, which #ConfabRtc::connected tells, or hang
 * up, which #ConfabRtc::closed does. Without `ice` no server is asked.
 *
 * Returns: (transfer full): the connection-to-be
 */
CONFAB_EXPORT
ConfabRtc *confab_rtc_port_connect_rtc (ConfabRtcPort  *self,
                                        JsonObject     *params,
                                        GError        **error);

/**
 * confab_rtc_port_connect_rtc_with_stream:
 * @self: a port
 * @params: the same as for confab_rtc_port_connect_rtc(); `media` does not matter
 * @audio: (nullable): an element with one `src` pad for raw sound, live
 * @video: (nullable): an element with one `src` pad for raw pictures, live
 * @error: return location for an error in #ConfabClientError
 *
 * Calls another connection with sound and picture of the program's own making, as `connectRTC` does
 * with a `MediaStream`.
 *
 * Returns: (transfer full): the connection-to-be
 */
CONFAB_EXPORT
ConfabRtc *confab_rtc_port_connect_rtc_with_stream (ConfabRtcPort  *self,
                                                    JsonObject     *params,
                                                    GstElement     *audio,
                                                    GstElement     *video,
                                                    GError        **error);

/**
 * confab_rtc_port_close_rtc:
 * @self: a port
 * @params: `cid`, the connection of the other side, or `close_all`
 * @error: return location for an error in #ConfabClientError
 *
 * Ends the connection with a device, or all of them.
 *
 * Returns: whether the parameters make sense
 */
CONFAB_EXPORT
gboolean confab_rtc_port_close_rtc (ConfabRtcPort  *self,
                                    JsonObject     *params,
                                    GError        **error);

/**
 * confab_rtc_connect_rtc:
 * @self: an incoming connection
 * @params: `ice` and `media`, as in confab_rtc_port_connect_rtc()
 * @error: return location for an error in #ConfabClientError
 *
 * Accepts what #ConfabRtcPort::incoming brought.
 *
 * Returns: %TRUE if it was accepted; %FALSE too if it rings no longer
 */
CONFAB_EXPORT
gboolean confab_rtc_connect_rtc (ConfabRtc   *self,
                                 JsonObject  *params,
                                 GError     **error);

/**
 * confab_rtc_connect_rtc_with_stream:
 * @self: an incoming connection
 * @params: the same as for confab_rtc_connect_rtc(); `media` does not matter
 * @audio: (nullable): an element with one `src` pad for raw sound, live
 * @video: (nullable): an element with one `src` pad for raw pictures, live
 * @error: return location for an error in #ConfabClientError
 *
 * Accepts with sound and picture of the program's own making.
 *
 * Returns: %TRUE if it was accepted; %FALSE too if it rings no longer
 */
CONFAB_EXPORT
gboolean confab_rtc_connect_rtc_with_stream (ConfabRtc   *self,
                                             JsonObject  *params,
                                             GstElement  *audio,
                                             GstElement  *video,
                                             GError     **error);

/**
 * confab_rtc_hangup:
 * @self: a connection
 *
 * Refuses, cancels or ends it.
 */
CONFAB_EXPORT
void confab_rtc_hangup (ConfabRtc *self);

/**
 * confab_rtc_get_sender:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): the id of the user at the other side, once something came
 *   from there
 */
CONFAB_EXPORT
const char *confab_rtc_get_sender (ConfabRtc *self);

/**
 * confab_rtc_get_sender_cid:
 * @self: a connection
 *
 * Returns: (transfer none): the connection at the other side, with its `cid:`
 */
CONFAB_EXPORT
const char *confab_rtc_get_sender_cid (ConfabRtc *self);

/**
 * confab_rtc_get_connected:
 * @self: a connection
 *
 * Returns: whether both sides want it
 */
CONFAB_EXPORT
gboolean confab_rtc_get_connected (ConfabRtc *self);

/**
 * confab_rtc_get_channels:
 * @self: a connection
 *
 * Returns: (transfer none): a list of #ConfabDataChannel
 */
CONFAB_EXPORT
GListModel *confab_rtc_get_channels (ConfabRtc *self);

/**
 * confab_rtc_set_video_sink:
 * @self: a connection
 * @sink: (nullable): an element with one `sink` pad for raw video, or %NULL
 *
 * Sets where the picture of the other side goes.
 */
CONFAB_EXPORT
void confab_rtc_set_video_sink (ConfabRtc  *self,
                                GstElement *sink);

/**
 * confab_rtc_set_self_view_sink:
 * @self: a connection
 * @sink: (nullable): an element with one `sink` pad for raw video, or %NULL
 *
 * Sets where the own picture goes.
 */
CONFAB_EXPORT
void confab_rtc_set_self_view_sink (ConfabRtc  *self,
                                    GstElement *sink);

/**
 * confab_rtc_get_target:
 * @self: a connection
 *
 * Gets what Skapi calls the target, its `RTCPeerConnection`.
 *
 * Returns: (transfer none) (nullable): the webrtcbin, while there is one; look, and touch nothing
 */
CONFAB_EXPORT
GstElement *confab_rtc_get_target (ConfabRtc *self);

G_END_DECLS
