/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-bot.h"
#include "support-wait.h"

#include <signal.h>

/* The bots of tests/clients/bots, and somebody who talks to them. */

static void
talk_to (const char *command,
         const char *name)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autoptr(ServerAccount) account = server_process_sign_up (server, name);
  g_autoptr(ClientBot) ann = client_bot_new_at (server, "ann");
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (server));
  g_auto(GStrv) words = g_strsplit (command, " ", -1);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) arguments = NULL;
  g_autoptr(GSubprocess) bot = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *posted = NULL;
  ConfabRealtimeEvent *event;

  client_bot_enter (ann, "bots");
  g_strv_builder_addv (builder, (const char **) words);
  g_strv_builder_add_many (builder, url, name, "correct horse", "bots", NULL);
  arguments = g_strv_builder_end (builder);
  bot = g_subprocess_newv ((const char * const *) arguments, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);

  event = client_bot_await (ann, "notice");
  g_assert_cmpstr (confab_realtime_event_get_code (event), ==, "USER_JOINED");
  g_assert_cmpstr (confab_realtime_event_get_sender (event), ==, account->user_id);

  posted = client_bot_post (ann, "{\"text\":\"100% ☃\"}", "bots", NULL, NULL);
  client_bot_await (ann, "message");
  event = client_bot_await (ann, "message");
  g_assert_cmpstr (confab_realtime_event_get_sender (event), ==, account->user_id);
  g_assert_cmpstr (confab_realtime_event_get_text (event), ==,
                   "I heard {\"text\":\"100% ☃\"}");

  /* It goes, and the group hears of it. */
  g_subprocess_force_exit (bot);
  event = client_bot_await (ann, "notice");
  g_assert_cmpstr (confab_realtime_event_get_code (event), ==, "USER_DISCONNECTED");
  g_assert_true (g_subprocess_wait (bot, NULL, &error));
  g_assert_no_error (error);
}

static void
test_bot (gconstpointer data)
{
  const char *name = data;
  g_autofree char *variable = g_strdup_printf ("CONFAB_BOT_%s", name);
  const char *command = g_getenv (variable);

  if (command)
    talk_to (command, name);
  else
    g_test_skip ("Built without introspection");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/client/bots/in-c #31", "C", test_bot);
  g_test_add_data_func ("/client/bots/in-python #31", "PYTHON", test_bot);
  g_test_add_data_func ("/client/bots/in-javascript #31", "JAVASCRIPT", test_bot);

  return g_test_run ();
}
