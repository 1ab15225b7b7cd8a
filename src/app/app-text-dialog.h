/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void app_text_dialog_present (const char *text,
                              GtkWidget  *parent);

G_END_DECLS
