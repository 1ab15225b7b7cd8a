/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a certificate, in PEM, is the one that a line of SDP announced: "sha-256 AB:CD:…", the
 * digits in capitals (RFC 8122 §5). What cannot be read does not match. */
gboolean confab_call_certificate_matches (const char *pem,
                                          const char *fingerprint);

G_END_DECLS
