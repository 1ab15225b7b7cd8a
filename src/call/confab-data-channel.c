/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-data-channel"

#include "config.h"

#include "confab-data-channel-private.h"

#include "confab-call-door-private.h"
#include "confab-call-error.h"

/**
 * ConfabDataChannel:
 *
 * Messages between two devices, beside sound and picture: texts (#ConfabDataChannel::message) and
 * bytes (#ConfabDataChannel::data), as reliable as the channel was made.
 *
 * It is open between #ConfabDataChannel::opened and #ConfabDataChannel::closed.
 */
struct _ConfabDataChannel
{
  GObject               parent_instance;

  GstWebRTCDataChannel *channel;
  ConfabCallDoor       *door;
  char                 *label;
  char                 *protocol;
  gboolean              ordered;
  int                   max_retransmits;
  int                   max_packet_life_time_ms;
  gboolean              open;
};

G_DEFINE_FINAL_TYPE (ConfabDataChannel, confab_data_channel, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_OPENED,
  SIGNAL_MESSAGE,
  SIGNAL_DATA,
  SIGNAL_CLOSED,
  N_SIGNALS
} ConfabDataChannelSignal;

static guint signals[N_SIGNALS];

static void
look_at_state (gpointer            object,
               const GstStructure *news)
{
  ConfabDataChannel *self = object;
  GstWebRTCDataChannelState state;

  if (!self->channel)
    return;

  g_object_get (self->channel, "ready-state", &state, NULL);
  if (state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN && !self->open)
    {
      self->open = TRUE;
      g_signal_emit (self, signals[SIGNAL_OPENED], 0);
    }
  else if (state == GST_WEBRTC_DATA_CHANNEL_STATE_CLOSED)
    {
      confab_data_channel_close (self);
    }
}

static void
state_cb (GstWebRTCDataChannel *channel,
          GParamSpec           *pspec,
          ConfabCallDoor       *door)
{
  confab_call_door_tell (door, look_at_state, NULL);
}

static void
take_text (gpointer            object,
           const GstStructure *news)
{
  ConfabDataChannel *self = object;

  look_at_state (self, NULL);
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, gst_structure_get_string (news, "text") ?: "");
}

static void
text_cb (GstWebRTCDataChannel *channel,
         const char           *text,
         ConfabCallDoor       *door)
{
  /* What is no UTF-8 is no text. */
  if (!text || g_utf8_validate (text, -1, NULL))
    confab_call_door_tell (door, take_text,
                           gst_structure_new ("text", "text", G_TYPE_STRING, text, NULL));
}

static void
take_bytes (gpointer            object,
            const GstStructure *news)
{
  ConfabDataChannel *self = object;
  g_autoptr(GBytes) bytes = NULL;

  look_at_state (self, NULL);
  gst_structure_get (news, "bytes", G_TYPE_BYTES, &bytes, NULL);
  g_signal_emit (self, signals[SIGNAL_DATA], 0, bytes);
}

static void
bytes_cb (GstWebRTCDataChannel *channel,
          GBytes               *bytes,
          ConfabCallDoor       *door)
{
  g_autoptr(GBytes) empty = bytes ? NULL : g_bytes_new (NULL, 0);

  confab_call_door_tell (
    door, take_bytes,
    gst_structure_new ("bytes", "bytes", G_TYPE_BYTES, bytes ? bytes : empty, NULL));
}

ConfabDataChannel *
confab_data_channel_new (GstWebRTCDataChannel *channel)
{
  ConfabDataChannel *self = g_object_new (CONFAB_TYPE_DATA_CHANNEL, NULL);

  self->channel = g_object_ref (channel);
  g_object_get (channel, "label", &self->label, "protocol", &self->protocol, "ordered",
                &self->ordered, "max-retransmits", &self->max_retransmits, "max-packet-lifetime",
                &self->max_packet_life_time_ms, NULL);
  confab_call_door_connect (self->door, channel, "notify::ready-state", G_CALLBACK (state_cb));
  confab_call_door_connect (self->door, channel, "on-message-string", G_CALLBACK (text_cb));
  confab_call_door_connect (self->door, channel, "on-message-data", G_CALLBACK (bytes_cb));
  confab_call_door_tell (self->door, look_at_state, NULL);

  return self;
}

void
confab_data_channel_close (ConfabDataChannel *self)
{
  if (!self->channel)
    return;

  confab_call_door_shut (self->door);
  g_signal_handlers_disconnect_matched (self->channel, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL,
                                        self->door);
  g_clear_object (&self->channel);
  self->open = FALSE;
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

const char *
confab_data_channel_get_label (ConfabDataChannel *self)
{
  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), NULL);

  return self->label;
}

const char *
confab_data_channel_get_protocol (ConfabDataChannel *self)
{
  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), NULL);

  return self->protocol;
}

gboolean
confab_data_channel_get_ordered (ConfabDataChannel *self)
{
  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), FALSE);

  return self->ordered;
}

int
confab_data_channel_get_max_retransmits (ConfabDataChannel *self)
{
  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), -1);

  return self->max_retransmits;
}

int
confab_data_channel_get_max_packet_life_time (ConfabDataChannel *self)
{
  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), -1);

  return self->max_packet_life_time_ms;
}

gboolean
confab_data_channel_get_open (ConfabDataChannel *self)
{
  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), FALSE);

  return self->open;
}

static gboolean
check_open (ConfabDataChannel  *self,
            GError            **error)
{
  if (self->open)
    return TRUE;

  g_set_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INVALID_REQUEST,
               "The channel “%s” is not open", self->label);

  return FALSE;
}

gboolean
confab_data_channel_send_text (ConfabDataChannel  *self,
                               const char         *text,
                               GError            **error)
{
  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), FALSE);
  g_return_val_if_fail (text, FALSE);

  return check_open (self, error) &&
         gst_webrtc_data_channel_send_string_full (self->channel, text, error);
}

gboolean
confab_data_channel_send_bytes (ConfabDataChannel  *self,
                                GBytes             *bytes,
                                GError            **error)
{
  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), FALSE);
  g_return_val_if_fail (bytes, FALSE);

  return check_open (self, error) &&
         gst_webrtc_data_channel_send_data_full (self->channel, bytes, error);
}

static void
confab_data_channel_finalize (GObject *object)
{
  ConfabDataChannel *self = CONFAB_DATA_CHANNEL (object);

  if (self->channel)
    g_signal_handlers_disconnect_matched (self->channel, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL,
                                          self->door);
  g_clear_object (&self->channel);
  g_clear_pointer (&self->door, confab_call_door_unref);
  g_free (self->label);
  g_free (self->protocol);

  G_OBJECT_CLASS (confab_data_channel_parent_class)->finalize (object);
}

static void
confab_data_channel_class_init (ConfabDataChannelClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = confab_data_channel_finalize;

  /**
   * ConfabDataChannel::opened:
   * @self: the channel
   *
   * Something can be sent.
   */
  signals[SIGNAL_OPENED] =
    g_signal_new ("opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * ConfabDataChannel::message:
   * @self: the channel
   * @text: what the other side sent
   *
   * A text has come.
   */
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * ConfabDataChannel::data:
   * @self: the channel
   * @bytes: what the other side sent
   *
   * Bytes have come.
   */
  signals[SIGNAL_DATA] = g_signal_new ("data", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * ConfabDataChannel::closed:
   * @self: the channel
   *
   * Nothing comes any more.
   */
  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
confab_data_channel_init (ConfabDataChannel *self)
{
  self->door = confab_call_door_new (self);
}
