/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "call-app.h"

#include "confab-test-picture-private.h"
#include "support-wait.h"

#include <gst/video/video.h>
#include <string.h>

static guint
read_middle (GstVideoFrame *frame,
             guint          plane)
{
  int stride = GST_VIDEO_FRAME_PLANE_STRIDE (frame, plane);
  const guint8 *pixels = GST_VIDEO_FRAME_PLANE_DATA (frame, plane);

  return pixels[stride * (GST_VIDEO_FRAME_COMP_HEIGHT (frame, plane) / 2) +
                GST_VIDEO_FRAME_COMP_WIDTH (frame, plane) / 2];
}

static guint
read_colour (GstBuffer *buffer,
             GstCaps   *caps)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  guint colour;

  if (!gst_video_info_from_caps (&info, caps) ||
      !gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ))
    return 0;

  colour = read_middle (&frame, 0) << 16 | read_middle (&frame, 1) << 8 | read_middle (&frame, 2);
  gst_video_frame_unmap (&frame);

  return colour;
}

static GstPadProbeReturn
picture_cb (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         user_data)
{
  CallApp *self = user_data;
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (pad);
  guint stamp;

  if (caps)
    g_atomic_int_set (&self->colour, read_colour (GST_PAD_PROBE_INFO_BUFFER (info), caps));
  if (caps && confab_test_picture_read (GST_PAD_PROBE_INFO_BUFFER (info), caps, &stamp) &&
      stamp != self->last_stamp)
    {
      self->last_stamp = stamp;
      g_atomic_int_inc (&self->n_pictures);
    }

  return GST_PAD_PROBE_OK;
}

static GstElement *
make_screen (CallApp *self)
{
  GstElement *screen = gst_parse_bin_from_description (
    "videoconvert ! video/x-raw,format=I420 ! fakesink name=end sync=false async=false", TRUE,
    NULL);
  g_autoptr(GstElement) last = gst_bin_get_by_name (GST_BIN (screen), "end");
  g_autoptr(GstPad) pad = gst_element_get_static_pad (last, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, picture_cb, self, NULL);

  return gst_object_ref_sink (screen);
}

void
call_app_look_at (CallApp        *self,
                  ConfabCallPeer *peer)
{
  g_clear_object (&self->screen);
  self->screen = make_screen (self);
  confab_call_peer_set_video_sink (peer, self->screen);
}

static void
peers_changed_cb (GListModel *peers,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  CallApp    *self)
{
  g_autoptr(ConfabCallPeer) peer = n_added > 0 ? g_list_model_get_item (peers, position) : NULL;

  if (peer && !self->screen)
    call_app_look_at (self, peer);
}

static void
take_call (CallApp    *self,
           ConfabCall *call)
{
  call_app_forget (self);
  g_set_object (&self->call, call);
  g_atomic_int_set (&self->n_pictures, 0);
  g_signal_connect (confab_call_get_peers (call), "items-changed", G_CALLBACK (peers_changed_cb),
                    self);
}

static void
incoming_cb (ConfabCalls *calls,
             ConfabCall  *call,
             CallApp     *self)
{
  self->n_incoming++;
  take_call (self, call);
}

/* GStreamer may look at a webrtcbin that is to stop while that one's own thread links it anew. */
static gboolean
is_fatal_cb (const char     *domain,
             GLogLevelFlags  level,
             const char     *message,
             gpointer        user_data)
{
  return !strstr (message, "loop detected in the graph of bin");
}

static void
warning_cb (const char     *domain,
            GLogLevelFlags  level,
            const char     *message,
            gpointer        user_data)
{
  if (is_fatal_cb (domain, level, message, NULL))
    g_log_default_handler (domain, level, message, NULL);
}

static void
bear_loops (void)
{
  static gboolean heard = FALSE;

  if (!heard)
    g_log_set_handler ("GStreamer", G_LOG_LEVEL_WARNING | G_LOG_FLAG_FATAL, warning_cb, NULL);
  heard = TRUE;
  /* For this test. */
  g_test_log_set_fatal_handler (is_fatal_cb, NULL);
}

static CallApp *
make_app (ClientApp *app)
{
  CallApp *self = g_new0 (CallApp, 1);

  bear_loops ();
  self->app = app;
  self->devices = confab_devices_new ();
  self->calls = confab_calls_new (self->app->session, self->devices);
  g_signal_connect (self->calls, "incoming", G_CALLBACK (incoming_cb), self);

  return self;
}

CallApp *
call_app_new (const char *space_url,
              const char *name)
{
  ClientApp *app = client_app_new ();

  client_app_sign_up (app, space_url, name);

  return make_app (app);
}

CallApp *
call_app_new_device (const char *space_url,
                     const char *name)
{
  ClientApp *app = client_app_new ();

  client_app_sign_in (app, space_url, name);

  return make_app (app);
}

void
call_app_forget (CallApp *self)
{
  if (!self->call)
    return;

  g_signal_handlers_disconnect_by_data (confab_call_get_peers (self->call), self);
  g_clear_object (&self->screen);
  g_clear_object (&self->call);
}

void
call_app_free (CallApp *self)
{
  if (self->call)
    confab_call_hang_up (self->call);
  call_app_forget (self);
  g_clear_object (&self->calls);
  g_clear_object (&self->devices);
  client_app_free (self->app);
  g_free (self);
}

void
call_app_start (CallApp    *self,
                ConfabRoom *room,
                gboolean    video)
{
  g_autoptr(ConfabCall) call = confab_calls_start (self->calls, room, video);

  take_call (self, call);
}

void
call_app_call_user (CallApp    *self,
                    ConfabUser *user,
                    gboolean    video)
{
  ConfabRoom *room = client_app_direct (self->app, user);

  call_app_start (self, room, video);
}

void
call_app_call (CallApp  *self,
               CallApp  *other,
               gboolean  video)
{
  call_app_call_user (self, confab_session_get_user (other->app->session), video);
}

void
call_app_join (CallApp    *self,
               const char *group,
               gboolean    video)
{
  ConfabRoom *room = client_app_join (self->app, group);

  call_app_start (self, room, video);
}

gboolean
call_app_is (CallApp         *self,
             ConfabCallState  state)
{
  return self->call && confab_call_get_state (self->call) == state;
}

void
call_app_wait_active (CallApp *self)
{
  g_autofree char *reason = NULL;

  support_wait_until (confab_call_get_state (self->call) >= CONFAB_CALL_STATE_ACTIVE);
  if (call_app_is (self, CONFAB_CALL_STATE_ACTIVE))
    return;

  reason = g_enum_to_string (CONFAB_TYPE_CALL_END_REASON,
                             confab_call_get_end_reason (self->call));
  g_error ("The call ended: %s: %s", reason, confab_call_get_end_message (self->call));
}

ConfabCallPeer *
call_app_get_peer (CallApp *self)
{
  g_autoptr(ConfabCallPeer) peer =
    g_list_model_get_item (confab_call_get_peers (self->call), 0);

  return peer;
}

guint
call_app_count_connected (CallApp *app)
{
  GListModel *peers = confab_call_get_peers (app->call);
  guint n_connected = 0;

  for (guint i = 0; i < g_list_model_get_n_items (peers); i++)
    {
      g_autoptr(ConfabCallPeer) peer = g_list_model_get_item (peers, i);

      n_connected += confab_call_peer_get_connected (peer);
    }

  return n_connected;
}
