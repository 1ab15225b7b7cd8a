/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-uuid.h"

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  WIRE_ACTION_KEEP_ALIVE,
  WIRE_ACTION_JOIN_ROOM,
  WIRE_ACTION_SEND_MESSAGE,
  WIRE_ACTION_BROADCAST,
  WIRE_ACTION_RTC,
  WIRE_ACTION_POST,
  WIRE_ACTION_ROOMS,
  WIRE_ACTION_JOIN,
  WIRE_ACTION_LEAVE,
  WIRE_ACTION_SUBSCRIBE,
  WIRE_ACTION_UNSUBSCRIBE,
  WIRE_ACTION_HISTORY,
  WIRE_ACTION_TYPING,
  WIRE_ACTION_READ,
  WIRE_ACTION_GROUPS,
  WIRE_ACTION_USERS,
  WIRE_ACTION_MEMBERS,
  WIRE_ACTION_CONNECTIONS,
  WIRE_ACTION_CALL,
  WIRE_ACTION_ICE,
} WireAction;

/* Which optional fields were there. */
typedef enum {
  WIRE_FIELD_RID                 = 1 << 0,
  WIRE_FIELD_UID                 = 1 << 1,
  WIRE_FIELD_ID                  = 1 << 2,
  WIRE_FIELD_CONTENT             = 1 << 3,
  WIRE_FIELD_TOKEN               = 1 << 4,
  WIRE_FIELD_SINCE               = 1 << 5,
  WIRE_FIELD_EPOCH               = 1 << 6,
  WIRE_FIELD_BEFORE              = 1 << 7,
  WIRE_FIELD_AFTER               = 1 << 8,
  WIRE_FIELD_LIMIT               = 1 << 9,
  WIRE_FIELD_SEQ                 = 1 << 10,
  WIRE_FIELD_RECEIVED            = 1 << 11,
  WIRE_FIELD_SEARCH              = 1 << 12,
  WIRE_FIELD_IDS                 = 1 << 13,
  WIRE_FIELD_ON                  = 1 << 14,
  WIRE_FIELD_NOTIFICATION        = 1 << 15,
  WIRE_FIELD_NOTIFICATION_CONFIG = 1 << 16,
} WireField;

/* One parsed request of PROTOCOL.md, of either layer. Fields that were absent, null, or of no
 * meaning for the action are zero. */
typedef struct
{
  WireAction  action;
  WireField   fields;
  char       *ref;          /* NULL: a Skapi request, no reply */
  /* "@USER_ID" in lower case, or what may be a group; NULL for absent, null and "" */
  char       *rid;
  char       *uid;          /* user id in lower case, or "cid:…" for rtc */
  BaseUuid    id;
  GBytes     *content;      /* one valid JSON value as it stood in the frame; NULL if absent */
  char       *token;
  guint64     since;
  char       *epoch;
  guint64     before;
  guint64     after_seq;    /* "after" of history */
  char       *after;        /* "after" of the lists */
  guint       limit;        /* 0: absent */
  guint64     seq;
  guint64     received;
  char       *search;
  GArray     *ids;          /* of BaseUuid */
  gboolean    on;
  char       *notification; /* "" if there is none */
  gboolean    notify_always;
} WireRequest;

WireRequest *wire_request_parse (const char         *text,
                                 gsize               length,
                                 char              **ref,
                                 GError            **error);
char        *wire_request_print (const WireRequest  *self);
void         wire_request_free  (WireRequest        *self);

const char  *wire_action_get_name (WireAction        action);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WireRequest, wire_request_free)

G_END_DECLS
