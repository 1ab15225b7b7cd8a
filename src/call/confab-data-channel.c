/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-data-channel"

#include "config.h"

#include "confab-data-channel-private.h"

#include "confab-call-door-private.h"
#include "confab-call-error.h"

#include <string.h>

/* As much as Chromium lets wait, in each direction. */
#define MAX_WAITING_BYTES (16 * 1024 * 1024)
#define MESSAGE_OVERHEAD_BYTES 256u

/* What has come and was not looked at yet. It is counted in the streaming thread, so that one who
 * sends faster than this program reads is noticed before it has its memory. */
typedef struct
{
  gatomicrefcount  ref_count;
  ConfabCallDoor  *door;
  int              n_bytes;     /* atomic */
  int              overflowed;  /* atomic */
} Inbox;

static Inbox *
inbox_new (ConfabCallDoor *door)
{
  Inbox *self = g_new0 (Inbox, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->door = confab_call_door_ref (door);

  return self;
}

static void
inbox_unref (Inbox *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  confab_call_door_unref (self->door);
  g_free (self);
}

static void
inbox_gone_cb (gpointer  data,
               GClosure *closure)
{
  inbox_unref (data);
}

static void
inbox_connect (Inbox      *self,
               gpointer    channel,
               const char *detailed_signal,
               GCallback   callback)
{
  g_atomic_ref_count_inc (&self->ref_count);
  g_signal_connect_data (channel, detailed_signal, callback, self, inbox_gone_cb, 0);
}

/* In the streaming thread: whether there is room for that much more. */
static gboolean
inbox_admit (Inbox              *self,
             gsize               n_bytes,
             ConfabCallDoorFunc  overflow)
{
  gsize size = n_bytes + MESSAGE_OVERHEAD_BYTES;

  if (g_atomic_int_get (&self->overflowed))
    return FALSE;
  if (size + (gsize) g_atomic_int_get (&self->n_bytes) > MAX_WAITING_BYTES)
    {
      g_atomic_int_set (&self->overflowed, TRUE);
      confab_call_door_tell (self->door, overflow, NULL);
      return FALSE;
    }

  g_atomic_int_add (&self->n_bytes, (int) size);

  return TRUE;
}

static void
inbox_take (Inbox *self,
            gsize  n_bytes)
{
  g_atomic_int_add (&self->n_bytes, -(int) (n_bytes + MESSAGE_OVERHEAD_BYTES));
}

/**
 * ConfabDataChannel:
 *
 * Messages between two devices, beside sound and picture: texts (#ConfabDataChannel::message) and
 * bytes (#ConfabDataChannel::data), as reliable as the channel was made.
 *
 * It is open between #ConfabDataChannel::opened and #ConfabDataChannel::closed. One whose
 * other side sends much more than is read here is closed with #ConfabDataChannel::error.
 */
struct _ConfabDataChannel
{
  GObject               parent_instance;

  GstWebRTCDataChannel *channel;
  ConfabCallDoor       *door;
  Inbox                *inbox;
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
  SIGNAL_ERROR,
  SIGNAL_BUFFERED_AMOUNT_LOW,
} ConfabDataChannelSignal;

static guint signals[SIGNAL_BUFFERED_AMOUNT_LOW + 1];

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
emit_error (ConfabDataChannel *self,
            const char        *message)
{
  g_autoptr(GError) error =
    g_error_new_literal (CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED, message);

  g_signal_emit (self, signals[SIGNAL_ERROR], 0, error);
}

static void
overflowed (gpointer            object,
            const GstStructure *news)
{
  g_autoptr(ConfabDataChannel) self = g_object_ref (object);

  if (!self->channel)
    return;

  gst_webrtc_data_channel_close (self->channel);
  emit_error (self, "The other side sends more than can be read");
  confab_data_channel_close (self);
}

static void
take_error (gpointer            object,
            const GstStructure *news)
{
  emit_error (object, gst_structure_get_string (news, "message") ?: "The channel failed");
}

static void
error_cb (GstWebRTCDataChannel *channel,
          const GError         *error,
          ConfabCallDoor       *door)
{
  confab_call_door_tell (door, take_error,
                         gst_structure_new ("error", "message", G_TYPE_STRING, error->message,
                                            NULL));
}

static void
take_buffered_amount_low (gpointer            object,
                          const GstStructure *news)
{
  g_signal_emit (object, signals[SIGNAL_BUFFERED_AMOUNT_LOW], 0);
}

static void
buffered_amount_low_cb (GstWebRTCDataChannel *channel,
                        ConfabCallDoor       *door)
{
  confab_call_door_tell (door, take_buffered_amount_low, NULL);
}

static void
take_text (gpointer            object,
           const GstStructure *news)
{
  ConfabDataChannel *self = object;
  const char *text = gst_structure_get_string (news, "text") ?: "";

  inbox_take (self->inbox, strlen (text));
  look_at_state (self, NULL);
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, text);
}

static void
text_cb (GstWebRTCDataChannel *channel,
         const char           *text,
         Inbox                *inbox)
{
  /* What is no UTF-8 is no text. */
  if ((!text || g_utf8_validate (text, -1, NULL)) &&
      inbox_admit (inbox, text ? strlen (text) : 0, overflowed))
    confab_call_door_tell (inbox->door, take_text,
                           gst_structure_new ("text", "text", G_TYPE_STRING, text, NULL));
}

