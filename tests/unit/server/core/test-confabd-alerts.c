/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world.h"

#include <string.h>

#define FAKE_TYPE_PUSH (fake_push_get_type ())

G_DECLARE_FINAL_TYPE (FakePush, fake_push, FAKE, PUSH, GObject)

/* Keeps what it is given. */
struct _FakePush
{
  GObject    parent_instance;

  GPtrArray *notifications;
};

static void fake_push_push_init (ConfabdPushInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakePush, fake_push, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_PUSH, fake_push_push_init))

static void
fake_push_submit (ConfabdPush         *push,
                  ConfabdNotification *notification)
{
  g_ptr_array_add (FAKE_PUSH (push)->notifications, notification);
}

static void
fake_push_push_init (ConfabdPushInterface *iface)
{
  iface->submit = fake_push_submit;
}

static void
free_notification_cb (gpointer notification)
{
  confabd_notification_free (notification);
}

static void
fake_push_finalize (GObject *object)
{
  g_ptr_array_unref (FAKE_PUSH (object)->notifications);

  G_OBJECT_CLASS (fake_push_parent_class)->finalize (object);
}

static void
fake_push_class_init (FakePushClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_push_finalize;
}

static void
fake_push_init (FakePush *self)
{
  self->notifications = g_ptr_array_new_with_free_func (free_notification_cb);
}

/* Users 1 and 2 are connected, others are not. */
static FakePush *
set_up (World *world)
{
  FakePush *push = g_object_new (FAKE_TYPE_PUSH, NULL);

  confabd_core_set_push (world->core, CONFABD_PUSH (push));
  world_open (world, 1, 1, FALSE);
  world_open (world, 2, 2, FALSE);
  world_ask (world, 1, "{\"action\":\"joinRoom\",\"rid\":\"Room\"}");
  world_forget (world, 1);

  return push;
}

#define NOTIFICATION "\"notification\":\"{\\\"title\\\":\\\"Hé\\\",\\\"body\\\":\\\"you\\\"}\""
#define ALWAYS "\"notificationConfig\":{\"always\":true}"

static void
send_private (World      *world,
              guint       recipient,
              const char *more)
{
  g_autofree char *uid = world_dup_user_id (recipient);

  world_ask (world, 1, "{\"action\":\"sendMessage\",\"uid\":\"%s\",\"content\":1,%s}", uid, more);
}

static guint
count_woken (FakePush *push,
             guint     user)
{
  guint n_woken = 0;
  BaseUuid user_id;

  world_make_user_id (user, &user_id);
  for (guint i = 0; i < push->notifications->len; i++)
    {
      ConfabdNotification *notification = g_ptr_array_index (push->notifications, i);

      for (guint j = 0; j < notification->user_ids->len; j++)
        n_woken += base_uuid_equal (&g_array_index (notification->user_ids, BaseUuid, j), &user_id);
    }

  return n_woken;
}

static void
test_wakes_the_recipient_who_is_away (World         *world,
                                      gconstpointer  unused)
{
  g_autoptr(FakePush) push = set_up (world);
  ConfabdNotification *notification;

  send_private (world, 3, NOTIFICATION);
  g_assert_cmpuint (push->notifications->len, ==, 1);
  g_assert_cmpuint (count_woken (push, 3), ==, 1);
  notification = g_ptr_array_index (push->notifications, 0);
  g_assert_nonnull (memmem (g_bytes_get_data (notification->payload, NULL),
                            g_bytes_get_size (notification->payload), "Hé", strlen ("Hé")));

  send_private (world, 2, NOTIFICATION);
  g_assert_cmpuint (count_woken (push, 2), ==, 0);
  send_private (world, 2, NOTIFICATION "," ALWAYS);
  g_assert_cmpuint (count_woken (push, 2), ==, 1);

  /* Nobody asked for it, and nobody wakes themself. */
  send_private (world, 3, "\"notification\":\"\"");
  send_private (world, 1, NOTIFICATION "," ALWAYS);
  g_assert_cmpuint (push->notifications->len, ==, 2);
}

static void
test_nobody_is_woken_by_what_is_not_stored (World         *world,
                                            gconstpointer  unused)
{
  g_autoptr(FakePush) push = set_up (world);

  world->store->next_status = CONFABD_APPEND_FULL;
  send_private (world, 3, NOTIFICATION);
  g_assert_cmpuint (push->notifications->len, ==, 0);
}

