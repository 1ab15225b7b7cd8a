/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-error.h"

G_BEGIN_DECLS

/* The codes of PROTOCOL.md, "Errors"; what is not known is FAILED. */
ConfabError  confab_error_from_name (const char   *name);
/* An error of GIO, TLS, libsoup or base-db in our own domain. */
GError      *confab_error_translate (const GError *error);
/* Whether the same request may go through a while later without anybody doing anything. */
gboolean     confab_error_is_passing (const GError *error);

G_END_DECLS
