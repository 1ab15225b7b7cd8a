/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

#include "wire-limits.h"

#define ID_A "01890a5d-ac96-774b-bcce-b302099a8057"
#define ID_B "01890a5d-ac96-774b-bcce-b302099a8058"

static void
subscribe (World       *world,
           ConfabdPeer  peer)
{
  world_ask (world, peer, "{\"action\":\"subscribe\",\"rid\":\"Room\",\"ref\":\"s\"}");
}

/* 1 native of user 1, 2 native and 3 Skapi of user 2, in "Room"; 4 native of user 3 elsewhere. */
static void
set_up_room (World *world)
{
  world_open (world, 1, 1, TRUE);
  world_open (world, 2, 2, TRUE);
  world_open (world, 3, 2, FALSE);
  world_open (world, 4, 3, TRUE);
  subscribe (world, 1);
  subscribe (world, 2);
  world_ask (world, 3, "{\"action\":\"joinRoom\",\"rid\":\"Room\"}");
  for (guint i = 1; i <= 4; i++)
    world_forget (world, i);
}

static void
assert_native_message (World       *world,
                       ConfabdPeer  peer,
                       gint64       seq)
{
  g_autoptr(JsonObject) frame = world_take (world, peer, "#message");
  g_autofree char *user_id = world_dup_user_id (1);

  g_assert_cmpstr (json_object_get_string_member (frame, "#message"), ==, "50% é");
  g_assert_cmpstr (json_object_get_string_member (frame, "#user_id"), ==, user_id);
  g_assert_cmpstr (json_object_get_string_member (frame, "#srid"), ==, "Room");
  g_assert_cmpstr (json_object_get_string_member (frame, "#id"), ==, ID_A);
  g_assert_cmpstr (json_object_get_string_member (frame, "#epoch"), ==, "epoch");
  g_assert_cmpint (json_object_get_int_member (frame, "#seq"), ==, seq);
  g_assert_cmpint (json_object_get_int_member (frame, "#at"), ==, world->now_ms);
  g_assert_cmpuint (strlen (json_object_get_string_member (frame, "#scid")), ==, 16);
}

static void
test_reaches_all_who_are_present (World         *world,
                                  gconstpointer  unused)
{
  g_autoptr(JsonObject) reply = NULL;
  g_autoptr(JsonObject) skapi = NULL;
  JsonObject *ok;

  set_up_room (world);
  world_ask (world, 1, "{\"action\":\"post\",\"rid\":\"Room\",\"id\":\"" ID_A "\","
             "\"content\":\"50%% é\",\"ref\":\"7\"}");

  reply = world_take (world, 1, "#ok");
  ok = json_object_get_object_member (reply, "#ok");
  g_assert_cmpstr (json_object_get_string_member (reply, "#ref"), ==, "7");
  g_assert_cmpstr (json_object_get_string_member (ok, "id"), ==, ID_A);
  g_assert_cmpstr (json_object_get_string_member (ok, "epoch"), ==, "epoch");
  g_assert_cmpint (json_object_get_int_member (ok, "seq"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (ok, "at"), ==, world->now_ms);

  assert_native_message (world, 1, 1);
  assert_native_message (world, 2, 1);
  skapi = world_take (world, 3, "#message");
  g_assert_cmpstr (json_object_get_string_member (skapi, "#message"), ==, "50% é");
  g_assert_false (json_object_has_member (skapi, "#seq"));
  for (guint i = 1; i <= 4; i++)
    world_assert_quiet (world, i);
}

static void
test_is_neither_acknowledged_nor_delivered_before_it_is_stored (World         *world,
                                                                gconstpointer  unused)
{
  set_up_room (world);
  world->store->holds = TRUE;
  world_ask (world, 1, "{\"action\":\"post\",\"rid\":\"Room\",\"id\":\"" ID_A "\","
             "\"content\":1,\"ref\":\"7\"}");
  world_assert_quiet (world, 1);
  world_assert_quiet (world, 2);

  world_store_let_through (world->store, 1);
  world_drain (world);
  world_assert_ok (world, 1, "7");
}

static void
test_same_id_again_is_answered_but_not_delivered (World         *world,
                                                  gconstpointer  unused)
{
  set_up_room (world);
  for (guint i = 0; i < 2; i++)
    world_ask (world, 1, "{\"action\":\"post\",\"rid\":\"Room\",\"id\":\"" ID_A "\","
               "\"content\":1,\"ref\":\"%u\"}", i);

  world_assert_ok (world, 1, "0");
  g_free (world_take_text (world, 1));
  world_assert_ok (world, 1, "1");
  world_assert_quiet (world, 1);
  g_free (world_take_text (world, 2));
  world_assert_quiet (world, 2);
}

/* All that can come back from a log. */
static void
test_refusals_of_the_log_have_names (World         *world,
                                     gconstpointer  unused)
{
  static const struct
  {
    ConfabdAppendStatus  status;
    const char          *code;
  } cases[] = {
    { CONFABD_APPEND_CONFLICT, "EXISTS" },
    { CONFABD_APPEND_NOT_EXISTS, "NOT_EXISTS" },
    { CONFABD_APPEND_FULL, "STORAGE_FULL" },
    { CONFABD_APPEND_FAILED, "ERROR" },
  };

  set_up_room (world);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      world->store->next_status = cases[i].status;
      world_ask (world, 1, "{\"action\":\"post\",\"rid\":\"Room\",\"id\":\"" ID_A "\","
                 "\"content\":1,\"ref\":\"7\"}");
      world_assert_error (world, 1, cases[i].code);
      world_assert_quiet (world, 2);
    }

  /* A full disk that has room again. */
  world_ask (world, 1, "{\"action\":\"post\",\"rid\":\"Room\",\"id\":\"" ID_A "\","
             "\"content\":1,\"ref\":\"8\"}");
  world_assert_ok (world, 1, "8");
}

