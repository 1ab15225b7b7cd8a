/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-pair.h"

void
call_pair_set_up (CallPair      *self,
                  gconstpointer  data)
{
  self->server = server_process_new (NULL);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (self->server));
  self->ann = call_app_new (self->url, "ann");
  self->bob = call_app_new (self->url, "bob");
}

void
call_pair_tear_down (CallPair      *self,
                     gconstpointer  data)
{
  call_app_free (self->ann);
  call_app_free (self->bob);
  server_process_free (self->server);
  g_free (self->url);
}

void
call_pair_ring (CallPair *self,
                gboolean  video)
{
  call_app_call (self->ann, self->bob, video);
  g_assert_cmpint (confab_call_get_end_reason (self->ann->call), ==, CONFAB_CALL_END_REASON_NONE);
  g_assert_cmpint (confab_call_get_state (self->ann->call), ==, CONFAB_CALL_STATE_RINGING_OUT);
  support_wait_until (call_app_is (self->bob, CONFAB_CALL_STATE_RINGING_IN));
  g_assert_cmpstr (confab_call_get_id (self->ann->call), ==,
                   confab_call_get_id (self->bob->call));
  g_assert_cmpint (confab_call_get_video (self->bob->call), ==, video);
}

void
call_pair_talk (CallPair *self,
                gboolean  video)
{
  call_pair_ring (self, video);
  confab_call_accept (self->bob->call, video);
  call_app_wait_active (self->ann);
  call_app_wait_active (self->bob);
}

ConfabCallEndReason
call_pair_get_end (CallApp *app)
{
  support_wait_until (call_app_is (app, CONFAB_CALL_STATE_ENDED));
  g_assert_null (confab_calls_get_current (app->calls));

  return confab_call_get_end_reason (app->call);
}

double
call_pair_get_level (CallApp *app)
{
  g_autoptr(ConfabCallStats) stats = confab_call_peer_dup_stats (call_app_get_peer (app));

  return stats->audio_level_db;
}
