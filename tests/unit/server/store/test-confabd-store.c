/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-memory-store.h"
#include "confabd-sqlite-store.h"
#include "support-fake-clock.h"
#include "support-store.h"

#include <glib/gstdio.h>
#include <string.h>

/* What every log and store has to do, asked of both that there are. */

#define START_MS G_GINT64_CONSTANT (1767225600000)

typedef struct
{
  SupportFakeClock clock;
  SupportStore     store;
  char            *folder;
  BaseUuid         ada;
  BaseUuid         ben;
  BaseUuid         eve;
} Fixture;

typedef enum {
  MEMORY,
  SQLITE,
} Kind;

static void
set_up (Fixture       *f,
        gconstpointer  kind)
{
  g_autoptr(GError) error = NULL;

  support_fake_clock_init (&f->clock);
  f->clock.wall_us = START_MS * 1000;
  f->folder = g_dir_make_tmp ("confabd-store-XXXXXX", &error);
  g_assert_no_error (error);

  if (GPOINTER_TO_INT (kind) == MEMORY)
    support_store_init (&f->store, confabd_memory_store_new (&f->clock.clock));
  else
    support_store_init (&f->store, confabd_sqlite_store_new (f->folder, &f->clock.clock, &error));
  g_assert_no_error (error);

  support_store_add_user (&f->store, "Ada", &f->ada);
  support_store_add_user (&f->store, "ben", &f->ben);
  support_store_add_user (&f->store, "Eve", &f->eve);
}

static void
remove_file (const char *folder,
             const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_unlink (path);
}

static void
tear_down (Fixture       *f,
           gconstpointer  kind)
{
  support_store_clear (&f->store);
  remove_file (f->folder, "space.db");
  remove_file (f->folder, "lock");
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
}

static guint64
post (Fixture        *f,
      const char     *room,
      const BaseUuid *user_id)
{
  g_autoptr(ConfabdAppend) append = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, room,
                                                          user_id);

  g_assert_cmpint (append->status, ==, CONFABD_APPEND_COMMITTED);

  return append->event->seq;
}

static void
post_many (Fixture        *f,
           const char     *room,
           const BaseUuid *user_id,
           guint           n_messages)
{
  while (n_messages-- > 0)
    post (f, room, user_id);
}

static ConfabdAppendStatus
happen (Fixture          *f,
        ConfabdEventType  type,
        const char       *room,
        const BaseUuid   *user_id)
{
  g_autoptr(ConfabdAppend) append = support_store_append (&f->store, type, room, user_id);

  return append->status;
}

static ConfabdTail *
tail_of (Fixture        *f,
         const char     *room,
         const BaseUuid *user_id)
{
  return support_store_tail (&f->store, room, user_id, -1, NULL, 50);
}

static ConfabdQuery *
read_up_to (Fixture        *f,
            const char     *room,
            const BaseUuid *user_id,
            guint64         seq,
            guint64         received)
{
  ConfabdQuery *query = support_store_query (&f->store, CONFABD_QUERY_MARK_READ);

  query->room = g_strdup (room);
  query->user_id = *user_id;
  query->seq = seq;
  query->received = received;

  return support_store_ask (&f->store, query);
}

static ConfabdQuery *
rooms_of (Fixture        *f,
          const BaseUuid *user_id)
{
  ConfabdQuery *query = support_store_query (&f->store, CONFABD_QUERY_ROOMS);

  query->user_id = *user_id;

  return support_store_ask (&f->store, query);
}

static ConfabdQuery *
history_of (Fixture    *f,
            const char *room,
            guint64     before_seq,
            guint64     after_seq,
            guint       limit)
{
  ConfabdQuery *query = support_store_query (&f->store, CONFABD_QUERY_HISTORY);

  query->room = g_strdup (room);
  query->before_seq = before_seq;
  query->after_seq = after_seq;
  query->oldest_first = after_seq > 0;
  query->limit = limit;

  return support_store_ask (&f->store, query);
}

static ConfabdQuery *
oldest_of (Fixture    *f,
           const char *room,
           guint       limit)
{
  ConfabdQuery *query = support_store_query (&f->store, CONFABD_QUERY_HISTORY);

  query->room = g_strdup (room);
  query->oldest_first = TRUE;
  query->limit = limit;

  return support_store_ask (&f->store, query);
}

static void
assert_seqs (GPtrArray *events,
             guint64    first,
             guint64    last)
{
  g_assert_cmpuint (events->len, ==, last + 1 - first);

  for (guint i = 0; i < events->len; i++)
    g_assert_cmpuint (((ConfabdEvent *) events->pdata[i])->seq, ==, first + i);
}

/* --- Appending ---------------------------------------------------------- */

