/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confabcall.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define APP_TYPE_CALL_TILE (app_call_tile_get_type ())

G_DECLARE_FINAL_TYPE (AppCallTile, app_call_tile, APP, CALL_TILE, GtkWidget)

GtkWidget      *app_call_tile_new       (ConfabCallPeer *peer);
void            app_call_tile_set_named (AppCallTile    *self,
                                         gboolean        named);

G_END_DECLS
