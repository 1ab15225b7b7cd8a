/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-codec-private.h"

G_BEGIN_DECLS

/* What one peer gets of what is coded for all. */
typedef struct _ConfabSender ConfabSender;

ConfabSender *confab_sender_new        (GstElement             *pipeline,
                                        const ConfabCodecInfo  *info,
                                        guint                   payload_type,
                                        guint                   twcc_id,
                                        guint32                 ssrc,
                                        GError                **error);
void          confab_sender_free       (ConfabSender           *self);
void          confab_sender_start      (ConfabSender           *self,
                                        GstElement             *coded_tee);
GstPad       *confab_sender_get_output (ConfabSender           *self);
void          confab_sender_open       (ConfabSender           *self);
ConfabCodec   confab_sender_get_codec  (ConfabSender           *self);
gboolean      confab_sender_owns       (ConfabSender           *self,
                                        GstObject              *object);

G_END_DECLS
