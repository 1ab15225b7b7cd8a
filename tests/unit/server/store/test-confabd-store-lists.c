/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "both-stores.h"

#include <string.h>

/* What every store has to do: lists, users and sessions. */

static void
test_rooms_are_those_one_is_a_member_of (BothStores    *f,
                                         gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) query = NULL;
  ConfabdRoomRow *row;

  both_stores_happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada);
  both_stores_happen (f, CONFABD_EVENT_JOINED, "milk", &f->ada);
  both_stores_happen (f, CONFABD_EVENT_LEFT, "milk", &f->ada);
  both_stores_post_n (f, "coffee", &f->ada, 1);
  both_stores_happen (f, CONFABD_EVENT_JOINED, "tea", &f->ben);
  both_stores_post_n (f, "tea", &f->ben, 2);
  query = both_stores_rooms (f, &f->ada);

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
groups (BothStores *f,
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
test_groups_page_by_name (BothStores    *f,
                          gconstpointer  kind)
{
  g_autofree char *direct = support_direct_room (&f->ada, &f->ben);
  g_autoptr(ConfabdQuery) first = NULL;
  g_autoptr(ConfabdQuery) second = NULL;
  g_autoptr(ConfabdQuery) found = NULL;

  both_stores_post_n (f, "milk", &f->ada, 1);
  both_stores_post_n (f, "Green TEA", &f->ada, 1);
  both_stores_happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada);
  both_stores_post_n (f, direct, &f->ada, 1);
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

/* One that was a mistake does not stand in the list for ever; what was said stays. */
static void
test_deserted_groups_are_not_listed (BothStores    *f,
                                     gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) listed = NULL;

  both_stores_happen (f, CONFABD_EVENT_JOINED, "mlik", &f->ada);
  both_stores_happen (f, CONFABD_EVENT_LEFT, "mlik", &f->ada);
  both_stores_happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada);
  both_stores_post_n (f, "tea", &f->ada, 1);
  both_stores_happen (f, CONFABD_EVENT_LEFT, "tea", &f->ada);
  listed = groups (f, NULL, NULL, 50);

  g_assert_cmpuint (listed->rooms->len, ==, 1);
  g_assert_cmpstr (room_at (listed, 0), ==, "tea");
}

static const char *
name_at (ConfabdQuery *query,
         guint         index)
{
  return ((ConfabdUser *) query->users->pdata[index])->display_name;
}

