/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-app.h"
#include "client-store.h"
#include "confab-accounts-private.h"
#include "confab-message-list-private.h"
#include "confab-message-private.h"
#include "confab-session-private.h"
#include "support-wait.h"

#include <string.h>
#include <time.h>

#define MAX_ROWS 400

/* A conversation out of the local store, without any server. */

typedef struct
{
  ClientApp  *app;
  ConfabRoom *room;
  GListModel *messages;
  GPtrArray  *mirror;     /* what somebody who only hears items-changed believes */
  guint       n_changes;
} Fixture;

static void
changed_cb (GListModel *messages,
            guint       position,
            guint       n_removed,
            guint       n_added,
            gpointer    user_data)
{
  Fixture *fixture = user_data;

  fixture->n_changes++;
  g_assert_cmpuint (n_removed + n_added, >, 0);
  g_assert_cmpuint (position + n_removed, <=, fixture->mirror->len);
  if (n_removed)
    g_ptr_array_remove_range (fixture->mirror, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (fixture->mirror, (int) (position + i),
                        g_list_model_get_item (messages, position + i));
  g_assert_cmpuint (fixture->mirror->len, ==, g_list_model_get_n_items (messages));
}

static void
assert_mirrored (Fixture *fixture)
{
  guint64 last_seq = 0;

  g_assert_cmpuint (fixture->mirror->len, ==, g_list_model_get_n_items (fixture->messages));
  g_assert_cmpuint (fixture->mirror->len, <=, MAX_ROWS);
  for (guint i = 0; i < fixture->mirror->len; i++)
    {
      g_autoptr(ConfabMessage) message = g_list_model_get_item (fixture->messages, i);

      g_assert_true ((gpointer) message == g_ptr_array_index (fixture->mirror, i));
      if (confab_message_get_seq (message) == 0)
        continue;
      g_assert_cmpuint (confab_message_get_seq (message), >, last_seq);
      last_seq = confab_message_get_seq (message);
    }
}

static void
fill_folder (const char *folder,
             guint64     n_messages)
{
  g_autoptr(ConfabAccount) account = confab_account_new ();
  g_autofree char *path = confab_accounts_get_path (folder, "one", "store.sqlite");
  g_autoptr(GError) error = NULL;
  BaseDb *db;

  account->id = g_strdup ("one");
  account->space_url = g_strdup ("http://127.0.0.1:1");
  account->user_id = g_strdup (CLIENT_STORE_ANN);
  account->name = g_strdup ("ann");
  confab_accounts_save (folder, account, &error);
  g_assert_no_error (error);

  db = confab_store_schema_open (path, &error);
  g_assert_no_error (error);
  client_store_add_room (db, "garden");
  for (guint64 seq = 1; seq <= n_messages; seq += 1000)
    client_store_fill (db, "garden", seq, MIN (seq + 999, n_messages));
  base_db_close (db);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->app = client_app_new ();
  client_app_pause (fixture->app);
  fill_folder (fixture->app->folder, GPOINTER_TO_UINT (data));
  client_app_resume (fixture->app);
  fixture->room = confab_session_get_room (fixture->app->session, "garden");
  fixture->messages = g_object_ref (G_LIST_MODEL (confab_room_get_messages (fixture->room)));
  fixture->mirror = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (fixture->messages, "items-changed", G_CALLBACK (changed_cb), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_signal_handlers_disconnect_by_data (fixture->messages, fixture);
  g_ptr_array_unref (fixture->mirror);
  g_object_unref (fixture->messages);
  client_app_free (fixture->app);
}

static gboolean
load (Fixture  *fixture,
      void    (*start) (ConfabMessageList *, GCancellable *, GAsyncReadyCallback, gpointer),
      gboolean (*finish) (ConfabMessageList *, GAsyncResult *, GError **),
      GError  **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  gboolean done;

  start (CONFAB_MESSAGE_LIST (fixture->messages), NULL, support_take_result_cb, &result);
  support_wait_for (result);
  done = finish (CONFAB_MESSAGE_LIST (fixture->messages), result, error);
  assert_mirrored (fixture);

  return done;
}

static void
open_list (Fixture *fixture)
{
  g_assert_true (load (fixture, confab_message_list_open_async, confab_message_list_open_finish,
                       NULL));
}

static void
older (Fixture *fixture)
{
  g_assert_true (load (fixture, confab_message_list_load_older_async,
                       confab_message_list_load_older_finish, NULL));
}

static void
newer (Fixture *fixture)
{
  g_assert_true (load (fixture, confab_message_list_load_newer_async,
                       confab_message_list_load_newer_finish, NULL));
}

static void
jump (Fixture *fixture,
      guint64  seq)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabMessage) message = NULL;
  guint position;

  confab_message_list_jump_to_seq_async (CONFAB_MESSAGE_LIST (fixture->messages), seq, NULL,
                                         support_take_result_cb, &result);
  support_wait_for (result);
  confab_message_list_jump_to_seq_finish (CONFAB_MESSAGE_LIST (fixture->messages), result,
                                          &error);
  g_assert_no_error (error);
  assert_mirrored (fixture);
  g_assert_true (confab_message_list_get_position_of_seq (CONFAB_MESSAGE_LIST (fixture->messages),
                                                          seq, &position));
  message = g_list_model_get_item (fixture->messages, position);
  g_assert_cmpuint (confab_message_get_seq (message), ==, seq);
}

