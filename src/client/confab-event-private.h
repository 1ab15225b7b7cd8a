/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-enums.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  CONFAB_EVENT_MESSAGE,
  CONFAB_EVENT_JOINED,
  CONFAB_EVENT_LEFT,
  CONFAB_EVENT_OTHER,   /* of a later version, or malformed: takes its place in the sequence only */
} ConfabEventType;

/**
 * ConfabEvent:
 *
 * A stored change of a room as it came from the server or from the local store. Immutable, counted
 * by reference, and passed between threads.
 */
typedef struct
{
  gatomicrefcount    ref_count;
  ConfabEventType    type;
  guint64            seq;       /* from 1 */
  gint64             at_us;
  char              *id;        /* a UUID in lower case; NULL of CONFAB_EVENT_OTHER */
  char              *user_id;   /* a UUID in lower case; NULL of CONFAB_EVENT_OTHER */
  ConfabMessageKind  kind;
  char              *text;      /* what is shown and searched; "" of what is no message */
  char              *content;   /* the JSON, or NULL if it says no more than the text */
} ConfabEvent;

ConfabEvent *confab_event_new            (ConfabEventType    type,
                                          guint64            seq);
/* An EVENT of PROTOCOL.md; NULL if it has no seq. */
ConfabEvent *confab_event_parse          (JsonObject        *object);
/* A #message, #private or #event frame. */
ConfabEvent *confab_event_parse_frame    (JsonObject        *frame);
/* (element-type ConfabEvent): those with a seq, in growing order without duplicates. */
GPtrArray   *confab_event_parse_array    (JsonArray         *array);
ConfabEvent *confab_event_ref            (ConfabEvent       *self);
void         confab_event_unref          (ConfabEvent       *self);
/* What a content says, and whether it is more than text. */
char        *confab_event_read_content   (JsonNode          *content,
                                          ConfabMessageKind *kind,
                                          gboolean          *only_text);
char        *confab_event_normalize_uuid (const char        *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabEvent, confab_event_unref)

G_END_DECLS
