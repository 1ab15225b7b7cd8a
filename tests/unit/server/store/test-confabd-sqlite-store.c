/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base-db.h"
#include "confabd-sqlite-store.h"
#include "support-failing-vfs.h"
#include "support-store.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What only a store on a disk has to do: survive it. */

#define N_MESSAGES 24
#define N_ALONE    4
#define N_ROOMS    3

static const char *const file_names[] = { "space.db", "space.db-wal", "space.db-shm", "lock" };

typedef struct
{
  SupportStore  store;
  char         *folder;
  BaseUuid      ada;
} Fixture;

static ConfabdSqliteStore *
open_store (const char *folder,
            const char *vfs)
{
  g_autoptr(GError) error = NULL;
  ConfabdSqliteStore *store = confabd_sqlite_store_new_with_vfs (folder, base_clock_system (), vfs,
                                                                 &error);

  g_assert_no_error (error);

  return store;
}

static char *
make_folder (void)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp ("confabd-sqlite-XXXXXX", &error);

  g_assert_no_error (error);

  return folder;
}

static void
remove_folder (char *folder)
{
  for (guint i = 0; i < G_N_ELEMENTS (file_names); i++)
    {
      g_autofree char *path = g_build_filename (folder, file_names[i], NULL);

      g_unlink (path);
    }

  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
}

static void
set_up (Fixture       *f,
        gconstpointer  unused)
{
  f->folder = make_folder ();
  support_store_init (&f->store, open_store (f->folder, SUPPORT_FAILING_VFS));
  support_store_add_user (&f->store, "ada", &f->ada);
}

static void
tear_down (Fixture       *f,
           gconstpointer  unused)
{
  support_store_clear (&f->store);
  remove_folder (f->folder);
}

static void
reopen (Fixture *f)
{
  support_store_clear (&f->store);
  support_store_init (&f->store, open_store (f->folder, SUPPORT_FAILING_VFS));
}

static void
free_answers (SupportStore *store,
              guint         from)
{
  for (guint i = from; i < store->answered->len; i++)
    confabd_append_free (store->answered->pdata[i]);

  g_ptr_array_set_size (store->answered, (int) from);
}

static char *
room_name (guint index)
{
  return g_strdup_printf ("room-%u", index % N_ROOMS);
}

/* What a sender knows of its messages. */
typedef struct
{
  BaseUuid ids[N_MESSAGES];
  guint64  seqs[N_MESSAGES];  /* 0: not acknowledged */
} Outbox;

/* Sends what is not acknowledged of the first @n_first, all at once, and notes what came back.
 * Returns how many of them are missing. */
static guint
send_rest_of (Fixture *f,
              Outbox  *outbox,
              guint    n_first)
{
  guint n_before = f->store.answered->len;
  guint n_missing = 0;
  guint sent[N_MESSAGES];

  for (guint i = 0; i < n_first; i++)
    {
      g_autofree char *room = room_name (i);

      if (outbox->seqs[i] > 0)
        continue;

      sent[n_missing++] = i;
      support_store_send (&f->store, CONFABD_EVENT_MESSAGE, room, &f->ada, &outbox->ids[i], "{}");
    }

  support_store_wait (&f->store, n_before + n_missing);

  for (guint i = 0; i < n_missing; i++)
    {
      ConfabdAppend *append = f->store.answered->pdata[n_before + i];
      gboolean stored = append->status == CONFABD_APPEND_COMMITTED ||
                        append->status == CONFABD_APPEND_DUPLICATE;

      g_assert_true (base_uuid_equal (&append->event->id, &outbox->ids[sent[i]]));
      g_assert_cmpint (stored, ==, append->event->seq > 0);
      if (!stored)
        g_assert_true (append->status == CONFABD_APPEND_FULL ||
                       append->status == CONFABD_APPEND_FAILED);
      outbox->seqs[sent[i]] = append->event->seq;
    }

  free_answers (&f->store, n_before);

  for (guint i = 0, n = n_missing; i < n; i++)
    n_missing -= outbox->seqs[sent[i]] > 0;

  return n_missing;
}