static guint64
seq_at (Fixture *fixture,
        guint    position)
{
  return confab_message_get_seq (g_ptr_array_index (fixture->mirror, position));
}

static guint64
last_seq (Fixture *fixture)
{
  return seq_at (fixture, fixture->mirror->len - 1);
}

static gboolean
has_older (Fixture *fixture)
{
  return confab_message_list_get_has_older (CONFAB_MESSAGE_LIST (fixture->messages));
}

static gboolean
has_newer (Fixture *fixture)
{
  return confab_message_list_get_has_newer (CONFAB_MESSAGE_LIST (fixture->messages));
}

static void
test_open (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_cmpuint (g_list_model_get_n_items (fixture->messages), ==, 0);
  g_assert_false (has_older (fixture));
  open_list (fixture);
  g_assert_cmpuint (fixture->mirror->len, ==, 30);
  g_assert_cmpuint (last_seq (fixture), ==, 5000);
  g_assert_true (has_older (fixture));
  g_assert_false (has_newer (fixture));
  g_assert_cmpuint (fixture->n_changes, ==, 1);

  open_list (fixture);
  g_assert_cmpuint (fixture->n_changes, ==, 1);
}

/* Wherever its last reader has left it. */
static void
test_open_again (Fixture       *fixture,
                 gconstpointer  data)
{
  open_list (fixture);
  older (fixture);
  older (fixture);
  open_list (fixture);
  g_assert_cmpuint (fixture->mirror->len, ==, 30);
  g_assert_cmpuint (last_seq (fixture), ==, 5000);
  g_assert_true (has_older (fixture));

  jump (fixture, 1);
  g_assert_true (has_newer (fixture));
  open_list (fixture);
  g_assert_cmpuint (fixture->mirror->len, ==, 30);
  g_assert_cmpuint (last_seq (fixture), ==, 5000);
  g_assert_false (has_newer (fixture));
}

static void
test_there_and_back (Fixture       *fixture,
                     gconstpointer  data)
{
  guint n_pages = 0;

  open_list (fixture);
  while (has_older (fixture))
    {
      guint64 first = seq_at (fixture, 0);

      older (fixture);
      g_assert_cmpuint (seq_at (fixture, 0), ==, first > 50 ? first - 50 : 1);
      n_pages++;
    }
  g_assert_cmpuint (n_pages, ==, 100);
  g_assert_cmpuint (seq_at (fixture, 0), ==, 1);
  g_assert_true (has_newer (fixture));

  while (has_newer (fixture))
    {
      guint64 last = last_seq (fixture);

      newer (fixture);
      g_assert_cmpuint (last_seq (fixture), ==, MIN (last + 50, 5000));
    }
  g_assert_cmpuint (last_seq (fixture), ==, 5000);
  g_assert_true (has_older (fixture));
}

static void
test_jump (Fixture       *fixture,
           gconstpointer  data)
{
  static const guint64 seqs[] = { 1, 5000, 2500, 2510, 2, 4999 };

  open_list (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (seqs); i++)
    jump (fixture, seqs[i]);

  /* What is in sight already moves nothing. */
  fixture->n_changes = 0;
  jump (fixture, 4990);
  g_assert_cmpuint (fixture->n_changes, ==, 0);

  jump (fixture, 1);
  g_assert_false (has_older (fixture));
  g_assert_cmpuint (fixture->n_changes, ==, 1);
  g_assert_true (load (fixture, confab_message_list_jump_to_newest_async,
                       confab_message_list_jump_to_newest_finish, NULL));
  g_assert_cmpuint (last_seq (fixture), ==, 5000);
  g_assert_false (has_newer (fixture));
}

