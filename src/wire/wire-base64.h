/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Base64 (RFC 4648 §4) that comes from a peer: strict, so that bytes have one form. */
gboolean  wire_base64_is_valid   (const char   *text,
                                  gsize         length);
gsize     wire_base64_get_length (gsize         n_bytes);
gsize     wire_base64_decode     (const char   *text,
                                  gsize         length,
                                  guint8       *bytes);
void      wire_base64_append     (GString      *text,
                                  gconstpointer data,
                                  gsize         n_bytes);

G_END_DECLS
