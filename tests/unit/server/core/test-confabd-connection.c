/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-connection-private.h"

#include <string.h>

#define N_CONNECTIONS 1000
#define N_SEATS 100

/* The target of the whole server is 1.5 kB for an idle connection, the hub included. */
#define MAX_CONNECTION_BYTES 112

static void
test_is_small (void)
{
  g_assert_cmpuint (sizeof (ConfabdConnection), <=, MAX_CONNECTION_BYTES);
  g_assert_cmpuint (sizeof (ConfabdSeat), <=, 16);
}

static void
test_cids_have_the_documented_form_and_lead_back (void)
{
  ConfabdIdentity identity = { .native = TRUE };

  for (guint i = 0; i < N_CONNECTIONS; i++)
    {
      ConfabdConnection *connection = confabd_connection_new (i + 1, &identity);
      ConfabdConnection probe;
      char cid[CONFABD_CID_LENGTH + 1];

      confabd_connection_format_cid (connection, cid);
      g_assert_cmpuint (strlen (cid), ==, 16);
      g_assert_cmpint (cid[15], ==, '=');
      g_assert_cmpuint (strspn (cid, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-_"), ==, 15);
      g_assert_true (confabd_connection_parse_cid (&probe, cid));
      g_assert_true (confabd_connection_equal_cid (&probe, connection));
      g_assert_cmpuint (confabd_connection_hash_cid (&probe), ==,
                        confabd_connection_hash_cid (connection));
      confabd_connection_free (connection);
    }
}

static void
test_other_texts_are_no_cids (void)
{
  static const char * const texts[] = {
    "", "=", "AAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAA==",
    "AAAAAAAAAAAAAAB=", "AAAAAAA AAAAAAA=", "AAAAAAA+AAAAAAA=", "éAAAAAAAAAAAAA=",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      ConfabdConnection probe;

      g_assert_false (confabd_connection_parse_cid (&probe, texts[i]));
    }
}

static void
test_seats_come_and_go (void)
{
  ConfabdIdentity identity = { .native = TRUE };
  ConfabdConnection *connection = confabd_connection_new (1, &identity);
  ConfabdRoom rooms[N_SEATS] = { { 0 } };

  for (guint i = 0; i < N_SEATS; i++)
    g_assert_true (confabd_connection_add_seat (connection, &rooms[i])->room == &rooms[i]);

  for (guint i = 0; i < N_SEATS; i += 2)
    confabd_connection_remove_seat (connection,
                                    confabd_connection_find_seat (connection, &rooms[i]));

  for (guint i = 0; i < N_SEATS; i++)
    g_assert_cmpint (confabd_connection_find_seat (connection, &rooms[i]) != NULL, ==, i % 2 == 1);

  while (connection->n_seats > 0)
    confabd_connection_remove_seat (connection, &connection->seats[0]);
  g_assert_null (connection->seats);

  confabd_connection_free (connection);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/connection/is-small", test_is_small);
  g_test_add_func ("/core/connection/cids-have-the-documented-form-and-lead-back",
                   test_cids_have_the_documented_form_and_lead_back);
  g_test_add_func ("/core/connection/other-texts-are-no-cids", test_other_texts_are_no_cids);
  g_test_add_func ("/core/connection/seats-come-and-go", test_seats_come_and_go);

  return g_test_run ();
}
