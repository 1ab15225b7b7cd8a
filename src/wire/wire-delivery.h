/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "wire-reply.h"

#include <glib.h>

G_BEGIN_DECLS

/* The frames that the server sends without being asked: PROTOCOL.md, "Deliveries". All of what
 * they are made of is borrowed. */

typedef enum {
  WIRE_LAYER_SKAPI,
  WIRE_LAYER_NATIVE,
} WireLayer;

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
