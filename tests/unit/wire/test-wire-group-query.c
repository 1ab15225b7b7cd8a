/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-error.h"
#include "wire-group-query.h"

#include <string.h>

static const struct
{
  const char *name;
  guint       n_users;
} groups[] = {
  { "HelloWorld", 5 }, { "HelloUniverse", 11 }, { "Hello", 10 }, { "Apple", 1 }, { "zebra", 5 },
  { "\xc3\xa9t\xc3\xa9", 2 }, { "100%", 3 },
};

static const BaseUuid ada = { { 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0x4a, 0xaa, 0x8a, 0xaa, 0xaa,
                                0xaa, 0xaa, 0xaa, 0xaa, 0xaa } };
static const BaseUuid ben = { { 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0x4b, 0xbb, 0x8b, 0xbb, 0xbb,
                                0xbb, 0xbb, 0xbb, 0xbb, 0xbb } };

static WireGroupQuery *
parse (const char *body)
{
  g_autoptr(GError) error = NULL;
  WireGroupQuery *query = wire_group_query_parse (body, strlen (body), &error);

  g_test_message ("%s", body);
  g_assert_no_error (error);

  return query;
}

static char *
ask (const char *body)
{
  g_autoptr(WireGroupQuery) query = parse (body);
  g_autoptr(GArray) rows = wire_group_rows_new ();

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    wire_group_rows_add (rows, groups[i].name, groups[i].n_users, NULL);

  return wire_group_query_answer (query, "svc", rows);
}

/* The names in an answer, separated by spaces. */
static char *
list_names (const char *json,
            const char *key)
{
  g_autofree char *start = g_strdup_printf ("{\"%s\":\"svc#", key);
  g_auto(GStrv) parts = g_strsplit (json, start, -1);
  GString *names = g_string_new (NULL);

  for (guint i = 1; parts[i]; i++)
    {
      g_string_append_len (names, parts[i], (gssize) strcspn (parts[i], "\""));
      g_string_append_c (names, ' ');
    }

  return g_string_free_and_steal (names);
}

#define ALL_NAMES "100\\u0025 Apple Hello HelloUniverse HelloWorld zebra \xc3\xa9t\xc3\xa9 "

