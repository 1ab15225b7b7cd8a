/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *app_format_clock      (gint64              at_us);
char *app_format_list_time  (gint64              at_us,
                             gint64              now_us);
char *app_format_day        (gint64              at_us,
                             gint64              now_us);
char *app_format_presence   (gboolean            online,
                             gint64              last_seen_us,
                             gint64              now_us);
char *app_format_count      (guint               n);
char *app_format_one_line   (const char         *text);
char *app_format_typing     (const char * const *names);
char *app_format_attendance (guint               n_members,
                             guint               n_present,
                             gboolean            brief);
char *app_format_unread     (guint               n);
char *app_format_countdown  (guint               seconds);

gboolean app_format_same_day (gint64 a_us,
                              gint64 b_us);

G_END_DECLS
