/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-client-altogic.h"
#include "confab-sio-private.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_ALTOGIC (confab_altogic_get_type ())

G_DECLARE_FINAL_TYPE (ConfabAltogic, confab_altogic, CONFAB, ALTOGIC, GObject)

ConfabAltogic *confab_altogic_new                (ConfabHttp              *http,
                                                  const char              *env_url,
                                                  const char              *client_key,
                                                  GError                 **error);
/* Its first use opens the connection. */
ConfabSio     *confab_altogic_use                (ConfabAltogic           *self);
void           confab_altogic_close              (ConfabAltogic           *self);
void           confab_altogic_set_options        (ConfabAltogic           *self,
                                                  const ConfabSioOptions  *options);
void           confab_altogic_get_options        (ConfabAltogic           *self,
                                                  ConfabSioOptions        *options);
void           confab_altogic_set_session        (ConfabAltogic           *self,
                                                  const char              *session);
void           confab_altogic_set_echo           (ConfabAltogic           *self,
                                                  gboolean                 echo_messages);
void           confab_altogic_set_buffers        (ConfabAltogic           *self,
                                                  gboolean                 buffer_messages);
void           confab_altogic_set_auto_joins     (ConfabAltogic           *self,
                                                  gboolean                 auto_join_channels);
gboolean       confab_altogic_send               (ConfabAltogic           *self,
                                                  const char              *channel,
                                                  const char              *event_name,
                                                  JsonNode                *message,
                                                  ConfabEcho               echo,
                                                  GError                 **error);
gboolean       confab_altogic_join               (ConfabAltogic           *self,
                                                  const char              *channel,
                                                  ConfabEcho               echo,
                                                  GError                 **error);
gboolean       confab_altogic_leave              (ConfabAltogic           *self,
                                                  const char              *channel,
                                                  ConfabEcho               echo,
                                                  GError                 **error);
gboolean       confab_altogic_update             (ConfabAltogic           *self,
                                                  JsonNode                *data,
                                                  ConfabEcho               echo,
                                                  GError                 **error);
void           confab_altogic_get_members_async  (ConfabAltogic           *self,
                                                  const char              *channel,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
JsonArray     *confab_altogic_get_members_finish (ConfabAltogic           *self,
                                                  GAsyncResult            *result,
                                                  GError                 **error);

G_END_DECLS
