/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Fills the local store of an account with messages, and searches through it.
 *
 *   bench-local fill DATABASE SEED RID NUMBER [RID NUMBER …]
 *       each room gets that many messages by ten people, one a minute up to now; NUMBER 0 makes an
 *       empty room
 *   bench-local search DATABASE NEEDLE…
 *       prints "µs hits needle" for each: the slowest of ten searches, the first of them cold */

#include "config.h"

#include "base-uuid.h"
#include "confab-store-messages-private.h"
#include "confab-store-rooms-private.h"
#include "confab-store-schema-private.h"
#include "confab-store-search-private.h"
#include "confab-store-users-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_PEOPLE        10
#define N_SEARCHES      10
#define MAX_HITS        50
#define PER_TRANSACTION 10000
#define MINUTE_US       (60 * G_USEC_PER_SEC)

static const char *const words[] = {
  "about", "after", "again", "always", "answer", "apple", "because", "before", "behind", "better",
  "bicycle", "bread", "bridge", "bright", "bring", "build", "candle", "careful", "chair", "change",
  "city", "clean", "cloud", "coffee", "cold", "corner", "country", "dinner", "door", "early",
  "evening", "every", "family", "field", "finish", "flower", "follow", "forest", "friend", "garden",
  "gather", "glass", "green", "happen", "harbour", "house", "island", "journey", "kitchen", "ladder",
  "lamp", "letter", "light", "listen", "little", "market", "matter", "meadow", "meeting", "morning",
  "mountain", "music", "narrow", "never", "night", "notice", "ocean", "often", "orange", "other",
  "paper", "people", "picture", "place", "plate", "quick", "quiet", "rain", "ready", "river", "round",
  "school", "season", "shadow", "silver", "simple", "slow", "small", "smile", "snow", "soft", "spring",
  "stone", "story", "street", "summer", "table", "there", "through", "tomato", "train", "travel",
  "tree", "under", "until", "valley", "village", "visit", "wait", "walk", "warm", "water", "weather",
  "where", "window", "winter", "without", "wonder", "world", "yellow", "yesterday",
};

typedef struct
{
  BaseDb    *db;
  GRand     *dice;
  char      *people[N_PEOPLE];
  gint64     now_us;
} Filler;

static char *
make_uuid (GRand *dice)
{
  char text[BASE_UUID_STRING_LENGTH + 1];
  BaseUuid uuid;

  for (guint i = 0; i < sizeof uuid.bytes; i++)
    uuid.bytes[i] = g_rand_int (dice);
  uuid.bytes[6] = 0x40 | (uuid.bytes[6] & 0x0f);
  uuid.bytes[8] = 0x80 | (uuid.bytes[8] & 0x3f);
  base_uuid_format (&uuid, text);

  return g_strdup (text);
}

static char *
make_text (GRand   *dice,
           guint64  seq)
{
  g_autoptr(GString) text = g_string_new (seq == 1 ? "This is the very first of all: " : "");
  guint n_words = g_rand_int_range (dice, 3, 25);

  for (guint i = 0; i < n_words; i++)
    {
      if (i > 0)
        g_string_append_c (text, ' ');
      g_string_append (text, words[g_rand_int_range (dice, 0, G_N_ELEMENTS (words))]);
    }
  g_string_append_printf (text, " no. %" G_GUINT64_FORMAT, seq);

  return g_string_free_and_steal (g_steal_pointer (&text));
}

static gboolean
fill_some (Filler      *self,
           const char  *rid,
           guint64      first,
           guint64      last,
           guint64      total,
           GError     **error)
{
  g_autoptr(GPtrArray) events =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);

  for (guint64 seq = first; seq <= last; seq++)
    {
      ConfabEvent *event = confab_event_new (CONFAB_EVENT_MESSAGE, seq);

      event->at_us = self->now_us - (gint64) (total - seq) * MINUTE_US;
      event->id = make_uuid (self->dice);
      event->user_id = g_strdup (self->people[g_rand_int_range (self->dice, 0, N_PEOPLE)]);
      event->kind = CONFAB_MESSAGE_KIND_TEXT;
      event->text = make_text (self->dice, seq);
      g_ptr_array_add (events, event);
    }

  return base_db_exec (self->db, "BEGIN", error) &&
         confab_store_messages_insert (self->db, rid, events, first, last, error) &&
         base_db_exec (self->db, "COMMIT", error);
}