static void
test_seqs_have_no_gap_and_each_room_its_own (Fixture       *f,
                                             gconstpointer  kind)
{
  g_autoptr(ConfabdAppend) first = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "tea",
                                                         &f->ada);
  g_autoptr(ConfabdAppend) other = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "coffee",
                                                         &f->ada);

  g_assert_cmpuint (first->event->seq, ==, 1);
  g_assert_cmpuint (first->event->at_ms, ==, START_MS);
  g_assert_cmpuint (strlen (first->epoch), ==, 16);
  g_assert_cmpuint (other->event->seq, ==, 1);
  g_assert_cmpstr (first->epoch, !=, other->epoch);

  support_fake_clock_advance (&f->clock, 5000);
  g_assert_cmpuint (post (f, "tea", &f->ben), ==, 2);
  g_assert_cmpuint (post (f, "tea", &f->ada), ==, 3);
}

static void
test_the_same_id_is_stored_once (Fixture       *f,
                                 gconstpointer  kind)
{
  g_autoptr(ConfabdAppend) first = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "tea",
                                                         &f->ada);
  g_autoptr(ConfabdAppend) again = NULL;
  g_autoptr(ConfabdAppend) elsewhere = NULL;
  g_autoptr(ConfabdAppend) by_other = NULL;
  g_autoptr(ConfabdTail) tail = NULL;

  post (f, "tea", &f->ben);
  support_fake_clock_advance (&f->clock, G_USEC_PER_SEC);
  again = support_store_send (&f->store, CONFABD_EVENT_MESSAGE, "tea", &f->ada, &first->event->id,
                              "1");
  elsewhere = support_store_send (&f->store, CONFABD_EVENT_MESSAGE, "milk", &f->ada,
                                  &first->event->id, "2");
  by_other = support_store_send (&f->store, CONFABD_EVENT_MESSAGE, "tea", &f->ben,
                                 &first->event->id, "3");
  support_store_wait (&f->store, f->store.answered->len + 3);

  g_assert_cmpint (again->status, ==, CONFABD_APPEND_DUPLICATE);
  g_assert_cmpuint (again->event->seq, ==, 1);
  g_assert_cmpuint (again->event->at_ms, ==, first->event->at_ms);
  g_assert_cmpstr (again->epoch, ==, first->epoch);
  g_assert_cmpint (elsewhere->status, ==, CONFABD_APPEND_CONFLICT);
  g_assert_cmpint (by_other->status, ==, CONFABD_APPEND_CONFLICT);

  tail = tail_of (f, "tea", &f->ada);
  assert_seqs (tail->events, 1, 2);
}

static void
test_joining_twice_is_one_event (Fixture       *f,
                                 gconstpointer  kind)
{
  g_autoptr(ConfabdTail) tail = NULL;
  ConfabdEvent *event;

  g_assert_cmpint (happen (f, CONFABD_EVENT_LEFT, "tea", &f->ada), ==, CONFABD_APPEND_NOT_EXISTS);
  g_assert_cmpint (happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada), ==, CONFABD_APPEND_COMMITTED);
  g_assert_cmpint (happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada), ==, CONFABD_APPEND_NOTHING);
  g_assert_cmpint (happen (f, CONFABD_EVENT_JOINED, "tea", &f->ben), ==, CONFABD_APPEND_COMMITTED);
  g_assert_cmpint (happen (f, CONFABD_EVENT_LEFT, "tea", &f->ada), ==, CONFABD_APPEND_COMMITTED);
  g_assert_cmpint (happen (f, CONFABD_EVENT_LEFT, "tea", &f->ada), ==, CONFABD_APPEND_NOTHING);

  tail = tail_of (f, "tea", &f->ada);
  assert_seqs (tail->events, 1, 3);
  event = tail->events->pdata[2];
  g_assert_cmpint (event->type, ==, CONFABD_EVENT_LEFT);
  g_assert_true (base_uuid_equal (&event->user_id, &f->ada));
  g_assert_null (event->content);
  g_assert_cmpuint (tail->n_members, ==, 1);
  g_assert_false (tail->member);
  g_assert_null (tail->last);
}

static void
test_a_stranger_stores_nothing (Fixture       *f,
                                gconstpointer  kind)
{
  g_autofree char *room = NULL;
  g_autoptr(ConfabdTail) tail = NULL;
  BaseUuid stranger;

  base_uuid_make_v4 (&stranger);
  room = support_direct_room (&f->ada, &stranger);

  g_assert_cmpint (happen (f, CONFABD_EVENT_MESSAGE, "tea", &stranger), ==,
                   CONFABD_APPEND_NOT_EXISTS);
  g_assert_cmpint (happen (f, CONFABD_EVENT_MESSAGE, room, &f->ada), ==, CONFABD_APPEND_NOT_EXISTS);
  tail = tail_of (f, room, &f->ada);
  g_assert_true (tail->missing);
  g_assert_false (tail->failed);
}

/* --- Direct rooms ------------------------------------------------------- */

