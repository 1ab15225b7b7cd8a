/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-sources"

#include "config.h"

#include "confab-sources-private.h"

#include "confab-call-error.h"
#include "confab-devices-private.h"
#include "confab-portal-private.h"

/* Software codes 640×480 on anything, and 1280×720 where there are cores to spare. */
#define MANY_PROCESSORS 4u
#define SOUND_BUFFER_US 40000
#define SOUND_LATENCY_US 10000
/* Sound is only copied; 20 ms, the default, is for those that draw. */
#define SOUND_PROCESSING (5 * GST_MSECOND)

static gboolean
has_property (GstElement *element,
              const char *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (element), name) != NULL;
}

/* Short buffers, and the word to the sound server that this is a talk: it may turn down music, and
 * take out the echo where we cannot. */
static void
prepare_sound (GstElement             *element,
               ConfabEchoCancellation  echo)
{
  if (has_property (element, "buffer-time"))
    g_object_set (element, "buffer-time", (gint64) SOUND_BUFFER_US,
                  "latency-time", (gint64) SOUND_LATENCY_US, NULL);
  if (has_property (element, "provide-clock"))
    g_object_set (element, "provide-clock", FALSE, NULL);
  if (has_property (element, "async"))
    g_object_set (element, "async", FALSE, NULL);
  if (has_property (element, "processing-deadline"))
    g_object_set (element, "processing-deadline", (guint64) SOUND_PROCESSING, NULL);

  if (has_property (element, "stream-properties"))
    {
      g_autoptr(GstStructure) properties =
        gst_structure_new ("properties", "media.role", G_TYPE_STRING, "phone", NULL);

      if (echo == CONFAB_ECHO_CANCELLATION_SERVER)
        gst_structure_set (properties, "filter.want", G_TYPE_STRING, "echo-cancel", NULL);
      g_object_set (element, "stream-properties", properties, NULL);
    }
}

GstElement *
confab_sources_make_microphone (ConfabDevice           *device,
                                ConfabEchoCancellation  echo)
{
  GstElement *element = confab_device_create_element (device);

  if (element)
    prepare_sound (element, echo);

  return element;
}

GstElement *
confab_sources_make_speaker (ConfabDevice           *device,
                             ConfabEchoCancellation  echo)
{
  GstElement *element = confab_device_create_element (device);

  if (element)
    prepare_sound (element, echo);

  return element;
}

/* Fixes @format to what comes closest to our wish, and tells how far that is; less is better. */
static double
fix_format (GstStructure *format)
{
  int wanted_width = g_get_num_processors () >= MANY_PROCESSORS ? 1280 : 640;
  int wanted_height = wanted_width == 1280 ? 720 : 480;
  int width = wanted_width, height = wanted_height, fps_n = 30, fps_d = 1, wanted;
  double distance, fps;

  gst_structure_fixate_field_nearest_int (format, "width", wanted_width);
  gst_structure_fixate_field_nearest_int (format, "height", wanted_height);
  gst_structure_fixate_field_nearest_fraction (format, "framerate", 30, 1);
  gst_structure_get_int (format, "width", &width);
  gst_structure_get_int (format, "height", &height);
  gst_structure_get_fraction (format, "framerate", &fps_n, &fps_d);

  wanted = wanted_width * wanted_height;
  fps = (double) fps_n / MAX (fps_d, 1);
  distance = ABS (width * height - wanted) / (double) wanted;
  /* Jerks are worse than fewer pixels; and JPEG costs a decoder. */
  distance += fps < 24 ? (24 - fps) / 10.0 : 0;
  distance += gst_structure_has_name (format, "image/jpeg") ? 0.1 : 0;

  return distance;
}

static gboolean
can_take (GstCaps *caps,
          guint    i)
{
  const GstStructure *format = gst_caps_get_structure (caps, i);

  if (gst_structure_has_name (format, "image/jpeg"))
    return TRUE;

  return gst_structure_has_name (format, "video/x-raw") &&
         gst_caps_features_is_equal (gst_caps_get_features (caps, i),
                                     GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY);
}

/**
 * confab_sources_pick_camera_caps:
 * @caps: what a camera can
 *
 * Returns: (transfer full) (nullable): the one kind of picture to ask it for; %NULL when it
 *   has none that we can take
 */
