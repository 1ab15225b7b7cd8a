/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-http.h"

#include "wire-error.h"

G_BEGIN_DECLS

struct _ConfabdHttp
{
  ConfabdHttpOptions   options;
  char                *name;
  char                *service;
  char                *owner;
  char                *public_url;
  char                *limits_json;
  GStrv                allowed_origins;
  GStrv                admins;
  SoupServer          *server;
  ConfabdDoorway      *doorway;
  ConfabdEio          *eio;
  ConfabdCore         *core;
};

/* One request whose answer comes later. Holds the message paused. */
typedef struct
{
  ConfabdHttp       *http;
  SoupServerMessage *message;
} ConfabdHttpPending;

/* confabd-http-reply.c */
const char          *confabd_http_get_header        (SoupServerMessage        *message,
                                                     const char               *name);
void                 confabd_http_append_member     (GString                  *json,
                                                     const char               *key,
                                                     const char               *value);
void                 confabd_http_reply_json        (SoupServerMessage        *message,
                                                     guint                     status,
                                                     const char               *json);
void                 confabd_http_reply_error       (SoupServerMessage        *message,
                                                     const GError             *error,
                                                     guint                     retry_after_s);
void                 confabd_http_reply_code        (SoupServerMessage        *message,
                                                     WireError                 code,
                                                     const char               *text);
void                 confabd_http_reply_status      (SoupServerMessage        *message,
                                                     guint                     status,
                                                     const char               *code,
                                                     const char               *text);
ConfabdHttpPending  *confabd_http_pending_new       (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_pending_finish    (ConfabdHttpPending       *pending);
void                 confabd_http_reply_cors        (ConfabdHttp              *http,
                                                     SoupServerMessage        *message,
                                                     gboolean                  for_anyone);
char                *confabd_http_dup_base_url      (ConfabdHttp              *http,
                                                     SoupServerMessage        *message,
                                                     gboolean                  websocket);
gboolean             confabd_http_is_origin_allowed (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
gboolean             confabd_http_is_from_loopback  (SoupServerMessage        *message);
char                *confabd_http_dup_address       (SoupServerMessage        *message);
gboolean             confabd_http_read_strings      (SoupServerMessage        *message,
                                                     const char * const       *keys,
                                                     char                    **values,
                                                     gsize                     n_keys,
                                                     GError                  **error);

/* confabd-http-accounts.c */
void                 confabd_http_sign_up           (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_sign_in           (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_refresh           (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_sign_out          (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_profile           (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_password          (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);

/* confabd-http-info.c */
void                 confabd_http_server            (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_health            (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_metrics           (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);

/* confabd-http-altogic.c */
void                 confabd_http_altogic_members   (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);

/* confabd-http-push.c */
void                 confabd_http_push_subscribe    (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_push_unsubscribe  (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_push_key          (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_push_notify       (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);

/* confabd-http-skapi.c */
gboolean             confabd_http_skapi_check_user  (ConfabdHttp              *http,
                                                     SoupServerMessage        *message,
                                                     ConfabdTokenClaims       *claims);
void                 confabd_http_skapi_admin       (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_skapi_record      (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_skapi_service     (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_skapi_groups      (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);

/* confabd-http-upgrade.c */
void                 confabd_http_upgrade           (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);

/* confabd-http-socket-io.c */
void                 confabd_http_begin_socket_io   (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);
void                 confabd_http_socket_io         (ConfabdHttp              *http,
                                                     SoupServerMessage        *message);

G_END_DECLS
