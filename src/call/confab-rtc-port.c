/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-rtc-port"

#include "config.h"

#include "confab-rtc-private.h"

#include "confab-call-json-private.h"
#include "confab-rtc-params-private.h"

#define RING_MS     (60 * 1000)
#define CONNECT_MS  (30 * 1000)
/* At a time; more are refused, whoever they are. */
#define MAX_RINGING 16u

/**
 * ConfabRtcPort:
 *
 * Where the RTC connections of a #ConfabClient begin: those it makes, and those that come
 * (#ConfabRtcPort::incoming). It hands each what its other side says.
 */
struct _ConfabRtcPort
{
  GObject        parent_instance;

  ConfabClient  *client;
  ConfabDevices *devices;
  GHashTable    *rtcs;      /* cid → ConfabRtc */
  ConfabRtcPatience patience;
};

G_DEFINE_FINAL_TYPE (ConfabRtcPort, confab_rtc_port, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_INCOMING,
} ConfabRtcPortSignal;

static guint signals[SIGNAL_INCOMING + 1];

static void
closed_cb (ConfabRtc     *rtc,
           ConfabRtcPort *self)
{
  const char *cid = confab_rtc_get_sender_cid (rtc);

  g_signal_handlers_disconnect_by_data (rtc, self);
  if (g_hash_table_lookup (self->rtcs, cid) == rtc)
    g_hash_table_remove (self->rtcs, cid);
}

static ConfabRtc *
make_rtc (ConfabRtcPort *self,
          const char    *cid)
{
  return confab_rtc_new (self->client, self->devices, &self->patience,
                         confab_client_get_user_id (self->client), cid);
}

static ConfabRtc *
add_rtc (ConfabRtcPort *self,
         const char    *cid)
{
  ConfabRtc *rtc = make_rtc (self, cid);

  g_signal_connect (rtc, "closed", G_CALLBACK (closed_cb), self);
  g_hash_table_replace (self->rtcs, g_strdup (cid), g_object_ref (rtc));

  return rtc;
}

static gboolean
has_room (ConfabRtcPort *self)
{
  GHashTableIter iter;
  gpointer rtc;
  guint n_ringing = 0;

  g_hash_table_iter_init (&iter, self->rtcs);
  while (g_hash_table_iter_next (&iter, NULL, &rtc))
    n_ringing += confab_rtc_get_ringing_in (rtc);

  return n_ringing < MAX_RINGING;
}

static void
take_offer (ConfabRtcPort *self,
            const char    *user_id,
            const char    *cid,
            JsonObject    *offer)
{
  g_autoptr(ConfabRtc) rtc = NULL;
  g_autoptr(GError) error = NULL;

  if (!has_room (self))
    {
      rtc = make_rtc (self, cid);
      confab_rtc_hangup (rtc);
      return;
    }

  rtc = add_rtc (self, cid);
  if (confab_rtc_take_call (rtc, user_id, offer, &error))
    g_signal_emit (self, signals[SIGNAL_INCOMING], 0, rtc);
  else
    confab_rtc_hangup (rtc);
}

static void
event_cb (ConfabClient        *client,
          ConfabRealtimeEvent *event,
          ConfabRtcPort       *self)
{
  JsonNode *message = confab_realtime_event_get_message (event);
  const char *user_id = confab_realtime_event_get_sender (event);
  const char *cid = confab_realtime_event_get_sender_cid (event);
  g_autoptr(ConfabRtc) rtc = NULL;
  JsonObject *content, *offer;

  if (!message || !JSON_NODE_HOLDS_OBJECT (message) || !user_id || !cid ||
      g_strcmp0 (user_id, confab_client_get_user_id (client)) == 0)
    return;

  content = json_node_get_object (message);
  offer = confab_call_json_get_object (content, "sdpoffer");
  g_set_object (&rtc, g_hash_table_lookup (self->rtcs, cid));
  if (rtc)
    confab_rtc_take (rtc, user_id, content);
  else if (offer)
    take_offer (self, user_id, cid, offer);
}

ConfabRtcPort *
confab_rtc_port_new (ConfabClient  *client,
                     ConfabDevices *devices)
{
  ConfabRtcPort *self;

  g_return_val_if_fail (CONFAB_IS_CLIENT (client), NULL);
  g_return_val_if_fail (CONFAB_IS_DEVICES (devices), NULL);

  self = g_object_new (CONFAB_TYPE_RTC_PORT, NULL);
  self->client = g_object_ref (client);
  self->devices = g_object_ref (devices);
  /* So that it is known what there is not. */
  confab_devices_start (devices);
  g_signal_connect_object (client, "realtime-event::rtc", G_CALLBACK (event_cb), self,
                           G_CONNECT_DEFAULT);

  return self;
}