static void
test_users_page_by_display_name (BothStores    *f,
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
test_users_by_id_leave_out_strangers (BothStores    *f,
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
test_members_of_a_group_page (BothStores    *f,
                              gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_MEMBERS);
  g_autoptr(ConfabdQuery) unknown = support_store_query (&f->store, CONFABD_QUERY_MEMBERS);

  both_stores_happen (f, CONFABD_EVENT_JOINED, "tea", &f->eve);
  both_stores_happen (f, CONFABD_EVENT_JOINED, "tea", &f->ada);
  both_stores_post_n (f, "tea", &f->ben, 1);
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

static void
test_a_name_is_taken_once (BothStores    *f,
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
test_a_profile_changes_in_parts (BothStores    *f,
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
  seen->seq = BOTH_STORES_START_MS + 7;
  support_store_ask (&f->store, seen);

  found->name = g_strdup ("ada");
  support_store_ask (&f->store, found);
  user = found->users->pdata[0];
  g_assert_cmpstr (user->display_name, ==, "Ada Lovelace");
  g_assert_cmpstr (user->name, ==, "Ada");
  g_assert_cmpstr (user->password_hash, ==, "$test$");
  g_assert_cmpuint (user->last_seen_ms, ==, BOTH_STORES_START_MS + 7);
}

static void
create_session (BothStores     *f,
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
  query->session->created_ms = BOTH_STORES_START_MS;
  query->session->expires_ms = BOTH_STORES_START_MS + 1000;
  support_store_ask (&f->store, query);
  g_assert_cmpint (query->status, ==, CONFABD_QUERY_OK);
}

static ConfabdQuery *
rotate (BothStores *f,
        guint8      token,
        guint8      new_token)
{
  ConfabdQuery *query = support_store_query (&f->store, CONFABD_QUERY_ROTATE_SESSION);

  memset (query->refresh_hash, token, 32);
  memset (query->new_refresh_hash, new_token, 32);
  query->seq = BOTH_STORES_START_MS + 120 * 1000;

  return support_store_ask (&f->store, query);
}

static guint
count_sessions (BothStores *f)
{
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_SESSIONS);

  support_store_ask (&f->store, query);

  return query->sessions->len;
}

static void
test_a_refresh_token_is_used_once (BothStores    *f,
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
  g_assert_cmpuint (session->expires_ms, ==, BOTH_STORES_START_MS + 120 * 1000);
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
test_a_lost_successor_is_replaced (BothStores    *f,
                                   gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) lost = NULL;
  g_autoptr(ConfabdQuery) again = NULL;
  g_autoptr(ConfabdQuery) late = NULL;
  BaseUuid id;

  create_session (f, &f->ada, 1, &id);
  lost = rotate (f, 1, 2);
  support_fake_clock_advance (&f->clock, 59 * G_USEC_PER_SEC);
  again = rotate (f, 1, 3);
  g_assert_cmpint (again->status, ==, CONFABD_QUERY_OK);
  g_assert_true (base_uuid_equal (&((ConfabdSession *) again->sessions->pdata[0])->session_id,
                                  &id));

  /* That does not prolong the time. */
  support_fake_clock_advance (&f->clock, G_USEC_PER_SEC);
  late = rotate (f, 1, 4);
  g_assert_cmpint (late->status, ==, CONFABD_QUERY_REPLAYED);
  g_assert_cmpuint (count_sessions (f), ==, 0);
}

static void
test_a_replaced_successor_is_used_up (BothStores    *f,
                                      gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) lost = NULL;
  g_autoptr(ConfabdQuery) again = NULL;
  g_autoptr(ConfabdQuery) found = NULL;
  BaseUuid id;

  create_session (f, &f->ada, 1, &id);
  lost = rotate (f, 1, 2);
  again = rotate (f, 1, 3);
  found = rotate (f, 2, 4);
  g_assert_cmpint (found->status, ==, CONFABD_QUERY_REPLAYED);
  g_assert_cmpuint (count_sessions (f), ==, 0);
}

static ConfabdQueryStatus
set_password (BothStores *f,
              const char *verified_hash,
              const char *password_hash)
{
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_UPDATE_USER);

  query->user_id = f->ada;
  query->verified_hash = g_strdup (verified_hash);
  query->user = g_new0 (ConfabdUser, 1);
  query->user->password_hash = g_strdup (password_hash);
  support_store_ask (&f->store, query);

  return query->status;
}

static ConfabdQueryStatus
begin_session (BothStores *f,
               guint8      token,
               const char *verified_hash)
{
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_CREATE_SESSION);

  query->verified_hash = g_strdup (verified_hash);
  query->session = g_new0 (ConfabdSession, 1);
  base_uuid_make_v4 (&query->session->session_id);
  query->session->user_id = f->ada;
  memset (query->session->refresh_hash, token, 32);
  query->session->expires_ms = BOTH_STORES_START_MS + 1000;
  support_store_ask (&f->store, query);

  return query->status;
}

static void
test_a_password_that_changed_opens_nothing (BothStores    *f,
                                            gconstpointer  kind)
{
  g_assert_cmpint (begin_session (f, 1, "$test$"), ==, CONFABD_QUERY_OK);
  g_assert_cmpint (set_password (f, "$test$", "$new$"), ==, CONFABD_QUERY_OK);

  /* Verified before, stored after. */
  g_assert_cmpint (begin_session (f, 2, "$test$"), ==, CONFABD_QUERY_NOT_EXISTS);
  g_assert_cmpint (set_password (f, "$test$", "$better-old$"), ==, CONFABD_QUERY_NOT_EXISTS);
  g_assert_cmpuint (count_sessions (f), ==, 1);
  g_assert_cmpint (begin_session (f, 3, "$new$"), ==, CONFABD_QUERY_OK);
  g_assert_cmpuint (count_sessions (f), ==, 2);
}

static void
test_a_worn_out_session_ends (BothStores    *f,
                              gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) last = support_store_query (&f->store, CONFABD_QUERY_ROTATE_SESSION);
  g_autoptr(ConfabdQuery) dead = support_store_query (&f->store, CONFABD_QUERY_ROTATE_SESSION);
  BaseUuid id;
  guint16 n = 0;

  create_session (f, &f->ada, 0, &id);

  for (; n < 2048; n++)
    {
      g_autoptr(ConfabdQuery) query = support_store_query (&f->store,
                                                           CONFABD_QUERY_ROTATE_SESSION);
      guint16 next = n + 1;

      memcpy (query->refresh_hash, &n, sizeof n);
      memcpy (query->new_refresh_hash, &next, sizeof next);
      support_store_ask (&f->store, query);
      g_assert_cmpint (query->status, ==, CONFABD_QUERY_OK);
    }

  memcpy (last->refresh_hash, &n, sizeof n);
  memset (last->new_refresh_hash, 0xff, sizeof last->new_refresh_hash);
  support_store_ask (&f->store, last);
  g_assert_cmpint (last->status, ==, CONFABD_QUERY_REPLAYED);
  g_assert_cmpuint (last->sessions->len, ==, 1);
  g_assert_cmpuint (count_sessions (f), ==, 0);

  memset (dead->refresh_hash, 0xff, sizeof dead->refresh_hash);
  support_store_ask (&f->store, dead);
  g_assert_cmpint (dead->status, ==, CONFABD_QUERY_NOT_EXISTS);
}

