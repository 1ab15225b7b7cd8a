/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-enums.h"

G_BEGIN_DECLS

/* Why something is missing that was wanted and ended in @error; not NONE. */
ConfabMissing  confab_missing_from_error (const GError  *error);

/* How it is called on the wire: "no-device" ↔ CONFAB_MISSING_NO_DEVICE, nothing is NONE. A word
 * that is not known is FAILED. */
const char    *confab_missing_get_nick   (ConfabMissing  missing);
ConfabMissing  confab_missing_from_nick  (const char    *nick);

G_END_DECLS
