/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-store.h"
#include "confab-error.h"
#include "confab-store-outbox-private.h"
#include "confab-store-private.h"
#include "support-wait.h"

#include <string.h>

typedef struct
{
  char        *folder;
  char        *path;
  ConfabStore *store;
  guint        n_lost;
} Fixture;

static void
lost_cb (ConfabStore *store,
         gpointer     user_data)
{
  Fixture *fixture = user_data;

  fixture->n_lost++;
}

static void
open_store (Fixture *fixture)
{
  fixture->store = confab_store_new (fixture->path);
  g_signal_connect (fixture->store, "lost", G_CALLBACK (lost_cb), fixture);
}

static void
close_store (Fixture *fixture)
{
  g_autoptr(GAsyncResult) result = NULL;

  confab_store_close_async (fixture->store, support_take_result_cb, &result);
  support_wait_for (result);
  g_assert_true (confab_store_close_finish (fixture->store, result, NULL));
  g_clear_object (&result);
  support_wait_until (G_OBJECT (fixture->store)->ref_count == 1);
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = support_make_folder ();
  fixture->path = g_build_filename (fixture->folder, "store.sqlite", NULL);
  open_store (fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  close_store (fixture);
  support_remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static gboolean
run (Fixture          *fixture,
     ConfabStoreMode   mode,
     ConfabStoreFunc   func,
     gpointer          data,
     GError          **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  confab_store_run_async (fixture->store, mode, func, data, NULL, NULL, support_take_result_cb,
                          &result);
  support_wait_for (result);

  return confab_store_run_finish (fixture->store, result, error) != NULL;
}

static gboolean
add_outgoing (BaseDb    *db,
              gpointer   data,
              GError   **error)
{
  g_autoptr(ConfabOutgoingRow) row =
    confab_outgoing_row_new (data, "garden", 1, "{\"text\":\"kept\"}");

  return confab_store_outbox_add (db, row, error);
}

static gboolean
count_outgoing (BaseDb    *db,
                gpointer   data,
                GError   **error)
{
  g_autoptr(GPtrArray) rows = confab_store_outbox_load (db, error);

  if (rows)
    *(guint *) data = rows->len;

  return rows != NULL;
}

static gboolean
add_and_fail (BaseDb    *db,
              gpointer   data,
              GError   **error)
{
  if (!add_outgoing (db, data, error))
    return FALSE;

  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "on second thoughts");

  return FALSE;
}

static guint
count (Fixture         *fixture,
       ConfabStoreMode  mode)
{
  guint n_rows = 1000;
  g_autoptr(GError) error = NULL;

  run (fixture, mode, count_outgoing, &n_rows, &error);
  g_assert_no_error (error);

  return n_rows;
}

static void
test_kept (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  run (fixture, CONFAB_STORE_WRITE_DURABLY, add_outgoing, (gpointer) CLIENT_STORE_ANN, &error);
  g_assert_no_error (error);
  g_assert_false (
    run (fixture, CONFAB_STORE_WRITE, add_and_fail, (gpointer) CLIENT_STORE_BOB, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
  g_assert_cmpuint (count (fixture, CONFAB_STORE_READ), ==, 1);

  close_store (fixture);
  open_store (fixture);
  g_assert_cmpuint (count (fixture, CONFAB_STORE_WRITE), ==, 1);
  g_assert_null (confab_store_get_error (fixture->store));
}

static void
spoil (Fixture *fixture,
       gsize    from)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (fixture->path, &contents, &length, NULL));
  for (gsize i = from; i < length; i++)
    contents[i] = (char) 0xa5;
  g_assert_true (g_file_set_contents (fixture->path, contents, (gssize) length, NULL));
}

static void
test_no_database (Fixture       *fixture,
                  gconstpointer  data)
{
  run (fixture, CONFAB_STORE_WRITE, add_outgoing, (gpointer) CLIENT_STORE_ANN, NULL);
  close_store (fixture);
  spoil (fixture, 0);

  open_store (fixture);
  g_assert_cmpuint (count (fixture, CONFAB_STORE_WRITE), ==, 0);
  g_assert_cmpuint (fixture->n_lost, ==, 1);

  /* It works from here on, for both threads. */
  g_assert_true (
    run (fixture, CONFAB_STORE_WRITE, add_outgoing, (gpointer) CLIENT_STORE_BOB, NULL));
  g_assert_cmpuint (count (fixture, CONFAB_STORE_READ), ==, 1);
  g_assert_cmpuint (fixture->n_lost, ==, 1);
}

static gboolean
fill_garden (BaseDb    *db,
             gpointer   data,
             GError   **error)
{
  g_autoptr(ConfabRoomRow) row = confab_room_row_new ("garden");
  g_autoptr(GPtrArray) events =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);

  for (guint64 seq = 1; seq <= 2000; seq++)
    g_ptr_array_add (events, client_store_make_event (seq, CLIENT_STORE_ANN, "some words"));

  return confab_store_rooms_save (db, row, error) &&
         confab_store_messages_insert (db, "garden", events, 1, 2000, error);
}

static gboolean
read_garden (BaseDb    *db,
             gpointer   data,
             GError   **error)
{
  g_autoptr(ConfabPage) page =
    confab_store_messages_page_before (db, "garden", 0, 2000, error);

  return page != NULL;
}

