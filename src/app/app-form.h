/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

const char *app_form_get_text (GtkEditable *entry);
char       *app_form_dup_text (GtkEditable *entry);

G_END_DECLS
