/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "both-stores.h"
#include "wire-limits.h"

#include <string.h>

/* What every log has to do, and the reading of what it keeps. */

static ConfabdTail *
tail_of (BothStores     *f,
         const char     *room,
         const BaseUuid *user_id)
{
  return support_store_tail (&f->store, room, user_id, -1, NULL, 50);
}

static ConfabdQuery *
read_up_to (BothStores     *f,
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
history_of (BothStores *f,
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
oldest_of (BothStores *f,
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

static void
test_seqs_have_no_gap_and_each_room_its_own (BothStores    *f,
                                             gconstpointer  kind)
{
  g_autoptr(ConfabdAppend) first = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "tea",
                                                         &f->ada);
  g_autoptr(ConfabdAppend) other = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "coffee",
                                                         &f->ada);

  g_assert_cmpuint (first->event->seq, ==, 1);
  g_assert_cmpuint (first->event->at_ms, ==, BOTH_STORES_START_MS);
  g_assert_cmpuint (strlen (first->epoch), ==, 16);
  g_assert_cmpuint (other->event->seq, ==, 1);
  g_assert_cmpstr (first->epoch, !=, other->epoch);

  support_fake_clock_advance (&f->clock, 5000);
  g_assert_cmpuint (both_stores_post (f, "tea", &f->ben), ==, 2);
  g_assert_cmpuint (both_stores_post (f, "tea", &f->ada), ==, 3);
}

static void
test_the_same_id_is_stored_once (BothStores    *f,
                                 gconstpointer  kind)
{
  g_autoptr(ConfabdAppend) first = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, "tea",
                                                         &f->ada);
  g_autoptr(ConfabdAppend) again = NULL;
  g_autoptr(ConfabdAppend) elsewhere = NULL;
  g_autoptr(ConfabdAppend) by_other = NULL;
  g_autoptr(ConfabdTail) tail = NULL;

  both_stores_post (f, "tea", &f->ben);
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
test_joining_twice_is_one_event (BothStores    *f,
                                 gconstpointer  kind)
{
  g_autoptr(ConfabdTail) tail = NULL;
  ConfabdEvent *event;

  g_assert_cmpint (both_stores_happen (f, CONFABD_EVENT_LEFT, "tea", &f->ada), ==,
                   CONFABD_APPEND_NOT_EXISTS);
  g_assert_cmpint (both_stores_happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada), ==,
                   CONFABD_APPEND_COMMITTED);
  g_assert_cmpint (both_stores_happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada), ==,
                   CONFABD_APPEND_NOTHING);
  g_assert_cmpint (both_stores_happen (f, CONFABD_EVENT_JOINED, "tea", &f->ben), ==,
                   CONFABD_APPEND_COMMITTED);
  g_assert_cmpint (both_stores_happen (f, CONFABD_EVENT_LEFT, "tea", &f->ada), ==,
                   CONFABD_APPEND_COMMITTED);
  g_assert_cmpint (both_stores_happen (f, CONFABD_EVENT_LEFT, "tea", &f->ada), ==,
                   CONFABD_APPEND_NOTHING);

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
test_a_stranger_stores_nothing (BothStores    *f,
                                gconstpointer  kind)
{
  g_autofree char *room = NULL;
  g_autoptr(ConfabdTail) tail = NULL;
  BaseUuid stranger;

  base_uuid_make_v4 (&stranger);
  room = support_direct_room (&f->ada, &stranger);

  g_assert_cmpint (both_stores_happen (f, CONFABD_EVENT_MESSAGE, "tea", &stranger), ==,
                   CONFABD_APPEND_NOT_EXISTS);
  g_assert_cmpint (both_stores_happen (f, CONFABD_EVENT_MESSAGE, room, &f->ada), ==,
                   CONFABD_APPEND_NOT_EXISTS);
  tail = tail_of (f, room, &f->ada);
  g_assert_true (tail->missing);
  g_assert_false (tail->failed);
}

