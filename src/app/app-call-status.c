/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-status"

#include "config.h"

#include "app-call-status.h"

#include "app-call-format.h"

#include <glib/gi18n.h>

/**
 * AppCallStatus:
 *
 * What there is to say of a call: with whom, where it is or how long it lasts,
 * what is missing at either side, and how good the connections are.
 *
 * Everything is a property, for windows to bind to. Once a second the duration
 * is told anew; ::refreshed goes with the figures of the connections.
 */
struct _AppCallStatus
{
  GObject        parent_instance;

  ConfabCall    *call;
  ConfabDevices *devices;
  char          *name;
  GPtrArray     *peers;
  guint          tick;
  guint          quality;
  guint          peer_quality;
};

G_DEFINE_FINAL_TYPE (AppCallStatus, app_call_status, G_TYPE_OBJECT)

typedef enum {
  PROP_NAME = 1,
  PROP_TEXT,
  PROP_NOTES,
  PROP_HAS_NOTES,
  PROP_WAITING,
  PROP_ENDED,
  PROP_CAN_REPEAT,
  PROP_OWN_ICON,
  PROP_OWN_LABEL,
  PROP_PEER_ICON,
  PROP_PEER_LABEL,
  PROP_QUALITY_LABEL,
} AppCallStatusProperty;

typedef enum {
  SIGNAL_REFRESHED,
} AppCallStatusSignal;

static GParamSpec *properties[PROP_QUALITY_LABEL + 1];
static guint signals[SIGNAL_REFRESHED + 1];

