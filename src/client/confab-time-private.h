/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ConfabTime ConfabTime;

ConfabTime *confab_time_new              (void);
ConfabTime *confab_time_new_manual       (void);
ConfabTime *confab_time_ref              (ConfabTime *self);
void        confab_time_unref            (ConfabTime *self);
gint64      confab_time_get_monotonic_us (ConfabTime *self);
gint64      confab_time_get_wall_us      (ConfabTime *self);
gint64      confab_time_get_asleep_us    (ConfabTime *self);
GSource    *confab_time_create_source    (ConfabTime *self,
                                          guint       delay_ms) G_GNUC_WARN_UNUSED_RESULT;
void        confab_time_start_timer      (ConfabTime   *self,
                                          GSource     **timer,
                                          guint         delay_ms,
                                          GSourceFunc   callback,
                                          gpointer      user_data);
guint       confab_time_get_n_timers     (ConfabTime *self);
void        confab_time_advance          (ConfabTime *self,
                                          guint       by_ms);
void        confab_time_sleep            (ConfabTime *self,
                                          guint       for_ms);

/* Ends what a field holds, be it a timer or another source. */
void        confab_source_clear          (GSource **source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabTime, confab_time_unref)

G_END_DECLS
