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

/* What a head that is good says. */
typedef struct
{
  gsize       n_bytes;         /* of the head itself, its empty line included */
  gsize       n_body_bytes;    /* that follow it; 0 if chunked */
  const char *target;          /* in the data that was checked */
  gsize       n_target_bytes;
  gboolean    chunked;         /* the body says by itself where it ends */
  gboolean    persistent;      /* the connection may be used again */
} ConfabdHttpHead;

/* Looks at the head of a request as it came, before libsoup does. On a refusal *status is what
 * to answer. */
ConfabdHttpHeadVerdict confabd_http_head_check (const char      *data,
                                                gsize            length,
                                                ConfabdHttpHead *head,
                                                guint           *status);

G_END_DECLS
