/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app-end-keeper.h"
#include "app-timeline.h"

G_BEGIN_DECLS

#define APP_TYPE_SCROLL_GOAL (app_scroll_goal_get_type ())

G_DECLARE_FINAL_TYPE (AppScrollGoal, app_scroll_goal, APP, SCROLL_GOAL, GObject)

AppScrollGoal *app_scroll_goal_new (GtkListView   *list,
                                    GtkAdjustment *adjustment,
                                    AppTimeline   *timeline,
                                    AppEndKeeper  *keeper);
void           app_scroll_goal_go  (AppScrollGoal      *self,
                                    guint               position,
                                    GtkListScrollFlags  flags);
void           app_scroll_goal_cancel    (AppScrollGoal *self);
gboolean       app_scroll_goal_is_active (AppScrollGoal *self);

G_END_DECLS
