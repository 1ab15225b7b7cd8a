/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabcall.h"
#include "support-wait.h"

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>

/* rtc-peer URL NAME GROUP: connectRTC of libconfab-call as another program's puppet.
 *
 * Logs in and joins. Lines of standard input: `connect PARAMS`, `stream PARAMS` (the same
 * with sound and picture of its own), `accept PARAMS` and `close PARAMS` with JSON, `send
 * LABEL TEXT`, `hangup`. Lines of standard output tell what happens. */

typedef struct
{
  GMainLoop        *loop;
  ConfabClient     *client;
  ConfabDevices    *devices;
  ConfabRtcPort    *port;
  ConfabRtc        *rtc;
  GDataInputStream *input;
} Puppet;

G_GNUC_PRINTF (1, 2) static void
tell (const char *format,
      ...)
{
  va_list arguments;

  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  fflush (stdout);
}

static void
opened_cb (ConfabDataChannel *channel,
           Puppet            *self)
{
  tell ("open %s %d %d %d\n", confab_data_channel_get_label (channel),
        confab_data_channel_get_ordered (channel),
        confab_data_channel_get_max_retransmits (channel),
        confab_data_channel_get_max_packet_life_time (channel));
}

static void
message_cb (ConfabDataChannel *channel,
            const char        *text,
            Puppet            *self)
{
  tell ("message %s %s\n", confab_data_channel_get_label (channel), text);
}

static void
buffered_amount_low_cb (ConfabDataChannel *channel,
                        Puppet            *self)
{
  tell ("low %s\n", confab_data_channel_get_label (channel));
}

static void
rtc_event_cb (ConfabRtc  *rtc,
              const char *type,
              const char *value,
              Puppet     *self)
{
  tell ("event %s %s\n", type, value ?: "");
}

static void
channel_cb (ConfabRtc         *rtc,
            ConfabDataChannel *channel,
            Puppet            *self)
{
  g_signal_connect (channel, "opened", G_CALLBACK (opened_cb), self);
  g_signal_connect (channel, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (channel, "buffered-amount-low", G_CALLBACK (buffered_amount_low_cb), self);
}

static void
connected_cb (ConfabRtc *rtc,
              Puppet    *self)
{
  tell ("connected\n");
}

static void
closed_cb (ConfabRtc *rtc,
           Puppet    *self)
{
  tell ("closed\n");
}

static void
take_rtc (Puppet    *self,
          ConfabRtc *rtc)
{
  GListModel *channels = confab_rtc_get_channels (rtc);

  g_set_object (&self->rtc, rtc);
  g_signal_connect (rtc, "channel", G_CALLBACK (channel_cb), self);
  g_signal_connect (rtc, "connected", G_CALLBACK (connected_cb), self);
  g_signal_connect (rtc, "closed", G_CALLBACK (closed_cb), self);
  g_signal_connect (rtc, "rtc-event", G_CALLBACK (rtc_event_cb), self);
  for (guint i = 0; i < g_list_model_get_n_items (channels); i++)
    {
      g_autoptr(ConfabDataChannel) channel = g_list_model_get_item (channels, i);

      channel_cb (rtc, channel, self);
    }
}

static void
incoming_cb (ConfabRtcPort *port,
             ConfabRtc     *rtc,
             Puppet        *self)
{
  take_rtc (self, rtc);
  tell ("incoming %s %s\n", confab_rtc_get_sender (rtc), confab_rtc_get_sender_cid (rtc));
}

static void
tell_error (const GError *error)
{
  tell ("error %s: %s\n", confab_client_error_to_string ((ConfabClientError) error->code),
        error->message);
}

static void
send (Puppet     *self,
      const char *label,
      const char *text)
{
  GListModel *channels = confab_rtc_get_channels (self->rtc);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (channels); i++)
    {
      g_autoptr(ConfabDataChannel) channel = g_list_model_get_item (channels, i);

      if (g_str_equal (confab_data_channel_get_label (channel), label) &&
          !confab_data_channel_send_text (channel, text, &error))
        g_error ("%s", error->message);
    }
}

