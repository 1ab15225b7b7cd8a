/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-pair.h"

/* The call of a group, where each is linked with each. */

static void
test_group (CallPair      *pair,
            gconstpointer  data)
{
  CallApp *eve = call_app_new (pair->url, "eve");
  CallApp *everybody[] = { pair->ann, pair->bob, eve };

  for (guint i = 0; i < 3; i++)
    {
      call_app_join (everybody[i], "Garden", TRUE);
      call_wait_until (call_app_is (everybody[i], CONFAB_CALL_STATE_ACTIVE));
    }
  for (guint i = 0; i < 3; i++)
    {
      GListModel *peers = confab_call_get_peers (everybody[i]->call);

      support_wait_until (g_list_model_get_n_items (peers) == 2);
      for (guint j = 0; j < 2; j++)
        {
          g_autoptr(ConfabCallPeer) peer = g_list_model_get_item (peers, j);

          support_wait_until (confab_call_peer_get_connected (peer));
        }
      call_wait_until (g_atomic_int_get (&everybody[i]->n_pictures) > 2);
    }
  g_assert_cmpuint (
    confab_calls_count_in_group (eve->calls, confab_call_get_room (eve->call)), ==, 3);

  confab_call_hang_up (eve->call);
  support_wait_until (
    g_list_model_get_n_items (confab_call_get_peers (pair->ann->call)) == 1);
  g_assert_true (call_app_is (pair->ann, CONFAB_CALL_STATE_ACTIVE));
  call_app_free (eve);
}

int
main (int    argc,
      char **argv)
{
  client_app_init_tests ();
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add ("/calls/a-group-meets", CallPair, NULL, call_pair_set_up, test_group,
              call_pair_tear_down);

  return g_test_run ();
}
