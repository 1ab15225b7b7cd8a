/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-app.h"
#include "server-process.h"
#include "support-wait.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* An app that is killed while it sends, again and again, on one profile. Whatever it had queued
 * goes out the next time, once and in order. */

#define N_ROUNDS 8
#define N_MESSAGES 400

static void
sent_cb (ConfabMessage *message,
         GParamSpec    *pspec,
         gpointer       user_data)
{
  if (confab_message_get_state (message) == CONFAB_MESSAGE_STATE_QUEUED)
    return;

  g_signal_handlers_disconnect_by_func (message, sent_cb, user_data);
  printf ("sent\n");
  fflush (stdout);
}

static int
write_until_killed (const char *folder,
                    const char *round)
{
  g_autoptr(ConfabProfile) profile = confab_profile_new (folder);
  g_autoptr(ConfabSession) session = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  ConfabRoom *room;

  confab_profile_load_async (profile, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  confab_profile_load_finish (profile, result, &error);
  g_assert_no_error (error);

  session = g_list_model_get_item (G_LIST_MODEL (profile), 0);
  room = confab_session_get_room (session, "garden");
  confab_session_go_online (session);
  support_wait_until (confab_session_get_state (session) == CONFAB_CONNECTION_STATE_ONLINE);
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autofree char *text = g_strdup_printf ("%s %u", round, i);
      ConfabMessage *message = confab_room_send_text (room, text, NULL);

      g_signal_connect (message, "notify::state", G_CALLBACK (sent_cb), NULL);
      support_run_pending ();
    }

  /* Not for ever, should whoever is to kill it be gone. */
  support_wait_until (FALSE);

  return 1;
}

/* Kills after that many messages were acknowledged; returns how many really were. */
static guint
run_round (const char *folder,
           guint       number,
           guint       n_until)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *round = g_strdup_printf ("%u", number);
  const char *argv[] = { self, "--write", folder, round, NULL };
  g_autoptr(GError) error = NULL;
  guint n_sent = 0;
  char line[64];
  GPid pid;
  int output;
  FILE *stream;

  g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                            NULL, &output, NULL, &error);
  g_assert_no_error (error);

  stream = fdopen (output, "r");
  while (n_sent < n_until && fgets (line, sizeof line, stream))
    n_sent += g_str_equal (line, "sent\n");
  kill (pid, SIGKILL);
  while (fgets (line, sizeof line, stream))
    n_sent += g_str_equal (line, "sent\n");
  fclose (stream);
  waitpid (pid, NULL, 0);
  g_spawn_close_pid (pid);
  g_assert_cmpuint (n_sent, >=, n_until);

  return n_sent;
}

static void
load_all (GListModel *messages,
          GPtrArray  *texts)
{
  ConfabMessageList *list = CONFAB_MESSAGE_LIST (messages);
  guint64 last_seq = 0;
  gboolean more = TRUE;
  g_autoptr(GAsyncResult) jumped = NULL;

  confab_message_list_jump_to_seq_async (list, 1, NULL, support_take_result_cb, &jumped);
  support_wait_for (jumped);
  g_assert_true (confab_message_list_jump_to_seq_finish (list, jumped, NULL));
  while (more)
    {
      g_autoptr(GAsyncResult) result = NULL;

      for (guint i = 0; i < g_list_model_get_n_items (messages); i++)
        {
          g_autoptr(ConfabMessage) message = g_list_model_get_item (messages, i);

          if (confab_message_get_seq (message) <= last_seq)
            continue;
          last_seq = confab_message_get_seq (message);
          if (confab_message_get_kind (message) == CONFAB_MESSAGE_KIND_TEXT)
            g_ptr_array_add (texts, g_strdup (confab_message_get_text (message)));
        }

      more = confab_message_list_get_has_newer (list);
      confab_message_list_load_newer_async (list, NULL, support_take_result_cb, &result);
      support_wait_for (result);
      g_assert_true (confab_message_list_load_newer_finish (list, result, NULL));
    }
}

/* Of each round what came is the beginning of what was written, without a hole. */
static void
check (GPtrArray   *texts,
       const guint *n_sent)
{
  guint n_came[N_ROUNDS] = { 0 };
  guint round = 0;

  for (guint i = 0; i < texts->len; i++)
    {
      guint number, index;

      g_assert_cmpint (sscanf (texts->pdata[i], "%u %u", &number, &index), ==, 2);
      g_assert_cmpuint (number, >=, round);
      round = number;
      g_assert_cmpuint (index, ==, n_came[round]);
      n_came[round]++;
    }
  for (guint i = 0; i < N_ROUNDS; i++)
    g_assert_cmpuint (n_came[i], >=, n_sent[i]);
}

static void
test_killed (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autofree char *url =
    g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (server));
  ClientApp *app = client_app_new ();
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GListModel) messages = NULL;
  guint n_sent[N_ROUNDS];
  ConfabRoom *room;

  client_app_sign_up (app, url, "ann");
  client_app_join (app, "garden");
  client_app_pause (app);
  for (guint i = 0; i < N_ROUNDS; i++)
    n_sent[i] = run_round (app->folder, i, (guint) g_test_rand_int_range (0, 60));

  client_app_resume (app);
  client_app_go_online (app);
  room = confab_session_get_room (app->session, "garden");
  support_wait_until (confab_message_get_state (confab_room_get_last_message (room)) !=
                      CONFAB_MESSAGE_STATE_QUEUED);
  messages = client_app_open (room);
  load_all (messages, texts);
  check (texts, n_sent);
  g_clear_object (&messages);
  client_app_free (app);
}

static void
test_one_process (void)
{
  ClientApp *app = client_app_new ();
  g_autoptr(ConfabProfile) second = confab_profile_new (app->folder);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_profile_load_async (second, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  g_assert_false (confab_profile_load_finish (second, result, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_STORE);
  g_assert_nonnull (strstr (error->message, "Another process"));
  client_app_free (app);
}

int
main (int    argc,
      char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--write"))
    {
      client_app_init_tests ();
      return write_until_killed (argv[2], argv[3]);
    }

  g_test_init (&argc, &argv, NULL);
  client_app_init_tests ();

  g_test_add_func ("/client-crash/what-was-queued-goes-out-once-and-in-order", test_killed);
  g_test_add_func ("/client-crash/a-second-process-is-refused-the-profile", test_one_process);

  return g_test_run ();
}
