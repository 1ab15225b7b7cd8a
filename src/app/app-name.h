/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *app_name_to_account (const char *display_name);
char *app_name_to_space   (const char *display_name);
char *app_name_of_person  (void);
char *app_name_to_address (const char *url);
char *app_name_password   (void);

gboolean app_name_is_account  (const char *name);
gboolean app_name_is_display  (const char *name);
gboolean app_name_is_group    (const char *name);
gboolean app_name_is_password (const char *password);

G_END_DECLS
