/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *confab_safety_code_new (const char *user_id,
                              const char *fingerprint,
                              const char *other_user_id,
                              const char *other_fingerprint);

G_END_DECLS
