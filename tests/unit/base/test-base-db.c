/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base-db.h"

#include <signal.h>
#include <sys/resource.h>

#include <glib/gstdio.h>

#define TEST_DATABASE 0x43464254

typedef struct
{
  char   *folder;
  char   *path;
  BaseDb *db;
} Fixture;

static const BaseDbOptions plain = { .durable = TRUE, .busy_ms = 50 };

static BaseDb *
open_again (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  BaseDb *db = base_db_open (fixture->path, &plain, &error);

  g_assert_no_error (error);

  return db;
}

static void
must_exec (BaseDb     *db,
           const char *sql)
{
  g_autoptr(GError) error = NULL;

  base_db_exec (db, sql, &error);
  g_assert_no_error (error);
}

static BaseDbStatement *
must_prepare (BaseDb     *db,
              const char *sql)
{
  g_autoptr(GError) error = NULL;
  BaseDbStatement *statement = base_db_prepare (db, sql, &error);

  g_assert_no_error (error);

  return statement;
}

static gint64
ask_number (BaseDb     *db,
            const char *sql)
{
  g_autoptr(BaseDbStatement) statement = must_prepare (db, sql);

  g_assert_cmpint (base_db_statement_step (statement, NULL), ==, BASE_DB_STEP_ROW);

  return base_db_column_int64 (statement, 0);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  unused)
{
  g_autoptr(GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("base-db-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "test.db", NULL);
  fixture->db = open_again (fixture);
  must_exec (fixture->db, "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  unused)
{
  static const char *const endings[] = { "", "-wal", "-shm" };

  g_clear_pointer (&fixture->db, base_db_close);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, endings[i], NULL);

      g_unlink (path);
    }

  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
test_values_come_back_as_they_went (Fixture       *fixture,
                                    gconstpointer  unused)
{
  g_autoptr(BaseDbStatement) statement = must_prepare (fixture->db,
                                                       "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7");
  g_autoptr(GBytes) empty = g_bytes_new_static (NULL, 0);
  g_autoptr(GBytes) got_empty = NULL;
  g_autofree char *text = NULL;
  const BaseUuid id = { { 0, 1, 0, 255 } };
  BaseUuid got_id;
  gsize length;

  base_db_bind_int64 (statement, 1, G_MININT64);
  base_db_bind_text (statement, 2, "é☃");
  base_db_bind_blob (statement, 3, "a\0b", 3);
  base_db_bind_uuid (statement, 4, &id);
  base_db_bind_bytes (statement, 5, empty);
  base_db_bind_text (statement, 6, NULL);
  base_db_bind_null (statement, 7);

  g_assert_cmpint (base_db_statement_step (statement, NULL), ==, BASE_DB_STEP_ROW);
  g_assert_cmpint (base_db_column_int64 (statement, 0), ==, G_MININT64);
  text = base_db_column_dup_text (statement, 1);
  g_assert_cmpstr (text, ==, "é☃");
  g_assert_cmpmem (base_db_column_blob (statement, 2, &length), 3, "a\0b", 3);
  g_assert_cmpuint (length, ==, 3);
  g_assert_true (base_db_column_uuid (statement, 3, &got_id));
  g_assert_true (base_uuid_equal (&id, &got_id));
  got_empty = base_db_column_dup_bytes (statement, 4);
  g_assert_cmpuint (g_bytes_get_size (got_empty), ==, 0);
  g_assert_true (base_db_column_is_null (statement, 5));
  g_assert_null (base_db_column_dup_bytes (statement, 6));
  g_assert_false (base_db_column_uuid (statement, 2, &got_id));
}

static void
test_a_wrong_parameter_fails_the_step (Fixture       *fixture,
                                       gconstpointer  unused)
{
  g_autoptr(BaseDbStatement) statement = must_prepare (fixture->db, "SELECT ?1");
  g_autoptr(GError) error = NULL;

  base_db_bind_int64 (statement, 2, 1);
  g_assert_cmpint (base_db_statement_step (statement, &error), ==, BASE_DB_STEP_FAILED);
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_FAILED);
}

static void
test_one_text_can_run_twice_at_once (Fixture       *fixture,
                                     gconstpointer  unused)
{
  const char *sql = "SELECT a FROM t ORDER BY a";
  g_autoptr(BaseDbStatement) outer = NULL;

  must_exec (fixture->db, "INSERT INTO t (a) VALUES (1), (2)");
  outer = must_prepare (fixture->db, sql);

  for (gint64 i = 1; i <= 2; i++)
    {
      g_assert_cmpint (base_db_statement_step (outer, NULL), ==, BASE_DB_STEP_ROW);
      g_assert_cmpint (base_db_column_int64 (outer, 0), ==, i);
      g_assert_cmpint (ask_number (fixture->db, sql), ==, 1);
    }

  g_assert_cmpint (base_db_statement_step (outer, NULL), ==, BASE_DB_STEP_DONE);
}

static void
test_a_statement_forgets_its_parameters (Fixture       *fixture,
                                         gconstpointer  unused)
{
  const char *sql = "SELECT ?1 IS NULL";
  BaseDbStatement *statement = must_prepare (fixture->db, sql);

  base_db_bind_int64 (statement, 1, 1);
  g_assert_true (base_db_statement_run (statement, NULL));
  base_db_statement_done (statement);

  g_assert_cmpint (ask_number (fixture->db, sql), ==, 1);
}

static void
test_a_savepoint_undoes_only_its_step (Fixture       *fixture,
                                       gconstpointer  unused)
{
  g_assert_true (base_db_begin (fixture->db, NULL));
  must_exec (fixture->db, "INSERT INTO t (a) VALUES (1)");
  g_assert_true (base_db_save (fixture->db, NULL));
  must_exec (fixture->db, "INSERT INTO t (a) VALUES (2)");
  g_assert_true (base_db_roll_back_to_save (fixture->db, NULL));
  g_assert_true (base_db_save (fixture->db, NULL));
  must_exec (fixture->db, "INSERT INTO t (a) VALUES (3)");
  g_assert_true (base_db_release (fixture->db, NULL));
  g_assert_true (base_db_commit (fixture->db, NULL));

  g_assert_cmpint (ask_number (fixture->db, "SELECT sum(a) FROM t"), ==, 4);
  g_assert_false (base_db_in_transaction (fixture->db));
}

static void
test_rolling_back_leaves_nothing (Fixture       *fixture,
                                  gconstpointer  unused)
{
  g_assert_true (base_db_begin (fixture->db, NULL));
  must_exec (fixture->db, "INSERT INTO t (a) VALUES (1)");
  base_db_roll_back (fixture->db);
  base_db_roll_back (fixture->db);

  g_assert_cmpint (ask_number (fixture->db, "SELECT count(*) FROM t"), ==, 0);
}

static void
test_a_second_writer_is_told_to_wait (Fixture       *fixture,
                                      gconstpointer  unused)
{
  g_autoptr(BaseDb) other = open_again (fixture);
  g_autoptr(GError) error = NULL;

  g_assert_true (base_db_begin (fixture->db, NULL));
  g_assert_false (base_db_begin (other, &error));
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_BUSY);

  /* Reading goes on meanwhile. */
  g_assert_cmpint (ask_number (other, "SELECT count(*) FROM t"), ==, 0);
  base_db_roll_back (fixture->db);
}

static void
test_a_read_transaction_sees_one_state (Fixture       *fixture,
                                        gconstpointer  unused)
{
  g_autoptr(BaseDb) other = open_again (fixture);

  g_assert_true (base_db_begin_read (other, NULL));
  g_assert_cmpint (ask_number (other, "SELECT count(*) FROM t"), ==, 0);
  must_exec (fixture->db, "INSERT INTO t (a) VALUES (1)");
  g_assert_cmpint (ask_number (other, "SELECT count(*) FROM t"), ==, 0);
  base_db_roll_back (other);
  g_assert_cmpint (ask_number (other, "SELECT count(*) FROM t"), ==, 1);
}

static void
test_a_full_database_says_so (Fixture       *fixture,
                              gconstpointer  unused)
{
  g_autoptr(GError) error = NULL;

  must_exec (fixture->db, "PRAGMA max_page_count = 10");
  g_assert_false (base_db_exec (fixture->db, "INSERT INTO t (b) VALUES (zeroblob (1000000))",
                                &error));
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_FULL);
}