static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  /* The outbox is young and lies in the first pages; the messages are hit. */
  g_assert_true (
    run (fixture, CONFAB_STORE_WRITE, add_outgoing, (gpointer) CLIENT_STORE_ANN, NULL));
  g_assert_true (run (fixture, CONFAB_STORE_WRITE, fill_garden, fixture, NULL));
  close_store (fixture);
  spoil (fixture, 120000);

  open_store (fixture);
  g_assert_false (run (fixture, CONFAB_STORE_READ, read_garden, fixture, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_STORE);
  g_assert_nonnull (confab_store_get_error (fixture->store));

  /* The reader had it mended; what was queued is still there. */
  g_assert_cmpuint (count (fixture, CONFAB_STORE_WRITE), ==, 1);
  g_assert_cmpuint (fixture->n_lost, ==, 1);
  g_assert_true (run (fixture, CONFAB_STORE_READ, read_garden, fixture, NULL));
  g_assert_null (confab_store_get_error (fixture->store));
}

static void
test_damage_found_twice (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autofree char *damaged = g_strconcat (fixture->path, ".damaged", NULL);
  g_autofree char *contents = NULL;
  GAsyncResult *results[3] = { NULL };
  gsize length;

  g_assert_true (run (fixture, CONFAB_STORE_WRITE, fill_garden, fixture, NULL));
  close_store (fixture);
  spoil (fixture, 120000);
  open_store (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    confab_store_run_async (fixture->store, CONFAB_STORE_READ, read_garden, fixture, NULL, NULL,
                            support_take_result_cb, &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      support_wait_for (results[i]);
      confab_store_run_finish (fixture->store, results[i], NULL);
      g_object_unref (results[i]);
    }

  /* Behind whatever was reported. It is mended once, and what was damaged is kept. */
  g_assert_cmpuint (count (fixture, CONFAB_STORE_WRITE), ==, 0);
  g_assert_cmpuint (fixture->n_lost, ==, 1);
  g_assert_true (g_file_get_contents (damaged, &contents, &length, NULL));
  g_assert_cmpuint (length, >, 120000);
}

static gboolean
allow_pages (BaseDb    *db,
             gpointer   data,
             GError   **error)
{
  g_autofree char *sql =
    g_strdup_printf ("PRAGMA max_page_count = %u", GPOINTER_TO_UINT (data));

  return base_db_exec (db, sql, error);
}

static void
test_full (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (
    run (fixture, CONFAB_STORE_WRITE, allow_pages, GUINT_TO_POINTER (40), &error));
  g_assert_false (run (fixture, CONFAB_STORE_WRITE, fill_garden, fixture, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_STORE);
  g_assert_error (confab_store_get_error (fixture->store), CONFAB_ERROR, CONFAB_ERROR_STORE);
  g_clear_error (&error);

  /* Reads go on, and writes do when there is room again. */
  g_assert_cmpuint (count (fixture, CONFAB_STORE_READ), ==, 0);
  g_assert_true (
    run (fixture, CONFAB_STORE_WRITE, allow_pages, GUINT_TO_POINTER (1000000), NULL));
  g_assert_true (run (fixture, CONFAB_STORE_WRITE, fill_garden, fixture, NULL));
  g_assert_null (confab_store_get_error (fixture->store));
  g_assert_cmpuint (fixture->n_lost, ==, 0);
}

static void
test_too_new (Fixture       *fixture,
              gconstpointer  data)
{
  BaseDbOptions options = { 0 };
  g_autoptr(GError) error = NULL;
  guint n_rows;
  BaseDb *db;

  g_assert_cmpuint (count (fixture, CONFAB_STORE_WRITE), ==, 0);
  close_store (fixture);
  db = base_db_open (fixture->path, &options, &error);
  g_assert_true (base_db_exec (db, "PRAGMA user_version = 1000", NULL));
  base_db_close (db);

  /* Of a later version: it is not ours to move away. */
  open_store (fixture);
  g_assert_false (run (fixture, CONFAB_STORE_WRITE, count_outgoing, &n_rows, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_STORE);
  g_assert_cmpuint (fixture->n_lost, ==, 0);
}

static void
test_closed (Fixture       *fixture,
             gconstpointer  data)
{
  GAsyncResult *results[100] = { NULL };
  g_autoptr(GAsyncResult) closed = NULL;
  g_autoptr(GAsyncResult) late = NULL;
  g_autoptr(GError) error = NULL;
  guint n_rows = 0;

  /* Everything that was asked for before is done. */
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    confab_store_run_async (fixture->store, CONFAB_STORE_WRITE, count_outgoing, &n_rows, NULL,
                            NULL, support_take_result_cb, &results[i]);
  confab_store_close_async (fixture->store, support_take_result_cb, &closed);
  confab_store_run_async (fixture->store, CONFAB_STORE_WRITE, count_outgoing, &n_rows, NULL, NULL,
                          support_take_result_cb, &late);
  support_wait_for (closed);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_assert_nonnull (results[i]);
      g_assert_nonnull (confab_store_run_finish (fixture->store, results[i], NULL));
      g_object_unref (results[i]);
    }
  support_wait_for (late);
  g_assert_null (confab_store_run_finish (fixture->store, late, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_STORE);
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

  add ("/store/what-is-written-stays-and-what-fails-does-not", test_kept);
  add ("/store/a-file-that-is-no-database-is-moved-aside", test_no_database);
  add ("/store/damage-is-mended-and-the-outbox-saved", test_damaged);
  add ("/store/damage-found-twice-is-mended-once", test_damage_found_twice);
  add ("/store/a-full-disk-is-told-and-recovered-from", test_full);
  add ("/store/a-database-of-a-later-version-is-left-alone", test_too_new);
  add ("/store/closing-finishes-what-was-asked-for", test_closed);

  return g_test_run ();
}
