/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes nobody can guess: for ids, epochs, tokens and keys. */
void  base_random_fill     (void  *bytes,
                            gsize  length);
/* n_bytes as base64url without padding (RFC 4648 §5) */
char *base_random_make_text (gsize n_bytes);

G_END_DECLS
