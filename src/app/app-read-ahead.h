/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app-scroll-goal.h"

G_BEGIN_DECLS

#define APP_TYPE_READ_AHEAD (app_read_ahead_get_type ())

G_DECLARE_FINAL_TYPE (AppReadAhead, app_read_ahead, APP, READ_AHEAD, GObject)

AppReadAhead *app_read_ahead_new          (GtkWidget         *list,
                                           GtkAdjustment     *adjustment,
                                           AppScrollGoal     *goal);
void          app_read_ahead_set_messages (AppReadAhead      *self,
                                           ConfabMessageList *messages);

G_END_DECLS
