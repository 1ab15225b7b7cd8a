/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-store.h"
#include "confab-store-outbox-private.h"
#include "confab-store-users-private.h"

#include <string.h>

typedef struct
{
  BaseDb *db;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->db = confab_store_schema_open (":memory:", &error);
  g_assert_no_error (error);
  client_store_add_room (fixture->db, "garden");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  base_db_close (fixture->db);
}

static void
assert_before (Fixture    *fixture,
               guint64     before,
               guint       limit,
               const char *expected)
{
  g_autoptr(GError) error = NULL;
  ConfabPage *page =
    confab_store_messages_page_before (fixture->db, "garden", before, limit, &error);
  g_autofree char *printed = NULL;

  g_assert_no_error (error);
  printed = client_store_print_page (page);
  g_assert_cmpstr (printed, ==, expected);
}

static void
assert_after (Fixture    *fixture,
              guint64     after,
              guint       limit,
              const char *expected)
{
  g_autoptr(GError) error = NULL;
  ConfabPage *page =
    confab_store_messages_page_after (fixture->db, "garden", after, limit, &error);
  g_autofree char *printed = NULL;

  g_assert_no_error (error);
  printed = client_store_print_page (page);
  g_assert_cmpstr (printed, ==, expected);
}

static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  assert_before (fixture, 0, 5, "[0-0]");
  assert_after (fixture, 0, 5, "[0-0]");

  client_store_fill (fixture->db, "garden", 1, 10);
  assert_before (fixture, 0, 3, "8 9 10 [8-10]");
  assert_before (fixture, 8, 3, "5 6 7 [5-7]");
  assert_before (fixture, 3, 3, "1 2 [1-2]");
  assert_before (fixture, 1, 3, "[0-0]");
  assert_after (fixture, 0, 3, "1 2 3 [1-3]");
  assert_after (fixture, 9, 3, "10 [10-10]");
  assert_after (fixture, 10, 3, "[0-0]");
}

static void
test_gaps (Fixture       *fixture,
           gconstpointer  data)
{
  client_store_fill (fixture->db, "garden", 1, 5);
  client_store_fill (fixture->db, "garden", 100, 103);

  /* A page never jumps over what is not known. */
  assert_before (fixture, 0, 10, "100 101 102 103 [100-103]");
  assert_before (fixture, 100, 10, "[0-0]");
  assert_before (fixture, 50, 10, "[0-0]");
  assert_after (fixture, 3, 10, "4 5 [4-5]");
  assert_after (fixture, 5, 10, "[0-0]");

  client_store_fill (fixture->db, "garden", 6, 99);
  assert_before (fixture, 102, 4, "98 99 100 101 [98-101]");
  assert_after (fixture, 4, 3, "5 6 7 [5-7]");
}

static void
test_spans (Fixture       *fixture,
            gconstpointer  data)
{
  /* In any order, overlapping, inside each other, with one that joins three. */
  static const guint64 spans[][2] = { { 5, 6 }, { 1, 2 }, { 9, 9 }, { 3, 3 }, { 5, 6 }, { 4, 8 } };
  g_autoptr(BaseDbStatement) statement = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    client_store_fill (fixture->db, "garden", spans[i][0], spans[i][1]);

  statement = base_db_prepare (fixture->db, "SELECT first_seq, last_seq FROM spans", NULL);
  g_assert_cmpint (base_db_statement_step (statement, NULL), ==, BASE_DB_STEP_ROW);
  g_assert_cmpint (base_db_column_int64 (statement, 0), ==, 1);
  g_assert_cmpint (base_db_column_int64 (statement, 1), ==, 9);
  g_assert_cmpint (base_db_statement_step (statement, NULL), ==, BASE_DB_STEP_DONE);
  assert_after (fixture, 0, 20, "1 2 3 4 5 6 7 8 9 [1-9]");
}

static void
test_hidden (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GPtrArray) events =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);
  g_autoptr(GError) error = NULL;

  /* Of seven numbers the client understands two: the others are known to be nothing. */
  g_ptr_array_add (events, client_store_make_event (2, CLIENT_STORE_ANN, "two"));
  g_ptr_array_add (events, confab_event_new (CONFAB_EVENT_OTHER, 3));
  g_ptr_array_add (events, client_store_make_event (6, CLIENT_STORE_BOB, "six"));
  confab_store_messages_insert (fixture->db, "garden", events, 1, 7, &error);
  g_assert_no_error (error);
  assert_before (fixture, 0, 10, "2 6 [1-7]");
  assert_after (fixture, 2, 10, "6 [3-7]");
}