GstCaps *
confab_sources_pick_camera_caps (GstCaps *caps)
{
  GstCaps *best = NULL;
  double best_distance = G_MAXDOUBLE;

  for (guint i = 0; i < gst_caps_get_size (caps); i++)
    {
      g_autoptr(GstStructure) fixed = NULL;
      double distance;

      if (!can_take (caps, i))
        continue;

      fixed = gst_structure_copy (gst_caps_get_structure (caps, i));
      /* Which of its formats is all the same. */
      gst_structure_remove_field (fixed, "format");
      distance = fix_format (fixed);
      if (distance >= best_distance)
        continue;

      best_distance = distance;
      gst_clear_caps (&best);
      best = gst_caps_new_full (g_steal_pointer (&fixed), NULL);
    }

  return best;
}

static GstElement *
wrap_camera (GstElement *camera,
             GstCaps    *caps)
{
  gboolean jpeg = gst_structure_has_name (gst_caps_get_structure (caps, 0), "image/jpeg");
  GstElement *bin = gst_bin_new (NULL);
  GstElement *filter = gst_element_factory_make ("capsfilter", NULL);
  GstElement *last = jpeg ? gst_element_factory_make ("jpegdec", NULL) : g_object_ref (filter);
  g_autoptr(GstPad) output = NULL;

  g_assert (filter != NULL);
  if (!last)
    {
      gst_object_unref (gst_object_ref_sink (filter));
      gst_object_unref (gst_object_ref_sink (bin));
      gst_object_unref (gst_object_ref_sink (camera));
      return NULL;
    }

  g_object_set (filter, "caps", caps, NULL);
  gst_bin_add_many (GST_BIN (bin), camera, filter, NULL);
  if (jpeg)
    gst_bin_add (GST_BIN (bin), g_object_ref (last));
  gst_element_link (camera, filter);
  if (jpeg)
    gst_element_link (filter, last);
  output = gst_element_get_static_pad (last, "src");
  gst_element_add_pad (bin, gst_ghost_pad_new ("src", output));
  g_object_unref (last);

  return bin;
}

GstElement *
confab_sources_make_camera (ConfabDevice *device)
{
  g_autoptr(GstCaps) all = gst_device_get_caps (confab_device_get_gst_device (device));
  g_autoptr(GstCaps) caps = all ? confab_sources_pick_camera_caps (all) : NULL;
  GstElement *camera = caps ? confab_device_create_element (device) : NULL;

  /* PipeWire takes back the memory of a picture when the camera is closed, whoever looks at it. */
  if (camera && has_property (camera, "always-copy"))
    g_object_set (camera, "always-copy", TRUE, NULL);

  return camera ? wrap_camera (camera, caps) : NULL;
}

/* Where X11 lets everybody see everything. Under Wayland there is a display of X11 too, but what is
 * seen there is only what old programs draw. */
static GstElement *
make_x11_screen (void)
{
  if (confab_portal_is_needed () || g_getenv ("WAYLAND_DISPLAY") || !g_getenv ("DISPLAY"))
    return NULL;

  return gst_parse_bin_from_description ("ximagesrc use-damage=false show-pointer=true ! "
                                         "video/x-raw,framerate=15/1 ! videoconvert", TRUE, NULL);
}

static void
return_x11_screen (GTask *task)
{
  GstElement *screen = make_x11_screen ();

  if (screen)
    g_task_return_pointer (task, screen, g_object_unref);
  else
    g_task_return_new_error_literal (task, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_DEVICE_NOT_FOUND,
                                     "There is no screen that could be shown");
}

static void
portal_screen_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  GstElement *screen = confab_portal_open_screen_finish (result, &error);

  if (screen)
    {
      g_task_return_pointer (task, screen, g_object_unref);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      g_debug ("No portal for screens: %s", error->message);
      return_x11_screen (task);
    }
  else
    {
      /* One that was to ask, and could not: nothing is shown that nobody has chosen. */
      g_task_return_error (task, g_steal_pointer (&error));
    }
}

/* The portal where there is one: it asks the person what to show. */
void
confab_sources_make_screen_async (GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GstElement *screen = confab_test_devices_make_screen ();

  g_task_set_source_tag (task, confab_sources_make_screen_async);
  if (screen)
    g_task_return_pointer (task, screen, g_object_unref);
  else if (confab_test_devices_register ())
    return_x11_screen (task);
  else
    confab_portal_open_screen_async (cancellable, portal_screen_cb, g_steal_pointer (&task));
}

GstElement *
confab_sources_make_screen_finish (GAsyncResult  *result,
                                   GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
