/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-run"

#include "config.h"

#include "app-run.h"

#include "app-format.h"

/* A pause after which a person introduces themselves again. */
#define RUN_PAUSE_US (5 * G_TIME_SPAN_MINUTE)

/**
 * app_run_continues:
 * @before: (nullable): the message above
 * @line: a message
 *
 * Returns: whether both belong to one run: of one sender, on one day, without
 *   a pause or a notice in between
 */
gboolean
app_run_continues (const AppRunLine *before,
                   const AppRunLine *line)
{
  if (!before || before->is_notice || line->is_notice ||
      g_strcmp0 (before->sender_id, line->sender_id) != 0)
    return FALSE;

  /* The clock of an unacknowledged message may be behind: that is no pause. */
  return line->at_us - before->at_us < RUN_PAUSE_US &&
         app_format_same_day (before->at_us, line->at_us);
}
