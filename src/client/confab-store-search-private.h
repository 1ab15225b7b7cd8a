/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-db.h"
#include "confab-event-private.h"

G_BEGIN_DECLS

typedef struct
{
  char        *rid;
  ConfabEvent *event;
  char        *snippet; /* Pango markup */
} ConfabHitRow;

gboolean   confab_store_search_index  (BaseDb      *db,
                                       gint64       message_key,
                                       gint64       room_key,
                                       const char  *text,
                                       GError     **error);
/* (element-type ConfabHitRow): newest first; @rid may be NULL */
GPtrArray *confab_store_search        (BaseDb      *db,
                                       const char  *text,
                                       const char  *rid,
                                       guint        limit,
                                       GError     **error);

/* Where @needle begins in @text, in any case, as an offset in bytes, and where it ends. */
gboolean   confab_text_find           (const char  *text,
                                       const char  *needle,
                                       gsize       *start,
                                       gsize       *end);
char      *confab_text_make_snippet   (const char  *text,
                                       const char  *needle);

G_END_DECLS