/* As a quota does, for which SQLite has no word. */
static void
test_a_file_that_may_not_grow_says_so (Fixture       *fixture,
                                       gconstpointer  unused)
{
  g_autoptr(GError) error = NULL;
  struct rlimit before, none;
  gboolean done;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  none = before;
  none.rlim_cur = 0;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &none), ==, 0);
  done = base_db_exec (fixture->db, "INSERT INTO t (b) VALUES (zeroblob (1000000))", &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);

  g_assert_false (done);
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_FULL);
  must_exec (fixture->db, "INSERT INTO t (a) VALUES (1)");
}

static void
test_a_violated_rule_says_so (Fixture       *fixture,
                              gconstpointer  unused)
{
  g_autoptr(GError) error = NULL;

  must_exec (fixture->db, "INSERT INTO t (a) VALUES (1)");
  g_assert_false (base_db_exec (fixture->db, "INSERT INTO t (a) VALUES (1)", &error));
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_CONSTRAINT);
}

typedef struct
{
  BaseDb *db;
  int     over; /* atomic */
} Interrupter;

static gpointer
interrupt_until_over (gpointer data)
{
  Interrupter *interrupter = data;

  while (!g_atomic_int_get (&interrupter->over))
    {
      base_db_interrupt (interrupter->db);
      g_thread_yield ();
    }

  return NULL;
}

