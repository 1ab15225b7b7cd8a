/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A number drawn into a picture in black and white cells that are large enough to survive any codec
 * and a picture shrunk to a quarter: when it was drawn, which the other end reads. */
void     confab_test_picture_stamp (GstBuffer *buffer,
                                    GstCaps   *caps,
                                    gint64     at_ms);
gboolean confab_test_picture_read  (GstBuffer *buffer,
                                    GstCaps   *caps,
                                    guint     *at_ms);

G_END_DECLS
