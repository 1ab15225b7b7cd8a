/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confabcall.h>

G_BEGIN_DECLS

char       *app_call_format_state          (ConfabCallState        state,
                                            gboolean               reconnecting,
                                            guint                  duration_s);
char       *app_call_format_end            (ConfabCallEndReason    reason,
                                            const char            *name);
char       *app_call_format_missing        (gboolean               video,
                                            ConfabMissing          missing,
                                            const char            *name);
char       *app_call_format_missing_screen (ConfabMissing          missing,
                                            const char            *name);
const char *app_call_format_quality        (guint                  quality);
const char *app_call_get_quality_icon      (guint                  quality);
char       *app_call_format_sound          (const ConfabCallStats *stats);
char       *app_call_format_picture        (const ConfabCallStats *stats);
char       *app_call_format_rate           (guint                  kbit_per_s);
char       *app_call_format_delay          (double                 ms);
char       *app_call_format_loss           (double                 percent);

G_END_DECLS
