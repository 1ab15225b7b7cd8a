/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-http-private.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_SERVICE (confab_service_get_type ())

G_DECLARE_FINAL_TYPE (ConfabService, confab_service, CONFAB, SERVICE, GObject)

/* Either @url, below which the endpoint documents are, or both endpoints. */
ConfabService *confab_service_new               (ConfabHttp           *http,
                                                 const char           *url,
                                                 const char           *service,
                                                 const char           *owner);
void           confab_service_set_endpoints     (ConfabService        *self,
                                                 const char           *record_url,
                                                 const char           *realtime_url);
/* Known from the time on when somebody has logged in. */
const char    *confab_service_get_user_id       (ConfabService        *self);

void           confab_service_login_async       (ConfabService        *self,
                                                 const char           *name,
                                                 const char           *password,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
void           confab_service_take_tokens_async (ConfabService        *self,
                                                 const char           *access_token,
                                                 const char           *id_token,
                                                 const char           *refresh_token,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
/* Ends either. */
gboolean       confab_service_login_finish      (ConfabService        *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);

/* Knows the endpoints, and has tokens that are good for a while yet. */
void           confab_service_prepare_async     (ConfabService        *self,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
gboolean       confab_service_prepare_finish    (ConfabService        *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);
/* After that: where the WebSocket is, with the token in it; the token of joinRoom and of rtc; that
 * of sendMessage and of broadcast. */
char          *confab_service_dup_socket_uri    (ConfabService        *self);
const char    *confab_service_get_access_token  (ConfabService        *self);
char          *confab_service_dup_send_token    (ConfabService        *self);

/* A question to one of the record endpoints, with all that it takes to be answered; NULL if the
 * endpoint is no address. */
SoupMessage   *confab_service_make_question     (ConfabService        *self,
                                                 const char           *endpoint,
                                                 JsonObject           *parameters);
ConfabHttp    *confab_service_get_http          (ConfabService        *self);

G_END_DECLS