static void
test_an_interrupt_ends_what_runs (Fixture       *fixture,
                                  gconstpointer  unused)
{
  Interrupter interrupter = { .db = fixture->db };
  GThread *thread = g_thread_new ("interrupter", interrupt_until_over, &interrupter);
  g_autoptr(GError) error = NULL;

  g_assert_false (base_db_exec (fixture->db,
                                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                                "SELECT count(*) FROM n", &error));
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_INTERRUPTED);

  g_atomic_int_set (&interrupter.over, 1);
  g_thread_join (thread);
  g_assert_cmpint (ask_number (fixture->db, "SELECT 1"), ==, 1);
}

static void
test_another_kind_of_file_is_refused (Fixture       *fixture,
                                      gconstpointer  unused)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *junk = g_strnfill (8192, 'x');

  g_clear_pointer (&fixture->db, base_db_close);
  g_assert_true (g_file_set_contents (fixture->path, junk, -1, NULL));

  g_assert_null (base_db_open (fixture->path, &plain, &error));
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_NOT_A_DATABASE);
}

static void
test_a_missing_folder_is_named (Fixture       *fixture,
                                gconstpointer  unused)
{
  g_autofree char *path = g_build_filename (fixture->folder, "missing", "test.db", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null (base_db_open (path, &plain, &error));
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_CANNOT_OPEN);
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_damage_is_found (Fixture       *fixture,
                      gconstpointer  unused)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  must_exec (fixture->db,
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
             "INSERT INTO t (b) SELECT zeroblob (100) FROM n");
  g_assert_true (base_db_check (fixture->db, NULL));
  g_clear_pointer (&fixture->db, base_db_close);

  g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
  memset (bytes + 2 * 4096, 0x55, 4096);
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) length, NULL));

  fixture->db = open_again (fixture);
  g_assert_false (base_db_check (fixture->db, &error));
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_CORRUPT);
}

static gboolean
double_it (BaseDb  *db,
           GError **error)
{
  return base_db_exec (db, "UPDATE m SET a = a * 2", error);
}

static const BaseDbMigration history[] = {
  { .sql = "CREATE TABLE m (a); INSERT INTO m VALUES (21)" },
  { .sql = "ALTER TABLE m ADD COLUMN b", .migrate = double_it },
};

static BaseDb *
make_empty (void)
{
  g_autoptr(GError) error = NULL;
  BaseDb *db = base_db_open (":memory:", &plain, &error);

  g_assert_no_error (error);

  return db;
}

