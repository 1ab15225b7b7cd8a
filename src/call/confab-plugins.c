/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-plugins"

#include "config.h"

#include "confab-devices.h"

#include <gst/gst.h>

/* What calls are made of, and in which of GStreamer's packages it comes. Several names: one of them
 * is enough. */
static const struct {
  const char *elements;
  const char *package;
  const char *without;
} needs[] = {
  { "webrtcbin", "gst-plugins-bad", "no call can be made" },
  { "nicesrc", "libnice", "no call can be made" },
  { "dtlsenc", "gst-plugins-bad", "no call can be made" },
  { "srtpenc", "gst-plugins-bad", "no call can be made" },
  { "sctpenc", "gst-plugins-bad", "calls carry no data channels" },
  { "rtpbin", "gst-plugins-good", "no call can be made" },
  { "opusenc", "gst-plugins-base", "no call can be made" },
  { "opusdec", "gst-plugins-base", "no call can be made" },
  { "rtpopuspay", "gst-plugins-good", "no call can be made" },
  { "vp8enc", "gst-plugins-good", "no call can be made" },
  { "vp8dec", "gst-plugins-good", "no call can be made" },
  { "rtpvp8pay", "gst-plugins-good", "no call can be made" },
  { "audiomixer", "gst-plugins-base", "no call can be made" },
  { "audioresample", "gst-plugins-base", "no call can be made" },
  { "level", "gst-plugins-good", "no call can be made" },
  { "videorate", "gst-plugins-base", "no call can be made" },
  { "videoscale", "gst-plugins-base", "no call can be made" },
  { "videoconvert", "gst-plugins-base", "no call can be made" },
  { "rtphdrexttwcc", "gst-plugins-good", "calls do not adapt to the network" },
  { "pulsesrc pipewiresrc alsasrc", "gst-plugins-good", "there is no microphone" },
  { "pulsesink pipewiresink alsasink", "gst-plugins-good", "there is no speaker" },
  { "v4l2src pipewiresrc", "gst-plugins-good", "there is no camera" },
  { "webrtcdsp", "gst-plugins-bad",
    "the sound server has to take out the echo; headphones help" },
};

static gboolean
has_one_of (const char *elements)
{
  g_auto(GStrv) names = g_strsplit (elements, " ", -1);

  for (guint i = 0; names[i]; i++)
    {
      g_autoptr(GstElementFactory) factory = gst_element_factory_find (names[i]);

      if (factory)
        return TRUE;
    }

  return FALSE;
}

char **
confab_devices_list_missing_plugins (void)
{
  g_autoptr(GStrvBuilder) missing = g_strv_builder_new ();

  gst_init (NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (needs); i++)
    if (!has_one_of (needs[i].elements))
      {
        g_auto(GStrv) names = g_strsplit (needs[i].elements, " ", -1);
        g_autofree char *all = g_strjoinv (" or ", names);

        g_strv_builder_take (missing,
                             g_strdup_printf ("The GStreamer plugin %s (%s) is missing: %s.", all,
                                              needs[i].package, needs[i].without));
      }

  return g_strv_builder_end (missing);
}

char *
confab_devices_explain_missing (ConfabDeviceKind kind,
                                ConfabMissing    missing)
{
  static const char *const names[] = { "microphone", "speaker", "camera" };
  const char *name;

  g_return_val_if_fail (kind < G_N_ELEMENTS (names), NULL);

  name = names[kind];
  switch (missing)
    {
    case CONFAB_MISSING_NONE:
      return NULL;
    case CONFAB_MISSING_NO_DEVICE:
      return g_strdup_printf ("There is no %s.", name);
    case CONFAB_MISSING_NO_PERMISSION:
      return g_strdup_printf ("The %s may not be used.", name);
    case CONFAB_MISSING_BUSY:
      return g_strdup_printf ("Another program uses the %s.", name);
    case CONFAB_MISSING_NO_PLUGIN:
      return g_strdup_printf ("A GStreamer plugin for the %s is missing.", name);
    case CONFAB_MISSING_FAILED:
      return g_strdup_printf ("The %s does not work.", name);
    case CONFAB_MISSING_LOST:
      return g_strdup_printf ("The %s was unplugged.", name);
    }

  g_assert_not_reached ();
}
