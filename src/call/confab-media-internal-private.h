/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-encoder-private.h"
#include "confab-media-link-private.h"
#include "confab-playback-private.h"

G_BEGIN_DECLS

/* What ConfabMedia does for its links, and for nobody else. */

/* The tee that has what is coded with @codec, which begins with the first that asks. Each answer is
 * given back with confab_media_release_coded(). */
GstElement     *confab_media_acquire_coded (ConfabMedia     *self,
                                            ConfabCodec      codec,
                                            GError         **error);
void            confab_media_release_coded (ConfabMedia     *self,
                                            ConfabCodec      codec);
void            confab_media_force_key     (ConfabMedia     *self,
                                            ConfabCodec      codec);
ConfabPlayback *confab_media_get_playback  (ConfabMedia     *self);
void            confab_media_add_link      (ConfabMedia     *self,
                                            ConfabMediaLink *link);
void            confab_media_remove_link   (ConfabMedia     *self,
                                            ConfabMediaLink *link);
/* confab_media_link_get_unsent() of a link tells something else now. */
void            confab_media_unsent_changed (ConfabMedia    *self,
                                             ConfabMediaKind kind);

/* What ConfabMedia asks of its links. FALSE while nothing is known or nothing is sent. */
gboolean        confab_media_link_get_rate (ConfabMediaLink *self,
                                            gint64           now_us,
                                            guint           *bits_per_s);
/* Why what is captured cannot be sent to this peer; NONE when it can. */
ConfabMissing   confab_media_link_get_unsent (ConfabMediaLink *self,
                                              ConfabMediaKind  kind);
/* A few times a second. */
void            confab_media_link_tick     (ConfabMediaLink *self,
                                            gint64           now_us);
/* TRUE when the message was for this link. */
gboolean        confab_media_link_take_message (ConfabMediaLink *self,
                                                GstMessage      *message);

G_END_DECLS
