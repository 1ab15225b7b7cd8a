/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Finds links in a text, from left to right. Starts with zeros but for end. */
typedef struct
{
  const char *end;        /* of the text */
  const char *word_end;   /* where the word that was looked at last ends */
  const char *word_at;    /* the last @ in it, or NULL */
} WireLinkFinder;

gsize wire_link_measure (WireLinkFinder *self,
                         const char     *next);

G_END_DECLS
