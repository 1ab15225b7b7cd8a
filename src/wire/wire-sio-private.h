/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "wire-json.h"

G_BEGIN_DECLS

/* What an object in a JSON text means to Socket.IO, or to us. */
typedef enum {
  WIRE_SIO_MARK_PLACEHOLDER,   /* {"_placeholder":true,"num":N} */
  WIRE_SIO_MARK_BROKEN,        /* has "_placeholder":true, but is not of that form */
  WIRE_SIO_MARK_BYTES,         /* {"$binary":"BASE64"} */
  WIRE_SIO_MARK_ESCAPED,       /* {"$binary":…} of any other kind, {"$$binary":…} … */
} WireSioMarkKind;

typedef struct
{
  WireSioMarkKind kind;
  gsize           start;       /* where its brace opens … */
  gsize           length;      /* … and the bytes to behind the one that closes it */
  WireSlice       key;         /* of WIRE_SIO_MARK_BYTES and _ESCAPED: the only key, in the text */
  WireSlice       value;       /* of WIRE_SIO_MARK_BYTES: the base64, maybe with escapes */
  guint64         number;      /* of WIRE_SIO_MARK_PLACEHOLDER */
} WireSioMark;

/* How much deeper than a content the payload around it may be. */
#define WIRE_SIO_ENVELOPE_DEPTH 4

/* Finds them all in valid JSON, in the order of their start. */
GArray   *wire_sio_find_marks       (const char *json,
                                     gsize       length);
gboolean  wire_sio_check_payload    (const char *json,
                                     gsize       length,
                                     guint       n_attachments);

G_END_DECLS