/* Of the program's own making. */
static ConfabRtc *
connect_with_stream (Puppet      *self,
                     JsonObject  *params,
                     GError     **error)
{
  return confab_rtc_port_connect_rtc_with_stream (
    self->port, params,
    gst_parse_bin_from_description ("audiotestsrc is-live=true freq=600", TRUE, NULL),
    gst_parse_bin_from_description ("videotestsrc is-live=true pattern=smpte ! "
                                    "video/x-raw,width=320,height=240", TRUE, NULL),
    error);
}

static void
obey (Puppet     *self,
      const char *line)
{
  g_auto(GStrv) words = g_strsplit (line, " ", 2);
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(ConfabRtc) rtc = NULL;
  g_autoptr(GError) error = NULL;

  if (g_str_equal (words[0], "hangup"))
    {
      confab_rtc_hangup (self->rtc);
    }
  else if (g_str_equal (words[0], "send"))
    {
      g_auto(GStrv) parts = g_strsplit (words[1], " ", 2);

      send (self, parts[0], parts[1]);
    }
  else
    {
      node = json_from_string (words[1], NULL);
      if (g_str_equal (words[0], "close"))
        confab_rtc_port_close_rtc (self->port, json_node_get_object (node), &error);
      else if (g_str_equal (words[0], "accept"))
        confab_rtc_connect_rtc (self->rtc, json_node_get_object (node), &error);
      else if (g_str_equal (words[0], "stream"))
        rtc = connect_with_stream (self, json_node_get_object (node), &error);
      else
        rtc = confab_rtc_port_connect_rtc (self->port, json_node_get_object (node), &error);
      if (rtc)
        take_rtc (self, rtc);
    }

  if (error)
    tell_error (error);
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

static void
log_in (Puppet     *self,
        const char *name,
        const char *group)
{
  g_autoptr(GAsyncResult) login = NULL;
  g_autoptr(GAsyncResult) connect = NULL;
  g_autoptr(GAsyncResult) join = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabWebsocket) socket = NULL;
  g_autoptr(ConfabRealtimeEvent) joined = NULL;

  confab_client_login_async (self->client, name, "correct horse", NULL, support_take_result_cb,
                             &login);
  support_wait_for (login);
  confab_client_login_finish (self->client, login, &error);
  g_assert_no_error (error);
  confab_client_connect_realtime_async (self->client, NULL, support_take_result_cb, &connect);
  support_wait_for (connect);
  socket = confab_client_connect_realtime_finish (self->client, connect, &error);
  g_assert_no_error (error);
  confab_client_join_realtime_async (self->client, group, NULL, support_take_result_cb, &join);
  support_wait_for (join);
  joined = confab_client_join_realtime_finish (self->client, join, &error);
  g_assert_no_error (error);
}

int
main (int    argc,
      char **argv)
{
  Puppet self = { 0 };
  g_autoptr(GInputStream) input = NULL;

  if (argc != 4)
    return 2;

  gst_init (NULL, NULL);
  self.client = confab_client_new (argv[1], NULL, NULL);
  self.devices = confab_devices_new ();
  self.port = confab_rtc_port_new (self.client, self.devices);
  g_signal_connect (self.port, "incoming", G_CALLBACK (incoming_cb), &self);
  log_in (&self, argv[2], argv[3]);
  support_wait_until (confab_devices_get_ready (self.devices));

  self.loop = g_main_loop_new (NULL, FALSE);
  input = g_unix_input_stream_new (0, FALSE);
  self.input = g_data_input_stream_new (input);
  g_data_input_stream_read_line_async (self.input, G_PRIORITY_DEFAULT, NULL, line_read_cb, &self);
  tell ("ready\n");
  g_main_loop_run (self.loop);

  if (self.rtc)
    confab_rtc_hangup (self.rtc);
  g_clear_object (&self.rtc);
  g_clear_object (&self.port);
  g_clear_object (&self.devices);
  g_clear_object (&self.client);
  g_clear_object (&self.input);
  g_main_loop_unref (self.loop);

  return 0;
}
