/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-call-error.h"
#include "confab-devices.h"
#include "confab-missing-private.h"

#include <gst/gst.h>

/* What other versions of Confab say and hear. */
static const struct {
  ConfabMissing  missing;
  const char    *word;
} words[] = {
  { CONFAB_MISSING_NO_DEVICE, "no-device" },
  { CONFAB_MISSING_NO_PERMISSION, "no-permission" },
  { CONFAB_MISSING_BUSY, "busy" },
  { CONFAB_MISSING_NO_PLUGIN, "no-plugin" },
  { CONFAB_MISSING_FAILED, "failed" },
  { CONFAB_MISSING_LOST, "lost" },
};

static void
test_words_of_the_wire (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_assert_cmpstr (confab_missing_get_nick (words[i].missing), ==, words[i].word);
      g_assert_cmpint (confab_missing_from_nick (words[i].word), ==, words[i].missing);
    }

  g_assert_null (confab_missing_get_nick (CONFAB_MISSING_NONE));
  g_assert_cmpint (confab_missing_from_nick (NULL), ==, CONFAB_MISSING_NONE);
  g_assert_cmpint (confab_missing_from_nick ("eaten"), ==, CONFAB_MISSING_FAILED);
}

static void
assert_reason (GQuark        domain,
               int           code,
               ConfabMissing expected)
{
  g_autoptr(GError) error = g_error_new_literal (domain, code, "It does not work");

  g_assert_cmpint (confab_missing_from_error (error), ==, expected);
}

static void
test_errors_have_their_reasons (void)
{
  assert_reason (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY, CONFAB_MISSING_BUSY);
  assert_reason (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, CONFAB_MISSING_LOST);
  assert_reason (GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN, CONFAB_MISSING_NO_PLUGIN);
  assert_reason (CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_PERMISSION, CONFAB_MISSING_NO_PERMISSION);
  assert_reason (GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, CONFAB_MISSING_FAILED);
}

static void
test_there_is_a_sentence_for_each (void)
{
  g_autofree char *sentence =
    confab_devices_explain_missing (CONFAB_DEVICE_KIND_CAMERA, CONFAB_MISSING_BUSY);

  g_assert_cmpstr (sentence, ==, "Another program uses the camera.");
  g_assert_null (confab_devices_explain_missing (CONFAB_DEVICE_KIND_CAMERA, CONFAB_MISSING_NONE));
  for (guint kind = 0; kind < 3; kind++)
    for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
      {
        g_autofree char *any = confab_devices_explain_missing (kind, words[i].missing);

        g_assert_true (g_str_has_suffix (any, "."));
      }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/missing/words-of-the-wire", test_words_of_the_wire);
  g_test_add_func ("/missing/errors-have-their-reasons", test_errors_have_their_reasons);
  g_test_add_func ("/missing/there-is-a-sentence-for-each", test_there_is_a_sentence_for_each);

  return g_test_run ();
}