static void
test_a_first_message_makes_both_members (Fixture       *f,
                                         gconstpointer  kind)
{
  g_autofree char *room = support_direct_room (&f->ada, &f->ben);
  g_autoptr(ConfabdAppend) first = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, room,
                                                         &f->ada);
  g_autoptr(ConfabdAppend) second = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, room,
                                                          &f->ada);
  g_autoptr(ConfabdQuery) rooms = rooms_of (f, &f->ben);
  ConfabdRoomRow *row;

  g_assert_true (first->first_member);
  g_assert_false (second->first_member);
  g_assert_cmpuint (rooms->rooms->len, ==, 1);
  row = rooms->rooms->pdata[0];
  g_assert_cmpstr (row->room, ==, room);
  g_assert_cmpint (row->kind, ==, CONFABD_ROOM_DIRECT);
  g_assert_cmpuint (row->n_members, ==, 2);
  g_assert_cmpuint (row->n_unread, ==, 2);
  g_assert_cmpuint (row->last->seq, ==, 2);
  g_assert_true (base_uuid_equal (&row->peer->user_id, &f->ada));
}

static void
test_a_hidden_room_comes_back_with_a_message (Fixture       *f,
                                              gconstpointer  kind)
{
  g_autofree char *room = support_direct_room (&f->ada, &f->ben);
  g_autoptr(ConfabdQuery) hide = support_store_query (&f->store, CONFABD_QUERY_HIDE);
  g_autoptr(ConfabdQuery) without = NULL;
  g_autoptr(ConfabdQuery) with = NULL;
  g_autoptr(ConfabdAppend) append = NULL;

  post (f, room, &f->ada);
  hide->room = g_strdup (room);
  hide->user_id = f->ben;
  support_store_ask (&f->store, hide);
  g_assert_true (hide->changed);
  without = rooms_of (f, &f->ben);
  g_assert_cmpuint (without->rooms->len, ==, 0);

  append = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, room, &f->ada);
  g_assert_true (append->first_member);
  g_assert_cmpuint (append->event->seq, ==, 2);
  with = rooms_of (f, &f->ben);
  g_assert_cmpuint (with->rooms->len, ==, 1);
}

static void
test_one_can_write_to_oneself (Fixture       *f,
                               gconstpointer  kind)
{
  g_autofree char *room = support_direct_room (&f->ada, &f->ada);
  g_autoptr(ConfabdQuery) rooms = NULL;
  g_autoptr(ConfabdTail) tail = NULL;

  post (f, room, &f->ada);
  rooms = rooms_of (f, &f->ada);
  tail = tail_of (f, room, &f->ada);

  g_assert_cmpuint (rooms->rooms->len, ==, 1);
  g_assert_cmpuint (((ConfabdRoomRow *) rooms->rooms->pdata[0])->n_members, ==, 1);
  g_assert_cmpuint (((ConfabdRoomRow *) rooms->rooms->pdata[0])->n_unread, ==, 0);
  g_assert_true (base_uuid_equal (&tail->peer->user_id, &f->ada));
}

static void
test_contacts_are_those_of_direct_rooms (Fixture       *f,
                                         gconstpointer  kind)
{
  g_autofree char *with_ben = support_direct_room (&f->ada, &f->ben);
  g_autofree char *with_self = support_direct_room (&f->ada, &f->ada);
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_CONTACTS);

  post (f, with_ben, &f->ben);
  post (f, with_self, &f->ada);
  post (f, "tea", &f->ada);
  post (f, "tea", &f->eve);
  query->user_id = f->ada;
  support_store_ask (&f->store, query);

  g_assert_cmpuint (query->users->len, ==, 1);
  g_assert_true (base_uuid_equal (&((ConfabdUser *) query->users->pdata[0])->user_id, &f->ben));
}

/* --- Tails and history -------------------------------------------------- */

static void
test_a_tail_makes_a_group (Fixture       *f,
                           gconstpointer  kind)
{
  g_autoptr(ConfabdTail) first = tail_of (f, "tea", &f->ada);
  g_autoptr(ConfabdTail) second = tail_of (f, "tea", &f->ben);

  g_assert_false (first->failed);
  g_assert_cmpuint (first->events->len, ==, 0);
  g_assert_cmpuint (first->last_seq, ==, 0);
  g_assert_false (first->more);
  g_assert_cmpuint (strlen (first->epoch), ==, 16);
  g_assert_cmpstr (first->epoch, ==, second->epoch);
}

static void
test_a_tail_is_the_newest_or_what_came_since (Fixture       *f,
                                              gconstpointer  kind)
{
  g_autoptr(ConfabdTail) newest = NULL;
  g_autoptr(ConfabdTail) since = NULL;
  g_autoptr(ConfabdTail) part = NULL;
  g_autoptr(ConfabdTail) none = NULL;
  g_autoptr(ConfabdTail) only_state = NULL;

  post_many (f, "tea", &f->ada, 20);
  newest = support_store_tail (&f->store, "tea", &f->ben, -1, NULL, 5);
  since = support_store_tail (&f->store, "tea", &f->ben, 17, newest->epoch, 5);
  part = support_store_tail (&f->store, "tea", &f->ben, 2, newest->epoch, 5);
  none = support_store_tail (&f->store, "tea", &f->ben, 20, newest->epoch, 5);
  only_state = support_store_tail (&f->store, "tea", &f->ben, -1, NULL, 0);

  assert_seqs (newest->events, 16, 20);
  g_assert_true (newest->more);
  g_assert_cmpuint (newest->last->seq, ==, 20);
  assert_seqs (since->events, 18, 20);
  g_assert_false (since->more || since->reset);
  assert_seqs (part->events, 3, 7);
  g_assert_true (part->more);
  g_assert_cmpuint (none->events->len, ==, 0);
  g_assert_false (none->more || none->reset);
  g_assert_cmpuint (only_state->events->len, ==, 0);
  g_assert_cmpuint (only_state->n_unread, ==, 20);
}