static void
test_outgoing (Fixture       *fixture,
               gconstpointer  data)
{
  ConfabMessage *first, *second, *third;
  ConfabMessage *posted = confab_room_get_last_message (fixture->room);

  open_list (fixture);
  fixture->n_changes = 0;
  first = client_app_say (fixture->room, "first");
  second = client_app_say (fixture->room, "second");
  g_assert_cmpuint (fixture->n_changes, ==, 2);
  assert_mirrored (fixture);
  g_assert_true (g_ptr_array_index (fixture->mirror, 30) == (gpointer) first);
  g_assert_true (g_ptr_array_index (fixture->mirror, 31) == (gpointer) second);

  /* Away from the end they are not in sight; back there they are, as the same objects. */
  jump (fixture, 1);
  g_assert_cmpuint (client_app_count (fixture->messages, "first"), ==, 0);
  third = client_app_say (fixture->room, "third");
  g_assert_cmpuint (client_app_count (fixture->messages, "third"), ==, 0);
  g_assert_true (load (fixture, confab_message_list_jump_to_newest_async,
                       confab_message_list_jump_to_newest_finish, NULL));
  g_assert_true (g_ptr_array_index (fixture->mirror, 30) == (gpointer) first);
  g_assert_cmpuint (client_app_count (fixture->messages, "third"), ==, 1);

  /* Nothing was sent: it can be taken back. */
  confab_room_discard (fixture->room, second);
  g_assert_cmpuint (client_app_count (fixture->messages, "second"), ==, 0);
  assert_mirrored (fixture);

  /* The room ends with what is left. */
  g_assert_true (confab_room_get_last_message (fixture->room) == third);
  confab_room_discard (fixture->room, third);
  g_assert_true (confab_room_get_last_message (fixture->room) == first);
  confab_room_discard (fixture->room, first);
  g_assert_nonnull (posted);
  g_assert_true (confab_room_get_last_message (fixture->room) == posted);
}

/* The first of more outgoing messages than the window has rows is acknowledged. */
static void
test_many_outgoing (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr(GPtrArray) acknowledged = g_ptr_array_new ();

  open_list (fixture);
  for (guint i = 0; i < MAX_ROWS + 20; i++)
    client_app_say (fixture->room, "offline");

  for (guint64 seq = 1; seq <= 60; seq++)
    {
      g_ptr_array_set_size (acknowledged, 0);
      for (guint i = 0; i < fixture->mirror->len && !acknowledged->len; i++)
        if (seq_at (fixture, i) == 0)
          g_ptr_array_add (acknowledged, g_ptr_array_index (fixture->mirror, i));
      confab_message_set_sent (acknowledged->pdata[0], seq, 1);
      confab_message_list_append (CONFAB_MESSAGE_LIST (fixture->messages), acknowledged, seq, seq);
      g_assert_cmpuint (client_app_count (fixture->messages, "offline"), ==,
                        fixture->mirror->len);
    }

  /* Those that are not acknowledged yet are all there. */
  g_assert_cmpuint (fixture->mirror->len, >=, MAX_ROWS + 20 - 60);
  g_assert_cmpuint (last_seq (fixture), ==, 0);
  assert_mirrored (fixture);
}

static void
loading_cb (ConfabMessageList *messages,
            GParamSpec        *pspec,
            gpointer           user_data)
{
  guint *n_left = user_data;

  if (confab_message_list_get_loading (messages) || *n_left == 0)
    return;

  --*n_left;
  confab_message_list_load_older_async (messages, NULL, NULL, NULL);
}

static void
test_eager (Fixture       *fixture,
            gconstpointer  data)
{
  guint n_left = 3;

  /* Who hears that a page has come may ask for the next one on the spot. */
  g_signal_connect (fixture->messages, "notify::loading", G_CALLBACK (loading_cb), &n_left);
  open_list (fixture);
  support_wait_until (fixture->mirror->len == 30 + 3 * 50);
  g_signal_handlers_disconnect_by_data (fixture->messages, &n_left);
  assert_mirrored (fixture);
}

