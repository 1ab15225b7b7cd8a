/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-format"

#include "config.h"

#include "app-format.h"

#include <glib/gi18n.h>

/* Longest preview in characters: more never fits a sidebar. */
#define MAX_PREVIEW_CHARS 160

static GDateTime *
to_local (gint64 at_us)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc_usec (at_us);

  return utc ? g_date_time_to_local (utc) : NULL;
}

/* Days from @at to @now by the local calendar, not by 24 hours. */
static int
days_between (GDateTime *at,
              GDateTime *now)
{
  GDate then;
  GDate today;

  g_date_clear (&then, 1);
  g_date_clear (&today, 1);
  g_date_set_dmy (&then, g_date_time_get_day_of_month (at), g_date_time_get_month (at),
                  g_date_time_get_year (at));
  g_date_set_dmy (&today, g_date_time_get_day_of_month (now), g_date_time_get_month (now),
                  g_date_time_get_year (now));

  return g_date_days_between (&then, &today);
}

/**
 * app_format_clock:
 * @at_us: µs since the epoch
 *
 * Returns: (transfer full): the local time of day, "14:05"
 */
char *
app_format_clock (gint64 at_us)
{
  g_autoptr(GDateTime) at = to_local (at_us);

  if (!at)
    return g_strdup ("");

  /* Translators: the time of day, in the format of strftime(). */
  return g_date_time_format (at, C_("time of day", "%H:%M"));
}

/**
 * app_format_list_time:
 * @at_us: µs since the epoch
 * @now_us: µs since the epoch
 *
 * The short time beside a room: the clock for today, then words, then dates.
 *
 * Returns: (transfer full): "14:05", "Yesterday", "Mon", "3 Nov" or "03.11.2025"
 */
char *
app_format_list_time (gint64 at_us,
                      gint64 now_us)
{
  g_autoptr(GDateTime) at = to_local (at_us);
  g_autoptr(GDateTime) now = to_local (now_us);
  int days;

  if (!at || !now || at_us <= 0)
    return g_strdup ("");

  days = days_between (at, now);

  if (days <= 0)
    return app_format_clock (at_us);
  if (days == 1)
    return g_strdup (C_("day", "Yesterday"));
  if (days < 7)
    return g_date_time_format (at, "%a");
  if (g_date_time_get_year (at) == g_date_time_get_year (now))
    /* Translators: day and short month, in the format of strftime(). */
    return g_date_time_format (at, C_("short date", "%-d %b"));

  return g_date_time_format (at, "%x");
}

/**
 * app_format_day:
 * @at_us: µs since the epoch
 * @now_us: µs since the epoch
 *
 * Names a day for the separator between two days of a conversation.
 *
 * Returns: (transfer full): "Today", "Yesterday", "Monday", "3 November" or
 *   "3 November 2025"
 */
char *
app_format_day (gint64 at_us,
                gint64 now_us)
{
  g_autoptr(GDateTime) at = to_local (at_us);
  g_autoptr(GDateTime) now = to_local (now_us);
  int days;

  if (!at || !now)
    return g_strdup ("");

  days = days_between (at, now);

  if (days == 0)
    return g_strdup (C_("day", "Today"));
  if (days == 1)
    return g_strdup (C_("day", "Yesterday"));
  if (days > 1 && days < 7)
    return g_date_time_format (at, "%A");
  if (g_date_time_get_year (at) == g_date_time_get_year (now))
    /* Translators: day and month, in the format of strftime(). */
    return g_date_time_format (at, C_("date", "%-d %B"));

  /* Translators: day, month and year, in the format of strftime(). */
  return g_date_time_format (at, C_("date", "%-d %B %Y"));
}

/**
 * app_format_presence:
 * @online: whether the person is connected now
 * @last_seen_us: when they were last seen, or 0 for unknown
 * @now_us: µs since the epoch
 *
 * Returns: (transfer full): one short line about a person
 */
char *
app_format_presence (gboolean online,
                     gint64   last_seen_us,
                     gint64   now_us)
{
  g_autofree char *when = NULL;
  gint64 minutes = (now_us - last_seen_us) / G_TIME_SPAN_MINUTE;

  if (online)
    return g_strdup (C_("presence", "Online"));
  if (last_seen_us <= 0)
    return g_strdup (C_("presence", "Offline"));
  if (minutes < 2)
    return g_strdup (_("Last seen just now"));
  if (minutes < 60)
    return g_strdup_printf (ngettext ("Last seen %d minute ago", "Last seen %d minutes ago",
                                      (gulong) minutes), (int) minutes);

  when = app_format_list_time (last_seen_us, now_us);

  /* Translators: %s is a time or a day: "14:05", "Yesterday", "3 Nov". */
  return g_strdup_printf (_("Last seen: %s"), when);
}