static void
test_another_epoch_or_a_seq_from_the_future_resets (Fixture       *f,
                                                    gconstpointer  kind)
{
  g_autoptr(ConfabdTail) other_epoch = NULL;
  g_autoptr(ConfabdTail) future = NULL;
  g_autoptr(ConfabdTail) no_epoch = NULL;

  post_many (f, "tea", &f->ada, 3);
  other_epoch = support_store_tail (&f->store, "tea", &f->ada, 1, "AAAAAAAAAAAAAAAA", 2);
  future = support_store_tail (&f->store, "tea", &f->ada, 4, other_epoch->epoch, 2);
  no_epoch = support_store_tail (&f->store, "tea", &f->ada, 1, NULL, 2);

  g_assert_true (other_epoch->reset);
  assert_seqs (other_epoch->events, 2, 3);
  g_assert_true (other_epoch->more);
  g_assert_true (future->reset);
  assert_seqs (future->events, 2, 3);
  g_assert_false (no_epoch->reset);
  assert_seqs (no_epoch->events, 2, 3);
}

static void
test_tails_and_appends_are_in_one_order (Fixture       *f,
                                         gconstpointer  kind)
{
  guint n_before = f->store.answered->len;
  ConfabdTail *tails[50];
  ConfabdAppend *appends[50];

  for (guint i = 0; i < 50; i++)
    {
      appends[i] = support_store_send (&f->store, CONFABD_EVENT_MESSAGE, "tea", &f->ada, NULL, "1");
      tails[i] = support_store_send_tail (&f->store, "tea", &f->ben, -1, NULL, 200);
    }

  support_store_wait (&f->store, n_before + 100);

  for (guint i = 0; i < 50; i++)
    {
      g_assert_true (f->store.answered->pdata[n_before + 2 * i] == appends[i]);
      g_assert_true (f->store.answered->pdata[n_before + 2 * i + 1] == tails[i]);
      g_assert_cmpuint (appends[i]->event->seq, ==, i + 1);
      assert_seqs (tails[i]->events, 1, i + 1);
      confabd_append_free (appends[i]);
      confabd_tail_free (tails[i]);
    }
}

static void
test_history_pages_both_ways (Fixture       *f,
                              gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) newest = NULL;
  g_autoptr(ConfabdQuery) before = NULL;
  g_autoptr(ConfabdQuery) first = NULL;
  g_autoptr(ConfabdQuery) oldest = NULL;
  g_autoptr(ConfabdQuery) after = NULL;
  g_autoptr(ConfabdQuery) end = NULL;
  g_autoptr(ConfabdQuery) beyond = NULL;
  g_autoptr(ConfabdQuery) unknown = NULL;

  post_many (f, "other", &f->ada, 5);
  post_many (f, "tea", &f->ada, 30);
  post_many (f, "another", &f->ada, 5);
  newest = history_of (f, "tea", 0, 0, 10);
  before = history_of (f, "tea", 21, 0, 10);
  first = history_of (f, "tea", 11, 0, 10);
  oldest = oldest_of (f, "tea", 10);
  after = history_of (f, "tea", 0, 10, 10);
  end = history_of (f, "tea", 0, 25, 10);
  beyond = history_of (f, "tea", G_MAXINT64, 30, 10);
  unknown = history_of (f, "milk", 0, 0, 10);

  assert_seqs (newest->events, 21, 30);
  g_assert_true (newest->more);
  assert_seqs (before->events, 11, 20);
  g_assert_true (before->more);
  assert_seqs (first->events, 1, 10);
  g_assert_false (first->more);
  assert_seqs (oldest->events, 1, 10);
  g_assert_true (oldest->more);
  assert_seqs (after->events, 11, 20);
  g_assert_true (after->more);
  assert_seqs (end->events, 26, 30);
  g_assert_false (end->more);
  g_assert_cmpuint (beyond->events->len, ==, 0);
  g_assert_cmpint (unknown->status, ==, CONFABD_QUERY_NOT_EXISTS);
}

static void
test_a_page_is_bounded_in_bytes (Fixture       *f,
                                 gconstpointer  kind)
{
  g_autofree char *large = g_strnfill (400 * 1024, '1');
  g_autoptr(ConfabdQuery) query = NULL;
  g_autoptr(ConfabdTail) tail = NULL;
  g_autoptr(ConfabdTail) since = NULL;
  guint n_before = f->store.answered->len;

  for (guint i = 0; i < 5; i++)
    support_store_send (&f->store, CONFABD_EVENT_MESSAGE, "tea", &f->ada, NULL, large);
  support_store_wait (&f->store, n_before + 5);
  for (guint i = 0; i < 5; i++)
    confabd_append_free (f->store.answered->pdata[n_before + i]);

  query = history_of (f, "tea", 0, 0, 50);
  tail = tail_of (f, "tea", &f->ben);
  since = support_store_tail (&f->store, "tea", &f->ben, 0, NULL, 50);

  assert_seqs (query->events, 4, 5);
  g_assert_true (query->more);
  assert_seqs (tail->events, 4, 5);
  g_assert_true (tail->more);
  assert_seqs (since->events, 1, 2);
  g_assert_true (since->more);
}

