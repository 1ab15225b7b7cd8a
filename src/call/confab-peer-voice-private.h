/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-codec-private.h"
#include "confab-playback-private.h"

G_BEGIN_DECLS

/* The sound that comes from one peer: from its packets to the mixer. */
typedef struct _ConfabPeerVoice ConfabPeerVoice;

ConfabPeerVoice *confab_peer_voice_new           (GstElement             *pipeline,
                                                  ConfabPlayback         *playback);
void             confab_peer_voice_free          (ConfabPeerVoice        *self);
gboolean         confab_peer_voice_start         (ConfabPeerVoice        *self,
                                                  const ConfabCodecInfo  *info,
                                                  GstPad                 *rtp,
                                                  GError                **error);
void             confab_peer_voice_stop          (ConfabPeerVoice        *self);
gboolean         confab_peer_voice_is_on         (ConfabPeerVoice        *self);
gboolean         confab_peer_voice_owns          (ConfabPeerVoice        *self,
                                                  GstObject              *object);
gboolean         confab_peer_voice_take_message  (ConfabPeerVoice        *self,
                                                  GstMessage             *message);
double           confab_peer_voice_get_level_db  (ConfabPeerVoice        *self);
guint64          confab_peer_voice_count_unheard (ConfabPeerVoice        *self);

G_END_DECLS
