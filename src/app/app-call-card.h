/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "app-call-entry.h"

G_BEGIN_DECLS

#define APP_TYPE_CALL_CARD (app_call_card_get_type ())

G_DECLARE_FINAL_TYPE (AppCallCard, app_call_card, APP, CALL_CARD, GtkWidget)

GtkWidget *app_call_card_new (void);
void app_call_card_set_entry (AppCallCard        *self,
                              const AppCallEntry *entry,
                              gboolean            outgoing);

G_END_DECLS
