/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-video-sink"

#include "config.h"

#include "app-video-sink.h"

/* The sink would rather have textures of OpenGL, which cameras do not give:
 * asked for them they fail with “Internal data stream error”. A queue that
 * drops what is old keeps a picture that is drawn late from holding up a call.
 */
#define DESCRIPTION                                                                               \
        "queue leaky=downstream max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! %s"         \
        "videoconvert n-threads=2 ! video/x-raw,format=RGBA ! gtk4paintablesink name=sink"

/* Until the display shows what it is given: a frame of the window and one of the compositor. A
 * picture that comes this much before its sound goes unnoticed, too.
 */
#define DRAWING_TIME (30 * GST_MSECOND)

/* One's own picture is never seen large: most of it need not be converted and drawn. */
#define SHRINK "videoscale ! video/x-raw,width=[1,480],height=[1,360],pixel-aspect-ratio=1/1 ! "

/**
 * app_video_sink_new:
 * @own: whether it is one's own picture, which is small and shown when it comes, rather than that
 *   of somebody else, which has its time
 * @paintable: (out) (transfer full): what shows the pictures
 *
 * Returns: (transfer full) (nullable): an element with one pad for raw video; %NULL where GTK's
 *   sink is not installed
 */
GstElement *
app_video_sink_new (gboolean       own,
                    GdkPaintable **paintable)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GstElement) sink = NULL;
  g_autofree char *description = g_strdup_printf (DESCRIPTION, own ? SHRINK : "");
  GstElement *bin = gst_parse_bin_from_description (description, TRUE, &error);

  if (!bin)
    {
      g_warning ("Pictures cannot be shown: %s", error->message);
      *paintable = NULL;
      return NULL;
    }

  sink = gst_bin_get_by_name (GST_BIN (bin), "sink");
  g_object_set (sink, "sync", !own, "ts-offset", (gint64) -DRAWING_TIME, NULL);
  g_object_get (sink, "paintable", paintable, NULL);

  return gst_object_ref_sink (bin);
}