static void
test_group_needs_presence (World         *world,
                           gconstpointer  unused)
{
  set_up_room (world);
  world_ask (world, 4, "{\"action\":\"post\",\"rid\":\"Room\",\"id\":\"" ID_A "\","
             "\"content\":1,\"ref\":\"7\"}");
  world_assert_error (world, 4, "INVALID_REQUEST");
  world_ask (world, 4, "{\"action\":\"broadcast\",\"rid\":\"Room\",\"content\":1}");
  world_assert_error (world, 4, "INVALID_REQUEST");
  world_ask (world, 3, "{\"action\":\"broadcast\",\"rid\":\"Elsewhere\",\"content\":1}");
  world_assert_error (world, 3, "INVALID_REQUEST");
  g_assert_cmpuint (world->store->n_appends, ==, 0);
}

static void
test_post_may_follow_subscribe_without_waiting (World         *world,
                                                gconstpointer  unused)
{
  world_open (world, 1, 1, TRUE);
  world->store->holds = TRUE;
  world_ask (world, 1, "{\"action\":\"subscribe\",\"rid\":\"Room\",\"ref\":\"1\"}");
  world_ask (world, 1, "{\"action\":\"post\",\"rid\":\"Room\",\"id\":\"" ID_A "\","
             "\"content\":1,\"ref\":\"2\"}");
  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);

  world_assert_ok (world, 1, "1");
  json_object_unref (world_take (world, 1, "#notice"));
  world_assert_ok (world, 1, "2");
  json_object_unref (world_take (world, 1, "#message"));
}

static void
test_skapi_message_gets_an_id_and_no_reply (World         *world,
                                            gconstpointer  unused)
{
  g_autoptr(JsonObject) native = NULL;

  set_up_room (world);
  world_ask (world, 3, "{\"action\":\"broadcast\",\"rid\":\"Room\",\"content\":{\"a\":[1]},"
             "\"notification\":\"\",\"notificationConfig\":{},\"token\":\"good\"}");

  native = world_take (world, 1, "#message");
  g_assert_cmpuint (strlen (json_object_get_string_member (native, "#id")), ==, 36);
  json_object_unref (world_take (world, 3, "#message"));
  world_assert_quiet (world, 3);
}

static void
test_absent_content_is_null (World         *world,
                             gconstpointer  unused)
{
  g_autoptr(JsonObject) native = NULL;

  set_up_room (world);
  world_ask (world, 3, "{\"action\":\"broadcast\",\"rid\":\"Room\"}");
  native = world_take (world, 1, "#message");
  g_assert_true (json_object_get_null_member (native, "#message"));
}

static void
test_broadcast_is_for_groups (World         *world,
                              gconstpointer  unused)
{
  set_up_room (world);
  world_ask (world, 1, "{\"action\":\"broadcast\",\"rid\":\"@" ID_A "\",\"content\":1,"
             "\"ref\":\"7\"}");
  world_assert_error (world, 1, "INVALID_PARAMETER");
}

