/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BASE_UUID_STRING_LENGTH 36

typedef struct
{
  guint8 bytes[16];
} BaseUuid;

gboolean base_uuid_parse    (BaseUuid       *self,
                             const char     *text,
                             gssize          length);
void     base_uuid_format   (const BaseUuid *self,
                             char            text[BASE_UUID_STRING_LENGTH + 1]);
void     base_uuid_make_v4  (BaseUuid       *self);
void     base_uuid_make_v7  (BaseUuid       *self,
                             guint64         at_ms);
gboolean base_uuid_equal    (gconstpointer   a,
                             gconstpointer   b);
guint    base_uuid_hash     (gconstpointer   self);

G_END_DECLS
