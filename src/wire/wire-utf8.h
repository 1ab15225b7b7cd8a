/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Checks UTF-8 (RFC 3629) that comes in pieces. Starts as zeros. */
typedef struct
{
  guint8 n_left;  /* bytes of the character that are still to come */
  guint8 low;     /* what the next of them may be, at least … */
  guint8 high;    /* … and at most */
} WireUtf8;

gboolean wire_utf8_feed      (WireUtf8       *self,
                              const guint8   *data,
                              gsize           length);
gboolean wire_utf8_is_whole  (const WireUtf8 *self);
gboolean wire_utf8_is_valid  (const guint8   *data,
                              gsize           length);

G_END_DECLS
