/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app-calls.h"

G_BEGIN_DECLS

#define APP_TYPE_CALL_BANNER (app_call_banner_get_type ())

G_DECLARE_FINAL_TYPE (AppCallBanner, app_call_banner, APP, CALL_BANNER, AdwBin)

void app_call_banner_set_calls (AppCallBanner *self,
                                AppCalls      *calls);

G_END_DECLS
