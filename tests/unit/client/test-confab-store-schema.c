/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-store.h"
#include "confab-store-outbox-private.h"
#include "confab-store-search-private.h"
#include "confab-store-users-private.h"
#include "support-wait.h"

#include <string.h>

/* Databases of every released version, brought to the newest with all they hold. */

static void
make_database (const char *path,
               const char *dump)
{
  g_autofree char *sql_path = g_test_build_filename (G_TEST_DIST, "unit", "client", dump, NULL);
  BaseDbOptions options = { 0 };
  g_autofree char *sql = NULL;
  g_autoptr(GError) error = NULL;
  BaseDb *db;

  g_file_get_contents (sql_path, &sql, NULL, &error);
  g_assert_no_error (error);
  db = base_db_open (path, &options, &error);
  g_assert_no_error (error);
  base_db_exec (db, sql, &error);
  g_assert_no_error (error);
  base_db_close (db);
}

static void
check_rooms (BaseDb *db)
{
  g_autoptr(GPtrArray) rooms = confab_store_rooms_load (db, CLIENT_STORE_ANN, NULL);
  ConfabRoomRow *row;

  g_assert_cmpuint (rooms->len, ==, 2);
  row = rooms->pdata[g_str_equal (((ConfabRoomRow *) rooms->pdata[0])->rid, "garden") ? 0 : 1];
  g_assert_cmpstr (row->epoch, ==, "e1");
  g_assert_cmpstr (row->draft, ==, "half a sen");
  g_assert_true (row->muted);
  g_assert_true (row->joined);
  g_assert_cmpuint (row->n_unread, ==, 1);
  g_assert_cmpuint (row->newest_seq, ==, 3);
  g_assert_cmpuint (row->others_received, ==, 2);
  g_assert_cmpstr (row->last->text, ==, "[ 1 ]");
}

static void
check_messages (BaseDb *db)
{
  g_autoptr(ConfabPage) page = confab_store_messages_page_before (db, "garden", 0, 10, NULL);
  g_autoptr(GPtrArray) hits = confab_store_search (db, "ROSES", "garden", 10, NULL);
  g_autoptr(ConfabUserRow) bob = confab_store_users_find (db, CLIENT_STORE_BOB, NULL);
  g_autofree char *printed = client_store_print_page (g_steal_pointer (&page));

  g_assert_cmpstr (printed, ==, "1 2 3 [1-3]");
  g_assert_cmpuint (hits->len, ==, 1);
  g_assert_cmpstr (((ConfabHitRow *) hits->pdata[0])->snippet, ==, "Who waters the <b>roses</b>?");
  g_assert_cmpstr (bob->display_name, ==, "Bob");
}

static void
check_outbox (BaseDb *db)
{
  g_autoptr(GPtrArray) rows = confab_store_outbox_load (db, NULL);
  ConfabOutgoingRow *failed;

  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpstr (((ConfabOutgoingRow *) rows->pdata[0])->content, ==, "{\"text\":\"queued\"}");
  failed = rows->pdata[1];
  g_assert_cmpint (failed->state, ==, CONFAB_OUTGOING_FAILED);
  g_assert_cmpstr (failed->error_message, ==, "not a member");
  g_assert_true (failed->retryable);
}

static void
test_versions (void)
{
  for (guint version = 1; version <= confab_store_n_migrations; version++)
    {
      g_autofree char *folder = support_make_folder ();
      g_autofree char *path = g_build_filename (folder, "store.sqlite", NULL);
      g_autofree char *dump = g_strdup_printf ("store-v%u.sql", version);
      g_autoptr(GError) error = NULL;
      BaseDb *db;

      g_test_message ("version %u", version);
      make_database (path, dump);
      db = confab_store_schema_open (path, &error);
      g_assert_no_error (error);
      g_assert_true (base_db_check (db, NULL));
      check_rooms (db);
      check_messages (db);
      check_outbox (db);
      base_db_close (db);
      support_remove_folder (folder);
    }
}

static void
test_recover (void)
{
  g_autofree char *folder = support_make_folder ();
  g_autofree char *path = g_build_filename (folder, "store.sqlite", NULL);
  g_autofree char *damaged = g_strconcat (path, ".damaged", NULL);
  g_autoptr(GPtrArray) rooms = NULL;
  BaseDb *db;

  /* Both outgoing messages go over as they are; what the server has does not. */
  make_database (path, "store-v1.sql");
  db = confab_store_schema_recover (path, NULL);
  rooms = confab_store_rooms_load (db, CLIENT_STORE_ANN, NULL);
  check_outbox (db);
  g_assert_cmpuint (rooms->len, ==, 0);
  g_assert_true (g_file_test (damaged, G_FILE_TEST_EXISTS));
  base_db_close (db);

  /* A second damage does not stumble over the first. */
  db = confab_store_schema_recover (path, NULL);
  check_outbox (db);
  base_db_close (db);
  support_remove_folder (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/store-schema/every-version-is-brought-to-the-newest", test_versions);
  g_test_add_func ("/store-schema/recovery-saves-what-only-we-have", test_recover);

  return g_test_run ();
}
