/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-pair.h"
#include "confab-call-private.h"

/* The call of a group in which people see each other. */

static void
test_group (CallPair      *pair,
            gconstpointer  data)
{
  CallApp *eve = call_app_new (pair->url, "eve");
  CallApp *everybody[] = { pair->ann, pair->bob, eve };

  for (guint i = 0; i < 3; i++)
    {
      call_app_join (everybody[i], "Garden", TRUE);
      call_app_wait_active (everybody[i]);
    }
  for (guint i = 0; i < 3; i++)
    {
      GListModel *peers = confab_call_get_peers (everybody[i]->call);

      support_wait_until (g_list_model_get_n_items (peers) == 2);
      for (guint j = 0; j < 2; j++)
        {
          g_autoptr(ConfabCallPeer) peer = g_list_model_get_item (peers, j);

          support_wait_until (confab_call_peer_get_connected (peer));
          support_wait_until (confab_call_peer_get_video_on (peer));
        }
      support_wait_until (g_atomic_int_get (&everybody[i]->n_pictures) > 2);
    }
  g_assert_cmpuint (
    confab_calls_count_in_group (eve->calls, confab_call_get_room (eve->call)), ==, 3);

  confab_call_hang_up (eve->call);
  support_wait_until (
    g_list_model_get_n_items (confab_call_get_peers (pair->ann->call)) == 1);
  g_assert_true (call_app_is (pair->ann, CONFAB_CALL_STATE_ACTIVE));
  call_app_free (eve);
}

/* Which code what is seen here, whoever looks at it. */
static guint
count_encoders (CallApp *app)
{
  GstElement *pipeline = confab_media_get_pipeline (app->call->shared.media);
  g_autoptr(GstIterator) all = gst_bin_iterate_recurse (GST_BIN (pipeline));
  g_auto(GValue) item = G_VALUE_INIT;
  guint n_encoders = 0;

  while (gst_iterator_next (all, &item) == GST_ITERATOR_OK)
    {
      GstElementFactory *factory = gst_element_get_factory (g_value_get_object (&item));

      n_encoders += factory && g_str_equal (GST_OBJECT_NAME (factory), "vp8enc");
      g_value_reset (&item);
    }

  return n_encoders;
}

static void
test_four_and_a_fifth (CallPair      *pair,
                       gconstpointer  data)
{
  CallApp *eve = call_app_new (pair->url, "eve");
  CallApp *dan = call_app_new (pair->url, "dan");
  CallApp *fay = call_app_new (pair->url, "fay");
  CallApp *everybody[] = { pair->ann, pair->bob, eve, dan };

  for (guint i = 0; i < 4; i++)
    {
      call_app_join (everybody[i], "Garden", i == 0);
      call_app_wait_active (everybody[i]);
    }
  for (guint i = 0; i < 4; i++)
    support_wait_until (call_app_count_connected (everybody[i]) == 3);
  for (guint i = 1; i < 4; i++)
    support_wait_until (g_atomic_int_get (&everybody[i]->n_pictures) > 2);
  g_assert_cmpuint (count_encoders (pair->ann), ==, 1);

  call_app_join (fay, "Garden", FALSE);
  g_assert_cmpint (call_pair_get_end (fay), ==, CONFAB_CALL_END_REASON_FULL);
  g_assert_nonnull (confab_call_get_end_message (fay->call));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (call_app_count_connected (everybody[i]), ==, 3);

  /* Where somebody leaves there is room. */
  confab_call_hang_up (dan->call);
  support_wait_until (call_app_count_connected (pair->ann) == 2);
  call_app_join (fay, "Garden", FALSE);
  call_app_wait_active (fay);
  support_wait_until (call_app_count_connected (fay) == 3);
  call_app_free (fay);
  call_app_free (dan);
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
  g_test_add ("/calls/four-people-share-one-encoding-and-the-fifth-is-told", CallPair, NULL,
              call_pair_set_up, test_four_and_a_fifth, call_pair_tear_down);

  return g_test_run ();
}