static void
test_malformed_notifications_are_refused (World         *world,
                                          gconstpointer  unused)
{
  static const char * const cases[] = {
    "hello", "[]", "{", "{}", "{\\\"title\\\":\\\"a\\\"}", "{\\\"title\\\":1,\\\"body\\\":2}",
    "{\\\"title\\\":\\\"a\\\",\\\"body\\\":\\\"b\\\"} ?",
  };
  g_autoptr(FakePush) push = set_up (world);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *more = g_strdup_printf ("\"notification\":\"%s\"", cases[i]);

      send_private (world, 3, more);
      world_assert_error (world, 1, "INVALID_PARAMETER");
    }
  g_assert_cmpuint (world->store->n_appends, ==, 0);
  g_assert_cmpuint (push->notifications->len, ==, 0);
}

/* Members 1 to 5, two on a page. */
static void
members_cb (ConfabdQuery *query,
            gpointer      user_data)
{
  guint first = 1;

  if (query->kind != CONFABD_QUERY_MEMBERS)
    return;

  for (guint i = 1; query->after && i <= 5; i++)
    {
      g_autofree char *user_id = world_dup_user_id (i);

      if (g_str_equal (user_id, query->after))
        first = i + 1;
    }

  query->users = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_user_free);
  for (guint i = first; i < first + 2 && i <= 5; i++)
    {
      ConfabdUser *user = g_new0 (ConfabdUser, 1);

      world_make_user_id (i, &user->user_id);
      g_ptr_array_add (query->users, user);
    }
  query->more = first + 2 <= 5;
}

static void
test_wakes_all_members_who_are_away (World         *world,
                                     gconstpointer  unused)
{
  g_autoptr(FakePush) push = set_up (world);

  world->store->answer = members_cb;
  world_ask (world, 1,
             "{\"action\":\"broadcast\",\"rid\":\"Room\",\"content\":1," NOTIFICATION "}");
  for (guint user = 1; user <= 5; user++)
    g_assert_cmpuint (count_woken (push, user), ==, user > 2 ? 1 : 0);

  world_ask (world, 1, "{\"action\":\"broadcast\",\"rid\":\"Room\",\"content\":1," NOTIFICATION
                       "," ALWAYS "}");
  g_assert_cmpuint (count_woken (push, 1), ==, 0);
  g_assert_cmpuint (count_woken (push, 2), ==, 1);
  g_assert_cmpuint (count_woken (push, 5), ==, 2);
}

static void
test_wakes_those_in_the_group_if_always (World         *world,
                                         gconstpointer  unused)
{
  g_autoptr(FakePush) push = set_up (world);

  world_open (world, 7, 7, FALSE);
  world_open (world, 8, 7, FALSE);
  world_open (world, 9, 9, FALSE);
  for (guint peer = 7; peer <= 8; peer++)
    world_ask (world, peer, "{\"action\":\"joinRoom\",\"rid\":\"Room\"}");
  world_ask (world, 2, "{\"action\":\"joinRoom\",\"rid\":\"Room\"}");
  world->store->answer = members_cb;

  world_ask (world, 1,
             "{\"action\":\"broadcast\",\"rid\":\"Room\",\"content\":1," NOTIFICATION "}");
  g_assert_cmpuint (count_woken (push, 7), ==, 0);

  /* 2 is a member and there, 7 is there with two connections, 3 is a member, 9 nothing of it. */
  world_ask (world, 1, "{\"action\":\"broadcast\",\"rid\":\"Room\",\"content\":1," NOTIFICATION
                       "," ALWAYS "}");
  g_assert_cmpuint (count_woken (push, 1), ==, 0);
  g_assert_cmpuint (count_woken (push, 2), ==, 1);
  g_assert_cmpuint (count_woken (push, 3), ==, 2);
  g_assert_cmpuint (count_woken (push, 7), ==, 1);
  g_assert_cmpuint (count_woken (push, 9), ==, 0);
}

#define add(name, func) \
        g_test_add ("/core/alerts/" name, World, NULL, world_setup, func, world_teardown)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("wakes-the-recipient-who-is-away", test_wakes_the_recipient_who_is_away);
  add ("nobody-is-woken-by-what-is-not-stored", test_nobody_is_woken_by_what_is_not_stored);
  add ("malformed-notifications-are-refused", test_malformed_notifications_are_refused);
  add ("wakes-all-members-who-are-away", test_wakes_all_members_who_are_away);
  add ("wakes-those-in-the-group-if-always", test_wakes_those_in_the_group_if_always);

  return g_test_run ();
}