static gboolean
fill_room (Filler      *self,
           const char  *rid,
           guint64      n_messages,
           GError     **error)
{
  g_autoptr(ConfabRoomRow) row = confab_room_row_new (rid);

  row->kind = CONFAB_ROOM_KIND_GROUP;
  row->joined = TRUE;
  row->n_members = N_PEOPLE + 1;
  row->read_seq = row->shared_read_seq = n_messages;
  row->last_activity_us = self->now_us;
  g_set_str (&row->epoch, "bench");
  if (!confab_store_rooms_save (self->db, row, error))
    return FALSE;

  for (guint64 first = 1; first <= n_messages; first += PER_TRANSACTION)
    if (!fill_some (self, rid, first, MIN (first + PER_TRANSACTION - 1, n_messages), n_messages,
                    error))
      return FALSE;

  return confab_store_rooms_set_read (self->db, rid, n_messages, n_messages, 0, error);
}

static gboolean
meet_people (Filler  *self,
             GError **error)
{
  static const char *const names[N_PEOPLE] = { "Ada", "Ben", "Cleo", "Dan", "Eve",
                                               "Finn", "Gus", "Hanna", "Ines", "Jon" };

  for (guint i = 0; i < N_PEOPLE; i++)
    {
      g_autoptr(ConfabUserRow) row = NULL;

      self->people[i] = make_uuid (self->dice);
      row = confab_user_row_new (self->people[i], names[i], names[i], 0);
      if (!confab_store_users_save (self->db, row, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
fill (const char  *path,
      char       **arguments,
      GError     **error)
{
  Filler self = { .now_us = g_get_real_time () };
  gboolean ok;

  self.db = confab_store_schema_open (path, error);
  if (!self.db)
    return FALSE;
  self.dice = g_rand_new_with_seed (g_ascii_strtoull (arguments[0], NULL, 10));
  ok = meet_people (&self, error);
  for (char **room = arguments + 1; ok && room[0] && room[1]; room += 2)
    ok = fill_room (&self, room[0], g_ascii_strtoull (room[1], NULL, 10), error);
  for (guint i = 0; i < N_PEOPLE; i++)
    g_free (self.people[i]);
  g_rand_free (self.dice);
  base_db_close (self.db);

  return ok;
}

static gboolean
search (const char  *path,
        char       **needles,
        GError     **error)
{
  g_autoptr(BaseDb) db = confab_store_schema_open (path, error);

  for (; db && *needles; needles++)
    {
      gint64 slowest_us = 0;
      guint n_hits = 0;

      for (guint i = 0; i < N_SEARCHES; i++)
        {
          gint64 start_us = g_get_monotonic_time ();
          g_autoptr(GPtrArray) hits = confab_store_search (db, *needles, NULL, MAX_HITS, error);

          if (!hits)
            return FALSE;
          slowest_us = MAX (slowest_us, g_get_monotonic_time () - start_us);
          n_hits = hits->len;
        }
      printf ("%" G_GINT64_FORMAT " %u %s\n", slowest_us, n_hits, *needles);
    }

  return db != NULL;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GError) error = NULL;
  gboolean ok;

  if (argc >= 6 && strcmp (argv[1], "fill") == 0)
    ok = fill (argv[2], argv + 3, &error);
  else if (argc >= 4 && strcmp (argv[1], "search") == 0)
    ok = search (argv[2], argv + 3, &error);
  else
    {
      g_printerr ("Usage: bench-local fill DATABASE SEED RID NUMBER… | search DATABASE NEEDLE…\n");
      return 2;
    }

  if (!ok)
    g_printerr ("bench-local: %s\n", error->message);

  return ok ? 0 : 1;
}
