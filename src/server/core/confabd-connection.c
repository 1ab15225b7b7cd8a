/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-connection"

#include "config.h"

#include "confabd-connection-private.h"

#include "base-random.h"

#include <string.h>

ConfabdConnection *
confabd_connection_new (ConfabdPeer            peer,
                        const ConfabdIdentity *identity)
{
  ConfabdConnection *self = g_new0 (ConfabdConnection, 1);

  self->peer = peer;
  self->session_id = identity->session_id;
  self->expires_ms = identity->expires_ms;
  self->native = identity->native;
  base_random_fill (self->cid, sizeof self->cid);

  return self;
}

void
confabd_connection_free (ConfabdConnection *self)
{
  g_free (self->seats);
  g_free (self);
}

guint
confabd_connection_hash_cid (gconstpointer connection)
{
  const ConfabdConnection *self = connection;
  guint hash;

  /* They are random bytes already, and not chosen by the peer. */
  memcpy (&hash, self->cid, sizeof hash);

  return hash;
}

gboolean
confabd_connection_equal_cid (gconstpointer one,
                              gconstpointer other)
{
  const ConfabdConnection *a = one;
  const ConfabdConnection *b = other;

  return memcmp (a->cid, b->cid, sizeof a->cid) == 0;
}

/* PROTOCOL.md, "Words": 16 characters, base64url and a trailing "=". */
void
confabd_connection_format_cid (const ConfabdConnection *self,
                               char                    *cid)
{
  /* What g_base64_encode_step() asks for, which is more than it writes. */
  char text[(CONFABD_CID_BYTES / 3 + 1) * 4 + 4];
  int state = 0;
  int save = 0;
  gsize length;

  length = g_base64_encode_step (self->cid, sizeof self->cid, FALSE, text, &state, &save);
  length += g_base64_encode_close (FALSE, text + length, &state, &save);
  g_assert (length == CONFABD_CID_LENGTH);

  for (gsize i = 0; i < length; i++)
    cid[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
  cid[length] = '\0';
}

/* Fills in the cid of @probe, with which the table of cids is asked. */
gboolean
confabd_connection_parse_cid (ConfabdConnection *probe,
                              const char        *text)
{
  char copy[CONFABD_CID_LENGTH + 1];
  char back[CONFABD_CID_LENGTH + 1];
  guint8 bytes[CONFABD_CID_LENGTH];
  int state = 0;
  guint save = 0;

  if (strlen (text) != CONFABD_CID_LENGTH)
    return FALSE;

  for (gsize i = 0; i <= CONFABD_CID_LENGTH; i++)
    copy[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];

  if (g_base64_decode_step (copy, CONFABD_CID_LENGTH, bytes, &state, &save) != CONFABD_CID_BYTES)
    return FALSE;

  memcpy (probe->cid, bytes, sizeof probe->cid);

  /* GLib skips what is no base64, and other texts stand for the same bytes. */
  confabd_connection_format_cid (probe, back);
  return strcmp (back, text) == 0;
}

/* A connection is in few rooms, a thousand at most, and they lie side by side. */
ConfabdSeat *
confabd_connection_find_seat (const ConfabdConnection *self,
                              const ConfabdRoom       *room)
{
  for (guint i = 0; i < self->n_seats; i++)
    {
      if (self->seats[i].room == room)
        return &self->seats[i];
    }

  return NULL;
}

/* The seat is good until the next one is added or removed. */
ConfabdSeat *
confabd_connection_add_seat (ConfabdConnection *self,
                             ConfabdRoom       *room)
{
  ConfabdSeat *seat;

  if (self->n_seats == self->n_seats_allocated)
    {
      guint n_wanted = self->n_seats == 0 ? 1 : MIN (self->n_seats * 2u, G_MAXUINT16);

      g_assert (n_wanted > self->n_seats);
      self->seats = g_renew (ConfabdSeat, self->seats, n_wanted);
      self->n_seats_allocated = (guint16) n_wanted;
    }

  seat = &self->seats[self->n_seats++];
  *seat = (ConfabdSeat) { .room = room };

  return seat;
}

void
confabd_connection_remove_seat (ConfabdConnection *self,
                                ConfabdSeat       *seat)
{
  *seat = self->seats[--self->n_seats];

  if (self->n_seats == 0)
    {
      g_clear_pointer (&self->seats, g_free);
      self->n_seats_allocated = 0;
    }
}
