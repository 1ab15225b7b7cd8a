/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-uuid.h"
#include "wire-error.h"
#include "wire-frame-builder.h"
#include "wire-json.h"

#include <glib.h>

G_BEGIN_DECLS

/* Whatever the server sends: PROTOCOL.md, "Requests" and "Deliveries". All of it borrowed. */

typedef enum {
  WIRE_LAYER_SKAPI,
  WIRE_LAYER_NATIVE,
} WireLayer;

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

/* A message as it is delivered. */
typedef struct
{
  const WireEvent *event;
  const char      *scid;         /* the connection that sent it; NULL or "": not known */
  const char      *group;        /* of a group */
  /* of a direct room, as the receiver addresses it; only native layer */
  const char      *direct_rid;
  const char      *epoch;        /* only native layer */
} WireMessage;

typedef enum {
  WIRE_NOTICE_JOINED,
  WIRE_NOTICE_LEFT,
  WIRE_NOTICE_DISCONNECTED,
} WireNotice;

/* Parts, for replies: appended to what wire_reply_begin() gave. */
void      wire_append_uuid     (GString          *json,
                                const BaseUuid   *id);
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

GBytes   *wire_frame_hello     (const char       *cid,
                                const BaseUuid   *user_id,
                                const char       *service,
                                guint64           at_ms,
                                guint             ping_ms,
                                const char       *limits_json);
GBytes   *wire_frame_message   (WireLayer         layer,
                                const WireMessage *message);
GBytes   *wire_frame_notice    (WireNotice        notice,
                                const BaseUuid   *user_id,
                                const char       *scid,
                                const char       *group,
                                guint             n_present);
GBytes   *wire_frame_rtc       (GBytes           *content,
                                const BaseUuid   *user_id,
                                const char       *scid);
GBytes   *wire_frame_event     (const WireEvent  *event,
                                const char       *rid,
                                const char       *epoch);
GBytes   *wire_frame_typing    (gboolean          on,
                                const BaseUuid   *user_id,
                                const char       *rid);
GBytes   *wire_frame_read      (guint64           seq,
                                guint64           received,
                                const BaseUuid   *user_id,
                                const char       *rid);
GBytes   *wire_frame_presence  (gboolean          online,
                                const BaseUuid   *user_id,
                                guint64           at_ms);
GBytes   *wire_frame_user      (const WireUser   *user);
GBytes   *wire_frame_room      (const WireRoom   *room);
GBytes   *wire_frame_left      (const char       *rid);
GBytes   *wire_frame_call      (const char       *devices_json,
                                const char       *rid);

G_END_DECLS
