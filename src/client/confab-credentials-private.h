/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-credentials.h"
#include "confab-http-private.h"
#include "confab-secrets-private.h"

G_BEGIN_DECLS

/* Credentials that are kept under @key; with NULL tokens they are read on first use. */
ConfabCredentials *confab_credentials_new_kept        (ConfabHttp           *http,
                                                       const char           *space_url,
                                                       ConfabSecrets        *secrets,
                                                       const char           *key,
                                                       const char           *label);
ConfabHttp        *confab_credentials_get_http        (ConfabCredentials    *self);
gint64             confab_credentials_get_renew_at_us (ConfabCredentials    *self);
void               confab_credentials_keep_async      (ConfabCredentials    *self,
                                                       const char           *access_token,
                                                       const char           *refresh_token,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
gboolean           confab_credentials_keep_finish     (ConfabCredentials    *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);
/* When @token was made and when it ends, in s since the epoch; FALSE if it does not say. */
gboolean           confab_credentials_read_times      (const char           *token,
                                                       gint64               *issued_at,
                                                       gint64               *expires_at);

G_END_DECLS
