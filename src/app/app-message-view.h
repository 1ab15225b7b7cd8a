/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define APP_TYPE_MESSAGE_VIEW (app_message_view_get_type ())

G_DECLARE_FINAL_TYPE (AppMessageView, app_message_view, APP, MESSAGE_VIEW, GtkWidget)

void app_message_view_set_room (AppMessageView *self,
                                ConfabRoom     *room);
void app_message_view_go_to_newest (AppMessageView *self);
void app_message_view_go_to_seq (AppMessageView *self,
                                 guint64         seq);
void app_message_view_message_sent (AppMessageView *self);
gboolean app_message_view_get_at_end (AppMessageView *self);
void app_message_view_refresh (AppMessageView *self);

G_END_DECLS