static void
take_bytes (gpointer            object,
            const GstStructure *news)
{
  ConfabDataChannel *self = object;
  g_autoptr(GBytes) bytes = NULL;

  gst_structure_get (news, "bytes", G_TYPE_BYTES, &bytes, NULL);
  inbox_take (self->inbox, g_bytes_get_size (bytes));
  look_at_state (self, NULL);
  g_signal_emit (self, signals[SIGNAL_DATA], 0, bytes);
}

static void
bytes_cb (GstWebRTCDataChannel *channel,
          GBytes               *bytes,
          Inbox                *inbox)
{
  g_autoptr(GBytes) empty = bytes ? NULL : g_bytes_new (NULL, 0);

  if (inbox_admit (inbox, bytes ? g_bytes_get_size (bytes) : 0, overflowed))
    confab_call_door_tell (
      inbox->door, take_bytes,
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
  confab_call_door_connect (self->door, channel, "on-error", G_CALLBACK (error_cb));
  confab_call_door_connect (self->door, channel, "on-buffered-amount-low",
                            G_CALLBACK (buffered_amount_low_cb));
  inbox_connect (self->inbox, channel, "on-message-string", G_CALLBACK (text_cb));
  inbox_connect (self->inbox, channel, "on-message-data", G_CALLBACK (bytes_cb));
  confab_call_door_tell (self->door, look_at_state, NULL);

  return self;
}

static void
let_go (ConfabDataChannel *self)
{
  if (!self->channel)
    return;

  g_signal_handlers_disconnect_matched (self->channel, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL,
                                        self->door);
  g_signal_handlers_disconnect_matched (self->channel, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL,
                                        self->inbox);
  g_clear_object (&self->channel);
}

void
confab_data_channel_close (ConfabDataChannel *self)
{
  if (!self->channel)
    return;

  confab_call_door_shut (self->door);
  let_go (self);
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

guint64
confab_data_channel_get_buffered_amount (ConfabDataChannel *self)
{
  guint64 n_bytes = 0;

  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), 0);

  if (self->channel)
    g_object_get (self->channel, "buffered-amount", &n_bytes, NULL);

  return n_bytes;
}

guint64
confab_data_channel_get_buffered_amount_low_threshold (ConfabDataChannel *self)
{
  guint64 n_bytes = 0;

  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), 0);

  if (self->channel)
    g_object_get (self->channel, "buffered-amount-low-threshold", &n_bytes, NULL);

  return n_bytes;
}

void
confab_data_channel_set_buffered_amount_low_threshold (ConfabDataChannel *self,
                                                       guint64            n_bytes)
{
  g_return_if_fail (CONFAB_IS_DATA_CHANNEL (self));

  if (self->channel)
    g_object_set (self->channel, "buffered-amount-low-threshold", n_bytes, NULL);
}

static gboolean
check_open (ConfabDataChannel  *self,
            gsize               n_bytes,
            GError            **error)
{
  if (!self->open)
    {
      g_set_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INVALID_REQUEST,
                   "The channel “%s” is not open", self->label);
      return FALSE;
    }
  if (n_bytes > MAX_WAITING_BYTES ||
      confab_data_channel_get_buffered_amount (self) + n_bytes > MAX_WAITING_BYTES)
    {
      g_set_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                   "More waits in the channel “%s” than it can hold", self->label);
      return FALSE;
    }

  return TRUE;
}

gboolean
confab_data_channel_send_text (ConfabDataChannel  *self,
                               const char         *text,
                               GError            **error)
{
  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), FALSE);
  g_return_val_if_fail (text, FALSE);

  return check_open (self, strlen (text), error) &&
         gst_webrtc_data_channel_send_string_full (self->channel, text, error);
}

gboolean
confab_data_channel_send_bytes (ConfabDataChannel  *self,
                                GBytes             *bytes,
                                GError            **error)
{
  g_return_val_if_fail (CONFAB_IS_DATA_CHANNEL (self), FALSE);
  g_return_val_if_fail (bytes, FALSE);

  return check_open (self, g_bytes_get_size (bytes), error) &&
         gst_webrtc_data_channel_send_data_full (self->channel, bytes, error);
}

static void
confab_data_channel_finalize (GObject *object)
{
  ConfabDataChannel *self = CONFAB_DATA_CHANNEL (object);

  let_go (self);
  g_clear_pointer (&self->inbox, inbox_unref);
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
  /**
   * ConfabDataChannel::error:
   * @self: the channel
   * @error: what
   *
   * Something went wrong.
   */
  signals[SIGNAL_ERROR] = g_signal_new ("error", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_ERROR);
  /**
   * ConfabDataChannel::buffered-amount-low:
   * @self: the channel
   *
   * So much has been sent that no more than the threshold waits: JavaScript's `bufferedamountlow`.
   */
  signals[SIGNAL_BUFFERED_AMOUNT_LOW] =
    g_signal_new ("buffered-amount-low", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
confab_data_channel_init (ConfabDataChannel *self)
{
  self->door = confab_call_door_new (self);
  self->inbox = inbox_new (self->door);
}
