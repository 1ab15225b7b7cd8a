/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-uuid.h"
#include "wire-error.h"
#include "wire-frame-builder.h"
#include "wire-json.h"

#include <glib.h>

G_BEGIN_DECLS

/* Answers to requests, and the parts they are made of: PROTOCOL.md, "Requests". All of it
 * borrowed. */

typedef enum {
  WIRE_EVENT_MESSAGE,
  WIRE_EVENT_JOINED,
  WIRE_EVENT_LEFT,
} WireEventType;

/* EVENT */
typedef struct
{
  WireEventType   type;
  const BaseUuid *id;
  guint64         seq;
  guint64         at_ms;
  const BaseUuid *user_id;
  GBytes         *content;       /* of a message; NULL: null */
} WireEvent;

/* USER */
typedef struct
{
  const BaseUuid *user_id;
  const char     *name;
  const char     *display_name;
  gboolean        online;
  guint64         last_seen_ms;  /* 0: never, null */
} WireUser;

/* ROOM */
typedef struct
{
  const char      *rid;          /* as the receiver addresses it */
  gboolean         direct;
  const char      *epoch;
  guint64          seq;
  guint            n_members;
  guint            n_present;
  gboolean         member;
  guint64          read_seq;
  guint64          n_unread;
  const WireEvent *last;         /* NULL: null */
  const WireUser  *peer;         /* of a direct room; NULL: no such key */
} WireRoom;

/* Parts, for replies: appended to what wire_reply_begin() gave. */
void      wire_append_event    (GString          *json,
                                const WireEvent  *event);
void      wire_append_user     (GString          *json,
                                const WireUser   *user);
void      wire_append_room     (GString          *json,
                                const WireRoom   *room);

/* {"#ok": what is appended in between, "#ref": …} */
GString  *wire_reply_begin     (gsize             n_bytes_expected);
GBytes   *wire_reply_end       (GString          *json,
                                const char       *ref);
GBytes   *wire_frame_error     (WireError         code,
                                const char       *message,
                                guint64           retry_after_ms,
                                const char       *ref);

G_END_DECLS