static guint
send_rest (Fixture *f,
           Outbox  *outbox)
{
  return send_rest_of (f, outbox, N_MESSAGES);
}

static void
assert_room_is_whole (SupportStore   *store,
                      const char     *room,
                      const BaseUuid *user_id,
                      GHashTable     *seqs_by_id)
{
  g_autoptr(ConfabdTail) tail = support_store_tail (store, room, user_id, -1, NULL, 200);

  g_assert_false (tail->failed);
  g_assert_cmpuint (tail->events->len, ==, tail->last_seq);

  for (guint i = 0; i < tail->events->len; i++)
    {
      ConfabdEvent *event = tail->events->pdata[i];

      g_assert_cmpuint (event->seq, ==, i + 1);
      /* Each id once in all rooms. */
      g_assert_true (g_hash_table_insert (seqs_by_id, g_memdup2 (&event->id, sizeof event->id),
                                          GUINT_TO_POINTER (event->seq)));
    }
}

/* Every acknowledged message is there exactly once, in order and without a gap. */
static void
assert_all_there (SupportStore   *store,
                  const BaseUuid *user_id,
                  const Outbox   *outbox)
{
  g_autoptr(GHashTable) seqs_by_id = g_hash_table_new_full (base_uuid_hash, base_uuid_equal,
                                                            g_free, NULL);

  for (guint i = 0; i < N_ROOMS; i++)
    {
      g_autofree char *room = room_name (i);

      assert_room_is_whole (store, room, user_id, seqs_by_id);
    }

  for (guint i = 0; i < N_MESSAGES; i++)
    if (outbox->seqs[i] > 0)
      g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (seqs_by_id, &outbox->ids[i])), ==,
                        outbox->seqs[i]);
}

