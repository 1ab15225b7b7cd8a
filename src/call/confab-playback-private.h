/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What is heard: the voices of all peers, mixed, out of one speaker. */
typedef struct _ConfabPlayback ConfabPlayback;

ConfabPlayback *confab_playback_new         (GstElement      *pipeline,
                                             const char      *probe_name,
                                             GError         **error);
void            confab_playback_free        (ConfabPlayback  *self);
gboolean        confab_playback_set_speaker (ConfabPlayback  *self,
                                             GstElement      *sink);
gboolean        confab_playback_owns        (ConfabPlayback  *self,
                                             GstObject       *object);
GstPad         *confab_playback_add_voice   (ConfabPlayback  *self);
void            confab_playback_remove_voice (ConfabPlayback *self,
                                              GstPad          *voice);

G_END_DECLS
