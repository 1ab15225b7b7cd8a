/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-uuid.h"

#include <glib.h>

G_BEGIN_DECLS

/* What people and groups may be called; PROTOCOL.md, "Limits". A refusal is
 * WIRE_ERROR_INVALID_PARAMETER with a message that says why. */
gboolean  wire_name_check_group    (const char  *name,
                                    GError     **error);
gboolean  wire_name_check_display  (const char  *name,
                                    GError     **error);
gboolean  wire_name_check_password (const char  *password,
                                    GError     **error);
char     *wire_name_fold_user      (const char  *name,
                                    GError     **error);

/* A rid: the name of a group, or "@USER_ID". */
gboolean  wire_rid_is_direct       (const char  *rid,
                                    BaseUuid    *peer);
char     *wire_rid_normalize       (const char  *rid,
                                    GError     **error);

G_END_DECLS
