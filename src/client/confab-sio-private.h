/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-eio-private.h"

G_BEGIN_DECLS

/* Why a connection has ended, beyond confab-eio-private.h's reasons. */
#define CONFAB_SIO_CLOSED_BY_CLIENT "io client disconnect"
#define CONFAB_SIO_CLOSED_BY_SERVER "io server disconnect"

/* How a connection is to be kept; confab_sio_options_init() has the values of socket.io-client. */
typedef struct
{
  ConfabEioWay way;
  guint        timeout_ms;          /* from the start of an attempt to its end */
  gboolean     reconnects;
  guint        first_delay_ms;      /* doubled for each further attempt … */
  guint        max_delay_ms;        /* … up to this */
  guint        max_attempts;        /* in a row; 0: it never gives up */
} ConfabSioOptions;

void confab_sio_options_init (ConfabSioOptions *self);

#define CONFAB_TYPE_SIO (confab_sio_get_type ())

G_DECLARE_FINAL_TYPE (ConfabSio, confab_sio, CONFAB, SIO, GObject)

/* Payloads are JSON arrays in which bytes stand as PROTOCOL.md, "Bytes", has it. */
ConfabSio  *confab_sio_new                  (ConfabHttp              *http,
                                             const char              *endpoint,
                                             const char              *namespace_path);
void        confab_sio_set_options          (ConfabSio               *self,
                                             const ConfabSioOptions  *options);
void        confab_sio_set_auth             (ConfabSio               *self,
                                             GBytes                  *json);
void        confab_sio_open                 (ConfabSio               *self);
void        confab_sio_close                (ConfabSio               *self);
gboolean    confab_sio_is_active            (ConfabSio               *self);
gboolean    confab_sio_is_connected         (ConfabSio               *self);
gboolean    confab_sio_is_upgraded          (ConfabSio               *self);
const char *confab_sio_get_id               (ConfabSio               *self);
gboolean    confab_sio_emit                 (ConfabSio               *self,
                                             GBytes                  *payload,
                                             GError                 **error);
gboolean    confab_sio_emit_volatile        (ConfabSio               *self,
                                             GBytes                  *payload,
                                             GError                 **error);
void        confab_sio_emit_with_ack_async  (ConfabSio               *self,
                                             GBytes                  *payload,
                                             guint                    timeout_ms,
                                             GAsyncReadyCallback      callback,
                                             gpointer                 user_data);
GBytes     *confab_sio_emit_with_ack_finish (ConfabSio               *self,
                                             GAsyncResult            *result,
                                             GError                 **error);
gboolean    confab_sio_answer               (ConfabSio               *self,
                                             guint64                  id,
                                             GBytes                  *payload,
                                             GError                 **error);

G_END_DECLS
