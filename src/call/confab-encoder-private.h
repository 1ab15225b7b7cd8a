/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-codec-private.h"
#include "confab-quality-private.h"

G_BEGIN_DECLS

/* One encoding of the picture, which all peers share. */
typedef struct _ConfabEncoder ConfabEncoder;

ConfabEncoder *confab_encoder_new           (GstElement           *pipeline,
                                             GstElement           *raw_tee,
                                             ConfabCodec           codec,
                                             GError              **error);
void           confab_encoder_free          (ConfabEncoder        *self);
gboolean       confab_encoder_owns          (ConfabEncoder        *self,
                                             GstObject            *object);
GstElement    *confab_encoder_get_tee       (ConfabEncoder        *self);
void           confab_encoder_set_wanted    (ConfabEncoder        *self,
                                             gboolean              wanted);
void           confab_encoder_set_quality   (ConfabEncoder        *self,
                                             const ConfabQuality  *quality);
void           confab_encoder_force_key     (ConfabEncoder        *self);

G_END_DECLS
