/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AppHostConfig:
 * @space_name: what the space is called
 * @port: TCP port, or 0 for any that is free
 * @on_lan: whether other computers of the network may connect
 *
 * What a profile remembers about the space it hosts.
 */
typedef struct
{
  char     *space_name;
  guint16   port;
  gboolean  on_lan;
} AppHostConfig;

AppHostConfig *app_host_config_new         (const char           *space_name,
                                            guint16               port,
                                            gboolean              on_lan);
AppHostConfig *app_host_config_parse       (GBytes               *bytes,
                                            GError              **error);
GBytes        *app_host_config_serialize   (const AppHostConfig  *self);
void           app_host_config_free        (AppHostConfig        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppHostConfig, app_host_config_free)

G_END_DECLS