void
confab_rtc_port_set_patience (ConfabRtcPort           *self,
                              const ConfabRtcPatience *patience)
{
  self->patience = *patience;
}

ConfabRtc *
confab_rtc_port_connect_rtc (ConfabRtcPort  *self,
                             JsonObject     *params,
                             GError        **error)
{
  return confab_rtc_port_connect_rtc_with_stream (self, params, NULL, NULL, error);
}

ConfabRtc *
confab_rtc_port_connect_rtc_with_stream (ConfabRtcPort  *self,
                                         JsonObject     *params,
                                         GstElement     *audio,
                                         GstElement     *video,
                                         GError        **error)
{
  g_autoptr(ConfabRtc) rtc = NULL;
  const char *cid;

  g_return_val_if_fail (CONFAB_IS_RTC_PORT (self), NULL);
  g_return_val_if_fail (params, NULL);
  g_return_val_if_fail (!audio || GST_IS_ELEMENT (audio), NULL);
  g_return_val_if_fail (!video || GST_IS_ELEMENT (video), NULL);

  if (!confab_rtc_params_check_cid (params, error))
    return NULL;

  cid = confab_call_json_get_string (params, "cid");
  if (!confab_client_check_rtc (self->client, error))
    return NULL;

  rtc = add_rtc (self, cid);
  if (!confab_rtc_call (rtc, params, audio, video, error))
    {
      g_signal_handlers_disconnect_by_data (rtc, self);
      g_hash_table_remove (self->rtcs, cid);
      return NULL;
    }

  return g_steal_pointer (&rtc);
}

static void
hang_up_all (ConfabRtcPort *self)
{
  g_autoptr(GPtrArray) rtcs = g_hash_table_get_values_as_ptr_array (self->rtcs);

  /* Who hears of an end may begin anew. */
  g_ptr_array_foreach (rtcs, (GFunc) (void *) g_object_ref, NULL);
  g_ptr_array_set_free_func (rtcs, g_object_unref);
  for (guint i = 0; i < rtcs->len; i++)
    confab_rtc_hangup (g_ptr_array_index (rtcs, i));
}

gboolean
confab_rtc_port_close_rtc (ConfabRtcPort  *self,
                           JsonObject     *params,
                           GError        **error)
{
  g_autoptr(ConfabRtc) rtc = NULL;

  g_return_val_if_fail (CONFAB_IS_RTC_PORT (self), FALSE);
  g_return_val_if_fail (params, FALSE);

  if (confab_call_json_get_boolean (params, "close_all"))
    {
      hang_up_all (self);
      return TRUE;
    }
  if (!json_object_has_member (params, "cid"))
    {
      g_set_error_literal (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_PARAMETER,
                           "\"cid\" is required.");
      return FALSE;
    }
  if (!confab_rtc_params_check_cid (params, error))
    return FALSE;

  g_set_object (&rtc, g_hash_table_lookup (self->rtcs,
                                           confab_call_json_get_string (params, "cid")));
  if (rtc)
    confab_rtc_hangup (rtc);

  return TRUE;
}

static void
confab_rtc_port_dispose (GObject *object)
{
  ConfabRtcPort *self = CONFAB_RTC_PORT (object);

  hang_up_all (self);
  g_clear_object (&self->client);
  g_clear_object (&self->devices);

  G_OBJECT_CLASS (confab_rtc_port_parent_class)->dispose (object);
}

static void
confab_rtc_port_finalize (GObject *object)
{
  g_hash_table_unref (CONFAB_RTC_PORT (object)->rtcs);

  G_OBJECT_CLASS (confab_rtc_port_parent_class)->finalize (object);
}

static void
confab_rtc_port_class_init (ConfabRtcPortClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_rtc_port_dispose;
  object_class->finalize = confab_rtc_port_finalize;

  /**
   * ConfabRtcPort::incoming:
   * @self: the port
   * @rtc: the connection-to-be
   *
   * Somebody calls. confab_rtc_connect_rtc() accepts, confab_rtc_hangup() refuses.
   */
  signals[SIGNAL_INCOMING] =
    g_signal_new ("incoming", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, CONFAB_TYPE_RTC);
}

static void
confab_rtc_port_init (ConfabRtcPort *self)
{
  self->rtcs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->patience = (ConfabRtcPatience) { RING_MS, CONNECT_MS };
}
