/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-peers.h"

#include "base-siphash.h"

G_BEGIN_DECLS

typedef struct _ConfabdConnection ConfabdConnection;
typedef struct _ConfabdPerson     ConfabdPerson;
typedef struct _ConfabdRoom       ConfabdRoom;

/* A group that somebody is in, or is about to enter: it is forgotten when the last has left. What
 * is stored of it is the store's, and direct rooms need nothing of the kind. Which connections are
 * in it only the hubs and the connections' seats know. */
struct _ConfabdRoom
{
  char            *key;
  guint            hash;           /* of the key, salted */
  ConfabdAudience  audience;
  guint            n_seats;        /* present and arriving */
  guint            n_connections;  /* present */
  guint            n_native;       /* of these, how many are native */
  GHashTable      *persons;        /* those present → how many of their connections are */
};

/* The rooms by key. */
typedef struct
{
  GHashTable     *rooms;
  BaseSiphashKey  salt;
} ConfabdRooms;

void         confabd_rooms_init             (ConfabdRooms     *self);
void         confabd_rooms_clear            (ConfabdRooms     *self);
ConfabdRoom *confabd_rooms_find             (ConfabdRooms     *self,
                                             const char       *key);
ConfabdRoom *confabd_rooms_add              (ConfabdRooms     *self,
                                             const char       *key,
                                             ConfabdAudience   audience);
void         confabd_rooms_remove           (ConfabdRooms     *self,
                                             ConfabdRoom      *room);

guint        confabd_room_count             (ConfabdRoom      *self,
                                             ConfabdPerson    *person,
                                             gboolean          native,
                                             int               by);
guint        confabd_room_get_n_connections (const ConfabdRoom *self,
                                             ConfabdPerson     *person);
guint        confabd_room_get_n_persons     (const ConfabdRoom *self);

G_END_DECLS
