/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-memory-store.h"
#include "support-fake-clock.h"
#include "support-store.h"

#include <string.h>

typedef struct
{
  SupportFakeClock clock;
  SupportStore     store;
  BaseUuid         ada;
  BaseUuid         ben;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  user_data)
{
  support_fake_clock_init (&f->clock);
  support_store_init (&f->store, confabd_memory_store_new (&f->clock.clock));
  support_store_add_user (&f->store, "Ada", &f->ada);
  support_store_add_user (&f->store, "Ben", &f->ben);
}

static void
tear_down (Fixture       *f,
           gconstpointer  user_data)
{
  support_store_clear (&f->store);
}

/* @key stands for both keys of the browser. */
static ConfabdQueryStatus
subscribe (Fixture        *f,
           const BaseUuid *user_id,
           const char     *endpoint,
           guint8          key,
           guint64         created_ms)
{
  g_autoptr(ConfabdQuery) query =
    support_store_query (&f->store, CONFABD_QUERY_STORE_SUBSCRIPTION);

  query->limit = 3;
  query->subscription = g_new0 (ConfabdSubscription, 1);
  query->subscription->user_id = *user_id;
  query->subscription->endpoint = g_strdup (endpoint);
  query->subscription->public_key[0] = key;
  query->subscription->auth_secret[0] = key;
  query->subscription->created_ms = created_ms;
  query = support_store_ask (&f->store, g_steal_pointer (&query));

  return query->status;
}

static gboolean
unsubscribe (Fixture        *f,
             const BaseUuid *user_id,
             const char     *endpoint)
{
  g_autoptr(ConfabdQuery) query =
    support_store_query (&f->store, CONFABD_QUERY_DELETE_SUBSCRIPTION);

  query->name = g_strdup (endpoint);
  if (user_id)
    query->user_id = *user_id;
  query = support_store_ask (&f->store, g_steal_pointer (&query));
  g_assert_cmpint (query->status, ==, CONFABD_QUERY_OK);

  return query->changed;
}

static char *
describe (const ConfabdQuery *query)
{
  GString *text = g_string_new (NULL);

  g_assert_cmpint (query->status, ==, CONFABD_QUERY_OK);
  for (guint i = 0; i < query->subscriptions->len; i++)
    {
      const ConfabdSubscription *subscription = query->subscriptions->pdata[i];

      g_string_append_printf (text, "%s=%u ", subscription->endpoint, subscription->public_key[0]);
    }
  g_string_append (text, query->more ? "…" : "");

  return g_string_free_and_steal (text);
}

static char *
list (Fixture        *f,
      const BaseUuid *user_id,
      const char     *after,
      guint           limit)
{
  g_autoptr(ConfabdQuery) query = support_store_query (&f->store, CONFABD_QUERY_SUBSCRIPTIONS);

  if (user_id)
    {
      query->ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
      g_array_append_val (query->ids, *user_id);
    }
  query->after = g_strdup (after);
  query->limit = limit;
  query = support_store_ask (&f->store, g_steal_pointer (&query));

  return describe (query);
}

