/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A hash for tables whose keys strangers choose: who does not know the key cannot make many of
 * them fall together. */
typedef struct
{
  guint64 words[2];
} BaseSiphashKey;

guint64 base_siphash (const BaseSiphashKey *key,
                      const void           *data,
                      gsize                 length);

G_END_DECLS