static void
test_content_comes_back_byte_for_byte (Fixture       *f,
                                       gconstpointer  kind)
{
  const char *content = "{ \"text\" : \"100 % \\u0000 é☃\" }";
  guint n_before = f->store.answered->len;
  g_autoptr(ConfabdAppend) append =
    support_store_send (&f->store, CONFABD_EVENT_MESSAGE, "tea", &f->ada, NULL, content);
  g_autoptr(ConfabdQuery) query = NULL;
  ConfabdEvent *event;

  support_store_wait (&f->store, n_before + 1);
  query = history_of (f, "tea", 0, 0, 1);
  event = query->events->pdata[0];

  g_assert_cmpmem (g_bytes_get_data (event->content, NULL), g_bytes_get_size (event->content),
                   content, strlen (content));
  g_assert_true (base_uuid_equal (&event->id, &append->event->id));
  g_assert_true (base_uuid_equal (&event->user_id, &f->ada));
  g_assert_cmpstr (event->room, ==, "tea");
}

/* --- Read markers ------------------------------------------------------- */

static guint64
count_unread (Fixture        *f,
              const char     *room,
              const BaseUuid *user_id)
{
  g_autoptr(ConfabdTail) tail = support_store_tail (&f->store, room, user_id, -1, NULL, 0);

  return tail->n_unread;
}

static void
test_unread_counts_the_messages_of_others (Fixture       *f,
                                           gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) query = NULL;

  happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada);   /* 1 */
  post_many (f, "tea", &f->ada, 2);                   /* 2, 3 */
  post_many (f, "tea", &f->ben, 3);                   /* 4–6 */
  happen (f, CONFABD_EVENT_JOINED, "tea", &f->eve);   /* 7 */
  post_many (f, "tea", &f->ada, 1);                   /* 8 */
  post_many (f, "tea", &f->eve, 1);                   /* 9 */

  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 4);
  g_assert_cmpuint (count_unread (f, "tea", &f->ben), ==, 4);
  g_assert_cmpuint (count_unread (f, "tea", &f->eve), ==, 1);

  query = read_up_to (f, "tea", &f->ada, 5, 0);
  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 2);
  g_clear_pointer (&query, confabd_query_free);
  query = read_up_to (f, "tea", &f->ada, 8, 0);
  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 1);
  post_many (f, "tea", &f->ada, 3);
  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 1);
  post_many (f, "tea", &f->ben, 2);
  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 3);
  g_clear_pointer (&query, confabd_query_free);
  query = read_up_to (f, "tea", &f->ada, 14, 0);
  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 0);
}

static void
test_markers_only_grow_and_stay_within_the_room (Fixture       *f,
                                                 gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) far = NULL;
  g_autoptr(ConfabdQuery) back = NULL;
  g_autoptr(ConfabdQuery) received = NULL;
  g_autoptr(ConfabdQuery) nowhere = NULL;
  g_autoptr(ConfabdTail) tail = NULL;
  ConfabdReadMarker *marker;

  post_many (f, "tea", &f->ada, 5);
  received = read_up_to (f, "tea", &f->ben, 0, 3);
  marker = &g_array_index (received->reads, ConfabdReadMarker, 0);
  g_assert_true (received->changed);
  g_assert_cmpuint (marker->seq, ==, 0);
  g_assert_cmpuint (marker->received, ==, 3);

  far = read_up_to (f, "tea", &f->ben, G_MAXINT64, G_MAXINT64);
  marker = &g_array_index (far->reads, ConfabdReadMarker, 0);
  g_assert_cmpuint (marker->seq, ==, 5);
  g_assert_cmpuint (marker->received, ==, 5);

  back = read_up_to (f, "tea", &f->ben, 2, 2);
  g_assert_false (back->changed);
  g_assert_cmpuint (g_array_index (back->reads, ConfabdReadMarker, 0).seq, ==, 5);

  nowhere = read_up_to (f, "milk", &f->ben, 1, 1);
  g_assert_cmpint (nowhere->status, ==, CONFABD_QUERY_NOT_EXISTS);

  tail = tail_of (f, "tea", &f->ben);
  g_assert_cmpuint (tail->read_seq, ==, 5);
  g_assert_cmpuint (tail->reads->len, ==, 1);
}

/* --- Lists -------------------------------------------------------------- */

