/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CONFABD_HTTP_HEAD_MAX_BYTES (16 * 1024)

typedef enum {
  CONFABD_HTTP_HEAD_PARTIAL,  /* its end is not there yet */
  CONFABD_HTTP_HEAD_GOOD,
  CONFABD_HTTP_HEAD_REFUSED,
} ConfabdHttpHeadVerdict;

/* Looks at the head of a request as it came, before libsoup does. On a refusal *status is what
 * to answer. */
ConfabdHttpHeadVerdict confabd_http_head_check (const char *data,
                                                gsize       length,
                                                gsize       max_body_bytes,
                                                guint      *status);

G_END_DECLS
