/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *app_error_describe (const GError *error);
char *app_error_describe_code (int code);

G_END_DECLS
