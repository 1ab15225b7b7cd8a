/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app-end-keeper.h"
#include "app-message-row.h"
#include "app-message-view.h"
#include "app-read-ahead.h"
#include "app-scroll-goal.h"
#include "app-timeline.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* What the two files of the view share. */
struct _AppMessageView
{
  GtkWidget      parent_instance;

  ConfabRoom    *room;
  AppTimeline   *timeline;
  AppEndKeeper  *keeper;
  AppScrollGoal *goal;
  AppReadAhead  *ahead;
  GSignalGroup  *list_signals;
  GSignalGroup  *room_signals;
  GCancellable  *opening;
  guint64        flash_seq;
  guint64        wanted_seq;
  guint          seen_timeout;
  gboolean       opened;
  /* On the way to where the room opens: nothing counts as seen yet. */
  gboolean       settling;
  /* The read marker moves because this is looked at. */
  gboolean       seeing;
  GtkWidget     *menu;

  GtkStack      *pages;
  GtkListView   *list;
  GtkWidget     *scroller;
  AdwStatusPage *failed_page;
};

AppMessageRow *app_message_view_find_row_at     (AppMessageView *self,
                                                 double          x,
                                                 double          y);
void           app_message_view_install_actions (GtkWidgetClass *widget_class);

G_END_DECLS
