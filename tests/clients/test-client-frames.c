/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "altogic-bot.h"
#include "client-bot.h"
#include "support-wait.h"

#include <string.h>

/* What the library says and hears, as the server has written it down: the frames are those of the
 * services' own clients. The rows of tests/clients/rows.txt that are proven are in the names. */

typedef struct
{
  char          *folder;
  char          *path;
  ServerProcess *server;
  ServerAccount *ann;
} Traced;

static void
setup (Traced        *self,
       gconstpointer  unused)
{
  const char *arguments[] = { "--trace-frames", NULL, NULL };

  self->folder = support_make_folder ();
  self->path = g_build_filename (self->folder, "frames", NULL);
  arguments[1] = self->path;
  self->server = server_process_new (arguments);
  self->ann = server_process_sign_up (self->server, "ann");
}

static void
teardown (Traced        *self,
          gconstpointer  unused)
{
  server_account_free (self->ann);
  server_process_free (self->server);
  support_remove_folder (self->folder);
  g_free (self->path);
  g_free (self->folder);
}

/* "WHAT OPCODE TEXT" of each frame of the first connection of all, a line each; what a line does
 * not have is a dash. */
static char *
read_frames (Traced *self)
{
  g_autofree char *text = NULL;
  g_autofree char *first = NULL;
  g_auto(GStrv) lines = NULL;
  GString *frames = g_string_new (NULL);

  g_assert_true (g_file_get_contents (self->path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);

  /* The last line may be only half there. */
  for (guint i = 0; lines[i] && lines[i + 1]; i++)
    {
      g_autoptr(JsonNode) node = json_from_string (lines[i], NULL);
      JsonObject *line = json_node_get_object (node);
      const char *peer = json_object_get_string_member (line, "peer");
      const char *what = json_object_get_string_member (line, "what");

      if (!first)
        first = g_strdup (peer);
      if (g_str_equal (peer, first) && !g_str_equal (what, "named"))
        g_string_append_printf (frames, "%s %s %s\n", what,
                                json_object_get_string_member_with_default (line, "opcode", "-"),
                                json_object_get_string_member_with_default (line, "text", "-"));
    }

  return g_string_free (frames, FALSE);
}

static gboolean
find_frame (Traced     *self,
            const char *wanted,
            gsize      *n_seen)
{
  g_autofree char *frames = read_frames (self);
  const char *found = strstr (frames + *n_seen, wanted);

  if (!found)
    return FALSE;

  *n_seen = (gsize) (found - frames) + strlen (wanted);

  return TRUE;
}

/* Waits until the server has written down such a frame behind those that were awaited before. */
static void
await_frame (Traced     *self,
             gsize      *n_seen,
             const char *format,
             ...) G_GNUC_PRINTF (3, 4);

static void
await_frame (Traced     *self,
             gsize      *n_seen,
             const char *format,
             ...)
{
  g_autofree char *wanted = NULL;
  va_list args;

  va_start (args, format);
  wanted = g_strdup_vprintf (format, args);
  va_end (args);

  g_test_message ("waiting for %s", wanted);
  support_wait_until (find_frame (self, wanted, n_seen));
}

static void
test_skapi (Traced        *self,
            gconstpointer  unused)
{
  g_autoptr(ClientBot) ann = client_bot_new_of (self->server, self->ann);
  g_autofree char *send_token = server_process_dup_id_token (self->server, self->ann);
  const char *id = self->ann->user_id;
  const char *token = self->ann->access_token;
  gsize n_seen = 0;

  client_bot_enter (ann, "g");
  g_free (client_bot_post (ann, "{\"100%\":0}", "g",
                           "{\"title\":\"t\",\"body\":\"b\",\"config\":{\"always\":true}}", NULL));
  client_bot_await (ann, "message");
  g_free (client_bot_post (ann, NULL, id, NULL, NULL));
  client_bot_await (ann, "private");
  g_free (client_bot_join (ann, NULL, NULL));
  client_bot_close (ann);

  await_frame (self, &n_seen, "in text {\"action\":\"keepAlive\"}\n");
  await_frame (self, &n_seen, "in text {\"action\":\"joinRoom\",\"rid\":\"g\",\"token\":\"%s\"}\n",
               token);
  await_frame (self, &n_seen,
               "out text {\"#notice\":\"User \\\"%s\\\" has joined the message group.\","
               "\"#user_id\":\"%s\",\"#scid\":\"", id, id);
  await_frame (self, &n_seen,
               "in text {\"action\":\"broadcast\",\"rid\":\"g\",\"content\":{\"100%%\":0},"
               "\"notification\":\"{\\\"title\\\":\\\"t\\\",\\\"body\\\":\\\"b\\\"}\","
               "\"notificationConfig\":{\"always\":true},\"token\":\"%s\"}\n", send_token);
  await_frame (self, &n_seen, "out text {\"#message\":{\"100\\u0025\":0},\"#user_id\":\"%s\"", id);
  await_frame (self, &n_seen,
               "in text {\"action\":\"sendMessage\",\"uid\":\"%s\",\"notification\":\"\","
               "\"notificationConfig\":{},\"token\":\"%s\"}\n", id, send_token);
  await_frame (self, &n_seen, "out text {\"#private\":null,\"#user_id\":\"%s\"", id);
  await_frame (self, &n_seen, "in text {\"action\":\"joinRoom\",\"rid\":null,\"token\":\"%s\"}\n",
               token);
  await_frame (self, &n_seen, "in close ");
  await_frame (self, &n_seen, "gone - -\n");
}

static void
test_altogic (Traced        *self,
              gconstpointer  unused)
{
  g_autofree char *url =
    g_strdup_printf ("http://127.0.0.1:%u/e:dev1", server_process_get_port (self->server));
  g_autoptr(AltogicBot) ann =
    altogic_bot_new (url, self->ann->access_token, CONFAB_TRANSPORTS_WEBSOCKET);
  g_autoptr(JsonNode) profile = json_from_string ("{\"username\":\"Ann\"}", NULL);
  g_autofree char *id = NULL;
  gsize n_seen = 0;

  confab_client_open (ann->client);
  altogic_bot_expect (ann, "connect");
  id = g_strdup (confab_client_get_socket_id (ann->client));
  g_assert_true (confab_client_update_profile (ann->client, profile, CONFAB_ECHO_DEFAULT, NULL));
  g_assert_true (confab_client_join (ann->client, "c", CONFAB_ECHO_ON, NULL));
  altogic_bot_expect (ann, "join c %s {\"username\":\"Ann\"}", id);
  altogic_bot_send (ann, "c", "chat", "\"100%\"");
  altogic_bot_send (ann, "c", "bytes", "{\"$binary\":\"AQID\"}");
  g_free (altogic_bot_await (ann, "event bytes "));
  altogic_bot_send (ann, NULL, "all", "0");
  g_free (altogic_bot_await (ann, "event all "));
  g_assert_true (confab_client_leave (ann->client, "c", CONFAB_ECHO_OFF, NULL));
  confab_client_close (ann->client);

  await_frame (self, &n_seen, "out text 0{\"sid\":\"");
  await_frame (self, &n_seen,
               "in text 40{\"echoMessages\":true,\"subdomain\":\"\",\"envId\":\"dev1\","
               "\"clientKey\":\"key\",\"Session\":\"%s\"}\n", self->ann->access_token);
  await_frame (self, &n_seen, "out text 40{\"sid\":\"%s\"}\n", id);
  await_frame (self, &n_seen, "in text 42[\"update\",{\"data\":{\"username\":\"Ann\"}}]\n");
  await_frame (self, &n_seen, "in text 42[\"join\",{\"channel\":\"c\",\"echo\":true}]\n");
  await_frame (self, &n_seen,
               "out text 42[\"channel:join\",{\"channel\":\"c\",\"message\":{\"id\":\"%s\","
               "\"data\":{\"username\":\"Ann\"}}}]\n", id);
  await_frame (self, &n_seen, "in text 42[\"message\",{\"channel\":\"c\",\"eventName\":\"chat\","
               "\"message\":\"100%%\"}]\n");
  await_frame (self, &n_seen, "in text 451-[\"message\",{\"channel\":\"c\",\"eventName\":\"bytes\","
               "\"message\":{\"_placeholder\":true,\"num\":0}}]\n");
  await_frame (self, &n_seen, "in binary -\n");
  await_frame (self, &n_seen, "out text 451-[\"bytes\",{\"channel\":\"c\",\"message\":"
               "{\"_placeholder\":true,\"num\":0}}]\n");
  await_frame (self, &n_seen, "out binary -\n");
  await_frame (self, &n_seen, "in text 42[\"message\",{\"eventName\":\"all\",\"message\":0}]\n");
  await_frame (self, &n_seen, "in text 42[\"leave\",{\"channel\":\"c\",\"echo\":false}]\n");
  await_frame (self, &n_seen, "in text 41\n");
  await_frame (self, &n_seen, "in close ");
  await_frame (self, &n_seen, "gone - -\n");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/client/frames/those-of-skapi #1 #6 #7 #29 #35 #37 #38 #39 #43 #53", Traced, NULL,
              setup, test_skapi, teardown);
  g_test_add ("/client/frames/those-of-altogic #95 #97 #100", Traced, NULL, setup, test_altogic,
              teardown);

  return g_test_run ();
}
