/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"

#include <signal.h>
#include <string.h>

#define N_ROUNDS  5
#define N_PER_ROUND 200

static void
make_id (guint n,
         char  id[37])
{
  g_snprintf (id, 37, "01890a5d-ac96-774b-bcce-%012x", n);
}

static void
send_numbers (RawPeer *peer,
              guint    first,
              guint    n_messages)
{
  for (guint i = first; i < first + n_messages; i++)
    {
      char id[37];

      make_id (i, id);
      raw_peer_sendf (peer, "{\"action\":\"post\",\"rid\":\"R\",\"id\":\"%s\",\"content\":%u,"
                            "\"ref\":\"%u\"}", id, i, i);
    }
}

/* Reads answers until half of them are there, then a few more that are on their way. */
static void
note_acknowledged (RawPeer    *peer,
                   GHashTable *seqs,
                   guint       n_wanted)
{
  guint n_noted = 0;

  while (n_noted < n_wanted)
    {
      g_autoptr(JsonObject) reply = raw_peer_await_key (peer, "#ref");
      const char *ref = json_object_get_string_member (reply, "#ref");
      JsonObject *ok;

      g_assert_cmpstr (raw_peer_get_error_code (reply), ==, NULL);
      ok = json_object_get_object_member (reply, "#ok");
      if (!json_object_has_member (ok, "seq"))
        continue;

      g_hash_table_insert (seqs, GUINT_TO_POINTER (g_ascii_strtoull (ref, NULL, 10)),
                           GUINT_TO_POINTER (json_object_get_int_member (ok, "seq")));
      n_noted++;
    }
}

/* All of the room: each number once, seqs without a gap, and each where it was acknowledged to be.
 */
static guint
check_history (RawPeer    *peer,
               GHashTable *seqs)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);
  gint64 last_seq = 0;
  gboolean more = TRUE;
  GHashTableIter iter;
  gpointer number;

  while (more)
    {
      g_autoptr(JsonObject) page = raw_peer_ask_ok (peer, "\"action\":\"history\",\"rid\":\"R\","
                                                          "\"after\":%" G_GINT64_FORMAT ","
                                                          "\"limit\":200", last_seq);
      JsonArray *events = json_object_get_array_member (page, "events");

      for (guint i = 0; i < json_array_get_length (events); i++)
        {
          JsonObject *event = json_array_get_object_element (events, i);
          gint64 seq = json_object_get_int_member (event, "seq");
          guint n;

          g_assert_cmpint (seq, ==, last_seq + 1);
          last_seq = seq;
          if (!g_str_equal (json_object_get_string_member (event, "type"), "message"))
            continue;
          n = (guint) json_object_get_int_member (event, "content");
          g_assert_true (g_hash_table_insert (seen, GUINT_TO_POINTER (n), GINT_TO_POINTER (seq)));
        }
      more = json_object_get_boolean_member (page, "more");
    }

  g_hash_table_iter_init (&iter, seqs);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    {
      g_assert_true (g_hash_table_contains (seen, number));
      g_assert_true (g_hash_table_lookup (seen, number) == g_hash_table_lookup (seqs, number));
    }

  return g_hash_table_size (seen);
}

static char *
dup_epoch (RawPeer *peer)
{
  g_autoptr(JsonObject) joined = raw_peer_ask_ok (peer, "\"action\":\"join\",\"rid\":\"R\"");
  JsonObject *room = json_object_get_object_member (joined, "room");

  return g_strdup (json_object_get_string_member (room, "epoch"));
}

static void
test_killed_at_any_moment_it_keeps_what_it_acknowledged (ServerSpace   *self,
                                                         gconstpointer  unused)
{
  g_autoptr(GHashTable) seqs = g_hash_table_new (NULL, NULL);
  g_autofree char *epoch = NULL;

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr(RawPeer) peer = server_process_connect (self->server, self->ann);
      g_autofree char *epoch_now = dup_epoch (peer);

      if (epoch)
        g_assert_cmpstr (epoch_now, ==, epoch);
      g_free (epoch);
      epoch = g_steal_pointer (&epoch_now);

      check_history (peer, seqs);
      send_numbers (peer, round * N_PER_ROUND, N_PER_ROUND);
      note_acknowledged (peer, seqs, (guint) g_test_rand_int_range (1, N_PER_ROUND));
      server_process_kill (self->server);
      server_process_start (self->server);
    }

  {
    g_autoptr(RawPeer) peer = server_process_connect (self->server, self->ann);

    g_assert_cmpuint (check_history (peer, seqs), >=, g_hash_table_size (seqs));
  }
}