static void
test_migrations_run_once_and_in_order (void)
{
  g_autoptr(BaseDb) db = make_empty ();

  g_assert_true (base_db_migrate (db, TEST_DATABASE, history, 1, NULL));
  g_assert_cmpint (ask_number (db, "SELECT a FROM m"), ==, 21);
  g_assert_true (base_db_migrate (db, TEST_DATABASE, history, 2, NULL));
  g_assert_true (base_db_migrate (db, TEST_DATABASE, history, 2, NULL));
  g_assert_cmpint (ask_number (db, "SELECT a FROM m"), ==, 42);
  g_assert_cmpint (ask_number (db, "PRAGMA user_version"), ==, 2);
}

static void
test_a_failed_migration_leaves_the_version_before (void)
{
  static const BaseDbMigration broken[] = {
    { .sql = "CREATE TABLE m (a)" },
    { .sql = "CREATE TABLE n (a); CREATE TABLE m (a)" },
  };
  g_autoptr(BaseDb) db = make_empty ();
  g_autoptr(GError) error = NULL;

  g_assert_false (base_db_migrate (db, TEST_DATABASE, broken, 2, &error));
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_FAILED);
  g_assert_cmpint (ask_number (db, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (ask_number (db, "SELECT count(*) FROM sqlite_schema"), ==, 1);
}

static void
test_a_later_version_is_refused (void)
{
  g_autoptr(BaseDb) db = make_empty ();
  g_autoptr(GError) error = NULL;

  g_assert_true (base_db_migrate (db, TEST_DATABASE, history, 2, NULL));
  g_assert_false (base_db_migrate (db, TEST_DATABASE, history, 1, &error));
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_TOO_NEW);
}

static void
test_a_database_of_something_else_is_refused (void)
{
  g_autoptr(BaseDb) db = make_empty ();
  g_autoptr(GError) error = NULL;

  must_exec (db, "CREATE TABLE theirs (a)");
  g_assert_false (base_db_migrate (db, TEST_DATABASE, history, 2, &error));
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_NOT_A_DATABASE);
  g_clear_error (&error);

  must_exec (db, "DROP TABLE theirs; PRAGMA application_id = 7");
  g_assert_false (base_db_migrate (db, TEST_DATABASE, history, 2, &error));
  g_assert_error (error, BASE_DB_ERROR, BASE_DB_ERROR_NOT_A_DATABASE);
}

#define ADD(name, func) \
        g_test_add ("/db/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("values-come-back-as-they-went", test_values_come_back_as_they_went);
  ADD ("a-wrong-parameter-fails-the-step", test_a_wrong_parameter_fails_the_step);
  ADD ("one-text-can-run-twice-at-once", test_one_text_can_run_twice_at_once);
  ADD ("a-statement-forgets-its-parameters", test_a_statement_forgets_its_parameters);
  ADD ("a-savepoint-undoes-only-its-step", test_a_savepoint_undoes_only_its_step);
  ADD ("rolling-back-leaves-nothing", test_rolling_back_leaves_nothing);
  ADD ("a-second-writer-is-told-to-wait", test_a_second_writer_is_told_to_wait);
  ADD ("a-read-transaction-sees-one-state", test_a_read_transaction_sees_one_state);
  ADD ("a-full-database-says-so", test_a_full_database_says_so);
  ADD ("a-file-that-may-not-grow-says-so", test_a_file_that_may_not_grow_says_so);
  ADD ("a-violated-rule-says-so", test_a_violated_rule_says_so);
  ADD ("an-interrupt-ends-what-runs", test_an_interrupt_ends_what_runs);
  ADD ("another-kind-of-file-is-refused", test_another_kind_of_file_is_refused);
  ADD ("a-missing-folder-is-named", test_a_missing_folder_is_named);
  ADD ("damage-is-found", test_damage_is_found);
  g_test_add_func ("/db/migrations-run-once-and-in-order", test_migrations_run_once_and_in_order);
  g_test_add_func ("/db/a-failed-migration-leaves-the-version-before",
                   test_a_failed_migration_leaves_the_version_before);
  g_test_add_func ("/db/a-later-version-is-refused", test_a_later_version_is_refused);
  g_test_add_func ("/db/a-database-of-something-else-is-refused",
                   test_a_database_of_something_else_is_refused);

  return g_test_run ();
}
