/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Signs up @n_accounts new users over HTTP and returns their access tokens, or NULL. */
char **bench_accounts_sign_up (guint16   port,
                               guint     n_accounts,
                               GError  **error);

G_END_DECLS
