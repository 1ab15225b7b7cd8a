/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-time-private.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_HTTP (confab_http_get_type ())

G_DECLARE_FINAL_TYPE (ConfabHttp, confab_http, CONFAB, HTTP, GObject)

ConfabHttp  *confab_http_new         (ConfabTime           *time);
SoupSession *confab_http_get_session (ConfabHttp           *self);
ConfabTime  *confab_http_get_time    (ConfabHttp           *self);
void         confab_http_send_async  (ConfabHttp           *self,
                                      const char           *method,
                                      const char           *space_url,
                                      const char           *path,
                                      JsonObject           *body,
                                      const char           *access_token,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
JsonObject  *confab_http_send_finish (ConfabHttp           *self,
                                      GAsyncResult         *result,
                                      GError              **error);

G_END_DECLS