static void
test_all_at_once (Fixture       *fixture,
                  gconstpointer  data)
{
  ConfabMessageList *list = CONFAB_MESSAGE_LIST (fixture->messages);
  GAsyncResult *results[4] = { NULL };

  confab_message_list_open_async (list, NULL, support_take_result_cb, &results[0]);
  confab_message_list_load_older_async (list, NULL, support_take_result_cb, &results[1]);
  confab_message_list_jump_to_seq_async (list, 100, NULL, support_take_result_cb, &results[2]);
  confab_message_list_load_newer_async (list, NULL, support_take_result_cb, &results[3]);
  g_assert_true (confab_message_list_get_loading (list));
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      support_wait_for (results[i]);
      g_object_unref (results[i]);
    }
  support_run_pending ();
  g_assert_false (confab_message_list_get_loading (list));
  assert_mirrored (fixture);
  g_assert_cmpuint (seq_at (fixture, 0), ==, 51);
  g_assert_cmpuint (last_seq (fixture), ==, 200);
}

static void
test_beyond (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  /* Only the server would know, and there is none. */
  open_list (fixture);
  confab_message_list_jump_to_seq_async (CONFAB_MESSAGE_LIST (fixture->messages), 100000, NULL,
                                         support_take_result_cb, &result);
  support_wait_for (result);
  g_assert_false (confab_message_list_jump_to_seq_finish (CONFAB_MESSAGE_LIST (fixture->messages),
                                                          result, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NETWORK_UNREACHABLE);
  assert_mirrored (fixture);
  g_assert_cmpuint (last_seq (fixture), ==, 5000);
}

static void
test_empty (Fixture       *fixture,
            gconstpointer  data)
{
  open_list (fixture);
  g_assert_cmpuint (fixture->mirror->len, ==, 0);
  g_assert_false (has_older (fixture));
  g_assert_false (has_newer (fixture));
  older (fixture);
  newer (fixture);
  client_app_say (fixture->room, "first");
  g_assert_cmpuint (fixture->mirror->len, ==, 1);
}

static gsize
read_resident_bytes (void)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) fields = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  fields = g_strsplit (text, " ", -1);

  return (gsize) g_ascii_strtoull (fields[1], NULL, 10) * 4096;
}

static void
test_long (Fixture       *fixture,
           gconstpointer  data)
{
  gsize before = read_resident_bytes ();
  clock_t begin = clock ();
  double opened_ms, jumped_ms;

  open_list (fixture);
  opened_ms = (double) (clock () - begin) * 1000 / CLOCKS_PER_SEC;
  begin = clock ();
  jump (fixture, 1);
  jumped_ms = (double) (clock () - begin) * 1000 / CLOCKS_PER_SEC;
  for (guint i = 0; i < 20; i++)
    newer (fixture);

  g_test_minimized_result (opened_ms, "opening took %.1f ms", opened_ms);
  g_test_minimized_result (jumped_ms, "jumping took %.1f ms", jumped_ms);
  g_test_message ("%zu kB more resident", (read_resident_bytes () - before) / 1024);
  /* The work of all threads, whatever else the machine did. Generous, for slow machines and
   * sanitizers; the benchmark has the sharp figures. */
  g_assert_cmpfloat (opened_ms, <, 1000);
  g_assert_cmpfloat (jumped_ms, <, 1000);
}

static void
add (const char *path,
     guint       n_messages,
     void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, GUINT_TO_POINTER (n_messages), set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  client_app_init_tests ();

  add ("/message-list/opens-with-the-newest-thirty", 5000, test_open);
  add ("/message-list/opens-there-again-from-anywhere", 5000, test_open_again);
  add ("/message-list/goes-to-the-beginning-and-back", 5000, test_there_and_back);
  add ("/message-list/jumps-anywhere", 5000, test_jump);
  add ("/message-list/outgoing-messages-stand-at-the-end", 5000, test_outgoing);
  add ("/message-list/more-may-be-outgoing-than-it-shows-of-others", 0, test_many_outgoing);
  add ("/message-list/the-next-page-may-be-asked-for-at-once", 5000, test_eager);
  add ("/message-list/one-page-is-loaded-at-a-time", 5000, test_all_at_once);
  add ("/message-list/what-nobody-has-is-an-error", 5000, test_beyond);
  add ("/message-list/an-empty-room-is-empty", 0, test_empty);
  add ("/message-list/a-long-room-costs-no-more", 20000, test_long);

  return g_test_run ();
}