static const struct
{
  const char *body;
  const char *names;
} searches[] = {
  /* what skapi-js sends for "all", and less */
  { "{\"searchFor\":\"group\",\"value\":\" \",\"condition\":\">\"}", ALL_NAMES },
  { "{\"service\":\"svc\",\"owner\":\"o\",\"limit\":50}", ALL_NAMES },
  { "{}", ALL_NAMES },
  { "{\"group\":null,\"value\":null}", ALL_NAMES },
  { "{\"searchFor\":\"zzz\",\"value\":\"Hello\"}", "Hello " },
  { "{\"value\":\"\"}", ALL_NAMES },

  { "{\"value\":\"Hello\"}", "Hello " },
  { "{\"value\":\"Hello\",\"condition\":\"=\"}", "Hello " },
  { "{\"value\":\"Hello\",\"condition\":\"eq\"}", "Hello " },
  { "{\"value\":\"Hello\",\"condition\":\">\"}",
    "HelloUniverse HelloWorld zebra \xc3\xa9t\xc3\xa9 " },
  { "{\"value\":\"Hello\",\"condition\":\"gt\"}",
    "HelloUniverse HelloWorld zebra \xc3\xa9t\xc3\xa9 " },
  { "{\"value\":\"Hello\",\"condition\":\">=\"}", "Hello HelloUniverse HelloWorld " },
  { "{\"value\":\"Hello\",\"condition\":\"gte\",\"ascending\":false}",
    "HelloWorld HelloUniverse Hello " },
  { "{\"value\":\"Hello\",\"condition\":\"<\"}", "Apple 100\\u0025 " },
  { "{\"value\":\"Hello\",\"condition\":\"lt\",\"ascending\":true}", "100\\u0025 Apple " },
  { "{\"value\":\"Hello\",\"condition\":\"<=\"}", "Hello " },
  { "{\"value\":\"Hell\",\"condition\":\"lte\"}", "" },
  { "{\"value\":\"Hello\",\"condition\":\"!=\"}",
    "100\\u0025 Apple HelloUniverse HelloWorld zebra \xc3\xa9t\xc3\xa9 " },
  { "{\"value\":\"Hello\",\"condition\":\"ne\",\"ascending\":false}",
    "\xc3\xa9t\xc3\xa9 zebra HelloWorld HelloUniverse Apple 100\\u0025 " },
  { "{\"value\":\"100%\"}", "100\\u0025 " },
  { "{\"value\":\"\",\"condition\":\"=\"}", "" },
  { "{\"value\":\"\",\"condition\":\">=\"}", ALL_NAMES },
  { "{\"value\":\"Apple\",\"range\":\"HelloUniverse\"}", "Apple Hello HelloUniverse " },
  { "{\"value\":\"HelloUniverse\",\"range\":\"Apple\"}", "HelloUniverse Hello Apple " },
  { "{\"value\":\"HelloUniverse\",\"range\":\"Apple\",\"ascending\":true}",
    "Apple Hello HelloUniverse " },
  { "{\"value\":\"Apple\",\"range\":\"Hello\",\"condition\":\"!=\"}", "Apple Hello " },

  { "{\"searchFor\":\"number_of_users\"}",
    "Apple \xc3\xa9t\xc3\xa9 100\\u0025 HelloWorld zebra Hello HelloUniverse " },
  { "{\"searchFor\":\"number_of_users\",\"value\":10,\"condition\":\">=\"}",
    "Hello HelloUniverse " },
  { "{\"searchFor\":\"number_of_users\",\"value\":10,\"condition\":\"gt\"}", "HelloUniverse " },
  { "{\"searchFor\":\"number_of_users\",\"value\":5}", "HelloWorld zebra " },
  { "{\"searchFor\":\"number_of_users\",\"value\":5.0}", "HelloWorld zebra " },
  { "{\"searchFor\":\"number_of_users\",\"value\":4.5,\"condition\":\"<\"}",
    "100\\u0025 \xc3\xa9t\xc3\xa9 Apple " },
  { "{\"searchFor\":\"number_of_users\",\"value\":3,\"condition\":\"lte\"}",
    "100\\u0025 \xc3\xa9t\xc3\xa9 Apple " },
  { "{\"searchFor\":\"number_of_users\",\"value\":3,\"condition\":\"<=\",\"ascending\":true}",
    "Apple \xc3\xa9t\xc3\xa9 100\\u0025 " },
  { "{\"searchFor\":\"number_of_users\",\"value\":5,\"condition\":\"!=\"}",
    "Apple \xc3\xa9t\xc3\xa9 100\\u0025 Hello HelloUniverse " },
  { "{\"searchFor\":\"number_of_users\",\"value\":2,\"range\":5}",
    "\xc3\xa9t\xc3\xa9 100\\u0025 HelloWorld zebra " },
  { "{\"searchFor\":\"number_of_users\",\"value\":5,\"range\":2}",
    "zebra HelloWorld 100\\u0025 \xc3\xa9t\xc3\xa9 " },
  { "{\"searchFor\":\"number_of_users\",\"value\":-1,\"condition\":\">\"}",
    "Apple \xc3\xa9t\xc3\xa9 100\\u0025 HelloWorld zebra Hello HelloUniverse " },
};

static void
test_every_condition_means_what_the_reference_says (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      g_autofree char *json = ask (searches[i].body);
      g_autofree char *names = list_names (json, "rid");

      g_assert_cmpstr (names, ==, searches[i].names);
      g_assert_true (g_str_has_suffix (json, "],\"startKey\":\"end\",\"endOfList\":true}"));
    }
}

