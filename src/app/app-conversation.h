/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <confab.h>

#include "app-calls.h"
#include "app-connection-status.h"

G_BEGIN_DECLS

#define APP_TYPE_CONVERSATION (app_conversation_get_type ())

G_DECLARE_FINAL_TYPE (AppConversation, app_conversation, APP, CONVERSATION, AdwBin)

void app_conversation_set_room (AppConversation *self,
                                ConfabRoom      *room);
gboolean app_conversation_is_watched (AppConversation *self,
                                      ConfabRoom      *room);
void app_conversation_go_to_seq (AppConversation *self,
                                 guint64          seq);
void app_conversation_toggle_details (AppConversation *self);
void app_conversation_focus_composer (AppConversation *self);
void app_conversation_take_key (AppConversation       *self,
                                GtkEventControllerKey *controller);
void app_conversation_bind_settings (AppConversation *self,
                                     GSettings       *settings);
void app_conversation_set_calls (AppConversation *self,
                                 AppCalls        *calls);
void app_conversation_refresh (AppConversation *self);

G_END_DECLS
