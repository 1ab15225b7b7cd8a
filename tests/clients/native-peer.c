/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-app.h"

#include <gio/gunixinputstream.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

/* native-peer URL NAME GROUP: libconfab as another program's puppet.
 *
 * Signs up and joins. Each line of standard input is a content to send to the group, or
 * after `@` to the room of the last private message; each line of standard output is an
 * object: "ready" with the user's id first, then each "content" that was received, with its
 * "room", and the ids of those who are "present" in the group whenever that has changed. At the
 * end of the input it closes and ends. */

typedef struct
{
  GMainLoop        *loop;
  ConfabRoom       *group;
  ConfabRoom       *direct;   /* of the last private message */
  GDataInputStream *input;
} Peer;

static void
say (JsonBuilder *builder)
{
  g_autoptr(JsonNode) node = json_builder_get_root (builder);
  g_autofree char *line = json_to_string (node, FALSE);

  puts (line);
  fflush (stdout);
}

static void
say_two (const char *first_name,
         const char *first,
         const char *second_name,
         const char *second)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, first_name);
  json_builder_add_string_value (builder, first);
  if (second_name)
    {
      json_builder_set_member_name (builder, second_name);
      json_builder_add_string_value (builder, second);
    }
  json_builder_end_object (builder);
  say (builder);
}

static void
received_cb (ConfabSession *session,
             ConfabRoom    *room,
             ConfabMessage *message,
             gpointer       user_data)
{
  Peer *self = user_data;
  const char *content = confab_message_get_content (message);

  if (confab_room_get_kind (room) == CONFAB_ROOM_KIND_DIRECT)
    g_set_object (&self->direct, room);

  say_two ("room", confab_room_get_rid (room),
           content ? "content" : "text", content ? content : confab_message_get_text (message));
}

static void
present_changed_cb (GListModel *present,
                    guint       position,
                    guint       n_removed,
                    guint       n_added,
                    gpointer    user_data)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "present");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (present); i++)
    {
      g_autoptr(ConfabUser) user = g_list_model_get_item (present, i);

      json_builder_add_string_value (builder, confab_user_get_user_id (user));
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  say (builder);
}

static void
line_read_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Peer *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (self->input, result, NULL,
                                                                     &error);
  g_autoptr(ConfabMessage) message = NULL;
  gboolean direct = line && line[0] == '@';

  g_assert_no_error (error);
  if (!line)
    {
      g_main_loop_quit (self->loop);
      return;
    }

  message = confab_room_send_content (direct ? self->direct : self->group, line + direct, &error);
  g_assert_no_error (error);
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, line_read_cb, self);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GInputStream) stdin_stream = g_unix_input_stream_new (0, FALSE);
  ClientApp *app;
  Peer self = { 0 };

  g_assert_cmpint (argc, ==, 4);
  client_app_init_tests ();

  app = client_app_new ();
  client_app_sign_up (app, argv[1], argv[2]);
  client_app_go_online (app);
  self.group = client_app_join (app, argv[3]);
  self.input = g_data_input_stream_new (stdin_stream);
  self.loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (app->session, "message-received", G_CALLBACK (received_cb), &self);
  g_signal_connect (confab_room_get_present (self.group), "items-changed",
                    G_CALLBACK (present_changed_cb), NULL);
  say_two ("ready", confab_user_get_user_id (confab_session_get_user (app->session)), NULL, NULL);
  present_changed_cb (confab_room_get_present (self.group), 0, 0, 0, NULL);

  g_data_input_stream_read_line_async (self.input, G_PRIORITY_DEFAULT, NULL, line_read_cb, &self);
  g_main_loop_run (self.loop);

  g_signal_handlers_disconnect_by_data (app->session, &self);
  g_signal_handlers_disconnect_by_func (confab_room_get_present (self.group), present_changed_cb,
                                        NULL);
  g_clear_object (&self.input);
  g_clear_object (&self.direct);
  g_clear_pointer (&self.loop, g_main_loop_unref);
  client_app_free (app);

  return 0;
}
