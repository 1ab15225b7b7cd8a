/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-uuid.h"

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  CONFABD_EVENT_MESSAGE,
  CONFABD_EVENT_JOINED,
  CONFABD_EVENT_LEFT,
} ConfabdEventType;

typedef enum {
  CONFABD_ROOM_GROUP,
  CONFABD_ROOM_DIRECT,
} ConfabdRoomKind;

/* A stored change of a room. Immutable once committed, counted by reference, shared between
 * threads. */
typedef struct
{
  gatomicrefcount   ref_count;
  ConfabdEventType  type;
  char             *room;      /* group name, or "@LOW:HIGH": two user ids in byte order */
  BaseUuid          id;
  BaseUuid          user_id;
  char              cid[17];   /* of the connection that sent it, for #scid; not stored */
  gboolean          no_echo;   /* not to that connection itself; not stored */
  GBytes           *content;   /* JSON of a message, else NULL */
  guint64           seq;       /* 0 until committed */
  guint64           at_ms;     /* 0 until committed */
} ConfabdEvent;

ConfabdEvent *confabd_event_new   (ConfabdEventType    type,
                                   const char         *room,
                                   const BaseUuid     *id,
                                   const BaseUuid     *user_id,
                                   GBytes             *content);
ConfabdEvent *confabd_event_ref   (ConfabdEvent       *self);
void          confabd_event_unref (ConfabdEvent       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdEvent, confabd_event_unref)

G_END_DECLS
