/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AppRunLine:
 * @sender_id: who wrote it
 * @at_us: when, µs since the epoch
 * @is_notice: whether it tells that somebody came or went
 *
 * What of a message decides which messages stand together.
 */
typedef struct
{
  const char *sender_id;
  gint64      at_us;
  gboolean    is_notice;
} AppRunLine;

gboolean app_run_continues (const AppRunLine *before,
                            const AppRunLine *line);

G_END_DECLS
