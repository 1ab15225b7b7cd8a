/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Small things that GStreamer leaves to each program. */

GstElement *confab_gst_add_bin     (GstElement  *pipeline,
                                    const char  *description,
                                    GError     **error);
GstElement *confab_gst_get_child   (GstElement  *bin,
                                    const char  *name);
gboolean    confab_gst_is_inside   (GstObject   *object,
                                    GstElement  *bin);
GstElement *confab_gst_add_tee     (GstElement  *bin);
void        confab_gst_tee_add     (GstElement  *tee,
                                    GstElement  *bin);
void        confab_gst_tee_remove  (GstElement  *bin);
gboolean    confab_gst_start_from  (GstPad      *source,
                                    GstElement  *bin,
                                    GError     **error);
void        confab_gst_remove      (GstElement  *element);
GstElement *confab_gst_add_view    (GstElement  *pipeline,
                                    GstElement  *tee,
                                    GstElement  *sink);
void        confab_gst_remove_view (GstElement  *view);
gboolean    confab_gst_read_level  (GstMessage  *message,
                                    double      *level_db);
const GValue *confab_gst_get_values (const GstStructure *structure,
                                     const char  *field,
                                     guint       *n_values);

/* What the level of silence is told as. */
#define CONFAB_GST_SILENCE_DB -100.0

G_END_DECLS
