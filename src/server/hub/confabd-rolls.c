/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-rolls"

#include "config.h"

#include "confabd-rolls.h"

#include <string.h>

/* The peers of one audience on this thread. */
struct _ConfabdRoll
{
  ConfabdAudience       audience;
  guint32               n;
  guint32               n_allocated;
  ConfabdRollEntry *entries;
};

/**
 * ConfabdRolls:
 *
 * Who hears what, on one hub thread.
 *
 * A roll is a plain array, so that a fan-out walks over memory in one direction.
 * Roll and peer know each other's positions: leaving puts the last of
 * the roll into the gap and tells it, which costs the same in a room of ten and of
 * ten thousand. An audience exists while somebody is in it.
 */
struct _ConfabdRolls
{
  GHashTable *rolls; /* audience → roll */
};

static void
roll_free (gpointer data)
{
  ConfabdRoll *roll = data;

  g_free (roll->entries);
  g_free (roll);
}

static ConfabdMembership *
get_memberships (ConfabdMemberships *who)
{
  return who->n_allocated ? who->outside : who->inside;
}

static guint32
add_membership (ConfabdMemberships      *who,
                const ConfabdMembership *membership)
{
  guint32 capacity = who->n_allocated ? who->n_allocated : G_N_ELEMENTS (who->inside);

  if (who->n == capacity)
    {
      ConfabdMembership *grown = g_new (ConfabdMembership, capacity * 2);

      memcpy (grown, get_memberships (who), who->n * sizeof *grown);
      if (who->n_allocated)
        g_free (who->outside);
      who->outside = grown;
      who->n_allocated = capacity * 2;
    }

  get_memberships (who)[who->n] = *membership;

  return who->n++;
}

/* The last membership moves into the gap; its roll is told where it is now. */
static void
remove_membership (ConfabdMemberships *who,
                   guint32             index)
{
  ConfabdMembership *all = get_memberships (who);
  guint32 last = --who->n;

  if (index != last)
    {
      all[index] = all[last];
      all[index].roll->entries[all[index].position].index = index;
    }

  if (who->n == 0 && who->n_allocated)
    {
      g_free (who->outside);
      who->n_allocated = 0;
    }
}

static void
remove_entry (ConfabdRolls *self,
              ConfabdRoll  *roll,
              guint32       position)
{
  guint32 last = --roll->n;

  if (position != last)
    {
      ConfabdRollEntry *moved = &roll->entries[position];

      *moved = roll->entries[last];
      get_memberships (moved->who)[moved->index].position = position;
    }

  if (roll->n == 0)
    g_hash_table_remove (self->rolls, GUINT_TO_POINTER (roll->audience));
}

static ConfabdRoll *
ensure_roll (ConfabdRolls    *self,
             ConfabdAudience  audience)
{
  ConfabdRoll *roll = g_hash_table_lookup (self->rolls, GUINT_TO_POINTER (audience));

  if (!roll)
    {
      roll = g_new0 (ConfabdRoll, 1);
      roll->audience = audience;
      g_hash_table_insert (self->rolls, GUINT_TO_POINTER (audience), roll);
    }

  if (roll->n == roll->n_allocated)
    {
      roll->n_allocated = MAX (roll->n_allocated * 2, 2);
      roll->entries = g_renew (ConfabdRollEntry, roll->entries, roll->n_allocated);
    }

  return roll;
}

static gboolean
find_membership (ConfabdMemberships *who,
                 ConfabdAudience     audience,
                 guint32            *index)
{
  ConfabdMembership *all = get_memberships (who);

  for (guint32 i = 0; i < who->n; i++)
    if (all[i].roll->audience == audience)
      {
        *index = i;
        return TRUE;
      }

  return FALSE;
}

ConfabdRolls *
confabd_rolls_new (void)
{
  ConfabdRolls *self = g_new0 (ConfabdRolls, 1);

  self->rolls = g_hash_table_new_full (NULL, NULL, NULL, roll_free);

  return self;
}

/**
 * confabd_rolls_free:
 * @self: (transfer full): audiences that everybody has left
 */
void
confabd_rolls_free (ConfabdRolls *self)
{
  g_hash_table_unref (self->rolls);
  g_free (self);
}

/**
 * confabd_rolls_attach:
 * @self: the audiences
 * @audience: a number
 * @who: a peer's memberships
 *
 * Returns: %FALSE if @who was in it already
 */
gboolean
confabd_rolls_attach (ConfabdRolls       *self,
                      ConfabdAudience     audience,
                      ConfabdMemberships *who)
{
  ConfabdMembership membership;
  ConfabdRollEntry *entry;
  guint32 index;

  if (find_membership (who, audience, &index))
    return FALSE;

  membership.roll = ensure_roll (self, audience);
  membership.position = membership.roll->n++;
  entry = &membership.roll->entries[membership.position];
  entry->who = who;
  entry->index = add_membership (who, &membership);

  return TRUE;
}

/**
 * confabd_rolls_detach:
 * @self: the audiences
 * @audience: a number
 * @who: a peer's memberships
 *
 * Returns: %FALSE if @who was not in it
 */
gboolean
confabd_rolls_detach (ConfabdRolls       *self,
                      ConfabdAudience     audience,
                      ConfabdMemberships *who)
{
  ConfabdMembership membership;
  guint32 index;

  if (!find_membership (who, audience, &index))
    return FALSE;

  membership = get_memberships (who)[index];
  remove_membership (who, index);
  remove_entry (self, membership.roll, membership.position);

  return TRUE;
}

/**
 * confabd_rolls_leave:
 * @self: the audiences
 * @who: a peer's memberships
 *
 * Takes @who out of everything, because it goes.
 */
void
confabd_rolls_leave (ConfabdRolls       *self,
                     ConfabdMemberships *who)
{
  while (who->n > 0)
    {
      guint32 last = who->n - 1;
      ConfabdMembership membership = get_memberships (who)[last];

      remove_membership (who, last);
      remove_entry (self, membership.roll, membership.position);
    }
}

/**
 * confabd_rolls_list:
 * @self: the audiences
 * @audience: a number
 * @n_entries: (out): how many are in it
 *
 * Returns: (array length=n_entries) (nullable): who is in it, until the next change
 */
const ConfabdRollEntry *
confabd_rolls_list (ConfabdRolls    *self,
                    ConfabdAudience  audience,
                    guint           *n_entries)
{
  ConfabdRoll *roll = g_hash_table_lookup (self->rolls, GUINT_TO_POINTER (audience));

  *n_entries = roll ? roll->n : 0;

  return roll ? roll->entries : NULL;
}

guint
confabd_rolls_get_size (ConfabdRolls *self)
{
  return g_hash_table_size (self->rolls);
}
