/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>

#include "app-notifier.h"

G_BEGIN_DECLS

#define APP_TYPE_ATTENTION (app_attention_get_type ())

G_DECLARE_FINAL_TYPE (AppAttention, app_attention, APP, ATTENTION, GObject)

AppAttention *app_attention_new (ConfabProfile *profile,
                                 AppNotifier   *notifier,
                                 GSettings     *settings);
guint app_attention_get_n_unread (AppAttention *self);
void app_attention_open_unread (AppAttention *self);
void app_attention_note_missed_call (AppAttention *self,
                                     ConfabRoom   *room,
                                     gboolean      video);

G_END_DECLS
