/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-types.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_SEARCH_HIT (confab_search_hit_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabSearchHit, confab_search_hit, CONFAB, SEARCH_HIT, GObject)

/**
 * confab_search_hit_get_room:
 * @self: a search hit
 *
 * Returns: (transfer none): where the message is
 */
CONFAB_EXPORT
ConfabRoom *confab_search_hit_get_room (ConfabSearchHit *self);

/**
 * confab_search_hit_get_message:
 * @self: a search hit
 *
 * Returns: (transfer none): the message; a copy that does not change any more
 */
CONFAB_EXPORT
ConfabMessage *confab_search_hit_get_message (ConfabSearchHit *self);

/**
 * confab_search_hit_get_snippet_markup:
 * @self: a search hit
 *
 * Gets the part of the text around the first match, on one line, with the matches in `<b>`.
 *
 * Returns: (transfer none): Pango markup
 */
CONFAB_EXPORT
const char *confab_search_hit_get_snippet_markup (ConfabSearchHit *self);

G_END_DECLS