static void
notify_all (AppCallStatus *self)
{
  for (guint i = PROP_NAME; i < G_N_ELEMENTS (properties); i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static gboolean
is_ended (AppCallStatus *self)
{
  return confab_call_get_state (self->call) == CONFAB_CALL_STATE_ENDED;
}

static gboolean
is_waiting (AppCallStatus *self)
{
  return confab_call_get_state (self->call) != CONFAB_CALL_STATE_ACTIVE || self->peers->len == 0;
}

/* Where another attempt may do better. */
static gboolean
can_repeat (AppCallStatus *self)
{
  switch (confab_call_get_end_reason (self->call))
    {
    case CONFAB_CALL_END_REASON_PEER_DECLINED:
    case CONFAB_CALL_END_REASON_BUSY:
    case CONFAB_CALL_END_REASON_OFFLINE:
    case CONFAB_CALL_END_REASON_NO_WAY:
    case CONFAB_CALL_END_REASON_PEER_LOST:
    case CONFAB_CALL_END_REASON_FULL:
    case CONFAB_CALL_END_REASON_INSECURE:
    case CONFAB_CALL_END_REASON_PEER_FAILED:
    case CONFAB_CALL_END_REASON_FAILED:
      return confab_call_get_room (self->call) != NULL;
    case CONFAB_CALL_END_REASON_NO_ANSWER:
      return confab_call_get_outgoing (self->call);
    case CONFAB_CALL_END_REASON_NONE:
    case CONFAB_CALL_END_REASON_HUNG_UP:
    case CONFAB_CALL_END_REASON_PEER_HUNG_UP:
    case CONFAB_CALL_END_REASON_CANCELLED:
    case CONFAB_CALL_END_REASON_PEER_CANCELLED:
    case CONFAB_CALL_END_REASON_DECLINED:
    case CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE:
    case CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE:
    case CONFAB_CALL_END_REASON_NO_PLUGIN:
      break;
    }

  return FALSE;
}

static void
take_note (GStrvBuilder *notes,
           char         *note)
{
  if (note)
    g_strv_builder_take (notes, note);
}

static gboolean
has_speaker (AppCallStatus *self)
{
  g_autoptr(ConfabDevice) speaker =
    confab_devices_dup_current (self->devices, CONFAB_DEVICE_KIND_SPEAKER);

  return speaker || !confab_devices_get_ready (self->devices);
}

static void
take_own_notes (AppCallStatus *self,
                GStrvBuilder  *notes)
{
  if (confab_call_get_screen_on (self->call))
    g_strv_builder_add (notes, _("You are sharing your screen."));
  if (!has_speaker (self))
    g_strv_builder_add (notes, _("No speaker was found: you hear nobody."));
  take_note (notes, app_call_format_missing (FALSE, confab_call_get_missing_audio (self->call),
                                             NULL));
  take_note (notes, app_call_format_missing (TRUE, confab_call_get_missing_video (self->call),
                                             NULL));
  take_note (notes, app_call_format_missing_screen (confab_call_get_missing_screen (self->call),
                                                    NULL));
}

static char *
dup_notes (AppCallStatus *self)
{
  g_autoptr(GStrvBuilder) notes = g_strv_builder_new ();
  g_auto(GStrv) strv = NULL;

  take_own_notes (self, notes);
  for (guint i = 0; i < self->peers->len; i++)
    {
      ConfabCallPeer *peer = self->peers->pdata[i];
      const char *name = confab_user_get_display_name (confab_call_peer_get_user (peer));

      take_note (notes, app_call_format_missing (FALSE, confab_call_peer_get_missing_audio (peer),
                                                 name));
      take_note (notes, app_call_format_missing (TRUE, confab_call_peer_get_missing_video (peer),
                                                 name));
      take_note (notes, app_call_format_missing_screen (confab_call_peer_get_missing_screen (peer),
                                                        name));
    }
  strv = g_strv_builder_end (notes);

  return g_strjoinv ("\n", strv);
}

static char *
dup_own_label (AppCallStatus *self)
{
  /* Translators: %s is a word for the quality. */
  return g_strdup_printf (_("Your connection: %s"), app_call_format_quality (self->peer_quality));
}

static char *
dup_peer_label (AppCallStatus *self)
{
  /* Translators: %s is a word for the quality. */
  return g_strdup_printf (_("Their connection: %s"), app_call_format_quality (self->quality));
}

static char *
dup_quality_label (AppCallStatus *self)
{
  g_autofree char *own = dup_own_label (self);
  g_autofree char *peer = dup_peer_label (self);

  return g_strdup_printf ("%s, %s", own, peer);
}

/* The weakest of several is what one notices. */
static void
refresh_quality (AppCallStatus *self)
{
  self->quality = self->peer_quality = 4;
  for (guint i = 0; i < self->peers->len; i++)
    {
      g_autoptr(ConfabCallStats) stats = confab_call_peer_dup_stats (self->peers->pdata[i]);

      self->quality = MIN (self->quality, stats->quality);
      self->peer_quality = MIN (self->peer_quality, stats->peer_quality);
    }
}

static void
stats_changed_cb (AppCallStatus *self)
{
  refresh_quality (self);
  for (guint i = PROP_OWN_ICON; i <= PROP_QUALITY_LABEL; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  g_signal_emit (self, signals[SIGNAL_REFRESHED], 0);
}

static gboolean
tick_cb (gpointer user_data)
{
  AppCallStatus *self = user_data;

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);

  return G_SOURCE_CONTINUE;
}

static void
call_changed_cb (AppCallStatus *self)
{
  gboolean active = confab_call_get_state (self->call) == CONFAB_CALL_STATE_ACTIVE;

  if (active && !self->tick)
    self->tick = g_timeout_add_seconds (1, tick_cb, self);
  else if (!active)
    g_clear_handle_id (&self->tick, g_source_remove);
  notify_all (self);
}

static void
peers_changed_cb (AppCallStatus *self,
                  guint          position,
                  guint          n_removed,
                  guint          n_added,
                  GListModel    *peers)
{
  for (guint i = 0; i < n_removed; i++)
    {
      g_signal_handlers_disconnect_by_data (self->peers->pdata[position], self);
      g_ptr_array_remove_index (self->peers, position);
    }
  for (guint i = position; i < position + n_added; i++)
    {
      ConfabCallPeer *peer = g_list_model_get_item (peers, i);

      g_signal_connect_swapped (peer, "stats-changed", G_CALLBACK (stats_changed_cb), self);
      g_signal_connect_swapped (peer, "notify", G_CALLBACK (notify_all), self);
      g_ptr_array_insert (self->peers, (int) i, peer);
    }
  refresh_quality (self);
  notify_all (self);
}

static void
app_call_status_get_property (GObject    *object,
                              guint       property_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  AppCallStatus *self = APP_CALL_STATUS (object);
  g_autofree char *notes = NULL;

  switch ((AppCallStatusProperty) property_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_TEXT:
      g_value_take_string (value, app_call_status_dup_text (self));
      break;
    case PROP_NOTES:
      g_value_take_string (value, dup_notes (self));
      break;
    case PROP_HAS_NOTES:
      notes = dup_notes (self);
      g_value_set_boolean (value, *notes && !is_ended (self));
      break;
    case PROP_WAITING:
      g_value_set_boolean (value, is_waiting (self));
      break;
    case PROP_ENDED:
      g_value_set_boolean (value, is_ended (self));
      break;
    case PROP_CAN_REPEAT:
      g_value_set_boolean (value, can_repeat (self));
      break;
    case PROP_OWN_ICON:
      g_value_set_string (value, app_call_get_quality_icon (self->peer_quality));
      break;
    case PROP_OWN_LABEL:
      g_value_take_string (value, dup_own_label (self));
      break;
    case PROP_PEER_ICON:
      g_value_set_string (value, app_call_get_quality_icon (self->quality));
      break;
    case PROP_PEER_LABEL:
      g_value_take_string (value, dup_peer_label (self));
      break;
    case PROP_QUALITY_LABEL:
      g_value_take_string (value, dup_quality_label (self));
      break;
    }
}

static void
app_call_status_dispose (GObject *object)
{
  AppCallStatus *self = APP_CALL_STATUS (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  for (guint i = 0; i < self->peers->len; i++)
    g_signal_handlers_disconnect_by_data (self->peers->pdata[i], self);
  g_ptr_array_set_size (self->peers, 0);

  G_OBJECT_CLASS (app_call_status_parent_class)->dispose (object);
}

static void
app_call_status_finalize (GObject *object)
{
  AppCallStatus *self = APP_CALL_STATUS (object);

  g_ptr_array_unref (self->peers);
  g_clear_object (&self->call);
  g_clear_object (&self->devices);
  g_free (self->name);

  G_OBJECT_CLASS (app_call_status_parent_class)->finalize (object);
}

static void
app_call_status_class_init (AppCallStatusClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const struct
  {
    AppCallStatusProperty id;
    const char           *name;
  } texts[] = {
    { PROP_NAME, "name" },
    { PROP_TEXT, "text" },
    { PROP_NOTES, "notes" },
    { PROP_OWN_ICON, "own-icon" },
    { PROP_OWN_LABEL, "own-label" },
    { PROP_PEER_ICON, "peer-icon" },
    { PROP_PEER_LABEL, "peer-label" },
    { PROP_QUALITY_LABEL, "quality-label" },
  }, flags[] = {
    { PROP_HAS_NOTES, "has-notes" },
    { PROP_WAITING, "waiting" },
    { PROP_ENDED, "ended" },
    { PROP_CAN_REPEAT, "can-repeat" },
  };

  object_class->get_property = app_call_status_get_property;
  object_class->dispose = app_call_status_dispose;
  object_class->finalize = app_call_status_finalize;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    properties[texts[i].id] = g_param_spec_string (texts[i].name, NULL, NULL, NULL, readable);
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    properties[flags[i].id] = g_param_spec_boolean (flags[i].name, NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_REFRESHED] = g_signal_new ("refreshed", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                            0);
}

static void
app_call_status_init (AppCallStatus *self)
{
  self->peers = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * app_call_status_new:
 * @call: a call
 * @devices: what there is to hear with
 *
 * Returns: (transfer full): what there is to say of it
 */
AppCallStatus *
app_call_status_new (ConfabCall    *call,
                     ConfabDevices *devices)
{
  AppCallStatus *self = g_object_new (APP_TYPE_CALL_STATUS, NULL);
  GListModel *peers = confab_call_get_peers (call);

  self->call = g_object_ref (call);
  self->devices = g_object_ref (devices);
  self->name = app_call_status_dup_name (call);
  g_signal_connect_object (call, "notify", G_CALLBACK (call_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (devices, "current-changed", G_CALLBACK (notify_all), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (peers, "items-changed", G_CALLBACK (peers_changed_cb), self,
                           G_CONNECT_SWAPPED);
  peers_changed_cb (self, 0, 0, g_list_model_get_n_items (peers), peers);
  call_changed_cb (self);

  return self;
}

/**
 * app_call_status_get_duration:
 * @self: a status
 *
 * Returns: seconds since both sides were connected
 */
guint
app_call_status_get_duration (AppCallStatus *self)
{
  gint64 started_at;

  g_return_val_if_fail (APP_IS_CALL_STATUS (self), 0);

  started_at = confab_call_get_started_at (self->call);
  if (started_at == 0)
    return 0;

  return (guint) MAX ((g_get_real_time () - started_at) / G_USEC_PER_SEC, 0);
}

/**
 * app_call_status_dup_text:
 * @self: a status
 *
 * Returns: (transfer full): where the call is, how long it lasts, or why it is over
 */
char *
app_call_status_dup_text (AppCallStatus *self)
{
  ConfabCallState state;

  g_return_val_if_fail (APP_IS_CALL_STATUS (self), NULL);

  state = confab_call_get_state (self->call);
  if (state == CONFAB_CALL_STATE_ENDED)
    return app_call_format_end (confab_call_get_end_reason (self->call), self->name);
  if (state == CONFAB_CALL_STATE_ACTIVE && self->peers->len == 0)
    return g_strdup (_("Nobody else is here yet."));

  return app_call_format_state (state, confab_call_get_reconnecting (self->call),
                                app_call_status_get_duration (self));
}

/**
 * app_call_status_has_picture:
 * @self: a status
 *
 * Returns: whether somebody is seen
 */
gboolean
app_call_status_has_picture (AppCallStatus *self)
{
  g_return_val_if_fail (APP_IS_CALL_STATUS (self), FALSE);

  for (guint i = 0; i < self->peers->len; i++)
    {
      if (confab_call_peer_get_video_on (self->peers->pdata[i]))
        return TRUE;
    }

  return FALSE;
}

/**
 * app_call_status_dup_name:
 * @call: a call
 *
 * Returns: (transfer full): the other person, or the group
 */
char *
app_call_status_dup_name (ConfabCall *call)
{
  ConfabUser *user = confab_call_get_user (call);
  ConfabRoom *room = confab_call_get_room (call);

  if (user)
    return g_strdup (confab_user_get_display_name (user));

  return g_strdup (room ? confab_room_get_title (room) : _("Unknown"));
}
