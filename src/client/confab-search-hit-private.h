/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-search-hit.h"

G_BEGIN_DECLS

ConfabSearchHit *confab_search_hit_new (ConfabRoom    *room,
                                        ConfabMessage *message,
                                        const char    *snippet_markup);

G_END_DECLS