static void
test_same_time (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(GPtrArray) events =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);
  g_autoptr(GError) error = NULL;

  /* A clock that stands still, or a server that says so. */
  for (guint64 seq = 1; seq <= 1000; seq++)
    {
      ConfabEvent *event = client_store_make_event (seq, CLIENT_STORE_ANN, "again");

      event->at_us = 0;
      g_ptr_array_add (events, event);
    }
  confab_store_messages_insert (fixture->db, "garden", events, 1, 1000, &error);
  g_assert_no_error (error);
  assert_before (fixture, 4, 3, "1 2 3 [1-3]");
  assert_before (fixture, 0, 2, "999 1000 [999-1000]");
}

static void
test_unread (Fixture       *fixture,
             gconstpointer  data)
{
  client_store_fill (fixture->db, "garden", 1, 10);
  g_assert_cmpint (confab_store_messages_count_unread (fixture->db, "garden", CLIENT_STORE_ANN, 0,
                                                       NULL),
                   ==, 5);
  g_assert_cmpint (confab_store_messages_count_unread (fixture->db, "garden", CLIENT_STORE_ANN, 8,
                                                       NULL),
                   ==, 1);
}

static void
test_round_trip (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(GPtrArray) events =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);
  ConfabEvent *event = client_store_make_event (7, CLIENT_STORE_BOB, "Grüße 🌹 'quoted'");
  g_autoptr(ConfabPage) page = NULL;
  ConfabEvent *read;

  event->kind = CONFAB_MESSAGE_KIND_JSON;
  event->content = g_strdup ("{\"a\":1}");
  g_ptr_array_add (events, event);
  g_assert_true (confab_store_messages_insert (fixture->db, "garden", events, 7, 7, NULL));

  page = confab_store_messages_page_before (fixture->db, "garden", 0, 1, NULL);
  read = g_ptr_array_index (page->events, 0);
  g_assert_cmpuint (read->seq, ==, 7);
  g_assert_cmpstr (read->id, ==, event->id);
  g_assert_cmpstr (read->user_id, ==, CLIENT_STORE_BOB);
  g_assert_cmpint (read->at_us, ==, event->at_us);
  g_assert_cmpint (read->kind, ==, CONFAB_MESSAGE_KIND_JSON);
  g_assert_cmpstr (read->text, ==, event->text);
  g_assert_cmpstr (read->content, ==, "{\"a\":1}");
}

static void
test_outbox (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GPtrArray) events =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);
  g_autoptr(GPtrArray) rows = NULL;
  ConfabEvent *event = client_store_make_event (1, CLIENT_STORE_ANN, "mine");
  g_autoptr(ConfabOutgoingRow) first =
    confab_outgoing_row_new (event->id, "garden", 5, "{\"text\":\"mine\"}");
  g_autoptr(ConfabOutgoingRow) second = confab_outgoing_row_new (
    "cccccccc-0000-4000-8000-000000000003", "garden", 6, "{\"text\":\"other\"}");

  g_assert_true (confab_store_outbox_add (fixture->db, first, NULL));
  g_assert_true (confab_store_outbox_add (fixture->db, second, NULL));
  g_assert_true (confab_store_outbox_add (fixture->db, first, NULL));
  second->state = CONFAB_OUTGOING_FAILED;
  second->error_code = 3;
  g_set_str (&second->error_message, "no");
  second->retryable = TRUE;
  g_assert_true (confab_store_outbox_update (fixture->db, second, NULL));

  /* Its event has come: it is out of the box with the same transaction. */
  g_ptr_array_add (events, event);
  g_assert_true (confab_store_messages_insert (fixture->db, "garden", events, 1, 1, NULL));
  rows = confab_store_outbox_load (fixture->db, NULL);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpstr (((ConfabOutgoingRow *) rows->pdata[0])->id, ==, second->id);
  g_assert_cmpint (((ConfabOutgoingRow *) rows->pdata[0])->state, ==, CONFAB_OUTGOING_FAILED);
  g_assert_cmpint (((ConfabOutgoingRow *) rows->pdata[0])->error_code, ==, 3);
  g_assert_cmpstr (((ConfabOutgoingRow *) rows->pdata[0])->error_message, ==, "no");
  g_assert_true (((ConfabOutgoingRow *) rows->pdata[0])->retryable);
}

