/* SPDX-License-Identifier: GPL-3.0-or-later */

/* bot URL NAME PASSWORD GROUP: says in a group what it hears there. */

#include <confab.h>

static void
message_cb (ConfabClient        *client,
            ConfabRealtimeEvent *event,
            const char          *group)
{
  g_autofree char *message = confab_realtime_event_dup_json (event);
  g_autofree char *text = g_strconcat ("I heard ", message, NULL);
  g_autoptr(JsonNode) answer = json_node_init_string (json_node_alloc (), text);

  if (g_strcmp0 (confab_realtime_event_get_sender (event), confab_client_get_user_id (client)) != 0)
    confab_client_post_realtime_async (client, answer, group, NULL, NULL, NULL, NULL);
}

static void
logged_in_cb (GObject      *client,
              GAsyncResult *result,
              gpointer      group)
{
  g_autoptr(GError) error = NULL;

  if (!confab_client_login_finish (CONFAB_CLIENT (client), result, &error))
    g_error ("%s", error->message);

  confab_client_connect_realtime_async (CONFAB_CLIENT (client), NULL, NULL, NULL);
  confab_client_join_realtime_async (CONFAB_CLIENT (client), group, NULL, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(ConfabClient) client = confab_client_new (argv[1], NULL, NULL);
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_signal_connect (client, "realtime-event::message", G_CALLBACK (message_cb), argv[4]);
  confab_client_login_async (client, argv[2], argv[3], NULL, logged_in_cb, argv[4]);
  g_main_loop_run (loop);
}
