/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app-timeline-item.h"

G_BEGIN_DECLS

#define APP_TYPE_TIMELINE (app_timeline_get_type ())

G_DECLARE_FINAL_TYPE (AppTimeline, app_timeline, APP, TIMELINE, GObject)

AppTimeline *app_timeline_new                 (void);
void         app_timeline_set_messages        (AppTimeline   *self,
                                               GListModel    *messages);
void         app_timeline_set_unread_after    (AppTimeline   *self,
                                               guint64        seq);
void         app_timeline_take_read           (AppTimeline   *self,
                                               guint64        seq);
gboolean     app_timeline_get_unread_position (AppTimeline   *self,
                                               guint         *position);
guint64      app_timeline_get_newest_seq      (AppTimeline   *self);
ConfabMessage *app_timeline_find (AppTimeline *self,
                                  const char  *id);

gboolean app_timeline_get_position (AppTimeline *self,
                                    AppTimelineItem *item,
                                    guint *position);

G_END_DECLS
