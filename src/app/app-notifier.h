/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define APP_TYPE_NOTIFIER (app_notifier_get_type ())

G_DECLARE_FINAL_TYPE (AppNotifier, app_notifier, APP, NOTIFIER, GObject)

AppNotifier *app_notifier_new (const char *desktop_entry);
void app_notifier_show (AppNotifier *self,
                        const char  *key,
                        const char  *title,
                        const char  *body);
void app_notifier_show_call (AppNotifier        *self,
                             const char         *key,
                             const char         *title,
                             const char         *body,
                             const char         *category,
                             gboolean            urgent,
                             const char * const *buttons);
void app_notifier_withdraw (AppNotifier *self,
                            const char  *key);
void app_notifier_withdraw_all (AppNotifier *self);

G_END_DECLS
