/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-devices.h"

#include <gst/gst.h>
#include <string.h>

static void
test_nothing_is_missing (void)
{
  g_assert_null (confab_devices_explain_no_calls ());
}

/* As if the package had not been installed. */
static void
test_names_what_is_missing (void)
{
  GstRegistry *registry = gst_registry_get ();
  g_autoptr(GstPluginFeature) feature = gst_registry_lookup_feature (registry, "webrtcbin");
  g_autofree char *text = NULL;
  g_auto(GStrv) sentences = NULL;

  gst_registry_remove_feature (registry, feature);
  text = confab_devices_explain_no_calls ();
  sentences = confab_devices_list_missing_plugins ();
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, "webrtcbin ("));
  g_assert_null (strstr (text, "nicesrc"));
  g_assert_true (g_str_has_prefix (sentences[0], "The GStreamer plugin webrtcbin ("));
  g_assert_true (g_str_has_suffix (sentences[0], ") is missing: no call can be made."));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add_func ("/plugins/nothing-is-missing", test_nothing_is_missing);
  g_test_add_func ("/plugins/what-is-missing-is-named-with-its-package",
                   test_names_what_is_missing);

  return g_test_run ();
}