static void
copy_file (const char *from,
           const char *to,
           const char *name)
{
  g_autofree char *source = g_build_filename (from, name, NULL);
  g_autofree char *target = g_build_filename (to, name, NULL);
  g_autofree char *bytes = NULL;
  g_autoptr(GError) error = NULL;
  gsize length;

  if (!g_file_test (source, G_FILE_TEST_EXISTS))
    return;

  g_file_get_contents (source, &bytes, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents_full (target, bytes, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* What a server finds that was killed just now: the files as they are. */
static void
assert_all_there_after_a_kill (Fixture      *f,
                               const Outbox *outbox)
{
  char *folder = make_folder ();
  SupportStore store;

  copy_file (f->folder, folder, "space.db");
  copy_file (f->folder, folder, "space.db-wal");
  support_store_init (&store, open_store (folder, SUPPORT_FAILING_VFS));
  assert_all_there (&store, &f->ada, outbox);
  support_store_clear (&store);
  remove_folder (folder);
}

static guint
run_with_fault (SupportFault fault,
                guint        first,
                guint        n_times)
{
  Fixture f;
  Outbox outbox = { 0 };
  guint n_failed;

  set_up (&f, NULL);
  for (guint i = 0; i < N_MESSAGES; i++)
    base_uuid_make_v4 (&outbox.ids[i]);

  /* A few commits of one message each, then one of many, or a few. */
  support_failing_vfs_arm (fault, first, n_times);
  for (guint n = 1; n <= N_ALONE; n++)
    send_rest_of (&f, &outbox, n);
  send_rest (&f, &outbox);
  n_failed = support_failing_vfs_disarm ();
  assert_all_there_after_a_kill (&f, &outbox);

  /* Trying again while it lasts. */
  support_failing_vfs_arm (fault, 1, n_times - 1);
  send_rest (&f, &outbox);
  support_failing_vfs_disarm ();

  /* It recovers by itself. */
  g_assert_cmpuint (send_rest (&f, &outbox), ==, 0);
  assert_all_there (&f.store, &f.ada, &outbox);
  assert_all_there_after_a_kill (&f, &outbox);
  reopen (&f);
  assert_all_there (&f.store, &f.ada, &outbox);
  tear_down (&f, NULL);

  return n_failed;
}

/* Fails the first time, then the second, and so on until nothing fails any more. */
static void
test_fault (gconstpointer fault)
{
  guint first = 0;

  while (run_with_fault ((SupportFault) GPOINTER_TO_INT (fault), ++first, 1) > 0)
    continue;

  g_test_message ("failed at %u places", first - 1);
  g_assert_cmpuint (first, >, N_ALONE);
}

static void
test_fault_that_lasts (gconstpointer fault)
{
  for (guint first = 1; first < 12; first++)
    run_with_fault ((SupportFault) GPOINTER_TO_INT (fault), first, 1000000);
}

static void
test_a_full_disk_says_so_and_reading_goes_on (Fixture       *f,
                                              gconstpointer  unused)
{
  g_autoptr(ConfabdAppend) before = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "tea",
                                                          &f->ada);
  g_autoptr(ConfabdAppend) during = NULL;
  g_autoptr(ConfabdAppend) after = NULL;
  g_autoptr(ConfabdTail) tail = NULL;
  g_autoptr(ConfabdQuery) history = support_store_query (&f->store, CONFABD_QUERY_HISTORY);
  g_autoptr(ConfabdQuery) read = support_store_query (&f->store, CONFABD_QUERY_MARK_READ);

  support_failing_vfs_arm (SUPPORT_FAULT_FULL, 1, 1000000);
  during = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "tea", &f->ada);
  g_assert_cmpint (during->status, ==, CONFABD_APPEND_FULL);

  /* A room that is new would have to be stored. */
  tail = support_store_tail (&f->store, "coffee", &f->ada, -1, NULL, 50);
  g_assert_true (tail->failed);
  g_assert_true (tail->full);

  history->room = g_strdup ("tea");
  support_store_ask (&f->store, history);
  g_assert_cmpint (history->status, ==, CONFABD_QUERY_OK);
  g_assert_cmpuint (history->events->len, ==, 1);

  read->room = g_strdup ("tea");
  read->user_id = f->ada;
  read->seq = 1;
  support_store_ask (&f->store, read);
  g_assert_cmpint (read->status, ==, CONFABD_QUERY_FULL);

  support_failing_vfs_disarm ();
  after = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "tea", &f->ada);
  g_assert_cmpint (after->status, ==, CONFABD_APPEND_COMMITTED);
  g_assert_cmpuint (after->event->seq, ==, 2);
}

static void
test_everything_is_there_after_a_restart (Fixture       *f,
                                          gconstpointer  unused)
{
  g_autoptr(ConfabdAppend) append = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "tea",
                                                          &f->ada);
  g_autoptr(ConfabdTail) tail = NULL;
  ConfabdEvent *event;

  reopen (f);
  tail = support_store_tail (&f->store, "tea", &f->ada, -1, NULL, 50);
  event = tail->events->pdata[0];

  g_assert_cmpstr (tail->epoch, ==, append->epoch);
  g_assert_cmpuint (event->at_ms, ==, append->event->at_ms);
  g_assert_true (base_uuid_equal (&event->id, &append->event->id));
}

static void
test_closing_answers_all_that_was_asked (Fixture       *f,
                                         gconstpointer  unused)
{
  guint n_before = f->store.answered->len;
  ConfabdAppend *late;

  for (guint i = 0; i < 100; i++)
    support_store_send (&f->store, CONFABD_EVENT_MESSAGE, "tea", &f->ada, NULL, "1");

  confabd_sqlite_store_close (CONFABD_SQLITE_STORE (f->store.log));
  late = support_store_send (&f->store, CONFABD_EVENT_MESSAGE, "tea", &f->ada, NULL, "1");
  support_store_wait (&f->store, n_before + 101);

  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (((ConfabdAppend *) f->store.answered->pdata[n_before + i])->status, ==,
                     CONFABD_APPEND_COMMITTED);

  g_assert_true (f->store.answered->pdata[n_before + 100] == late);
  g_assert_cmpint (late->status, ==, CONFABD_APPEND_FAILED);
  free_answers (&f->store, n_before);
}

