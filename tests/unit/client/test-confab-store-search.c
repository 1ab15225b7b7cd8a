/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-store.h"
#include "confab-store-search-private.h"
#include "support-wait.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  BaseDb *db;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->db = confab_store_schema_open (":memory:", &error);
  g_assert_no_error (error);
  client_store_add_room (fixture->db, "garden");
  client_store_add_room (fixture->db, "kitchen");
  client_store_keep (fixture->db, "garden", 1, "Who waters the roses?");
  client_store_keep (fixture->db, "garden", 2, "The ROSES are \"fine\"");
  client_store_keep (fixture->db, "kitchen", 3, "Rosemary & thyme <herbs>");
  client_store_keep (fixture->db, "kitchen", 4, "Füße über Äpfel");
  client_store_keep (fixture->db, "garden", 5, "100% of 日本語のテキスト");
  client_store_keep (fixture->db, "garden", 6, "first\nsecond\tline");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  base_db_close (fixture->db);
}

static char *
search (BaseDb     *db,
        const char *text,
        const char *rid,
        guint       limit)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) hits = confab_store_search (db, text, rid, limit, &error);
  g_autoptr(GString) seqs = g_string_new ("");

  g_assert_no_error (error);
  for (guint i = 0; i < hits->len; i++)
    g_string_append_printf (seqs, "%" G_GUINT64_FORMAT " ",
                            ((ConfabHitRow *) g_ptr_array_index (hits, i))->event->seq);

  return g_string_free_and_steal (g_steal_pointer (&seqs));
}

static void
test_finds (Fixture       *fixture,
            gconstpointer  data)
{
  static const struct
  {
    const char *text;
    const char *rid;
    const char *seqs;
  } rows[] = {
    { "roses", NULL, "2 1 " },
    { "ROSE", NULL, "3 2 1 " },
    { "ose", "garden", "2 1 " },
    { "ose", "nowhere", "" },
    { "water the", NULL, "" },
    { "waters the", NULL, "1 " },
    { "\"fine\"", NULL, "2 " },
    { "AND OR NOT", NULL, "" },
    { "*", NULL, "" },
    { "100%", NULL, "5 " },
    { "äPF", NULL, "4 " },
    { "über", NULL, "4 " },
    { "日本語", NULL, "5 " },
    { "本語の", NULL, "5 " },
    { "& t", NULL, "3 " },
    { "<herbs>", NULL, "3 " },
    /* Too short for the index. */
    { "?", NULL, "1 " },
    { "os", NULL, "3 2 1 " },
    { "os", "kitchen", "3 " },
    { "語", NULL, "5 " },
    { "", NULL, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *found = search (fixture->db, rows[i].text, rows[i].rid, 10);

      g_test_message ("%s", rows[i].text);
      g_assert_cmpstr (found, ==, rows[i].seqs);
    }
}

static void
test_limit (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *found = search (fixture->db, "ros", NULL, 2);

  g_assert_cmpstr (found, ==, "3 2 ");
}

static void
test_late (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *found = NULL;

  /* Fetched later, but older: newest first is by time, not by arrival. */
  client_store_fill (fixture->db, "garden", 20, 22);
  client_store_fill (fixture->db, "garden", 10, 12);
  found = search (fixture->db, "garden", NULL, 4);
  g_assert_cmpstr (found, ==, "22 21 20 12 ");
}

static void
test_reset (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *found = NULL;

  g_assert_true (confab_store_rooms_reset (fixture->db, "garden", "e2", NULL));
  found = search (fixture->db, "ros", NULL, 10);
  g_assert_cmpstr (found, ==, "3 ");
}

static void
test_snippet (void)
{
  static const struct
  {
    const char *text;
    const char *needle;
    const char *markup;
  } rows[] = {
    { "Who waters the roses?", "roses", "Who waters the <b>roses</b>?" },
    { "a < b & c", "<", "a <b>&lt;</b> b &amp; c" },
    { "Rose, rose, ROSE", "rose", "<b>Rose</b>, <b>rose</b>, <b>ROSE</b>" },
    { "first\nsecond", "second", "first <b>second</b>" },
    { "0123456789012345678901234567890123456789 here", "here",
      "…678901234567890123456789 <b>here</b>" },
    { "nothing", "else", "nothing" },
  };
  g_autofree char *long_text = g_strnfill (100000, 'x');
  g_autofree char *long_markup = confab_text_make_snippet (long_text, "xxx");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *markup = confab_text_make_snippet (rows[i].text, rows[i].needle);

      g_test_message ("%s", rows[i].text);
      if (i == 4)
        g_assert_true (g_str_has_suffix (markup, "<b>here</b>"));
      else
        g_assert_cmpstr (markup, ==, rows[i].markup);
    }
  g_assert_cmpuint (strlen (long_markup), <, 1000);
}

