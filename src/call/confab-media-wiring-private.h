/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-link-private.h"
#include "confab-media-link-private.h"

G_BEGIN_DECLS

/* Gives a link to a device what it wants to send, and takes what comes out of it, until either of
 * the two is closed. What cannot be sent is missing from then on. */
void confab_media_wire (ConfabMediaLink *media_link,
                        ConfabCallLink  *link);

G_END_DECLS