static void
test_too_large_content_is_refused (World         *world,
                                   gconstpointer  unused)
{
  g_autofree char *text = g_strnfill (WIRE_LIMIT_MESSAGE_BYTES, 'x');

  set_up_room (world);
  world_ask (world, 1, "{\"action\":\"post\",\"rid\":\"Room\",\"id\":\"" ID_A "\","
             "\"content\":\"%s\",\"ref\":\"7\"}", text);
  world_assert_error (world, 1, "TOO_LARGE");

  text[WIRE_LIMIT_MESSAGE_BYTES - 2] = '\0';
  world_ask (world, 1, "{\"action\":\"post\",\"rid\":\"Room\",\"id\":\"" ID_A "\","
             "\"content\":\"%s\",\"ref\":\"8\"}", text);
  world_assert_ok (world, 1, "8");
}

static void
post_large (World       *world,
            ConfabdPeer  peer,
            const char  *text)
{
  world_ask (world, peer, "{\"action\":\"post\",\"rid\":\"Room\",\"content\":\"%s\",\"ref\":\"p\"}",
             text);
}

/* What is not on the disk yet is in memory: of one connection so much, of all of them so much. */
static void
test_unstored_bytes_are_bounded (World         *world,
                                 gconstpointer  unused)
{
  g_autofree char *text = g_strnfill (WIRE_LIMIT_MESSAGE_BYTES - 2, 'x');
  const guint n_peers = 128 / 8;

  for (guint i = 1; i <= n_peers + 1; i++)
    {
      world_open (world, i, i, TRUE);
      subscribe (world, i);
    }
  for (guint i = 1; i <= n_peers + 1; i++)
    world_forget (world, i);
  world->store->holds = TRUE;
  world->peers->counts_only = TRUE;

  for (guint i = 1; i <= n_peers; i++)
    {
      for (guint j = 0; j < 4; j++)
        post_large (world, i, text);
      world_assert_quiet (world, i);
      post_large (world, i, text);
      world_assert_error (world, i, "TOO_MANY_REQUESTS");
    }
  post_large (world, n_peers + 1, text);
  world_assert_error (world, n_peers + 1, "UNAVAILABLE");

  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);
  for (guint i = 1; i <= n_peers; i++)
    world_forget (world, i);
  world->store->holds = FALSE;
  post_large (world, n_peers + 1, text);
  world_assert_ok (world, n_peers + 1, "p");
}

static void
test_numbers_of_a_room_are_delivered_in_order (World         *world,
                                               gconstpointer  unused)
{
  set_up_room (world);
  world->store->holds = TRUE;
  for (guint i = 0; i < 6; i++)
    world_ask (world, 1 + i % 2,
               "{\"action\":\"post\",\"rid\":\"Room\",\"content\":1,\"ref\":\"a\"}");
  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);

  for (gint64 seq = 1; seq <= 6; )
    {
      g_autoptr(JsonObject) frame = world_peer_take (world_peers_find (world->peers, 2));

      g_assert_nonnull (frame);
      if (!json_object_has_member (frame, "#message"))
        continue;
      g_assert_cmpint (json_object_get_int_member (frame, "#seq"), ==, seq);
      seq++;
    }
}

static void
test_sender_may_be_gone_when_it_is_stored (World         *world,
                                           gconstpointer  unused)
{
  set_up_room (world);
  world->store->holds = TRUE;
  world_ask (world, 1, "{\"action\":\"post\",\"rid\":\"Room\",\"id\":\"" ID_A "\","
             "\"content\":\"50%% é\",\"ref\":\"7\"}");
  world_close (world, 1);
  world_store_let_through (world->store, G_MAXUINT);
  world_drain (world);

  json_object_unref (world_take (world, 2, "#notice"));
  assert_native_message (world, 2, 1);
  world_assert_quiet (world, 1);
}

static void
assert_private (World       *world,
                ConfabdPeer  peer,
                guint        other)
{
  g_autoptr(JsonObject) frame = world_take (world, peer, "#private");
  g_autofree char *user_id = world_dup_user_id (other);
  g_autofree char *rid = g_strconcat ("@", user_id, NULL);

  g_assert_false (json_object_has_member (frame, "#srid"));
  g_assert_cmpuint (strlen (json_object_get_string_member (frame, "#scid")), ==, 16);
  if (world_peers_find (world->peers, peer)->native)
    g_assert_cmpstr (json_object_get_string_member (frame, "#room"), ==, rid);
  else
    g_assert_false (json_object_has_member (frame, "#room"));
}