static const char *const words[] = {
  "the",   "garden", "water", "rose",   "where",  "today",  "nobody", "morning",
  "paper", "window", "under", "answer", "little", "people", "bridge", "yellow",
};

static void
fill_words (BaseDb     *db,
            const char *rid,
            guint64     first_seq,
            guint64     last_seq)
{
  g_autoptr(GPtrArray) events =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);

  for (guint64 seq = first_seq; seq <= last_seq; seq++)
    {
      g_autoptr(GString) text = g_string_new ("");

      for (guint i = 0; i < 8; i++)
        g_string_append_printf (text, "%s ",
                                words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);
      g_string_append_printf (text, "%" G_GUINT64_FORMAT, seq);
      g_ptr_array_add (events, client_store_make_event (seq, CLIENT_STORE_ANN, text->str));
    }
  base_db_begin (db, NULL);
  g_assert_true (
    confab_store_messages_insert (db, rid, events, first_seq, last_seq, NULL));
  base_db_commit (db, NULL);
}

static void
test_million (void)
{
  static const char *const queries[] = { "rose",          "rose garden", "777777",
                                         "yellow yellow", "under bridge answer",
                                         "zzz",           "e",           "99" };
  const guint64 n_messages = g_test_perf () ? 1000000 : 20000;
  g_autofree char *folder = support_make_folder ();
  g_autofree char *path = g_build_filename (folder, "store.sqlite", NULL);
  BaseDb *db = confab_store_schema_open (path, NULL);
  GStatBuf info;

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *rid = g_strdup_printf ("room %u", i);

      client_store_add_room (db, rid);
    }
  for (guint64 seq = 1; seq <= n_messages; seq += 1000)
    {
      g_autofree char *rid = g_strdup_printf ("room %u", (guint) (seq / 1000 % 10));

      fill_words (db, rid, seq, seq + 999);
    }

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    for (guint j = 0; j < 2; j++)
      {
        gint64 begin_us = g_get_monotonic_time ();
        g_autofree char *found = search (db, queries[i], j ? "room 3" : NULL, 50);
        gint64 took_us = g_get_monotonic_time () - begin_us;

        g_test_minimized_result ((double) took_us / 1000, "“%s”%s: %.1f ms", queries[i],
                                 j ? " in one room" : "", (double) took_us / 1000);
        if (i < 5 && i != 2 && !j)
          g_assert_cmpuint (strlen (found), >, 0);
      }

  base_db_close (db);
  g_stat (path, &info);
  g_test_message ("%" G_GINT64_FORMAT " bytes a message",
                  (gint64) info.st_size / (gint64) n_messages);
  support_remove_folder (folder);
}

static void
add (const char *path,
     void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("/store-search/any-part-of-any-text-is-found", test_finds);
  add ("/store-search/as-many-as-asked-for", test_limit);
  add ("/store-search/newest-first-whatever-came-when", test_late);
  add ("/store-search/what-was-forgotten-is-not-found", test_reset);
  g_test_add_func ("/store-search/snippets-show-the-match", test_snippet);
  g_test_add_func ("/store-search/many-messages-are-searched-quickly", test_million);

  return g_test_run ();
}