static void
test_rooms (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GPtrArray) rows = NULL;
  ConfabRoomRow *row;

  client_store_fill (fixture->db, "garden", 1, 10);
  confab_store_rooms_set_draft (fixture->db, "garden", "half a sen", NULL);
  confab_store_rooms_set_muted (fixture->db, "garden", TRUE, NULL);
  confab_store_rooms_set_read (fixture->db, "garden", 8, 7, 2, NULL);
  confab_store_rooms_mark (fixture->db, "garden", CLIENT_STORE_BOB, 4, 9, NULL);
  confab_store_rooms_mark (fixture->db, "garden", CLIENT_STORE_BOB, 3, 10, NULL);
  confab_store_rooms_mark (fixture->db, "garden", CLIENT_STORE_ANN, 8, 10, NULL);

  rows = confab_store_rooms_load (fixture->db, CLIENT_STORE_ANN, NULL);
  g_assert_cmpuint (rows->len, ==, 1);
  row = rows->pdata[0];
  g_assert_cmpstr (row->rid, ==, "garden");
  g_assert_cmpstr (row->draft, ==, "half a sen");
  g_assert_true (row->muted);
  g_assert_true (row->joined);
  g_assert_cmpuint (row->read_seq, ==, 8);
  g_assert_cmpuint (row->shared_read_seq, ==, 7);
  g_assert_cmpuint (row->n_unread, ==, 2);
  g_assert_cmpuint (row->newest_seq, ==, 10);
  g_assert_cmpuint (row->others_read, ==, 4);
  g_assert_cmpuint (row->others_received, ==, 10);
  g_assert_cmpstr (row->last->text, ==, "garden 10");
}

static void
test_reset (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GPtrArray) rows = NULL;
  ConfabRoomRow *row;

  client_store_add_room (fixture->db, "kitchen");
  client_store_fill (fixture->db, "garden", 1, 10);
  client_store_fill (fixture->db, "kitchen", 1, 3);
  g_assert_true (confab_store_rooms_reset (fixture->db, "garden", "e2", NULL));
  assert_before (fixture, 0, 10, "[0-0]");

  /* The same numbers, other messages. */
  client_store_fill (fixture->db, "garden", 1, 2);
  assert_before (fixture, 0, 10, "1 2 [1-2]");
  rows = confab_store_rooms_load (fixture->db, CLIENT_STORE_ANN, NULL);
  g_assert_cmpuint (rows->len, ==, 2);
  row = rows->pdata[g_str_equal (((ConfabRoomRow *) rows->pdata[0])->rid, "garden") ? 0 : 1];
  g_assert_cmpstr (row->epoch, ==, "e2");
}

static void
test_users (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(ConfabUserRow) ann =
    confab_user_row_new (CLIENT_STORE_ANN, "ann", "Ann Other", 500);
  g_autoptr(ConfabUserRow) read = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_null (confab_store_users_find (fixture->db, CLIENT_STORE_ANN, &error));
  g_assert_no_error (error);

  /* Named by a message, but not looked up. */
  client_store_fill (fixture->db, "garden", 1, 1);
  g_assert_null (confab_store_users_find (fixture->db, CLIENT_STORE_ANN, &error));
  g_assert_no_error (error);

  g_assert_true (confab_store_users_save (fixture->db, ann, NULL));
  ann->last_seen_us = 400;
  g_assert_true (confab_store_users_save (fixture->db, ann, NULL));
  read = confab_store_users_find (fixture->db, CLIENT_STORE_ANN, NULL);
  g_assert_cmpstr (read->display_name, ==, "Ann Other");
  g_assert_cmpint (read->last_seen_us, ==, 500);
  assert_before (fixture, 0, 1, "1 [1-1]");
}

static void
add (const char *path,
     void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("/store-messages/pages-go-both-ways", test_pages);
  add ("/store-messages/a-page-ends-at-a-gap", test_gaps);
  add ("/store-messages/spans-that-touch-become-one", test_spans);
  add ("/store-messages/what-is-not-understood-is-no-gap", test_hidden);
  add ("/store-messages/a-thousand-of-one-time-are-all-kept", test_same_time);
  add ("/store-messages/unread-are-those-of-others", test_unread);
  add ("/store-messages/a-message-comes-back-as-it-was", test_round_trip);
  add ("/store-messages/an-event-clears-the-outbox", test_outbox);
  add ("/store-messages/a-room-comes-back-as-it-was", test_rooms);
  add ("/store-messages/a-reset-forgets-one-room", test_reset);
  add ("/store-messages/users-are-known-once-looked-up", test_users);

  return g_test_run ();
}