static void
test_rooms_are_those_one_is_a_member_of (Fixture       *f,
                                         gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) query = NULL;
  ConfabdRoomRow *row;

  happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada);
  happen (f, CONFABD_EVENT_JOINED, "milk", &f->ada);
  happen (f, CONFABD_EVENT_LEFT, "milk", &f->ada);
  post_many (f, "coffee", &f->ada, 1);
  happen (f, CONFABD_EVENT_JOINED, "tea", &f->ben);
  post_many (f, "tea", &f->ben, 2);
  query = rooms_of (f, &f->ada);

  g_assert_cmpuint (query->rooms->len, ==, 1);
  row = query->rooms->pdata[0];
  g_assert_cmpstr (row->room, ==, "tea");
  g_assert_true (row->member);
  g_assert_cmpuint (row->last_seq, ==, 4);
  g_assert_cmpuint (row->n_members, ==, 2);
  g_assert_cmpuint (row->n_unread, ==, 2);
  g_assert_cmpuint (row->read_seq, ==, 1);
  g_assert_null (row->peer);
}

static ConfabdQuery *
groups (Fixture    *f,
        const char *search,
        const char *after,
        guint       limit)
{
  ConfabdQuery *query = support_store_query (&f->store, CONFABD_QUERY_GROUPS);

  query->user_id = f->ada;
  query->search = g_strdup (search);
  query->after = g_strdup (after);
  query->limit = limit;

  return support_store_ask (&f->store, query);
}

static const char *
room_at (ConfabdQuery *query,
         guint         index)
{
  return ((ConfabdRoomRow *) query->rooms->pdata[index])->room;
}

static void
test_groups_page_by_name (Fixture       *f,
                          gconstpointer  kind)
{
  g_autofree char *direct = support_direct_room (&f->ada, &f->ben);
  g_autoptr(ConfabdQuery) first = NULL;
  g_autoptr(ConfabdQuery) second = NULL;
  g_autoptr(ConfabdQuery) found = NULL;

  post_many (f, "milk", &f->ada, 1);
  post_many (f, "Green TEA", &f->ada, 1);
  happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada);
  post_many (f, direct, &f->ada, 1);
  first = groups (f, NULL, NULL, 2);
  second = groups (f, NULL, "milk", 2);
  found = groups (f, "Tea", NULL, 50);

  g_assert_cmpuint (first->rooms->len, ==, 2);
  g_assert_true (first->more);
  g_assert_cmpstr (room_at (first, 0), ==, "Green TEA");
  g_assert_cmpstr (room_at (first, 1), ==, "milk");
  g_assert_cmpuint (second->rooms->len, ==, 1);
  g_assert_false (second->more);
  g_assert_cmpstr (room_at (second, 0), ==, "tea");
  g_assert_true (((ConfabdRoomRow *) second->rooms->pdata[0])->member);
  g_assert_cmpuint (found->rooms->len, ==, 2);
}

static const char *
name_at (ConfabdQuery *query,
         guint         index)
{
  return ((ConfabdUser *) query->users->pdata[index])->display_name;
}

static void
test_users_page_by_display_name (Fixture       *f,
                                 gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) first = support_store_query (&f->store, CONFABD_QUERY_USERS);
  g_autoptr(ConfabdQuery) second = support_store_query (&f->store, CONFABD_QUERY_USERS);
  g_autoptr(ConfabdQuery) found = support_store_query (&f->store, CONFABD_QUERY_USERS);
  char last[BASE_UUID_STRING_LENGTH + 1];

  first->limit = 2;
  support_store_ask (&f->store, first);
  base_uuid_format (&((ConfabdUser *) first->users->pdata[1])->user_id, last);
  second->limit = 2;
  second->after = g_strdup (last);
  support_store_ask (&f->store, second);
  found->search = g_strdup ("B");
  support_store_ask (&f->store, found);

  g_assert_cmpstr (name_at (first, 0), ==, "Ada");
  g_assert_cmpstr (name_at (first, 1), ==, "ben");
  g_assert_true (first->more);
  g_assert_null (((ConfabdUser *) first->users->pdata[0])->password_hash);
  g_assert_cmpuint (second->users->len, ==, 1);
  g_assert_cmpstr (name_at (second, 0), ==, "Eve");
  g_assert_false (second->more);
  g_assert_cmpuint (found->users->len, ==, 1);
}

static void
test_users_by_id_leave_out_strangers (Fixture       *f,
                                      gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_USERS);
  BaseUuid stranger;

  base_uuid_make_v4 (&stranger);
  query->ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
  g_array_append_val (query->ids, stranger);
  g_array_append_val (query->ids, f->eve);
  support_store_ask (&f->store, query);

  g_assert_cmpuint (query->users->len, ==, 1);
  g_assert_cmpstr (name_at (query, 0), ==, "Eve");
}

static void
test_members_of_a_group_page (Fixture       *f,
                              gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_MEMBERS);
  g_autoptr(ConfabdQuery) unknown = support_store_query (&f->store, CONFABD_QUERY_MEMBERS);

  happen (f, CONFABD_EVENT_JOINED, "tea", &f->eve);
  happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada);
  post_many (f, "tea", &f->ben, 1);
  query->room = g_strdup ("tea");
  query->limit = 1;
  support_store_ask (&f->store, query);
  unknown->room = g_strdup ("milk");
  support_store_ask (&f->store, unknown);

  g_assert_cmpuint (query->users->len, ==, 1);
  g_assert_cmpstr (name_at (query, 0), ==, "Ada");
  g_assert_true (query->more);
  g_assert_cmpint (unknown->status, ==, CONFABD_QUERY_NOT_EXISTS);
}