static void
assert_list (Fixture        *f,
             const BaseUuid *user_id,
             const char     *expected)
{
  g_autofree char *found = list (f, user_id, NULL, 0);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_a_subscription_is_stored_and_deleted (Fixture       *f,
                                           gconstpointer  user_data)
{
  g_assert_cmpint (subscribe (f, &f->ada, "a", 1, 10), ==, CONFABD_QUERY_OK);
  assert_list (f, &f->ada, "a=1 ");
  assert_list (f, &f->ben, "");

  g_assert_false (unsubscribe (f, &f->ben, "a"));
  g_assert_false (unsubscribe (f, &f->ada, "b"));
  g_assert_true (unsubscribe (f, &f->ada, "a"));
  g_assert_false (unsubscribe (f, &f->ada, "a"));
  assert_list (f, &f->ada, "");
}

static void
test_what_comes_back_is_what_was_stored (Fixture       *f,
                                         gconstpointer  user_data)
{
  g_autoptr(ConfabdQuery) query =
    support_store_query (&f->store, CONFABD_QUERY_STORE_SUBSCRIPTION);
  ConfabdSubscription *stored = g_new0 (ConfabdSubscription, 1);
  ConfabdSubscription expected;
  const ConfabdSubscription *found;

  stored->user_id = f->ada;
  stored->endpoint = g_strdup ("https://push.example.net/\xc3\xa9");
  stored->created_ms = 1767225600000;
  for (guint i = 0; i < sizeof stored->public_key; i++)
    stored->public_key[i] = (guint8) (i * 7);
  for (guint i = 0; i < sizeof stored->auth_secret; i++)
    stored->auth_secret[i] = (guint8) (i * 11);
  expected = *stored;
  query->subscription = stored;
  confabd_query_free (support_store_ask (&f->store, g_steal_pointer (&query)));

  query = support_store_ask (&f->store,
                             support_store_query (&f->store, CONFABD_QUERY_SUBSCRIPTIONS));
  g_assert_cmpuint (query->subscriptions->len, ==, 1);
  found = query->subscriptions->pdata[0];
  g_assert_cmpstr (found->endpoint, ==, "https://push.example.net/\xc3\xa9");
  g_assert_true (base_uuid_equal (&found->user_id, &f->ada));
  g_assert_cmpmem (found->public_key, 65, expected.public_key, 65);
  g_assert_cmpmem (found->auth_secret, 16, expected.auth_secret, 16);
  g_assert_cmpuint (found->created_ms, ==, 1767225600000);
}

static void
test_the_push_service_may_delete_anybody_s (Fixture       *f,
                                            gconstpointer  user_data)
{
  subscribe (f, &f->ada, "a", 1, 10);
  g_assert_true (unsubscribe (f, NULL, "a"));
  assert_list (f, &f->ada, "");
}

static void
test_an_endpoint_moves_only_with_its_keys (Fixture       *f,
                                           gconstpointer  user_data)
{
  subscribe (f, &f->ada, "a", 1, 10);

  /* who does not know the keys gets nothing, and takes nothing away */
  g_assert_cmpint (subscribe (f, &f->ben, "a", 2, 20), ==, CONFABD_QUERY_EXISTS);
  assert_list (f, &f->ada, "a=1 ");

  /* the same user may have new keys */
  g_assert_cmpint (subscribe (f, &f->ada, "a", 3, 30), ==, CONFABD_QUERY_OK);
  assert_list (f, &f->ada, "a=3 ");

  /* another user signed in with the same browser */
  g_assert_cmpint (subscribe (f, &f->ben, "a", 3, 40), ==, CONFABD_QUERY_OK);
  assert_list (f, &f->ada, "");
  assert_list (f, &f->ben, "a=3 ");
}

static void
test_of_too_many_the_oldest_gives_way (Fixture       *f,
                                       gconstpointer  user_data)
{
  subscribe (f, &f->ada, "c", 1, 10);
  subscribe (f, &f->ada, "b", 2, 20);
  subscribe (f, &f->ada, "a", 3, 30);
  subscribe (f, &f->ben, "z", 4, 5);
  subscribe (f, &f->ada, "d", 5, 40);
  assert_list (f, &f->ada, "b=2 a=3 d=5 ");
  assert_list (f, &f->ben, "z=4 ");

  /* storing again makes it young */
  subscribe (f, &f->ada, "b", 2, 50);
  subscribe (f, &f->ada, "e", 6, 60);
  assert_list (f, &f->ada, "d=5 b=2 e=6 ");

  /* the clock was set back */
  subscribe (f, &f->ada, "f", 7, 1);
  assert_list (f, &f->ada, "f=7 b=2 e=6 ");
}

static void
test_all_come_in_pages (Fixture       *f,
                        gconstpointer  user_data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *end = NULL;

  subscribe (f, &f->ada, "a", 1, 10);
  subscribe (f, &f->ben, "b", 2, 20);
  subscribe (f, &f->ada, "c", 3, 30);

  first = list (f, NULL, NULL, 2);
  second = list (f, NULL, "b", 2);
  end = list (f, NULL, "c", 2);
  g_assert_cmpstr (first, ==, "a=1 b=2 …");
  g_assert_cmpstr (second, ==, "c=3 ");
  g_assert_cmpstr (end, ==, "");
}

static void
test_nobody_has_no_subscription (Fixture       *f,
                                 gconstpointer  user_data)
{
  BaseUuid nobody;

  base_uuid_make_v4 (&nobody);
  g_assert_cmpint (subscribe (f, &nobody, "a", 1, 10), ==, CONFABD_QUERY_NOT_EXISTS);
  assert_list (f, &nobody, "");
}

static void
add (const char *path,
     void      (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/store/subscriptions/is-stored-and-deleted", test_a_subscription_is_stored_and_deleted);
  add ("/store/subscriptions/what-comes-back-is-what-was-stored",
       test_what_comes_back_is_what_was_stored);
  add ("/store/subscriptions/the-push-service-may-delete-anybody-s",
       test_the_push_service_may_delete_anybody_s);
  add ("/store/subscriptions/an-endpoint-moves-only-with-its-keys",
       test_an_endpoint_moves_only_with_its_keys);
  add ("/store/subscriptions/of-too-many-the-oldest-gives-way",
       test_of_too_many_the_oldest_gives_way);
  add ("/store/subscriptions/all-come-in-pages", test_all_come_in_pages);
  add ("/store/subscriptions/nobody-has-no-subscription", test_nobody_has_no_subscription);

  return g_test_run ();
}
