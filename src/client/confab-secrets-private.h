/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_SECRETS (confab_secrets_get_type ())

G_DECLARE_FINAL_TYPE (ConfabSecrets, confab_secrets, CONFAB, SECRETS, GObject)

ConfabSecrets *confab_secrets_new            (const char           *path,
                                              const char           *profile_id);
gboolean       confab_secrets_get_in_file    (ConfabSecrets        *self);
void           confab_secrets_set_in_file    (ConfabSecrets        *self,
                                              gboolean              in_file);
void           confab_secrets_open_async     (ConfabSecrets        *self,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean       confab_secrets_open_finish    (ConfabSecrets        *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void           confab_secrets_store_async    (ConfabSecrets        *self,
                                              const char           *key,
                                              const char           *label,
                                              const char           *secret,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean       confab_secrets_store_finish   (ConfabSecrets        *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void           confab_secrets_look_up_async  (ConfabSecrets        *self,
                                              const char           *key,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
char          *confab_secrets_look_up_finish (ConfabSecrets        *self,
                                              GAsyncResult         *result,
                                              GError              **error);

G_END_DECLS