/* As an outbox does: what was not acknowledged before the crash is sent again, all of it. */
static void
test_sending_again_after_a_crash_stores_each_once (ServerSpace   *self,
                                                   gconstpointer  unused)
{
  g_autoptr(GHashTable) seqs = g_hash_table_new (NULL, NULL);
  g_autoptr(RawPeer) peer = server_process_connect (self->server, self->ann);

  g_free (dup_epoch (peer));
  send_numbers (peer, 0, N_PER_ROUND);
  note_acknowledged (peer, seqs, N_PER_ROUND / 4);
  server_process_kill (self->server);
  server_process_start (self->server);

  g_clear_pointer (&peer, raw_peer_free);
  peer = server_process_connect (self->server, self->ann);
  g_free (dup_epoch (peer));
  send_numbers (peer, 0, N_PER_ROUND);
  note_acknowledged (peer, seqs, N_PER_ROUND);

  g_assert_cmpuint (check_history (peer, seqs), ==, N_PER_ROUND);
}

/* Accounts, sessions, memberships and markers as well. */
static void
test_everything_else_is_there_after_a_crash (ServerSpace   *self,
                                             gconstpointer  unused)
{
  g_autoptr(RawPeer) peer = server_process_connect (self->server, self->ann);
  g_autoptr(JsonObject) rooms = NULL;
  JsonObject *room;

  g_free (dup_epoch (peer));
  for (guint i = 0; i < 3; i++)
    json_object_unref (raw_peer_ask_ok (peer, "\"action\":\"post\",\"rid\":\"R\",\"content\":%u",
                                        i));
  json_object_unref (raw_peer_ask_ok (peer, "\"action\":\"read\",\"rid\":\"R\",\"seq\":3"));

  server_process_kill (self->server);
  server_process_start (self->server);
  g_clear_pointer (&peer, raw_peer_free);
  peer = server_process_connect (self->server, self->ann);
  rooms = raw_peer_ask_ok (peer, "\"action\":\"rooms\"");
  room = json_array_get_object_element (json_object_get_array_member (rooms, "rooms"), 0);

  g_assert_cmpstr (json_object_get_string_member (room, "rid"), ==, "R");
  g_assert_true (json_object_get_boolean_member (room, "member"));
  g_assert_cmpint (json_object_get_int_member (room, "seq"), ==, 4);
  g_assert_cmpint (json_object_get_int_member (room, "read"), ==, 3);
}

static void
test_sigterm_loses_nothing_either (ServerSpace   *self,
                                   gconstpointer  unused)
{
  g_autoptr(GHashTable) seqs = g_hash_table_new (NULL, NULL);
  g_autoptr(RawPeer) peer = server_process_connect (self->server, self->ann);

  g_free (dup_epoch (peer));
  send_numbers (peer, 0, N_PER_ROUND);
  note_acknowledged (peer, seqs, N_PER_ROUND / 2);
  g_assert_cmpint (server_process_stop (self->server, SIGTERM), ==, 0);
  server_process_start (self->server);
  g_clear_pointer (&peer, raw_peer_free);
  peer = server_process_connect (self->server, self->ann);
  check_history (peer, seqs);
}

#define add(name, func) \
        g_test_add ("/server/durability/" name, ServerSpace, NULL, server_space_set_up, func, \
                    server_space_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("killed-at-any-moment-it-keeps-what-it-acknowledged",
       test_killed_at_any_moment_it_keeps_what_it_acknowledged);
  add ("sending-again-after-a-crash-stores-each-once",
       test_sending_again_after_a_crash_stores_each_once);
  add ("everything-else-is-there-after-a-crash", test_everything_else_is_there_after_a_crash);
  add ("sigterm-loses-nothing-either", test_sigterm_loses_nothing_either);

  return g_test_run ();
}
