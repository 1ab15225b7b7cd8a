/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-uuid.h"

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

typedef enum {
  WIRE_JSON_OBJECT,
  WIRE_JSON_ARRAY,
  WIRE_JSON_STRING,
  WIRE_JSON_NUMBER,
  WIRE_JSON_TRUE,
  WIRE_JSON_FALSE,
  WIRE_JSON_NULL,
} WireJsonType;

/* A piece of a text that somebody else owns. */
typedef struct
{
  const char *data;
  gsize       length;
} WireSlice;

/* One value where it stands: of a string without its quotes, and then as it was escaped. */
typedef struct
{
  WireJsonType type;
  WireSlice    raw;
  WireSlice    key;  /* of a member of an object, without its quotes, as it was escaped */
} WireJsonValue;

typedef enum {
  WIRE_JSON_ITEM,
  WIRE_JSON_END,     /* the text is valid to its end */
  WIRE_JSON_FAULTY,
} WireJsonStep;

/* Goes through the members of an object or the elements of an array, one level deep, and
 * checks on its way all that lies below. Strict RFC 8259: no lone surrogates either. */
typedef struct
{
  const char *next;
  const char *end;
  const char *start;
  const char *fault;      /* what is wrong, after WIRE_JSON_FAULTY */
  guint       max_depth;
  char        closer;     /* '}' or ']' */
  guint8      expects;    /* what may come; private */
} WireJsonReader;

gboolean      wire_json_reader_init      (WireJsonReader       *self,
                                          const char           *text,
                                          gsize                 length,
                                          guint                 max_depth);
WireJsonStep  wire_json_reader_next      (WireJsonReader       *self,
                                          WireJsonValue        *value);
gboolean      wire_json_is_valid         (const char           *text,
                                          gsize                 length,
                                          guint                 max_depth);

/* What a value holds. */
gboolean      wire_json_key_equals       (const WireJsonValue  *value,
                                          const char           *key,
                                          gsize                 length);
char         *wire_json_dup_string       (const WireJsonValue  *value);
WireSlice     wire_json_get_whole        (const WireJsonValue  *value);
gboolean      wire_json_get_integer      (const WireJsonValue  *value,
                                          guint64              *number);

/* Writing. Every % becomes \u0025: skapi-js passes frames through decodeURI. */
void          wire_json_append_string    (GString              *json,
                                          const char           *text);
void          wire_json_append_raw       (GString              *json,
                                          const char           *data,
                                          gsize                 length);
void          wire_json_append_bytes     (GString              *json,
                                          GBytes               *value);
void          wire_json_append_integer   (GString              *json,
                                          guint64               number);
void          wire_json_append_boolean   (GString              *json,
                                          gboolean              value);
void          wire_json_append_uuid      (GString              *json,
                                          const BaseUuid       *id);

/* Here, so that the length of a literal is known when it is compiled. */
static inline gboolean
wire_json_key_is (const WireJsonValue *value,
                  const char          *key)
{
  return wire_json_key_equals (value, key, strlen (key));
}

/* what every JSON keeps exact */
#define WIRE_JSON_MAX_INTEGER ((G_GUINT64_CONSTANT (1) << 53) - 1)
/* the most a reader can be told */
#define WIRE_JSON_MAX_DEPTH   64

G_END_DECLS
