/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "app-ring-tone.h"

G_BEGIN_DECLS

#define APP_TYPE_RINGER (app_ringer_get_type ())

G_DECLARE_FINAL_TYPE (AppRinger, app_ringer, APP, RINGER, GObject)

AppRinger *app_ringer_new (void);
void app_ringer_play (AppRinger   *self,
                      AppRingTone  tone,
                      double       volume,
                      gboolean     repeated);
void app_ringer_stop (AppRinger *self);

G_END_DECLS