static void
test_private_reaches_all_connections_of_both (World         *world,
                                              gconstpointer  unused)
{
  g_autofree char *recipient = world_dup_user_id (2);

  world_open (world, 1, 1, FALSE);
  world_open (world, 2, 1, TRUE);
  world_open (world, 3, 2, FALSE);
  world_open (world, 4, 2, TRUE);
  world_open (world, 5, 3, TRUE);
  world_ask (world, 1, "{\"action\":\"sendMessage\",\"uid\":\"%s\",\"content\":1}", recipient);

  assert_private (world, 1, 2);
  assert_private (world, 2, 2);
  assert_private (world, 3, 1);
  assert_private (world, 4, 1);
  world_assert_quiet (world, 1);
  world_assert_quiet (world, 3);
  world_assert_quiet (world, 5);

  /* The first message made a room of it for both. */
  json_object_unref (world_take (world, 2, "#room"));
  json_object_unref (world_take (world, 4, "#room"));

  world_ask (world, 4, "{\"action\":\"post\",\"rid\":\"@%s\",\"content\":2,\"ref\":\"1\"}",
             recipient);
  world_assert_ok (world, 4, "1");
}

static void
test_private_to_a_stranger_or_to_nobody (World         *world,
                                         gconstpointer  unused)
{
  g_autofree char *recipient = world_dup_user_id (9);
  BaseUuid user_id;

  world_make_user_id (9, &user_id);
  g_hash_table_add (world->store->strangers, g_memdup2 (&user_id, sizeof user_id));
  world_open (world, 1, 1, TRUE);

  world_ask (world, 1, "{\"action\":\"post\",\"rid\":\"@%s\",\"content\":2,\"ref\":\"1\"}",
             recipient);
  world_assert_error (world, 1, "NOT_EXISTS");
  world_ask (world, 1, "{\"action\":\"sendMessage\",\"content\":2,\"ref\":\"2\"}");
  world_assert_error (world, 1, "INVALID_REQUEST");
  world_ask (world, 1, "{\"action\":\"sendMessage\",\"uid\":\"bob\",\"content\":2,\"ref\":\"3\"}");
  world_assert_error (world, 1, "INVALID_PARAMETER");
}

static void
test_note_to_oneself_comes_once (World         *world,
                                 gconstpointer  unused)
{
  g_autofree char *self = world_dup_user_id (1);

  world_open (world, 1, 1, TRUE);
  world_ask (world, 1, "{\"action\":\"post\",\"rid\":\"@%s\",\"content\":2,\"ref\":\"1\"}", self);
  world_assert_ok (world, 1, "1");
  assert_private (world, 1, 1);
  json_object_unref (world_take (world, 1, "#room"));
  world_assert_quiet (world, 1);
}

#define add(name, func) \
        g_test_add ("/core/posts/" name, World, NULL, world_setup, func, world_teardown)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("reaches-all-who-are-present", test_reaches_all_who_are_present);
  add ("is-neither-acknowledged-nor-delivered-before-it-is-stored",
       test_is_neither_acknowledged_nor_delivered_before_it_is_stored);
  add ("same-id-again-is-answered-but-not-delivered",
       test_same_id_again_is_answered_but_not_delivered);
  add ("refusals-of-the-log-have-names", test_refusals_of_the_log_have_names);
  add ("group-needs-presence", test_group_needs_presence);
  add ("post-may-follow-subscribe-without-waiting",
       test_post_may_follow_subscribe_without_waiting);
  add ("skapi-message-gets-an-id-and-no-reply", test_skapi_message_gets_an_id_and_no_reply);
  add ("absent-content-is-null", test_absent_content_is_null);
  add ("broadcast-is-for-groups", test_broadcast_is_for_groups);
  add ("too-large-content-is-refused", test_too_large_content_is_refused);
  add ("unstored-bytes-are-bounded", test_unstored_bytes_are_bounded);
  add ("numbers-of-a-room-are-delivered-in-order", test_numbers_of_a_room_are_delivered_in_order);
  add ("sender-may-be-gone-when-it-is-stored", test_sender_may_be_gone_when_it_is_stored);
  add ("private-reaches-all-connections-of-both", test_private_reaches_all_connections_of_both);
  add ("private-to-a-stranger-or-to-nobody", test_private_to_a_stranger_or_to_nobody);
  add ("note-to-oneself-comes-once", test_note_to_oneself_comes_once);

  return g_test_run ();
}
