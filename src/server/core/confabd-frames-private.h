/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-core-private.h"

#include "wire-delivery.h"

G_BEGIN_DECLS

/* What the core says, as WebSocket frames: the core's and the store's words turned into those of
 * the wire. */

/* confabd-answers.c: what log and store told, as an answer or as news */
GBytes *confabd_frames_new_joined    (ConfabdCore             *core,
                                      const ConfabdTail       *tail,
                                      const char              *ref);
GBytes *confabd_frames_new_snapshot  (ConfabdCore             *core,
                                      const ConfabdTail       *tail,
                                      const char              *ref);
GBytes *confabd_frames_new_answer    (ConfabdCore             *core,
                                      const ConfabdQuery      *query,
                                      const char              *ref);
GBytes *confabd_frames_new_user      (ConfabdCore             *core,
                                      const ConfabdUser       *user);
GBytes *confabd_frames_new_room      (ConfabdCore             *core,
                                      const ConfabdTail       *tail);

/* confabd-frames.c: short answers */
GBytes *confabd_frames_new_hello     (ConfabdCore             *core,
                                      const ConfabdConnection *connection);
GBytes *confabd_frames_new_ok        (const char              *ref);
GBytes *confabd_frames_new_error     (WireError                code,
                                      const char              *message,
                                      const char              *ref);
GBytes *confabd_frames_new_posted    (const ConfabdAppend     *append,
                                      const char              *ref);

/* deliveries */
WireEvent confabd_frames_view_event  (const ConfabdEvent      *event);
GBytes *confabd_frames_new_message   (const ConfabdEvent      *event,
                                      const char              *epoch,
                                      const BaseUuid          *viewer);
GBytes *confabd_frames_new_skapi     (const ConfabdEvent      *event);
GBytes *confabd_frames_new_event     (const ConfabdEvent      *event,
                                      const char              *epoch);
GBytes *confabd_frames_new_notice    (WireNotice               notice,
                                      const ConfabdConnection *connection,
                                      const char              *key,
                                      guint                    n_present);
GBytes *confabd_frames_new_rtc       (const ConfabdConnection *connection,
                                      GBytes                  *content);
GBytes *confabd_frames_new_typing    (const BaseUuid          *user_id,
                                      const char              *rid,
                                      gboolean                 on);
GBytes *confabd_frames_new_read      (const ConfabdReadMarker *marker,
                                      const char              *rid);
GBytes *confabd_frames_new_presence  (const BaseUuid          *user_id,
                                      gboolean                 online,
                                      guint64                  at_ms);
GBytes *confabd_frames_new_left      (const char              *rid);

G_END_DECLS