static void
test_a_first_message_makes_both_members (BothStores    *f,
                                         gconstpointer  kind)
{
  g_autofree char *room = support_direct_room (&f->ada, &f->ben);
  g_autoptr(ConfabdAppend) first = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, room,
                                                         &f->ada);
  g_autoptr(ConfabdAppend) second = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, room,
                                                          &f->ada);
  g_autoptr(ConfabdQuery) rooms = both_stores_rooms (f, &f->ben);
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
test_a_hidden_room_comes_back_with_a_message (BothStores    *f,
                                              gconstpointer  kind)
{
  g_autofree char *room = support_direct_room (&f->ada, &f->ben);
  g_autoptr(ConfabdQuery) hide = support_store_query (&f->store, CONFABD_QUERY_HIDE);
  g_autoptr(ConfabdQuery) without = NULL;
  g_autoptr(ConfabdQuery) with = NULL;
  g_autoptr(ConfabdAppend) append = NULL;

  both_stores_post (f, room, &f->ada);
  hide->room = g_strdup (room);
  hide->user_id = f->ben;
  support_store_ask (&f->store, hide);
  g_assert_true (hide->changed);
  without = both_stores_rooms (f, &f->ben);
  g_assert_cmpuint (without->rooms->len, ==, 0);

  append = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, room, &f->ada);
  g_assert_true (append->first_member);
  g_assert_cmpuint (append->event->seq, ==, 2);
  with = both_stores_rooms (f, &f->ben);
  g_assert_cmpuint (with->rooms->len, ==, 1);
}

static void
test_one_can_write_to_oneself (BothStores    *f,
                               gconstpointer  kind)
{
  g_autofree char *room = support_direct_room (&f->ada, &f->ada);
  g_autoptr(ConfabdQuery) rooms = NULL;
  g_autoptr(ConfabdTail) tail = NULL;

  both_stores_post (f, room, &f->ada);
  rooms = both_stores_rooms (f, &f->ada);
  tail = tail_of (f, room, &f->ada);

  g_assert_cmpuint (rooms->rooms->len, ==, 1);
  g_assert_cmpuint (((ConfabdRoomRow *) rooms->rooms->pdata[0])->n_members, ==, 1);
  g_assert_cmpuint (((ConfabdRoomRow *) rooms->rooms->pdata[0])->n_unread, ==, 0);
  g_assert_true (base_uuid_equal (&tail->peer->user_id, &f->ada));
}

static void
test_contacts_are_those_of_direct_rooms (BothStores    *f,
                                         gconstpointer  kind)
{
  g_autofree char *with_ben = support_direct_room (&f->ada, &f->ben);
  g_autofree char *with_self = support_direct_room (&f->ada, &f->ada);
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_CONTACTS);

  both_stores_post (f, with_ben, &f->ben);
  both_stores_post (f, with_self, &f->ada);
  both_stores_post (f, "tea", &f->ada);
  both_stores_post (f, "tea", &f->eve);
  query->user_id = f->ada;
  support_store_ask (&f->store, query);

  g_assert_cmpuint (query->users->len, ==, 1);
  g_assert_true (base_uuid_equal (&((ConfabdUser *) query->users->pdata[0])->user_id, &f->ben));
}

