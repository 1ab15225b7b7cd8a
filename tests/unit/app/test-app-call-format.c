/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app-call-format.h"

static void
assert_text (char       *text,
             const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_state (void)
{
  assert_text (app_call_format_state (CONFAB_CALL_STATE_RINGING_OUT, FALSE, 0), "Ringing…");
  assert_text (app_call_format_state (CONFAB_CALL_STATE_CONNECTING, FALSE, 0), "Connecting…");
  assert_text (app_call_format_state (CONFAB_CALL_STATE_ACTIVE, FALSE, 192), "3:12");
  assert_text (app_call_format_state (CONFAB_CALL_STATE_ACTIVE, TRUE, 192), "Reconnecting…");
}

/* Each way to end has a sentence, and those that name somebody do. */
static void
test_end (void)
{
  g_autoptr(GEnumClass) reasons = g_type_class_ref (CONFAB_TYPE_CALL_END_REASON);

  assert_text (app_call_format_end (CONFAB_CALL_END_REASON_BUSY, "Bob"), "Bob is in another call.");
  assert_text (app_call_format_end (CONFAB_CALL_END_REASON_NO_ANSWER, "100 %s"),
               "100 %s did not answer.");
  assert_text (app_call_format_end (CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE, "Bob"),
               "You have answered on another device.");

  for (guint i = 0; i < reasons->n_values; i++)
    {
      g_autofree char *text =
        app_call_format_end ((ConfabCallEndReason) reasons->values[i].value, "Bob");

      g_assert_true (g_str_has_suffix (text, "."));
      g_assert_null (strchr (text, '%'));
    }
}

/* Whatever is missing is said at both sides, each in its own words. */
static void
test_missing (void)
{
  g_autoptr(GEnumClass) values = g_type_class_ref (CONFAB_TYPE_MISSING);

  g_assert_null (app_call_format_missing (FALSE, CONFAB_MISSING_NONE, NULL));
  g_assert_null (app_call_format_missing (TRUE, CONFAB_MISSING_NONE, "Bob"));
  assert_text (app_call_format_missing (TRUE, CONFAB_MISSING_NO_DEVICE, "Bob"),
               "Bob has no camera: you do not see them.");
  assert_text (app_call_format_missing (FALSE, CONFAB_MISSING_LOST, "Bob"),
               "The microphone of Bob was unplugged: you do not hear them.");
  assert_text (app_call_format_missing (TRUE, CONFAB_MISSING_NO_PLUGIN, "Bob"),
               "The computer of Bob cannot send a picture: you do not see them.");
  assert_text (app_call_format_missing (FALSE, CONFAB_MISSING_BUSY, NULL),
               "Another program uses the microphone: nobody hears you.");
  g_assert_null (app_call_format_missing_screen (CONFAB_MISSING_NONE, NULL));
  assert_text (app_call_format_missing_screen (CONFAB_MISSING_FAILED, NULL),
               "Your screen cannot be shared.");
  assert_text (app_call_format_missing_screen (CONFAB_MISSING_FAILED, "Bob"),
               "Bob cannot share their screen.");
  assert_text (app_call_format_missing_screen (CONFAB_MISSING_LOST, "Bob"),
               "The screen of Bob is shared no longer.");

  for (guint i = 0; i < values->n_values; i++)
    {
      ConfabMissing missing = (ConfabMissing) values->values[i].value;
      g_autofree char *own = app_call_format_missing (TRUE, missing, NULL);
      g_autofree char *theirs = app_call_format_missing (TRUE, missing, "Bob");

      if (missing == CONFAB_MISSING_NONE)
        continue;
      g_assert_true (g_str_has_suffix (own, "nobody sees you."));
      g_assert_nonnull (strstr (theirs, "Bob"));
    }
}

static void
test_figures (void)
{
  ConfabCallStats stats = { 0 };

  assert_text (app_call_format_picture (&stats), "None");
  stats.video_codec = (char *) "VP8";
  stats.width = 640;
  stats.height = 480;
  stats.frames_per_second = 29.97;
  assert_text (app_call_format_picture (&stats), "VP8, 640 × 480, 30/s");
  assert_text (app_call_format_sound (&stats), "None");
  assert_text (app_call_format_rate (640), "640 kbit/s");
  assert_text (app_call_format_rate (1250), "1.2 Mbit/s");
  assert_text (app_call_format_delay (0), "Unknown");
  assert_text (app_call_format_delay (0.3), "Less than 1 ms");
  assert_text (app_call_format_delay (41.7), "42 ms");
  assert_text (app_call_format_loss (2.345), "2.3 %");
}

static void
test_quality (void)
{
  g_assert_cmpstr (app_call_format_quality (0), ==, "Unusable");
  g_assert_cmpstr (app_call_format_quality (4), ==, "Very good");
  g_assert_cmpstr (app_call_format_quality (G_MAXUINT), ==, "Very good");
  g_assert_cmpstr (app_call_get_quality_icon (1), ==, "network-cellular-signal-weak-symbolic");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/call-format/states-have-words", test_state);
  g_test_add_func ("/call-format/every-end-has-a-sentence", test_end);
  g_test_add_func ("/call-format/whatever-is-missing-is-said", test_missing);
  g_test_add_func ("/call-format/figures-have-units", test_figures);
  g_test_add_func ("/call-format/quality-has-five-steps", test_quality);

  return g_test_run ();
}
