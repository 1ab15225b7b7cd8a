/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-enums"

#include "config.h"

#include "confab-call-enums.h"

/* The nicknames are what a property expression or a script sees; those of what is missing, and of
 * some reasons, also go over the wire. */

G_DEFINE_ENUM_TYPE (ConfabCallState, confab_call_state,
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_STATE_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_STATE_RINGING_OUT, "ringing-out"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_STATE_RINGING_IN, "ringing-in"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_STATE_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_STATE_ACTIVE, "active"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_STATE_ENDED, "ended"))

G_DEFINE_ENUM_TYPE (ConfabCallEndReason, confab_call_end_reason,
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_HUNG_UP, "hung-up"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_PEER_HUNG_UP, "peer-hung-up"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_CANCELLED, "cancelled"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_PEER_CANCELLED, "peer-cancelled"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_DECLINED, "declined"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_PEER_DECLINED, "peer-declined"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_BUSY, "busy"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_NO_ANSWER, "no-answer"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE,
                                         "answered-elsewhere"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE,
                                         "declined-elsewhere"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_NO_WAY, "no-way"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_PEER_LOST, "peer-lost"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_FULL, "full"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_NO_PLUGIN, "no-plugin"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_INSECURE, "insecure"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_PEER_FAILED, "peer-failed"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CALL_END_REASON_FAILED, "failed"))

G_DEFINE_ENUM_TYPE (ConfabMissing, confab_missing,
                    G_DEFINE_ENUM_VALUE (CONFAB_MISSING_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MISSING_NO_DEVICE, "no-device"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MISSING_NO_PERMISSION, "no-permission"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MISSING_BUSY, "busy"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MISSING_NO_PLUGIN, "no-plugin"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MISSING_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (CONFAB_MISSING_LOST, "lost"))