/* --- Users and sessions ------------------------------------------------- */

static void
test_a_name_is_taken_once (Fixture       *f,
                           gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_CREATE_USER);
  g_autoptr(ConfabdQuery) found = support_store_query (&f->store, CONFABD_QUERY_FIND_USER);
  g_autoptr(ConfabdQuery) unknown = support_store_query (&f->store, CONFABD_QUERY_FIND_USER);

  query->user = g_new0 (ConfabdUser, 1);
  base_uuid_make_v4 (&query->user->user_id);
  query->user->name = g_strdup ("ADA");
  query->user->folded_name = g_strdup ("ada");
  query->user->display_name = g_strdup ("Another");
  support_store_ask (&f->store, query);
  g_assert_cmpint (query->status, ==, CONFABD_QUERY_EXISTS);

  found->name = g_strdup ("ada");
  support_store_ask (&f->store, found);
  g_assert_cmpint (found->status, ==, CONFABD_QUERY_OK);
  g_assert_cmpstr (name_at (found, 0), ==, "Ada");
  g_assert_cmpstr (((ConfabdUser *) found->users->pdata[0])->password_hash, ==, "$test$");

  unknown->name = g_strdup ("nobody");
  support_store_ask (&f->store, unknown);
  g_assert_cmpint (unknown->status, ==, CONFABD_QUERY_NOT_EXISTS);
}

static void
test_a_profile_changes_in_parts (Fixture       *f,
                                 gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_UPDATE_USER);
  g_autoptr(ConfabdQuery) seen = support_store_query (&f->store, CONFABD_QUERY_SEEN);
  g_autoptr(ConfabdQuery) found = support_store_query (&f->store, CONFABD_QUERY_FIND_USER);
  ConfabdUser *user;

  query->user_id = f->ada;
  query->user = g_new0 (ConfabdUser, 1);
  query->user->display_name = g_strdup ("Ada Lovelace");
  support_store_ask (&f->store, query);
  g_assert_cmpstr (name_at (query, 0), ==, "Ada Lovelace");

  seen->user_id = f->ada;
  seen->seq = START_MS + 7;
  support_store_ask (&f->store, seen);

  found->name = g_strdup ("ada");
  support_store_ask (&f->store, found);
  user = found->users->pdata[0];
  g_assert_cmpstr (user->display_name, ==, "Ada Lovelace");
  g_assert_cmpstr (user->name, ==, "Ada");
  g_assert_cmpstr (user->password_hash, ==, "$test$");
  g_assert_cmpuint (user->last_seen_ms, ==, START_MS + 7);
}

static void
create_session (Fixture        *f,
                const BaseUuid *user_id,
                guint8          token,
                BaseUuid       *session_id)
{
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_CREATE_SESSION);

  base_uuid_make_v4 (session_id);
  query->session = g_new0 (ConfabdSession, 1);
  query->session->session_id = *session_id;
  query->session->user_id = *user_id;
  memset (query->session->refresh_hash, token, 32);
  query->session->created_ms = START_MS;
  query->session->expires_ms = START_MS + 1000;
  support_store_ask (&f->store, query);
  g_assert_cmpint (query->status, ==, CONFABD_QUERY_OK);
}

static ConfabdQuery *
rotate (Fixture *f,
        guint8   token,
        guint8   new_token)
{
  ConfabdQuery *query = support_store_query (&f->store, CONFABD_QUERY_ROTATE_SESSION);

  memset (query->refresh_hash, token, 32);
  memset (query->new_refresh_hash, new_token, 32);
  query->seq = START_MS + 2000;

  return support_store_ask (&f->store, query);
}

static guint
count_sessions (Fixture *f)
{
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_SESSIONS);

  support_store_ask (&f->store, query);

  return query->sessions->len;
}

static void
test_a_refresh_token_is_used_once (Fixture       *f,
                                   gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) first = NULL;
  g_autoptr(ConfabdQuery) second = NULL;
  g_autoptr(ConfabdQuery) unknown = NULL;
  g_autoptr(ConfabdQuery) replayed = NULL;
  g_autoptr(ConfabdQuery) dead = NULL;
  ConfabdSession *session;
  BaseUuid id;

  create_session (f, &f->ada, 1, &id);
  first = rotate (f, 1, 2);
  second = rotate (f, 2, 3);
  unknown = rotate (f, 9, 10);
  g_assert_cmpint (first->status, ==, CONFABD_QUERY_OK);
  g_assert_cmpint (second->status, ==, CONFABD_QUERY_OK);
  g_assert_cmpint (unknown->status, ==, CONFABD_QUERY_NOT_EXISTS);
  session = second->sessions->pdata[0];
  g_assert_true (base_uuid_equal (&session->session_id, &id));
  g_assert_true (base_uuid_equal (&session->user_id, &f->ada));
  g_assert_cmpuint (session->expires_ms, ==, START_MS + 2000);
  g_assert_cmpuint (session->refresh_hash[31], ==, 3);
  g_assert_cmpuint (count_sessions (f), ==, 1);

  replayed = rotate (f, 1, 4);
  g_assert_cmpint (replayed->status, ==, CONFABD_QUERY_REPLAYED);
  session = replayed->sessions->pdata[0];
  g_assert_true (base_uuid_equal (&session->session_id, &id));
  g_assert_cmpuint (count_sessions (f), ==, 0);
  dead = rotate (f, 3, 5);
  g_assert_cmpint (dead->status, ==, CONFABD_QUERY_NOT_EXISTS);
}