static void
test_a_second_server_is_refused (Fixture       *f,
                                 gconstpointer  unused)
{
  g_autofree char *owner = g_strdup_printf ("process %ld", (long) getpid ());
  g_autoptr(GError) error = NULL;

  g_assert_null (confabd_sqlite_store_new (f->folder, base_clock_system (), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, owner));
  g_assert_nonnull (strstr (error->message, f->folder));
}

static void
overwrite (const char *folder,
           gsize       from,
           gsize       n_bytes)
{
  g_autofree char *path = g_build_filename (folder, "space.db", NULL);
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpuint (from + n_bytes, <=, length);
  memset (bytes + from, 0xa5, n_bytes);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
}

static void
test_damage_is_told_at_the_start (void)
{
  static const struct
  {
    gsize from;
    gsize n_bytes;
    int   code;
  } damages[] = {
    { 0, 100, BASE_DB_ERROR_NOT_A_DATABASE },
    { 4096, 4096, BASE_DB_ERROR_CORRUPT },
    { 3 * 4096, 8 * 4096, BASE_DB_ERROR_CORRUPT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      char *folder = make_folder ();
      g_autoptr(GError) error = NULL;

      g_object_unref (open_store (folder, NULL));
      overwrite (folder, damages[i].from, damages[i].n_bytes);

      g_assert_null (confabd_sqlite_store_new (folder, base_clock_system (), &error));
      g_assert_error (error, BASE_DB_ERROR, damages[i].code);
      g_assert_nonnull (strstr (error->message, folder));
      remove_folder (folder);
    }
}

static void
test_a_folder_that_cannot_be_made_is_named (void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (confabd_sqlite_store_new ("/proc/none/such", base_clock_system (), &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "/proc/none/such"));
}

static void
test_the_files_are_the_owners_alone (Fixture       *f,
                                     gconstpointer  unused)
{
  g_autofree char *path = g_build_filename (f->folder, "space.db", NULL);
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

/* A group that was looked at and never used leaves no trace. */
static void
test_unused_groups_are_swept_at_the_start (Fixture       *f,
                                           gconstpointer  unused)
{
  g_autoptr(ConfabdTail) looked_at = support_store_tail (&f->store, "milk", &f->ada, -1, NULL, 50);
  g_autoptr(ConfabdAppend) used = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "tea",
                                                        &f->ada);
  g_autoptr(ConfabdQuery) groups = NULL;

  reopen (f);
  groups = support_store_query (&f->store, CONFABD_QUERY_GROUPS);
  support_store_ask (&f->store, groups);

  g_assert_cmpuint (groups->rooms->len, ==, 1);
  g_assert_cmpstr (((ConfabdRoomRow *) groups->rooms->pdata[0])->room, ==, "tea");
}

static void
test_it_starts_on_a_full_disk (Fixture       *f,
                               gconstpointer  unused)
{
  g_autoptr(ConfabdTail) looked_at = support_store_tail (&f->store, "milk", &f->ada, -1, NULL, 50);
  g_autoptr(ConfabdAppend) used = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "tea",
                                                        &f->ada);
  g_autoptr(ConfabdTail) tail = NULL;

  support_store_clear (&f->store);
  support_failing_vfs_arm (SUPPORT_FAULT_FULL, 1, 1000000);
  support_store_init (&f->store, open_store (f->folder, SUPPORT_FAILING_VFS));
  tail = support_store_tail (&f->store, "tea", &f->ada, -1, NULL, 50);
  g_assert_cmpuint (support_failing_vfs_disarm (), >, 0);

  g_assert_false (tail->failed);
  g_assert_cmpuint (tail->events->len, ==, 1);
}

static void
load_dump (const char *folder,
           const char *name)
{
  g_autofree char *dump_path = g_test_build_filename (G_TEST_DIST, "unit", "server", "store",
                                                      "dumps", name, NULL);
  g_autofree char *path = g_build_filename (folder, "space.db", NULL);
  g_autofree char *sql = NULL;
  const BaseDbOptions options = { 0 };
  g_autoptr(BaseDb) db = NULL;
  g_autoptr(GError) error = NULL;

  g_file_get_contents (dump_path, &sql, NULL, &error);
  g_assert_no_error (error);
  db = base_db_open (path, &options, &error);
  g_assert_no_error (error);
  base_db_exec (db, sql, &error);
  g_assert_no_error (error);
}