/**
 * app_format_count:
 * @n: a number of unread messages
 *
 * Returns: (transfer full): the text of a badge; empty for none
 */
char *
app_format_count (guint n)
{
  if (n == 0)
    return g_strdup ("");
  if (n > 999)
    return g_strdup (C_("badge, more than 999", "999+"));

  return g_strdup_printf ("%u", n);
}

/**
 * app_format_unread:
 * @n: a number of unread messages
 *
 * Returns: (transfer full): how many there are, in words
 */
char *
app_format_unread (guint n)
{
  if (n == 0)
    return g_strdup (_("No unread messages"));

  return g_strdup_printf (ngettext ("%u unread message", "%u unread messages", n), n);
}

/**
 * app_format_one_line:
 * @text: (nullable): any text
 *
 * Folds white space and cuts, so that a long message costs no more to lay out
 * in a list than a short one.
 *
 * Returns: (transfer full): at most 160 characters without a line break
 */
char *
app_format_one_line (const char *text)
{
  GString *line = g_string_sized_new (MAX_PREVIEW_CHARS);
  gboolean pending_space = FALSE;
  int n_chars = 0;

  for (const char *at = text ? text : ""; *at; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        {
          pending_space = line->len > 0;
          continue;
        }

      if (n_chars >= MAX_PREVIEW_CHARS)
        {
          g_string_append (line, "…");
          break;
        }

      if (pending_space)
        g_string_append_c (line, ' ');
      g_string_append_unichar (line, c);
      n_chars += pending_space ? 2 : 1;
      pending_space = FALSE;
    }

  return g_string_free_and_steal (line);
}

/**
 * app_format_typing:
 * @names: (array zero-terminated=1): who types
 *
 * Returns: (transfer full): a sentence; empty when nobody does
 */
char *
app_format_typing (const char * const *names)
{
  switch (g_strv_length ((char **) names))
    {
    case 0:
      return g_strdup ("");
    case 1:
      return g_strdup_printf (_("%s is typing…"), names[0]);
    case 2:
      return g_strdup_printf (_("%s and %s are typing…"), names[0], names[1]);
    case 3:
      return g_strdup_printf (_("%s, %s and %s are typing…"), names[0], names[1], names[2]);
    default:
      return g_strdup (_("Several people are typing…"));
    }
}

/**
 * app_format_attendance:
 * @n_members: how many follow the group
 * @n_present: how many are here now
 * @brief: whether there is little room for it
 *
 * Returns: (transfer full): the line under a group's name
 */
char *
app_format_attendance (guint    n_members,
                       guint    n_present,
                       gboolean brief)
{
  g_autofree char *members = g_strdup_printf (ngettext ("%u member", "%u members", n_members),
                                              n_members);

  if (n_present == 0)
    return g_steal_pointer (&members);
  if (brief)
    /* Translators: how many of how many members are here now. */
    return g_strdup_printf (C_("group", "%u of %u here"), n_present, n_members);

  /* Translators: the first is "5 members", the second how many are here now. */
  return g_strdup_printf (C_("group", "%s, %u here now"), members, n_present);
}

/**
 * app_format_countdown:
 * @seconds: seconds until the next attempt
 *
 * Returns: (transfer full): what the banner says while it waits
 */
char *
app_format_countdown (guint seconds)
{
  if (seconds == 0)
    return g_strdup (_("You are offline. Connecting…"));

  return g_strdup_printf (ngettext ("You are offline. Next attempt in %u second",
                                    "You are offline. Next attempt in %u seconds", seconds),
                          seconds);
}

/**
 * app_format_same_day:
 * @a_us: µs since the epoch
 * @b_us: µs since the epoch
 *
 * Returns: whether both fall on one day of the local calendar
 */
gboolean
app_format_same_day (gint64 a_us,
                     gint64 b_us)
{
  g_autoptr(GDateTime) a = to_local (a_us);
  g_autoptr(GDateTime) b = to_local (b_us);

  return a && b && days_between (a, b) == 0;
}
