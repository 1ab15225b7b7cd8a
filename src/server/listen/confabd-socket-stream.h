/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

#define CONFABD_TYPE_SOCKET_STREAM (confabd_socket_stream_get_type ())

G_DECLARE_FINAL_TYPE (ConfabdSocketStream, confabd_socket_stream, CONFABD, SOCKET_STREAM, GIOStream)

ConfabdSocketStream *confabd_socket_stream_new      (int                   fd,
                                                     SSL                  *tls,
                                                     GBytes               *head,
                                                     gsize                 n_bytes);
int                  confabd_socket_stream_get_fd   (ConfabdSocketStream  *self);
gboolean             confabd_socket_stream_is_spent (ConfabdSocketStream  *self);
int                  confabd_socket_stream_steal    (ConfabdSocketStream  *self,
                                                     SSL                 **tls,
                                                     GBytes              **unread);

G_END_DECLS