static void
test_a_page_says_where_the_next_one_starts (void)
{
  g_autofree char *names = ask ("{\"limit\":2}");
  g_autofree char *sizes =
    ask ("{\"searchFor\":\"number_of_users\",\"value\":10,\"condition\":\"<\",\"limit\":2}");
  g_autofree char *nothing = ask ("{\"value\":\"none\"}");

  g_assert_cmpstr (names, ==,
                   "{\"list\":[{\"rid\":\"svc#100\\u0025\",\"cnt\":3},"
                   "{\"rid\":\"svc#Apple\",\"cnt\":1}],"
                   "\"startKey\":{\"srvc\":\"svc\",\"rid\":\"svc#Apple\"},\"endOfList\":false}");
  g_assert_cmpstr (sizes, ==,
                   "{\"list\":[{\"rid\":\"svc#zebra\",\"cnt\":5},"
                   "{\"rid\":\"svc#HelloWorld\",\"cnt\":5}],\"startKey\":{\"srvc\":\"svc\","
                   "\"rid\":\"svc#HelloWorld\",\"cnt\":5},\"endOfList\":false}");
  g_assert_cmpstr (nothing, ==, "{\"list\":[],\"startKey\":\"end\",\"endOfList\":true}");
}

static void
test_pages_go_on_behind_a_place_that_may_be_empty (void)
{
  static const struct
  {
    const char *body;
    const char *names;
  } table[] = {
    { "{\"startKey\":{\"srvc\":\"svc\",\"rid\":\"svc#Hello\"}}",
      "HelloUniverse HelloWorld zebra \xc3\xa9t\xc3\xa9 " },
    { "{\"startKey\":{\"srvc\":\"svc\",\"rid\":\"svc#Hellp\"}}", "zebra \xc3\xa9t\xc3\xa9 " },
    { "{\"ascending\":false,\"startKey\":{\"rid\":\"svc#Hellp\"}}",
      "HelloWorld HelloUniverse Hello Apple 100\\u0025 " },
    { "{\"searchFor\":\"number_of_users\",\"startKey\":{\"rid\":\"svc#I\",\"cnt\":5}}",
      "zebra Hello HelloUniverse " },
    { "{\"searchFor\":\"number_of_users\",\"startKey\":{\"rid\":\"svc#x\",\"cnt\":7}}",
      "Hello HelloUniverse " },
    { "{\"startKey\":{\"rid\":\"svc#\xc3\xa9t\xc3\xa9\"}}", "" },
    { "{\"startKey\":\"end\",\"limit\":1}", "100\\u0025 " },
    { "{\"startKey\":null,\"limit\":1}", "100\\u0025 " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *json = ask (table[i].body);
      g_autofree char *names = list_names (json, "rid");

      g_assert_cmpstr (names, ==, table[i].names);
    }
}

/* Whatever comes and goes in between, a walk meets what stays exactly once. */
static void
test_a_walk_meets_what_stays_once (void)
{
  g_autoptr(GHashTable) met = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *start = g_strdup ("\"end\"");
  guint n_pages = 0;

  while (n_pages == 0 || !g_str_equal (start, "\"end\""))
    {
      g_autofree char *body = g_strdup_printf ("{\"limit\":7,\"startKey\":%s}", start);
      g_autoptr(WireGroupQuery) query = parse (body);
      g_autoptr(GArray) rows = wire_group_rows_new ();
      g_autofree char *json = NULL;
      g_autofree char *names = NULL;
      g_auto(GStrv) split = NULL;

      for (guint i = 0; i < 100; i++)
        {
          g_autofree char *stays = g_strdup_printf ("s%02u", i);
          g_autofree char *comes = g_strdup_printf ("s%02u-%u", i, n_pages);

          wire_group_rows_add (rows, stays, 1, NULL);
          if (i % 3 == n_pages % 3)
            wire_group_rows_add (rows, comes, 1, NULL);
        }

      json = wire_group_query_answer (query, "svc", rows);
      names = list_names (json, "rid");
      split = g_strsplit (names, " ", -1);
      for (guint i = 0; split[i]; i++)
        if (strlen (split[i]) == 3)
          g_assert_true (g_hash_table_add (met, g_strdup (split[i])));

      g_free (start);
      start = g_strdup (strstr (json, "\"startKey\":") + 11);
      *strstr (start, ",\"endOfList\"") = '\0';
      g_assert_cmpuint (n_pages++, <, 100);
    }

  g_assert_cmpuint (g_hash_table_size (met), ==, 100);
}

static char *
ask_users (const char *body)
{
  g_autoptr(WireGroupQuery) query = parse (body);
  g_autoptr(GArray) rows = wire_group_rows_new ();

  g_assert_cmpint (query->list, ==, WIRE_GROUP_USERS);
  g_assert_cmpstr (query->group, ==, "Hello");
  wire_group_rows_add (rows, "c2=", 0, &ada);
  wire_group_rows_add (rows, "c3=", 0, &ben);
  wire_group_rows_add (rows, "c1=", 0, &ada);

  return wire_group_query_answer (query, "svc", rows);
}

#define ADA(cid) \
        "{\"uid\":\"svc#aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa\",\"cid\":\"" cid "\"}"
#define BEN(cid) \
        "{\"uid\":\"svc#bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb\",\"cid\":\"" cid "\"}"
#define END "],\"startKey\":\"end\",\"endOfList\":true}"

static void
test_the_users_of_a_group_come_with_their_connections (void)
{
  g_autofree char *all = ask_users ("{\"group\":\"Hello\"}");
  g_autofree char *hers =
    ask_users ("{\"group\":\"Hello\",\"user_id\":\"AAAAAAAA-aaaa-4aaa-8aaa-aaaaaaaaaaaa\"}");
  g_autofree char *page = ask_users ("{\"group\":\"Hello\",\"limit\":1}");
  g_autofree char *next = ask_users ("{\"group\":\"Hello\",\"startKey\":{\"rid\":\"svc#Hello\","
                                     "\"cid\":\"c1=\",\"uid\":\"svc#x\"}}");
  g_autofree char *back = ask_users ("{\"group\":\"Hello\",\"ascending\":false,\"limit\":2}");

  g_assert_cmpstr (all, ==, "{\"list\":[" ADA ("c1=") "," ADA ("c2=") "," BEN ("c3=") END);
  g_assert_cmpstr (hers, ==, "{\"list\":[" ADA ("c1=") "," ADA ("c2=") END);
  g_assert_cmpstr (page, ==,
                   "{\"list\":[" ADA ("c1=") "],\"startKey\":{\"rid\":\"svc#Hello\","
                   "\"cid\":\"c1=\",\"uid\":\"svc#aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa\"},"
                   "\"endOfList\":false}");
  g_assert_cmpstr (next, ==, "{\"list\":[" ADA ("c2=") "," BEN ("c3=") END);
  g_assert_true (g_str_has_prefix (back, "{\"list\":[" BEN ("c3=") "," ADA ("c2=") "]"));
}

static void
test_what_makes_no_sense_is_refused_by_name (void)
{
  static const struct
  {
    const char *body;
    WireError   code;
    const char *named;
  } table[] = {
    { "", WIRE_ERROR_INVALID_REQUEST, "object" },
    { "[]", WIRE_ERROR_INVALID_REQUEST, "object" },
    { "{", WIRE_ERROR_INVALID_REQUEST, "object" },
    { "{}x", WIRE_ERROR_INVALID_REQUEST, "object" },
    { "{\"group\":5}", WIRE_ERROR_INVALID_PARAMETER, "group" },
    { "{\"group\":\"a\",\"user_id\":\"user_a\"}", WIRE_ERROR_INVALID_PARAMETER, "user_id" },
    { "{\"group\":\"a\",\"user_id\":5}", WIRE_ERROR_INVALID_PARAMETER, "user_id" },
    { "{\"searchFor\":5}", WIRE_ERROR_INVALID_PARAMETER, "searchFor" },
    { "{\"condition\":\"~\"}", WIRE_ERROR_INVALID_PARAMETER, "condition" },
    { "{\"condition\":5}", WIRE_ERROR_INVALID_PARAMETER, "condition" },
    { "{\"value\":5}", WIRE_ERROR_INVALID_PARAMETER, "\"value\" must be a string." },
    { "{\"value\":true}", WIRE_ERROR_INVALID_PARAMETER, "\"value\" must be a string." },
    { "{\"value\":\"a\",\"range\":5}", WIRE_ERROR_INVALID_PARAMETER, "range" },
    { "{\"value\":\"a\",\"range\":true}", WIRE_ERROR_INVALID_PARAMETER, "range" },
    { "{\"searchFor\":\"number_of_users\",\"value\":\"5\"}", WIRE_ERROR_INVALID_PARAMETER,
      "\"value\" must be a number." },
    { "{\"searchFor\":\"number_of_users\",\"value\":5,\"range\":\"6\"}",
      WIRE_ERROR_INVALID_PARAMETER, "range" },
    { "{\"limit\":0}", WIRE_ERROR_INVALID_PARAMETER, "limit" },
    { "{\"limit\":1001}", WIRE_ERROR_INVALID_PARAMETER, "below 1000" },
    { "{\"limit\":-1}", WIRE_ERROR_INVALID_PARAMETER, "limit" },
    { "{\"limit\":1.5}", WIRE_ERROR_INVALID_PARAMETER, "limit" },
    { "{\"limit\":\"5\"}", WIRE_ERROR_INVALID_PARAMETER, "should be a number" },
    { "{\"ascending\":1}", WIRE_ERROR_INVALID_PARAMETER, "ascending" },
    { "{\"startKey\":{}}", WIRE_ERROR_INVALID_PARAMETER, "startKey" },
    { "{\"startKey\":{\"rid\":5}}", WIRE_ERROR_INVALID_PARAMETER, "startKey" },
    { "{\"startKey\":{\"cid\":\"c\"}}", WIRE_ERROR_INVALID_PARAMETER, "startKey" },
    { "{\"group\":\"a\",\"startKey\":{\"rid\":\"svc#a\"}}", WIRE_ERROR_INVALID_PARAMETER,
      "startKey" },
    { "{\"searchFor\":\"number_of_users\",\"startKey\":{\"rid\":\"svc#a\"}}",
      WIRE_ERROR_INVALID_PARAMETER, "startKey" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", table[i].body);
      g_assert_null (wire_group_query_parse (table[i].body, strlen (table[i].body), &error));
      g_assert_error (error, WIRE_ERROR, (int) table[i].code);
      g_assert_nonnull (strstr (error->message, table[i].named));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/group-query/every-condition-means-what-the-reference-says",
                   test_every_condition_means_what_the_reference_says);
  g_test_add_func ("/wire/group-query/a-page-says-where-the-next-one-starts",
                   test_a_page_says_where_the_next_one_starts);
  g_test_add_func ("/wire/group-query/pages-go-on-behind-a-place-that-may-be-empty",
                   test_pages_go_on_behind_a_place_that_may_be_empty);
  g_test_add_func ("/wire/group-query/a-walk-meets-what-stays-once",
                   test_a_walk_meets_what_stays_once);
  g_test_add_func ("/wire/group-query/the-users-of-a-group-come-with-their-connections",
                   test_the_users_of_a_group_come_with_their_connections);
  g_test_add_func ("/wire/group-query/what-makes-no-sense-is-refused-by-name",
                   test_what_makes_no_sense_is_refused_by_name);

  return g_test_run ();
}
