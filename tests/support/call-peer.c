/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-app.h"

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>

/* call-peer URL NAME: a person with libconfab-call as another program's puppet.
 *
 * Signs up; where $CALL_PEER_DESKTOP is set the session bus is a desktop's. Lines of standard
 * input: `call USER_ID video|voice`, `accept video|voice`, `decline`, `hangup`, `screen`,
 * `no-screen`, `camera`, `no-camera`, and `rest`, after which there is no call. Each line of
 * standard output is what there is to know: the word `ready` and the user's id first, then
 * `state` with its name and reason, `missing-screen` with why a screen is not seen, and ten
 * times a second: `media` with the number of pictures that were decoded, how loud the other
 * side is, how wide its picture is, how many kbit/s go out, what kinds of addresses they go
 * from and to (`host`, `srflx`, `prflx`, `relay`), and how many of the pictures were those that
 * another puppet shows; `own` and `peer` with why the picture and the screen of that side are
 * missing, and whether it shows a `screen`, a `camera` or `nothing`; and `seen` with the colour
 * in the middle of what the other side shows, as YUV. */

typedef struct
{
  GMainLoop        *loop;
  CallApp          *app;
  ConfabCall       *watched;
  GDataInputStream *input;
} Puppet;

static const char *
get_nick (GType type,
          int   value)
{
  g_autoptr(GEnumClass) enum_class = g_type_class_ref (type);

  return g_enum_get_value (enum_class, value)->value_nick;
}

static void
say_state (Puppet *self)
{
  printf ("state %s %s\n",
          get_nick (CONFAB_TYPE_CALL_STATE, (int) confab_call_get_state (self->watched)),
          get_nick (CONFAB_TYPE_CALL_END_REASON, (int) confab_call_get_end_reason (self->watched)));
  fflush (stdout);
}

static void
state_cb (ConfabCall *call,
          GParamSpec *pspec,
          Puppet     *self)
{
  say_state (self);
}

static void
missing_screen_cb (ConfabCall *call,
                   GParamSpec *pspec,
                   Puppet     *self)
{
  printf ("missing-screen %s\n",
          get_nick (CONFAB_TYPE_MISSING, (int) confab_call_get_missing_screen (call)));
  fflush (stdout);
}

static void
watch (Puppet *self)
{
  if (!self->app->call || self->watched == self->app->call)
    return;

  g_set_object (&self->watched, self->app->call);
  g_signal_connect (self->watched, "notify::state", G_CALLBACK (state_cb), self);
  g_signal_connect (self->watched, "notify::missing-screen", G_CALLBACK (missing_screen_cb), self);
  say_state (self);
}

static void
say_side (const char    *side,
          ConfabMissing  video,
          ConfabMissing  screen,
          gboolean       video_on,
          gboolean       screen_on)
{
  printf ("%s %s %s %s\n", side, get_nick (CONFAB_TYPE_MISSING, (int) video),
          get_nick (CONFAB_TYPE_MISSING, (int) screen),
          screen_on ? "screen" : video_on ? "camera" : "nothing");
}

static void
say_what_is_shown (CallApp *app)
{
  ConfabCallPeer *peer = call_app_get_peer (app);

  say_side ("own", confab_call_get_missing_video (app->call),
            confab_call_get_missing_screen (app->call), confab_call_get_camera_on (app->call),
            confab_call_get_screen_on (app->call));
  say_side ("peer", confab_call_peer_get_missing_video (peer),
            confab_call_peer_get_missing_screen (peer), confab_call_peer_get_video_on (peer),
            confab_call_peer_get_screen_on (peer));
  printf ("seen %06x\n", g_atomic_int_get (&app->colour));
}

static gboolean
tell_media_cb (gpointer user_data)
{
  Puppet *self = user_data;
  g_autoptr(ConfabCallStats) stats = NULL;

  watch (self);
  if (call_app_is (self->app, CONFAB_CALL_STATE_ACTIVE) && call_app_get_peer (self->app))
    {
      stats = confab_call_peer_dup_stats (call_app_get_peer (self->app));
      printf ("media %" G_GUINT64_FORMAT " %.0f %u %u %s %s %d\n", stats->frames_decoded,
              stats->audio_level_db, stats->width, stats->send_kbit_per_s,
              stats->local_candidate ?: "none", stats->remote_candidate ?: "none",
              g_atomic_int_get (&self->app->n_pictures));
      say_what_is_shown (self->app);
      fflush (stdout);
    }

  return G_SOURCE_CONTINUE;
}

/* Of no call, whatever there was. */
static void
rest (Puppet *self)
{
  if (self->app->call)
    confab_call_hang_up (self->app->call);
  printf ("rests\n");
  fflush (stdout);
}

static void
obey (Puppet     *self,
      const char *line)
{
  g_auto(GStrv) words = g_strsplit (line, " ", 3);
  gboolean video = words[0] && words[1] && g_str_has_suffix (line, " video");

  if (g_strcmp0 (words[0], "call") == 0 && words[1])
    {
      g_autoptr(ConfabUser) user = confab_session_dup_user (self->app->app->session, words[1]);

      call_app_call_user (self->app, user, video);
    }
  else if (g_strcmp0 (words[0], "accept") == 0)
    confab_call_accept (self->app->call, video);
  else if (g_strcmp0 (words[0], "screen") == 0)
    confab_call_share_screen (self->app->call);
  else if (g_strcmp0 (words[0], "no-screen") == 0)
    confab_call_stop_screen (self->app->call);
  else if (g_strcmp0 (words[0], "camera") == 0 || g_strcmp0 (words[0], "no-camera") == 0)
    confab_call_set_camera_on (self->app->call, g_str_equal (words[0], "camera"));
  else if (g_strcmp0 (words[0], "decline") == 0)
    confab_call_decline (self->app->call);
  else if (g_strcmp0 (words[0], "hangup") == 0)
    confab_call_hang_up (self->app->call);
  else if (g_strcmp0 (words[0], "rest") == 0)
    rest (self);
  watch (self);
}

static void
line_read_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Puppet *self = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (self->input, result, NULL,
                                                                     NULL);

  if (!line)
    {
      g_main_loop_quit (self->loop);
      return;
    }

  obey (self, line);
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, line_read_cb, self);
}

int
main (int    argc,
      char **argv)
{
  Puppet self = { 0 };
  g_autoptr(GInputStream) input = NULL;
  ConfabUser *user;

  if (argc != 3)
    return 2;

  if (!g_getenv ("CALL_PEER_DESKTOP"))
    client_app_init_tests ();
  gst_init (NULL, NULL);
  self.app = call_app_new (argv[1], argv[2]);
  self.loop = g_main_loop_new (NULL, FALSE);
  input = g_unix_input_stream_new (0, FALSE);
  self.input = g_data_input_stream_new (input);
  g_data_input_stream_read_line_async (self.input, G_PRIORITY_DEFAULT, NULL, line_read_cb, &self);
  g_timeout_add (100, tell_media_cb, &self);
  user = confab_session_get_user (self.app->app->session);
  printf ("ready %s\n", confab_user_get_user_id (user));
  fflush (stdout);
  g_main_loop_run (self.loop);

  g_clear_object (&self.input);
  if (self.watched)
    g_signal_handlers_disconnect_by_data (self.watched, &self);
  g_clear_object (&self.watched);
  call_app_free (self.app);
  g_main_loop_unref (self.loop);

  return 0;
}
