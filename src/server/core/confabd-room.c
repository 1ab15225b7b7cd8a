/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-room"

#include "config.h"

#include "confabd-room-private.h"

#include "base-random.h"

#include <string.h>

static guint
hash_cb (gconstpointer room)
{
  return ((const ConfabdRoom *) room)->hash;
}

static gboolean
equal_cb (gconstpointer one,
          gconstpointer other)
{
  return strcmp (((const ConfabdRoom *) one)->key, ((const ConfabdRoom *) other)->key) == 0;
}

static void
free_cb (gpointer room)
{
  ConfabdRoom *self = room;

  g_clear_pointer (&self->persons, g_hash_table_unref);
  g_free (self->key);
  g_free (self);
}

void
confabd_rooms_init (ConfabdRooms *self)
{
  self->rooms = g_hash_table_new_full (hash_cb, equal_cb, free_cb, NULL);
  base_random_fill (&self->salt, sizeof self->salt);
}

void
confabd_rooms_clear (ConfabdRooms *self)
{
  g_clear_pointer (&self->rooms, g_hash_table_unref);
}

static guint
hash_key (const ConfabdRooms *self,
          const char         *key)
{
  return (guint) base_siphash (&self->salt, key, strlen (key));
}

ConfabdRoom *
confabd_rooms_find (ConfabdRooms *self,
                    const char   *key)
{
  ConfabdRoom probe = { .key = (char *) key, .hash = hash_key (self, key) };

  return g_hash_table_lookup (self->rooms, &probe);
}

ConfabdRoom *
confabd_rooms_add (ConfabdRooms    *self,
                   const char      *key,
                   ConfabdAudience  audience)
{
  ConfabdRoom *room = g_new0 (ConfabdRoom, 1);

  room->key = g_strdup (key);
  room->hash = hash_key (self, key);
  room->audience = audience;
  g_hash_table_add (self->rooms, room);

  return room;
}

void
confabd_rooms_remove (ConfabdRooms *self,
                      ConfabdRoom  *room)
{
  g_hash_table_remove (self->rooms, room);
}

/* Counts a connection of @person that came (@by is 1) or went (-1). Returns how many of the
 * person's are present now. */
guint
confabd_room_count (ConfabdRoom   *self,
                    ConfabdPerson *person,
                    gboolean       native,
                    int            by)
{
  guint n_now = confabd_room_get_n_connections (self, person) + by;

  if (!self->persons)
    self->persons = g_hash_table_new (NULL, NULL);

  if (n_now > 0)
    g_hash_table_insert (self->persons, person, GUINT_TO_POINTER (n_now));
  else
    g_hash_table_remove (self->persons, person);

  self->n_connections += by;
  self->n_native += native ? by : 0;

  return n_now;
}

guint
confabd_room_get_n_connections (const ConfabdRoom *self,
                                ConfabdPerson     *person)
{
  return self->persons ? GPOINTER_TO_UINT (g_hash_table_lookup (self->persons, person)) : 0;
}

guint
confabd_room_get_n_persons (const ConfabdRoom *self)
{
  return self->persons ? g_hash_table_size (self->persons) : 0;
}