/* Whatever version wrote it: two people, a group with two messages, a direct message. */
static void
test_a_dump_can_be_read (gconstpointer name)
{
  const BaseUuid ada = { { 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0x4a, 0xaa,
                           0x8a, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa } };
  const BaseUuid ben = { { 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0x4b, 0xbb,
                           0x8b, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb } };
  g_autofree char *direct = support_direct_room (&ada, &ben);
  char *folder = make_folder ();
  g_autoptr(ConfabdTail) group = NULL;
  g_autoptr(ConfabdTail) private = NULL;
  g_autoptr(ConfabdAppend) append = NULL;
  SupportStore store;

  load_dump (folder, name);
  support_store_init (&store, open_store (folder, NULL));
  group = support_store_tail (&store, "tea", &ben, -1, NULL, 50);
  private = support_store_tail (&store, direct, &ben, -1, NULL, 50);
  append = support_store_append (&store, CONFABD_EVENT_MESSAGE, "tea", &ada);

  g_assert_cmpuint (group->events->len, ==, 4);
  g_assert_cmpuint (group->n_members, ==, 2);
  g_assert_cmpuint (group->n_unread, ==, 1);
  g_assert_cmpuint (group->read_seq, ==, 3);
  g_assert_cmpuint (private->events->len, ==, 1);
  g_assert_true (base_uuid_equal (&private->peer->user_id, &ada));
  g_assert_cmpuint (append->event->seq, ==, 5);

  support_store_clear (&store);
  remove_folder (folder);
}

#define ADD(name, func) \
        g_test_add ("/sqlite-store/" name, Fixture, NULL, set_up, func, tear_down)
#define ADD_FAULT(name, func, fault) \
        g_test_add_data_func ("/sqlite-store/" name, GINT_TO_POINTER (fault), func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  support_failing_vfs_register ();

  ADD ("everything-is-there-after-a-restart", test_everything_is_there_after_a_restart);
  ADD ("closing-answers-all-that-was-asked", test_closing_answers_all_that_was_asked);
  ADD ("a-second-server-is-refused", test_a_second_server_is_refused);
  ADD ("the-files-are-the-owners-alone", test_the_files_are_the_owners_alone);
  ADD ("unused-groups-are-swept-at-the-start", test_unused_groups_are_swept_at_the_start);
  ADD ("it-starts-on-a-full-disk", test_it_starts_on_a_full_disk);
  ADD ("a-full-disk-says-so-and-reading-goes-on", test_a_full_disk_says_so_and_reading_goes_on);
  g_test_add_func ("/sqlite-store/damage-is-told-at-the-start", test_damage_is_told_at_the_start);
  g_test_add_func ("/sqlite-store/a-folder-that-cannot-be-made-is-named",
                   test_a_folder_that_cannot_be_made_is_named);
  g_test_add_data_func ("/sqlite-store/version-1-can-be-read", "version-1.sql",
                        test_a_dump_can_be_read);
  ADD_FAULT ("loses-nothing-when-the-disk-is-full-once", test_fault, SUPPORT_FAULT_FULL);
  ADD_FAULT ("loses-nothing-when-a-write-fails", test_fault, SUPPORT_FAULT_WRITE);
  ADD_FAULT ("loses-nothing-when-an-fsync-fails", test_fault, SUPPORT_FAULT_SYNC);
  ADD_FAULT ("recovers-from-a-full-disk", test_fault_that_lasts, SUPPORT_FAULT_FULL);
  ADD_FAULT ("recovers-from-failing-writes", test_fault_that_lasts, SUPPORT_FAULT_WRITE);
  ADD_FAULT ("recovers-from-failing-fsyncs", test_fault_that_lasts, SUPPORT_FAULT_SYNC);

  return g_test_run ();
}
