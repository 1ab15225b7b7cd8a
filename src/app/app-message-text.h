/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define APP_TYPE_MESSAGE_TEXT (app_message_text_get_type ())

G_DECLARE_FINAL_TYPE (AppMessageText, app_message_text, APP, MESSAGE_TEXT, GtkWidget)

GtkWidget *app_message_text_new        (void);
void       app_message_text_set_text   (AppMessageText *self,
                                        const char     *text);
void       app_message_text_set_markup (AppMessageText *self,
                                        const char     *markup);
void       app_message_text_select_all (AppMessageText *self);

G_END_DECLS
