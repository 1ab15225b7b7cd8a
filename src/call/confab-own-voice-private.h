/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The sound that goes out: from the microphone to what is coded, once for all peers. */
typedef struct _ConfabOwnVoice ConfabOwnVoice;

ConfabOwnVoice *confab_own_voice_new          (GstElement      *pipeline,
                                               const char      *probe_name,
                                               GError         **error);
void            confab_own_voice_free         (ConfabOwnVoice  *self);
gboolean        confab_own_voice_set_source   (ConfabOwnVoice  *self,
                                               GstElement      *source);
gboolean        confab_own_voice_owns_source  (ConfabOwnVoice  *self,
                                               GstObject       *object);
gboolean        confab_own_voice_owns         (ConfabOwnVoice  *self,
                                               GstObject       *object);
GstElement     *confab_own_voice_get_tee      (ConfabOwnVoice  *self);
void            confab_own_voice_set_muted    (ConfabOwnVoice  *self,
                                               gboolean         muted);
gboolean        confab_own_voice_get_muted    (ConfabOwnVoice  *self);
void            confab_own_voice_set_rate     (ConfabOwnVoice  *self,
                                               guint            rate_bps);
void            confab_own_voice_take_level   (ConfabOwnVoice  *self,
                                               GstMessage      *message);
double          confab_own_voice_get_level_db (ConfabOwnVoice  *self);

G_END_DECLS
