/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app-call-entry.h"

static const AppCallOutcome all[] = {
  APP_CALL_OUTCOME_ANSWERED, APP_CALL_OUTCOME_MISSED, APP_CALL_OUTCOME_CANCELLED,
  APP_CALL_OUTCOME_DECLINED, APP_CALL_OUTCOME_BUSY,   APP_CALL_OUTCOME_FAILED,
};

static void
assert_text (char       *text,
             const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_round_trip (void)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (all); i++)
    {
      AppCallEntry entry = {
        .call_id = "an-id", .video = i % 2, .outcome = all[i / 2], .duration_s = 61 * i
      };
      AppCallEntry parsed = { 0 };
      g_autofree char *content = app_call_entry_print (&entry);

      g_assert_true (app_call_entry_parse (content, &parsed));
      g_assert_cmpstr (parsed.call_id, ==, entry.call_id);
      g_assert_cmpint (parsed.video, ==, entry.video);
      g_assert_cmpint (parsed.outcome, ==, entry.outcome);
      g_assert_cmpuint (parsed.duration_s, ==, entry.duration_s);
    }
}

static void
test_others_read_words (void)
{
  AppCallEntry entry = { .video = TRUE, .outcome = APP_CALL_OUTCOME_ANSWERED, .duration_s = 192 };
  g_autofree char *content = app_call_entry_print (&entry);

  g_assert_nonnull (strstr (content, "\"text\":\"📞 Video call, 3:12\""));
}

static void
test_nonsense (void)
{
  const char *contents[] = {
    "",
    "{",
    "\"call\"",
    "[\"call\"]",
    "{\"call\":1}",
    "{\"call\":null}",
    "{\"call\":{}}",
    "{\"call\":{\"outcome\":1}}",
    "{\"call\":{\"outcome\":\"\"}}",
    "{\"call\":{\"outcome\":\"won\"}}",
    "{\"text\":\"call\",\"format\":\"call\"}",
  };
  AppCallEntry entry = { .duration_s = 17 };

  g_assert_false (app_call_entry_parse (NULL, &entry));
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    g_assert_false (app_call_entry_parse (contents[i], &entry));
  g_assert_cmpuint (entry.duration_s, ==, 17);
}

static void
test_bounds (void)
{
  AppCallEntry entry;

  g_assert_true (app_call_entry_parse ("{\"call\":{\"outcome\":\"busy\",\"duration_s\":-5}}",
                                       &entry));
  g_assert_cmpuint (entry.duration_s, ==, 0);
  g_assert_true (app_call_entry_parse (
                   "{\"call\":{\"outcome\":\"answered\",\"duration_s\":9223372036854775807}}",
                   &entry));
  g_assert_cmpuint (entry.duration_s, ==, 7 * 24 * 3600);
  g_assert_true (app_call_entry_parse ("{\"call\":{\"outcome\":\"answered\",\"media\":7,"
                                       "\"duration_s\":\"long\"}}",
                                       &entry));
  g_assert_false (entry.video);
  g_assert_cmpuint (entry.duration_s, ==, 0);
}

static void
test_duration (void)
{
  assert_text (app_call_entry_format_duration (0), "0:00");
  assert_text (app_call_entry_format_duration (7), "0:07");
  assert_text (app_call_entry_format_duration (192), "3:12");
  assert_text (app_call_entry_format_duration (3600), "1:00:00");
  assert_text (app_call_entry_format_duration (7384), "2:03:04");
}

static void
test_sides (void)
{
  AppCallEntry entry = { .outcome = APP_CALL_OUTCOME_MISSED };

  assert_text (app_call_entry_summarize (&entry, TRUE), "Voice call, no answer");
  assert_text (app_call_entry_summarize (&entry, FALSE), "Missed voice call");
  entry.video = TRUE;
  entry.outcome = APP_CALL_OUTCOME_DECLINED;
  assert_text (app_call_entry_summarize (&entry, TRUE), "Video call, declined");
  assert_text (app_call_entry_summarize (&entry, FALSE), "Declined video call");
  entry.outcome = APP_CALL_OUTCOME_ANSWERED;
  entry.duration_s = 75;
  assert_text (app_call_entry_summarize (&entry, TRUE), "Video call, 1:15");
  assert_text (app_call_entry_summarize (&entry, FALSE), "Video call, 1:15");
}

static void
test_missed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      AppCallEntry entry = { .outcome = all[i] };
      gboolean missed = all[i] != APP_CALL_OUTCOME_ANSWERED && all[i] != APP_CALL_OUTCOME_DECLINED;

      g_assert_false (app_call_entry_is_missed (&entry, TRUE));
      g_assert_cmpint (app_call_entry_is_missed (&entry, FALSE), ==, missed);
      g_assert_cmpint (g_str_equal (app_call_entry_get_icon (&entry, FALSE),
                                    "call-missed-symbolic"),
                       ==, missed);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/call-entry/is-read-as-it-was-written", test_round_trip);
  g_test_add_func ("/call-entry/others-read-words", test_others_read_words);
  g_test_add_func ("/call-entry/nonsense-is-no-entry", test_nonsense);
  g_test_add_func ("/call-entry/numbers-have-bounds", test_bounds);
  g_test_add_func ("/call-entry/duration-has-hours-when-needed", test_duration);
  g_test_add_func ("/call-entry/each-side-has-its-words", test_sides);
  g_test_add_func ("/call-entry/only-who-was-called-misses-a-call", test_missed);

  return g_test_run ();
}
