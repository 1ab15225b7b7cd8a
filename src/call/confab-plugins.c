/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-plugins"

#include "config.h"

#include "confab-devices.h"

#include <gst/gst.h>

#define BASE { "gstreamer1.0-plugins-base", "gstreamer1-plugins-base", "gst-plugins-base" }
#define GOOD { "gstreamer1.0-plugins-good", "gstreamer1-plugins-good", "gst-plugins-good" }
#define BAD { "gstreamer1.0-plugins-bad", "gstreamer1-plugins-bad-free", "gst-plugins-bad" }
#define NICE { "gstreamer1.0-nice", "libnice-gstreamer1", "libnice" }

/* Who names the packages; the last is everybody else. */
typedef enum {
  SYSTEM_DEBIAN,
  SYSTEM_FEDORA,
  SYSTEM_OTHER,
  N_SYSTEMS,
} System;

/* What calls are made of, and in which package it comes. Several names: one of them is enough. */
static const struct {
  const char *elements;
  const char *packages[N_SYSTEMS];
  const char *without;              /* NULL: no call can be made */
} needs[] = {
  { "webrtcbin", BAD, NULL },
  { "nicesrc", NICE, NULL },
  { "dtlsenc", BAD, NULL },
  { "srtpenc", BAD, NULL },
  { "sctpenc", BAD, "calls carry no data channels" },
  { "rtpbin", GOOD, NULL },
  { "opusenc", BASE, NULL },
  { "opusdec", BASE, NULL },
  { "rtpopuspay", GOOD, NULL },
  { "vp8enc", GOOD, NULL },
  { "vp8dec", GOOD, NULL },
  { "rtpvp8pay", GOOD, NULL },
  { "audiomixer", BASE, NULL },
  { "audioresample", BASE, NULL },
  { "level", GOOD, NULL },
  { "videorate", BASE, NULL },
  { "videoscale", BASE, NULL },
  { "videoconvert", BASE, NULL },
  { "rtphdrexttwcc", GOOD, "calls do not adapt to the network" },
  { "pulsesrc pipewiresrc alsasrc", GOOD, "there is no microphone" },
  { "pulsesink pipewiresink alsasink", GOOD, "there is no speaker" },
  { "v4l2src pipewiresrc", GOOD, "there is no camera" },
  { "webrtcdsp", BAD, "the sound server has to take out the echo; headphones help" },
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

static System
find_system (void)
{
  g_autofree char *id = g_get_os_info (G_OS_INFO_KEY_ID);
  g_autofree char *like = g_get_os_info ("ID_LIKE");
  g_autofree char *all = g_strjoin (" ", id ?: "", like ?: "", NULL);
  g_auto(GStrv) words = g_strsplit (all, " ", -1);

  if (g_strv_contains ((const char * const *) words, "debian"))
    return SYSTEM_DEBIAN;
  if (g_strv_contains ((const char * const *) words, "fedora"))
    return SYSTEM_FEDORA;

  return SYSTEM_OTHER;
}

/* Where the reader gets it from. */
static char *
describe_source (const char *package)
{
  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    return g_strdup ("which belongs to the Flatpak runtime");

  return g_strdup_printf ("package %s", package);
}

char **
confab_devices_list_missing_plugins (void)
{
  g_autoptr(GStrvBuilder) missing = g_strv_builder_new ();
  System system = find_system ();

  gst_init (NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (needs); i++)
    if (!has_one_of (needs[i].elements))
      {
        g_auto(GStrv) names = g_strsplit (needs[i].elements, " ", -1);
        g_autofree char *all = g_strjoinv (" or ", names);
        g_autofree char *source = describe_source (needs[i].packages[system]);

        g_strv_builder_take (missing,
                             g_strdup_printf ("The GStreamer plugin %s (%s) is missing: %s.", all,
                                              source,
                                              needs[i].without ?: "no call can be made"));
      }

  return g_strv_builder_end (missing);
}

char *
confab_devices_explain_no_calls (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  System system = find_system ();

  gst_init (NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (needs); i++)
    if (!needs[i].without && !has_one_of (needs[i].elements))
      {
        g_autofree char *source = describe_source (needs[i].packages[system]);

        g_string_append_printf (text, "%s%s (%s)", text->len > 0 ? ", " : "", needs[i].elements,
                                source);
      }

  return text->len > 0 ? g_strdup_printf ("No call can be made without these GStreamer plugins: %s.",
                                          text->str)
                       : NULL;
}
