/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-export.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * ConfabCallState:
 * @CONFAB_CALL_STATE_IDLE: made, and nothing is done yet
 * @CONFAB_CALL_STATE_RINGING_OUT: the other side is being called
 * @CONFAB_CALL_STATE_RINGING_IN: the other side calls; it waits for an answer
 * @CONFAB_CALL_STATE_CONNECTING: it was accepted; the way for the media is being found
 * @CONFAB_CALL_STATE_ACTIVE: both sides are connected
 * @CONFAB_CALL_STATE_ENDED: it is over, for the reason in #ConfabCall:end-reason
 *
 * Where a call is. The way is IDLE → RINGING_OUT | RINGING_IN → CONNECTING → ACTIVE → ENDED; a
 * group's call is joined without ringing, IDLE → CONNECTING. Each state may be followed by ENDED,
 * and that by none.
 */
typedef enum {
  CONFAB_CALL_STATE_IDLE,
  CONFAB_CALL_STATE_RINGING_OUT,
  CONFAB_CALL_STATE_RINGING_IN,
  CONFAB_CALL_STATE_CONNECTING,
  CONFAB_CALL_STATE_ACTIVE,
  CONFAB_CALL_STATE_ENDED,
} ConfabCallState;

#define CONFAB_TYPE_CALL_STATE (confab_call_state_get_type ())

CONFAB_EXPORT
GType confab_call_state_get_type (void);

/**
 * ConfabCallEndReason:
 * @CONFAB_CALL_END_REASON_NONE: it has not ended
 * @CONFAB_CALL_END_REASON_HUNG_UP: ended here
 * @CONFAB_CALL_END_REASON_PEER_HUNG_UP: ended at the other side
 * @CONFAB_CALL_END_REASON_CANCELLED: given up here before it was answered
 * @CONFAB_CALL_END_REASON_PEER_CANCELLED: the caller gave up before it was answered here
 * @CONFAB_CALL_END_REASON_DECLINED: declined here
 * @CONFAB_CALL_END_REASON_PEER_DECLINED: the other side does not want to talk
 * @CONFAB_CALL_END_REASON_BUSY: the other side is in another call
 * @CONFAB_CALL_END_REASON_NO_ANSWER: nobody answered within 45 s, there or here
 * @CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE: answered on another device of this user
 * @CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE: declined on another device of this user
 * @CONFAB_CALL_END_REASON_OFFLINE: the other side has no device that could ring, or there is no
 *   connection to the server
 * @CONFAB_CALL_END_REASON_NO_WAY: no network path between the two was found
 * @CONFAB_CALL_END_REASON_PEER_LOST: the other side vanished without a word, or the network between
 *   the two did
 * @CONFAB_CALL_END_REASON_FULL: the call of the group has as many people as it can have
 * @CONFAB_CALL_END_REASON_NO_PLUGIN: a GStreamer plugin is missing that no call can do without
 * @CONFAB_CALL_END_REASON_INSECURE: the other side has not the certificate that it
 *   announced, or had before in this call; somebody may sit in between
 * @CONFAB_CALL_END_REASON_PEER_FAILED: the other side's device could not take the call or
 *   go on with it
 * @CONFAB_CALL_END_REASON_FAILED: anything else; #ConfabCall:end-message has the details
 *
 * Why a call has ended.
 */
typedef enum {
  CONFAB_CALL_END_REASON_NONE,
  CONFAB_CALL_END_REASON_HUNG_UP,
  CONFAB_CALL_END_REASON_PEER_HUNG_UP,
  CONFAB_CALL_END_REASON_CANCELLED,
  CONFAB_CALL_END_REASON_PEER_CANCELLED,
  CONFAB_CALL_END_REASON_DECLINED,
  CONFAB_CALL_END_REASON_PEER_DECLINED,
  CONFAB_CALL_END_REASON_BUSY,
  CONFAB_CALL_END_REASON_NO_ANSWER,
  CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE,
  CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE,
  CONFAB_CALL_END_REASON_OFFLINE,
  CONFAB_CALL_END_REASON_NO_WAY,
  CONFAB_CALL_END_REASON_PEER_LOST,
  CONFAB_CALL_END_REASON_FULL,
  CONFAB_CALL_END_REASON_NO_PLUGIN,
  CONFAB_CALL_END_REASON_INSECURE,
  CONFAB_CALL_END_REASON_PEER_FAILED,
  CONFAB_CALL_END_REASON_FAILED,
} ConfabCallEndReason;

#define CONFAB_TYPE_CALL_END_REASON (confab_call_end_reason_get_type ())

CONFAB_EXPORT
GType confab_call_end_reason_get_type (void);

/**
 * ConfabMissing:
 * @CONFAB_MISSING_NONE: nothing is missing
 * @CONFAB_MISSING_NO_DEVICE: there is no such device
 * @CONFAB_MISSING_NO_PERMISSION: the person or the system did not allow it
 * @CONFAB_MISSING_BUSY: another program has it
 * @CONFAB_MISSING_NO_PLUGIN: GStreamer lacks a plugin for it
 * @CONFAB_MISSING_FAILED: it broke
 * @CONFAB_MISSING_LOST: it was there, and was unplugged
 *
 * Why sound or picture that should be there is not. The call goes on without, and the other side is
 * told the same.
 */
typedef enum {
  CONFAB_MISSING_NONE,
  CONFAB_MISSING_NO_DEVICE,
  CONFAB_MISSING_NO_PERMISSION,
  CONFAB_MISSING_BUSY,
  CONFAB_MISSING_NO_PLUGIN,
  CONFAB_MISSING_FAILED,
  CONFAB_MISSING_LOST,
} ConfabMissing;

#define CONFAB_TYPE_MISSING (confab_missing_get_type ())

CONFAB_EXPORT
GType confab_missing_get_type (void);

G_END_DECLS
