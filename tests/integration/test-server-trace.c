/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"
#include "support-wait.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

/* --trace-frames: what a server writes down of what passes over its WebSockets. */

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

/* What differs from run to run. */
static const char *
shorten (const char *what,
         const char *said)
{
  if (g_str_has_prefix (said, "0{"))
    return "0{…}";
  if (g_str_has_prefix (said, "40{"))
    return "40{…}";
  if (g_str_equal (what, "out") && g_str_has_prefix (said, "{"))
    return "{…}";

  return said;
}

/* WHAT OPCODE TEXT of each line; what changes from run to run is checked, and left out. */
static char *
read_trace (Traced *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  GString *digest = g_string_new (NULL);

  g_file_get_contents (self->path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);

  /* The last line may be only half there. */
  for (guint i = 0; lines[i] && lines[i + 1]; i++)
    {
      g_autoptr(JsonNode) node = json_from_string (lines[i], &error);
      JsonObject *line;
      const char *opcode;
      const char *said;

      g_assert_no_error (error);
      line = json_node_get_object (node);
      opcode = json_object_get_string_member_with_default (line, "opcode", "");
      said = json_object_get_string_member_with_default (line, "text", "");
      g_assert_cmpint (ABS (json_object_get_int_member (line, "at") - g_get_real_time ()), <,
                       G_TIME_SPAN_HOUR);
      g_assert_cmpuint (strlen (json_object_get_string_member (line, "peer")), ==, 16);
      if (json_object_has_member (line, "cid"))
        g_assert_cmpuint (strlen (json_object_get_string_member (line, "cid")), ==, 16);

      g_string_append_printf (digest, "%s %s %s\n", json_object_get_string_member (line, "what"),
                              opcode, shorten (json_object_get_string_member (line, "what"),
                                               said));
    }

  return g_string_free (digest, FALSE);
}

static gboolean
traces (Traced     *self,
        const char *expected)
{
  g_autofree char *digest = read_trace (self);

  return g_str_equal (digest, expected);
}

static void
test_each_frame_is_a_line (Traced        *self,
                           gconstpointer  unused)
{
  g_autoptr(RawPeer) peer = server_process_connect_skapi (self->server, self->ann);
  g_autoptr(JsonObject) notice = NULL;

  support_wait_until (traces (self, "named  \n"));
  raw_peer_send (peer, "{\"action\":\"joinRoom\",\"rid\":\"c\"}");
  notice = raw_peer_await_key (peer, "#notice");
  raw_peer_send (peer, "{\"action\":\"100% \\\"quoted\\\"\"}");
  g_clear_pointer (&notice, json_object_unref);
  notice = raw_peer_await_key (peer, "#error");
  raw_peer_send_frame (peer, RAW_PEER_CLOSE, "\x03\xe8", 2);
  g_assert_cmpuint (raw_peer_await_close (peer, RAW_PEER_DEADLINE_MS), ==, 1000);
  g_clear_pointer (&peer, raw_peer_free);

  support_wait_until (traces (self,
                              "named  \n"
                              "in text {\"action\":\"joinRoom\",\"rid\":\"c\"}\n"
                              "out text {…}\n"
                              "in text {\"action\":\"100% \\\"quoted\\\"\"}\n"
                              "out text {…}\n"
                              "in close \n"
                              "out close \n"
                              "gone  \n"));
}

static void
test_attachments_are_lines_of_their_own (Traced        *self,
                                         gconstpointer  unused)
{
  const guint8 bytes[] = { 1, 2, 255 };
  g_autoptr(RawPeer) peer = raw_peer_new (server_process_get_port (self->server));
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpuint (raw_peer_upgrade (peer, "/socket.io/?EIO=4&transport=websocket", NULL), ==,
                    101);
  raw_peer_sendf (peer, "40{\"Session\":\"%s\"}", self->ann->access_token);
  support_wait_until (traces (self,
                              "out text 0{…}\n"
                              "in text 40{…}\n"
                              "named  \n"
                              "out text 40{…}\n"));
  raw_peer_send (peer, "451-[\"message\",{\"eventName\":\"e\",\"message\":"
                       "{\"_placeholder\":true,\"num\":0}}]");
  raw_peer_send_frame (peer, RAW_PEER_BINARY, bytes, sizeof bytes);

  support_wait_until (traces (self,
                              "out text 0{…}\n"
                              "in text 40{…}\n"
                              "named  \n"
                              "out text 40{…}\n"
                              "in text 451-[\"message\",{\"eventName\":\"e\",\"message\":"
                              "{\"_placeholder\":true,\"num\":0}}]\n"
                              "in binary \n"
                              "out text 451-[\"e\",{\"channel\":null,\"message\":"
                              "{\"_placeholder\":true,\"num\":0}}]\n"
                              "out binary \n"));
  g_file_get_contents (self->path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "\"what\":\"out\",\"opcode\":\"binary\",\"bytes\":3,"
                                  "\"base64\":\"AQL/\"}\n"));
}

static void
test_only_its_owner_reads_it (Traced        *self,
                              gconstpointer  unused)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (self->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

static void
add (const char *name,
     void      (*test) (Traced *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/trace/%s", name);

  g_test_add (path, Traced, NULL, setup, test, teardown);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("each-frame-is-a-line", test_each_frame_is_a_line);
  add ("attachments-are-lines-of-their-own", test_attachments_are_lines_of_their_own);
  add ("only-its-owner-reads-it", test_only_its_owner_reads_it);

  return g_test_run ();
}
