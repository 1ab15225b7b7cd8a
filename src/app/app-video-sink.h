/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gdk/gdk.h>
#include <gst/gst.h>

G_BEGIN_DECLS

GstElement *app_video_sink_new (gboolean       own,
                                GdkPaintable **paintable);

G_END_DECLS