static void
test_sessions_expire_and_are_revoked (Fixture       *f,
                                      gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) one = support_store_query (&f->store, CONFABD_QUERY_REVOKE_SESSIONS);
  g_autoptr(ConfabdQuery) others = support_store_query (&f->store, CONFABD_QUERY_REVOKE_SESSIONS);
  g_autoptr(ConfabdQuery) late = NULL;
  BaseUuid ids[4];

  create_session (f, &f->ada, 1, &ids[0]);
  create_session (f, &f->ada, 2, &ids[1]);
  create_session (f, &f->ada, 3, &ids[2]);
  create_session (f, &f->ben, 4, &ids[3]);

  one->session_id = ids[0];
  support_store_ask (&f->store, one);
  g_assert_cmpuint (one->ids->len, ==, 1);
  g_assert_cmpuint (count_sessions (f), ==, 3);

  others->user_id = f->ada;
  others->session_id = ids[1];
  support_store_ask (&f->store, others);
  g_assert_cmpuint (others->ids->len, ==, 1);
  g_assert_true (base_uuid_equal (&g_array_index (others->ids, BaseUuid, 0), &ids[2]));
  g_assert_cmpuint (count_sessions (f), ==, 2);

  support_fake_clock_advance (&f->clock, 1000 * 1000);
  g_assert_cmpuint (count_sessions (f), ==, 0);
  late = rotate (f, 2, 5);
  g_assert_cmpint (late->status, ==, CONFABD_QUERY_NOT_EXISTS);
}

static void
add (const char *name,
     void      (*func) (Fixture       *f,
                        gconstpointer  kind))
{
  g_autofree char *memory = g_strconcat ("/store/memory/", name, NULL);
  g_autofree char *sqlite = g_strconcat ("/store/sqlite/", name, NULL);

  g_test_add (memory, Fixture, GINT_TO_POINTER (MEMORY), set_up, func, tear_down);
  g_test_add (sqlite, Fixture, GINT_TO_POINTER (SQLITE), set_up, func, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("seqs-have-no-gap-and-each-room-its-own", test_seqs_have_no_gap_and_each_room_its_own);
  add ("the-same-id-is-stored-once", test_the_same_id_is_stored_once);
  add ("joining-twice-is-one-event", test_joining_twice_is_one_event);
  add ("a-stranger-stores-nothing", test_a_stranger_stores_nothing);
  add ("a-first-message-makes-both-members", test_a_first_message_makes_both_members);
  add ("a-hidden-room-comes-back-with-a-message", test_a_hidden_room_comes_back_with_a_message);
  add ("one-can-write-to-oneself", test_one_can_write_to_oneself);
  add ("contacts-are-those-of-direct-rooms", test_contacts_are_those_of_direct_rooms);
  add ("a-tail-makes-a-group", test_a_tail_makes_a_group);
  add ("a-tail-is-the-newest-or-what-came-since", test_a_tail_is_the_newest_or_what_came_since);
  add ("another-epoch-or-a-seq-from-the-future-resets",
       test_another_epoch_or_a_seq_from_the_future_resets);
  add ("tails-and-appends-are-in-one-order", test_tails_and_appends_are_in_one_order);
  add ("history-pages-both-ways", test_history_pages_both_ways);
  add ("a-page-is-bounded-in-bytes", test_a_page_is_bounded_in_bytes);
  add ("content-comes-back-byte-for-byte", test_content_comes_back_byte_for_byte);
  add ("unread-counts-the-messages-of-others", test_unread_counts_the_messages_of_others);
  add ("markers-only-grow-and-stay-within-the-room",
       test_markers_only_grow_and_stay_within_the_room);
  add ("rooms-are-those-one-is-a-member-of", test_rooms_are_those_one_is_a_member_of);
  add ("groups-page-by-name", test_groups_page_by_name);
  add ("users-page-by-display-name", test_users_page_by_display_name);
  add ("users-by-id-leave-out-strangers", test_users_by_id_leave_out_strangers);
  add ("members-of-a-group-page", test_members_of_a_group_page);
  add ("a-name-is-taken-once", test_a_name_is_taken_once);
  add ("a-profile-changes-in-parts", test_a_profile_changes_in_parts);
  add ("a-refresh-token-is-used-once", test_a_refresh_token_is_used_once);
  add ("sessions-expire-and-are-revoked", test_sessions_expire_and_are_revoked);

  return g_test_run ();
}
