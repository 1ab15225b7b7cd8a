/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define APP_TYPE_COMPOSER (app_composer_get_type ())

G_DECLARE_FINAL_TYPE (AppComposer, app_composer, APP, COMPOSER, GtkWidget)

void app_composer_set_room (AppComposer *self,
                            ConfabRoom  *room);
void app_composer_take_key (AppComposer           *self,
                            GtkEventControllerKey *controller);

G_END_DECLS