static void
test_a_tail_makes_a_group (BothStores    *f,
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
test_a_tail_is_the_newest_or_what_came_since (BothStores    *f,
                                              gconstpointer  kind)
{
  g_autoptr(ConfabdTail) newest = NULL;
  g_autoptr(ConfabdTail) since = NULL;
  g_autoptr(ConfabdTail) part = NULL;
  g_autoptr(ConfabdTail) none = NULL;
  g_autoptr(ConfabdTail) only_state = NULL;

  both_stores_post_n (f, "tea", &f->ada, 20);
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
test_another_epoch_or_a_seq_from_the_future_resets (BothStores    *f,
                                                    gconstpointer  kind)
{
  g_autoptr(ConfabdTail) other_epoch = NULL;
  g_autoptr(ConfabdTail) future = NULL;
  g_autoptr(ConfabdTail) no_epoch = NULL;

  both_stores_post_n (f, "tea", &f->ada, 3);
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

/* As many as one gets who gives no seq, not as many as one who follows. */
static void
test_reset_brings_the_newest_fifty (BothStores    *f,
                                    gconstpointer  kind)
{
  g_autoptr(ConfabdTail) tail = NULL;

  both_stores_post_n (f, "tea", &f->ada, 60);
  tail = support_store_tail (&f->store, "tea", &f->ada, 1, "AAAAAAAAAAAAAAAA", WIRE_LIMIT_PAGE);

  g_assert_true (tail->reset);
  g_assert_true (tail->more);
  assert_seqs (tail->events, 11, 60);
}

static void
test_tails_and_appends_are_in_one_order (BothStores    *f,
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
test_history_pages_both_ways (BothStores    *f,
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

  both_stores_post_n (f, "other", &f->ada, 5);
  both_stores_post_n (f, "tea", &f->ada, 30);
  both_stores_post_n (f, "another", &f->ada, 5);
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
test_a_page_is_bounded_in_bytes (BothStores    *f,
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
test_content_comes_back_byte_for_byte (BothStores    *f,
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

static guint64
count_unread (BothStores     *f,
              const char     *room,
              const BaseUuid *user_id)
{
  g_autoptr(ConfabdTail) tail = support_store_tail (&f->store, room, user_id, -1, NULL, 0);

  return tail->n_unread;
}

static void
test_unread_counts_the_messages_of_others (BothStores    *f,
                                           gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) query = NULL;

  both_stores_happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada);   /* 1 */
  both_stores_post_n (f, "tea", &f->ada, 2);                   /* 2, 3 */
  both_stores_post_n (f, "tea", &f->ben, 3);                   /* 4–6 */
  both_stores_happen (f, CONFABD_EVENT_JOINED, "tea", &f->eve);   /* 7 */
  both_stores_post_n (f, "tea", &f->ada, 1);                   /* 8 */
  both_stores_post_n (f, "tea", &f->eve, 1);                   /* 9 */

  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 4);
  g_assert_cmpuint (count_unread (f, "tea", &f->ben), ==, 4);
  g_assert_cmpuint (count_unread (f, "tea", &f->eve), ==, 1);

  query = read_up_to (f, "tea", &f->ada, 5, 0);
  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 2);
  g_clear_pointer (&query, confabd_query_free);
  query = read_up_to (f, "tea", &f->ada, 8, 0);
  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 1);
  both_stores_post_n (f, "tea", &f->ada, 3);
  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 1);
  both_stores_post_n (f, "tea", &f->ben, 2);
  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 3);
  g_clear_pointer (&query, confabd_query_free);
  query = read_up_to (f, "tea", &f->ada, 14, 0);
  g_assert_cmpuint (count_unread (f, "tea", &f->ada), ==, 0);
}

static void
test_markers_only_grow_and_stay_within_the_room (BothStores    *f,
                                                 gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) far = NULL;
  g_autoptr(ConfabdQuery) back = NULL;
  g_autoptr(ConfabdQuery) received = NULL;
  g_autoptr(ConfabdQuery) nowhere = NULL;
  g_autoptr(ConfabdTail) tail = NULL;
  ConfabdReadMarker *marker;

  both_stores_post_n (f, "tea", &f->ada, 5);
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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  both_stores_add ("seqs-have-no-gap-and-each-room-its-own",
                   test_seqs_have_no_gap_and_each_room_its_own);
  both_stores_add ("the-same-id-is-stored-once", test_the_same_id_is_stored_once);
  both_stores_add ("joining-twice-is-one-event", test_joining_twice_is_one_event);
  both_stores_add ("a-stranger-stores-nothing", test_a_stranger_stores_nothing);
  both_stores_add ("a-first-message-makes-both-members",
                   test_a_first_message_makes_both_members);
  both_stores_add ("a-hidden-room-comes-back-with-a-message",
                   test_a_hidden_room_comes_back_with_a_message);
  both_stores_add ("one-can-write-to-oneself", test_one_can_write_to_oneself);
  both_stores_add ("contacts-are-those-of-direct-rooms",
                   test_contacts_are_those_of_direct_rooms);
  both_stores_add ("a-tail-makes-a-group", test_a_tail_makes_a_group);
  both_stores_add ("a-tail-is-the-newest-or-what-came-since",
                   test_a_tail_is_the_newest_or_what_came_since);
  both_stores_add ("another-epoch-or-a-seq-from-the-future-resets",
                   test_another_epoch_or_a_seq_from_the_future_resets);
  both_stores_add ("reset-brings-the-newest-fifty", test_reset_brings_the_newest_fifty);
  both_stores_add ("tails-and-appends-are-in-one-order",
                   test_tails_and_appends_are_in_one_order);
  both_stores_add ("history-pages-both-ways", test_history_pages_both_ways);
  both_stores_add ("a-page-is-bounded-in-bytes", test_a_page_is_bounded_in_bytes);
  both_stores_add ("content-comes-back-byte-for-byte", test_content_comes_back_byte_for_byte);
  both_stores_add ("unread-counts-the-messages-of-others",
                   test_unread_counts_the_messages_of_others);
  both_stores_add ("markers-only-grow-and-stay-within-the-room",
                   test_markers_only_grow_and_stay_within_the_room);

  return g_test_run ();
}
