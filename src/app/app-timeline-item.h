/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>

G_BEGIN_DECLS

#define APP_TYPE_TIMELINE_ITEM (app_timeline_item_get_type ())

G_DECLARE_FINAL_TYPE (AppTimelineItem, app_timeline_item, APP, TIMELINE_ITEM, GObject)

AppTimelineItem *app_timeline_item_new           (ConfabMessage   *message);
ConfabMessage   *app_timeline_item_get_message   (AppTimelineItem *self);
gboolean         app_timeline_item_is_notice     (AppTimelineItem *self);
void             app_timeline_item_place         (AppTimelineItem *self,
                                                  gboolean         starts_day,
                                                  gboolean         starts_run,
                                                  gboolean         ends_run,
                                                  gboolean         starts_unread);
gboolean         app_timeline_item_starts_day    (AppTimelineItem *self);
gboolean         app_timeline_item_starts_run    (AppTimelineItem *self);
gboolean         app_timeline_item_ends_run      (AppTimelineItem *self);
gboolean         app_timeline_item_starts_unread (AppTimelineItem *self);

G_END_DECLS
