/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app-format.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
/* Thursday, 1 January 2026, 12:00 UTC. */
#define NOON (G_GINT64_CONSTANT (1767268800) * SECOND)

static void
assert_text (char       *text,
             const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_list_time (void)
{
  assert_text (app_format_list_time (NOON - 2 * HOUR, NOON), "10:00");
  assert_text (app_format_list_time (NOON - 13 * HOUR, NOON), "Yesterday");
  assert_text (app_format_list_time (NOON - 6 * DAY, NOON), "Fri");
  assert_text (app_format_list_time (NOON + 40 * DAY, NOON + 70 * DAY), "10 Feb");
  assert_text (app_format_list_time (NOON - 40 * DAY, NOON), "11/22/25");
  assert_text (app_format_list_time (0, NOON), "");
}

static void
test_clock_ahead (void)
{
  assert_text (app_format_list_time (NOON + 3 * MINUTE, NOON), "12:03");
  assert_text (app_format_list_time (NOON + 3 * DAY, NOON), "12:00");
}

static void
test_day (void)
{
  assert_text (app_format_day (NOON, NOON + HOUR), "Today");
  assert_text (app_format_day (NOON - DAY, NOON), "Yesterday");
  assert_text (app_format_day (NOON - 3 * DAY, NOON), "Monday");
  assert_text (app_format_day (NOON + 40 * DAY, NOON + 70 * DAY), "10 February");
  assert_text (app_format_day (NOON - 40 * DAY, NOON), "22 November 2025");
}

static void
test_presence (void)
{
  assert_text (app_format_presence (TRUE, 0, NOON), "Online");
  assert_text (app_format_presence (FALSE, 0, NOON), "Offline");
  assert_text (app_format_presence (FALSE, NOON - 30 * SECOND, NOON), "Last seen just now");
  assert_text (app_format_presence (FALSE, NOON - 5 * MINUTE, NOON), "Last seen 5 minutes ago");
  assert_text (app_format_presence (FALSE, NOON - DAY, NOON), "Last seen: Yesterday");
}

static void
test_count (void)
{
  assert_text (app_format_count (0), "");
  assert_text (app_format_count (7), "7");
  assert_text (app_format_count (999), "999");
  assert_text (app_format_count (1000), "999+");
}

static void
test_one_line (void)
{
  assert_text (app_format_one_line (NULL), "");
  assert_text (app_format_one_line ("  a\n\n\tb  "), "a b");
  assert_text (app_format_one_line ("a\x01\x1b[0mb"), "a [0mb");
}

static void
test_long_line (void)
{
  g_autofree char *text = g_strnfill (2 * 1024 * 1024, 'x');
  g_autofree char *line = app_format_one_line (text);

  g_assert_cmpint (g_utf8_strlen (line, -1), ==, 161);
  g_assert_true (g_str_has_suffix (line, "…"));
}

static void
test_typing (void)
{
  const char *names[] = { "Anna", "Ben", "Cem", "Dana", NULL };

  assert_text (app_format_typing (names + 4), "");
  assert_text (app_format_typing (names + 3), "Dana is typing…");
  assert_text (app_format_typing (names + 2), "Cem and Dana are typing…");
  assert_text (app_format_typing (names + 1), "Ben, Cem and Dana are typing…");
  assert_text (app_format_typing (names), "Several people are typing…");
}

static void
test_attendance (void)
{
  assert_text (app_format_attendance (1, 0, FALSE), "1 member");
  assert_text (app_format_attendance (5, 2, FALSE), "5 members, 2 here now");
  assert_text (app_format_attendance (5, 2, TRUE), "2 of 5 here");
  assert_text (app_format_attendance (5, 0, TRUE), "5 members");
}

static void
test_countdown (void)
{
  assert_text (app_format_countdown (1), "You are offline. Next attempt in 1 second");
  assert_text (app_format_countdown (12), "You are offline. Next attempt in 12 seconds");
  assert_text (app_format_countdown (0), "You are offline. Connecting…");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/format/list-time-grows-coarser-with-age", test_list_time);
  g_test_add_func ("/format/a-clock-that-is-ahead-shows-a-time", test_clock_ahead);
  g_test_add_func ("/format/days-have-names", test_day);
  g_test_add_func ("/format/presence-is-a-sentence", test_presence);
  g_test_add_func ("/format/counts-stay-short", test_count);
  g_test_add_func ("/format/white-space-folds", test_one_line);
  g_test_add_func ("/format/two-megabytes-become-one-line", test_long_line);
  g_test_add_func ("/format/typing-names-three-at-most", test_typing);
  g_test_add_func ("/format/attendance-has-plurals", test_attendance);
  g_test_add_func ("/format/countdown-has-plurals", test_countdown);

  return g_test_run ();
}
