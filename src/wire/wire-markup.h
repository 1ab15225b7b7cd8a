/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "wire-json.h"

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  WIRE_SPAN_TEXT,
  WIRE_SPAN_LINK,
  WIRE_SPAN_CODE,   /* within a line */
  WIRE_SPAN_BLOCK,  /* lines of its own */
} WireSpanKind;

typedef enum {
  WIRE_STYLE_PLAIN  = 0,
  WIRE_STYLE_BOLD   = 1 << 0,
  WIRE_STYLE_ITALIC = 1 << 1,
} WireStyle;

/* A piece of a message as it is to be shown. */
typedef struct
{
  WireSpanKind  kind;
  WireStyle     style;
  WireSlice     text;  /* without the marks */
} WireSpan;

GArray *wire_markup_parse    (const char     *text,
                              gsize           length);
char   *wire_span_dup_href   (const WireSpan *self);
char   *wire_markup_to_pango (const char     *text);

G_END_DECLS