static ConfabdQuery *
begin_limited (BothStores *f,
               guint8      token,
               guint64     expires_ms)
{
  ConfabdQuery *query = support_store_query (&f->store, CONFABD_QUERY_CREATE_SESSION);

  query->limit = 3;
  query->session = g_new0 (ConfabdSession, 1);
  memset (query->session->session_id.bytes, token, sizeof query->session->session_id.bytes);
  query->session->user_id = f->ada;
  memset (query->session->refresh_hash, token, 32);
  query->session->expires_ms = expires_ms;
  support_store_ask (&f->store, query);
  g_assert_cmpint (query->status, ==, CONFABD_QUERY_OK);

  return query;
}

static void
test_old_sessions_make_way (BothStores    *f,
                            gconstpointer  kind)
{
  g_autoptr(ConfabdQuery) first = begin_limited (f, 1, BOTH_STORES_START_MS + 100);
  g_autoptr(ConfabdQuery) second = begin_limited (f, 2, BOTH_STORES_START_MS + 200);
  g_autoptr(ConfabdQuery) third = begin_limited (f, 3, BOTH_STORES_START_MS + 300);
  g_autoptr(ConfabdQuery) used = rotate (f, 1, 9);
  g_autoptr(ConfabdQuery) fourth = NULL;
  g_autoptr(ConfabdQuery) later = NULL;
  BaseUuid others;

  /* Somebody else's are not counted. */
  create_session (f, &f->ben, 8, &others);
  g_assert_cmpuint (third->ids->len, ==, 0);

  fourth = begin_limited (f, 4, BOTH_STORES_START_MS + 400);
  g_assert_cmpuint (fourth->ids->len, ==, 1);
  g_assert_true (base_uuid_equal (&g_array_index (fourth->ids, BaseUuid, 0),
                                  &second->session->session_id));
  g_assert_cmpuint (count_sessions (f), ==, 4);

  /* The first lives on, the others have expired. */
  support_fake_clock_advance (&f->clock, 500 * 1000);
  later = begin_limited (f, 5, BOTH_STORES_START_MS + 900);
  g_assert_cmpuint (later->ids->len, ==, 2);
  g_assert_cmpuint (count_sessions (f), ==, 3);
}

static void
test_sessions_expire_and_are_revoked (BothStores    *f,
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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  both_stores_add ("rooms-are-those-one-is-a-member-of",
                   test_rooms_are_those_one_is_a_member_of);
  both_stores_add ("groups-page-by-name", test_groups_page_by_name);
  both_stores_add ("deserted-groups-are-not-listed", test_deserted_groups_are_not_listed);
  both_stores_add ("users-page-by-display-name", test_users_page_by_display_name);
  both_stores_add ("users-by-id-leave-out-strangers", test_users_by_id_leave_out_strangers);
  both_stores_add ("members-of-a-group-page", test_members_of_a_group_page);
  both_stores_add ("a-name-is-taken-once", test_a_name_is_taken_once);
  both_stores_add ("a-profile-changes-in-parts", test_a_profile_changes_in_parts);
  both_stores_add ("a-refresh-token-is-used-once", test_a_refresh_token_is_used_once);
  both_stores_add ("a-lost-successor-is-replaced", test_a_lost_successor_is_replaced);
  both_stores_add ("a-replaced-successor-is-used-up", test_a_replaced_successor_is_used_up);
  both_stores_add ("a-password-that-changed-opens-nothing",
                   test_a_password_that_changed_opens_nothing);
  both_stores_add ("a-worn-out-session-ends", test_a_worn_out_session_ends);
  both_stores_add ("old-sessions-make-way", test_old_sessions_make_way);
  both_stores_add ("sessions-expire-and-are-revoked", test_sessions_expire_and_are_revoked);

  return g_test_run ();
}
