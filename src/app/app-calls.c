/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-calls"

#include "config.h"

#include "app-calls.h"

#include "app-call-entry.h"
#include "app-call-outcome.h"
#include "app-call-status.h"
#include "app-call-window.h"
#include "app-device-menu.h"
#include "app-incoming-window.h"
#include "app-ringer.h"

#include <glib/gi18n.h>

#define ACCEPT "accept"
#define DECLINE "decline"

#define RING_VOLUME 0.9
/* Somebody is listening to somebody else. */
#define SOFT_RING_VOLUME 0.12
#define RINGBACK_VOLUME 0.25
#define END_VOLUME 0.25

/* What is to be heard while a call is on its way. */
typedef enum {
  SOUND_NONE,
  SOUND_RING,
  SOUND_SOFT_RING,
  SOUND_RINGBACK,
} Sound;

/**
 * AppCalls:
 *
 * The calls of all accounts of a profile: brings them to windows, rings,
 * notifies, keeps the computer awake, and writes into the conversation what
 * became of a call that began here.
 *
 * There is one call at a time, over all accounts: accepting another one ends
 * the one that is on. Where GStreamer lacks what calls need, there is none, and
 * #AppCalls:problem says why. ::room-changed tells, with the room, that somebody came
 * into a call there or left it, whoever has the app included.
 */
struct _AppCalls
{
  GObject         parent_instance;

  GtkApplication *application;
  AppAttention   *attention;
  AppNotifier    *notifier;
  GSettings      *settings;
  ConfabDevices  *devices;
  AppRinger      *ringer;
  /* ConfabCalls, at the places of the profile's sessions. */
  GPtrArray      *accounts;
  /* Line: the calls that have not ended. */
  GPtrArray      *lines;
  /* Ids of the calls that were accepted or declined, here or by the same user elsewhere. */
  GHashTable     *known;
  Sound           sound;
  /* A plugin is missing that no call can do without. */
  gboolean        impossible;
};

G_DEFINE_FINAL_TYPE (AppCalls, app_calls, G_TYPE_OBJECT)

typedef enum {
  PROP_PROBLEM = 1,
} AppCallsProperty;

typedef enum {
  SIGNAL_ROOM_CHANGED,
} AppCallsSignal;

static GParamSpec *properties[PROP_PROBLEM + 1];
static guint signals[SIGNAL_ROOM_CHANGED + 1];

/* A call from its beginning to its end. */
typedef struct
{
  AppCalls   *owner;
  ConfabCall *call;
  char       *key;
  /* The window of the call; NULL while it rings here, and when it is closed. */
  GtkWindow  *window;
  GtkWindow  *incoming;
  guint       inhibit_cookie;
  gboolean    posts_entry;
} Line;

static void
line_free (gpointer data)
{
  Line *line = data;

  g_signal_handlers_disconnect_by_data (line->call, line);
  g_clear_weak_pointer (&line->window);
  g_clear_weak_pointer (&line->incoming);
  if (line->inhibit_cookie)
    gtk_application_uninhibit (line->owner->application, line->inhibit_cookie);
  g_object_unref (line->call);
  g_free (line->key);
  g_free (line);
}

static gboolean
is_on (Line *line)
{
  ConfabCallState state = confab_call_get_state (line->call);

  return state == CONFAB_CALL_STATE_CONNECTING || state == CONFAB_CALL_STATE_ACTIVE;
}

static void
room_changed (AppCalls   *self,
              ConfabRoom *room)
{
  g_signal_emit (self, signals[SIGNAL_ROOM_CHANGED], 0, room);
}

static Line *
find_line (AppCalls   *self,
           ConfabCall *call,
           const char *key)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      if (line->call == call || g_strcmp0 (line->key, key) == 0)
        return line;
    }

  return NULL;
}

static Sound
pick_sound (AppCalls *self)
{
  gboolean rings_here = FALSE;
  gboolean rings_there = FALSE;
  gboolean talking = FALSE;

  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];
      ConfabCallState state = confab_call_get_state (line->call);

      rings_here |= state == CONFAB_CALL_STATE_RINGING_IN;
      rings_there |= state == CONFAB_CALL_STATE_RINGING_OUT;
      talking |= is_on (line);
    }

  if (rings_here && g_settings_get_boolean (self->settings, "ring"))
    return talking ? SOUND_SOFT_RING : SOUND_RING;

  return rings_there ? SOUND_RINGBACK : SOUND_NONE;
}

static void
update_sound (AppCalls *self)
{
  Sound sound = pick_sound (self);

  if (self->sound == sound)
    return;

  self->sound = sound;
  switch (sound)
    {
    case SOUND_NONE:
      app_ringer_stop (self->ringer);
      break;
    case SOUND_RING:
      app_ringer_play (self->ringer, APP_RING_TONE_INCOMING, RING_VOLUME, TRUE);
      break;
    case SOUND_SOFT_RING:
      app_ringer_play (self->ringer, APP_RING_TONE_INCOMING, SOFT_RING_VOLUME, TRUE);
      break;
    case SOUND_RINGBACK:
      app_ringer_play (self->ringer, APP_RING_TONE_OUTGOING, RINGBACK_VOLUME, TRUE);
      break;
    }
}

static void
again_cb (AppCallWindow *window,
          ConfabCall    *call,
          AppCalls      *self)
{
  ConfabRoom *room = confab_call_get_room (call);

  if (room)
    app_calls_start (self, room, confab_call_get_video (call));
  gtk_window_close (GTK_WINDOW (window));
}

static void
show_call (Line *line)
{
  AppCalls *self = line->owner;

  if (line->window)
    return;

  line->window = app_call_window_new (self->application, line->call, self->devices,
                                      self->settings);
  g_object_add_weak_pointer (G_OBJECT (line->window), (gpointer *) &line->window);
  g_signal_connect_object (line->window, "again", G_CALLBACK (again_cb), self, 0);
  line->inhibit_cookie = gtk_application_inhibit (
    self->application, line->window,
    GTK_APPLICATION_INHIBIT_SUSPEND | GTK_APPLICATION_INHIBIT_IDLE, _("A call is on"));
  gtk_window_present (line->window);
}

static void
notify_incoming (Line *line)
{
  g_autofree char *name = app_call_status_dup_name (line->call);
  const char *const buttons[] = { ACCEPT, _("Accept"), DECLINE, _("Decline"), NULL };

  app_notifier_show_call (line->owner->notifier, line->key, name,
                          confab_call_get_video (line->call) ? _("Incoming video call")
                                                             : _("Incoming voice call"),
                          "call.incoming", TRUE, buttons);
}

static void
show_incoming (Line *line)
{
  line->incoming = app_incoming_window_new (line->owner->application, line->call);
  g_object_add_weak_pointer (G_OBJECT (line->incoming), (gpointer *) &line->incoming);
  gtk_window_present (line->incoming);
  notify_incoming (line);
}

/* The caller alone writes it, so that there is one, whoever is online. */
static void
post_entry (Line *line)
{
  ConfabRoom *room = confab_call_get_room (line->call);
  gint64 started_at = confab_call_get_started_at (line->call);
  AppCallEntry entry = { .video = confab_call_get_video (line->call) };
  g_autofree char *content = NULL;
  g_autoptr(ConfabMessage) message = NULL;
  g_autoptr(GError) error = NULL;

  if (!line->posts_entry || !room || !app_call_outcome_read (line->call, &entry.outcome))
    return;

  if (started_at > 0)
    entry.duration_s = (guint) MAX ((g_get_real_time () - started_at) / G_USEC_PER_SEC, 0);
  g_strlcpy (entry.call_id, confab_call_get_id (line->call), sizeof entry.call_id);
  content = app_call_entry_print (&entry);
  message = confab_room_send_content (room, content, &error);
  if (!message)
    g_message ("The entry of a call was not written: %s", error->message);
}

/* What becomes of a call that one has answered is no news. */
static void
remember (Line *line)
{
  g_hash_table_add (line->owner->known, g_strdup (confab_call_get_id (line->call)));
}

static void
line_ended (Line *line)
{
  AppCalls *self = line->owner;
  gboolean talked = confab_call_get_started_at (line->call) > 0;
  g_autoptr(ConfabRoom) room = NULL;

  g_debug ("A call has ended: %s", confab_call_get_end_message (line->call));
  g_set_object (&room, confab_call_get_room (line->call));
  post_entry (line);
  if (room && app_call_outcome_is_missed (line->call))
    app_attention_note_missed_call (self->attention, room, confab_call_get_video (line->call));
  if (app_call_outcome_is_declined (line->call))
    remember (line);
  g_ptr_array_remove (self->lines, line);
  if (room)
    room_changed (self, room);
  update_sound (self);
  if (talked && self->lines->len == 0)
    app_ringer_play (self->ringer, APP_RING_TONE_ENDED, END_VOLUME, FALSE);
}

/* Two calls at a time would be heard at once. */
static void
end_others (Line *line)
{
  g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < line->owner->lines->len; i++)
    {
      Line *other = line->owner->lines->pdata[i];

      if (other != line && confab_call_get_state (other->call) != CONFAB_CALL_STATE_RINGING_IN)
        g_ptr_array_add (others, g_object_ref (other->call));
    }

  for (guint i = 0; i < others->len; i++)
    confab_call_hang_up (others->pdata[i]);
}

static void
call_changed_cb (Line *line)
{
  AppCalls *self = line->owner;
  ConfabCallState state = confab_call_get_state (line->call);

  if (state != CONFAB_CALL_STATE_RINGING_IN)
    app_notifier_withdraw (self->notifier, line->key);
  if (state == CONFAB_CALL_STATE_ENDED)
    {
      line_ended (line);
      return;
    }

  if (is_on (line))
    {
      remember (line);
      show_call (line);
      end_others (line);
    }
  if (confab_call_get_room (line->call))
    room_changed (self, confab_call_get_room (line->call));
  update_sound (self);
}

static Line *
add_line (AppCalls   *self,
          ConfabCall *call)
{
  Line *line = g_new0 (Line, 1);

  line->owner = self;
  line->call = g_object_ref (call);
  line->key = g_strdup_printf ("call\n%s", confab_call_get_id (call));
  g_ptr_array_add (self->lines, line);
  g_signal_connect_swapped (call, "notify::state", G_CALLBACK (call_changed_cb), line);

  return line;
}

static void
incoming_cb (AppCalls   *self,
             ConfabCall *call)
{
  if (confab_call_get_state (call) != CONFAB_CALL_STATE_RINGING_IN)
    return;

  show_incoming (add_line (self, call));
  update_sound (self);
}

static void
message_received_cb (ConfabSession *session,
                     ConfabRoom    *room,
                     ConfabMessage *message,
                     AppCalls      *self)
{
  AppCallEntry entry;

  if (confab_room_get_n_unread (room) == 1 &&
      app_call_entry_parse (confab_message_get_content (message), &entry) &&
      g_hash_table_contains (self->known, entry.call_id))
    confab_room_mark_read (room, confab_message_get_seq (message));
}

static void
sessions_changed_cb (GListModel *sessions,
                     guint       position,
                     guint       n_removed,
                     guint       n_added,
                     AppCalls   *self)
{
  for (guint i = 0; i < n_removed; i++)
    {
      ConfabCalls *calls = self->accounts->pdata[position];

      g_signal_handlers_disconnect_by_data (calls, self);
      g_signal_handlers_disconnect_by_data (confab_calls_get_session (calls), self);
      g_ptr_array_remove_index (self->accounts, position);
    }

  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr(ConfabSession) session = g_list_model_get_item (sessions, i);
      ConfabCalls *calls = confab_calls_new (session, self->devices);

      g_signal_connect_object (calls, "incoming", G_CALLBACK (incoming_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (calls, "group-changed", G_CALLBACK (room_changed), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (session, "message-received", G_CALLBACK (message_received_cb), self,
                               0);
      g_ptr_array_insert (self->accounts, (int) i, calls);
    }
}

static void
button_cb (AppCalls   *self,
           const char *key,
           const char *button)
{
  Line *line = find_line (self, NULL, key);

  if (!line)
    return;

  if (g_str_equal (button, ACCEPT))
    confab_call_accept (line->call, confab_call_get_video (line->call));
  else if (g_str_equal (button, DECLINE))
    confab_call_decline (line->call);
}

static void
activated_cb (AppCalls   *self,
              const char *key)
{
  Line *line = find_line (self, NULL, key);
  GtkWindow *window = line ? (line->window ? line->window : line->incoming) : NULL;

  if (window)
    gtk_window_present (window);
}

static void
call_back_cb (AppCalls   *self,
              ConfabRoom *room,
              gboolean    video)
{
  app_calls_start (self, room, video);
}

static void
choice_changed_cb (AppCalls   *self,
                   const char *key)
{
  for (int i = CONFAB_DEVICE_KIND_MICROPHONE; i <= CONFAB_DEVICE_KIND_CAMERA; i++)
    {
      ConfabDeviceKind kind = (ConfabDeviceKind) i;
      g_autofree char *id = NULL;

      if (key && !g_str_equal (key, app_device_menu_get_key (kind)))
        continue;
      id = g_settings_get_string (self->settings, app_device_menu_get_key (kind));
      confab_devices_set_choice (self->devices, kind, *id ? id : NULL);
    }
}

/* The first time ever it looks at all plugins there are, which takes long. */
static void
look_for_plugins (GTask        *task,
                  gpointer      source_object,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  GError *error = NULL;

  if (!gst_init_check (NULL, NULL, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, confab_devices_explain_no_calls (), g_free);
}

static void
plugins_known_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(AppCalls) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *missing = g_task_propagate_pointer (G_TASK (result), &error);

  if (!missing && !error)
    return;

  g_message ("%s", missing ? missing : error->message);
  self->impossible = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static const char *
get_problem (AppCalls *self)
{
  return self->impossible ? _("A part of GStreamer that calls need is missing. "
                              "The call check in the preferences names it.")
                          : NULL;
}

static void
app_calls_get_property (GObject    *object,
                        guint       property_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  switch ((AppCallsProperty) property_id)
    {
    case PROP_PROBLEM:
      g_value_set_static_string (value, get_problem (APP_CALLS (object)));
      break;
    }
}

static void
app_calls_dispose (GObject *object)
{
  AppCalls *self = APP_CALLS (object);

  g_ptr_array_set_size (self->lines, 0);
  g_ptr_array_set_size (self->accounts, 0);
  g_clear_object (&self->ringer);
  g_clear_object (&self->devices);
  g_clear_object (&self->attention);
  g_clear_object (&self->notifier);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (app_calls_parent_class)->dispose (object);
}

static void
app_calls_finalize (GObject *object)
{
  AppCalls *self = APP_CALLS (object);

  g_ptr_array_unref (self->lines);
  g_ptr_array_unref (self->accounts);
  g_hash_table_unref (self->known);

  G_OBJECT_CLASS (app_calls_parent_class)->finalize (object);
}

static void
app_calls_class_init (AppCallsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = app_calls_get_property;
  object_class->dispose = app_calls_dispose;
  object_class->finalize = app_calls_finalize;

  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS |
                                                    G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_ROOM_CHANGED] = g_signal_new ("room-changed", G_TYPE_FROM_CLASS (klass),
                                               G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 1, CONFAB_TYPE_ROOM);
}

static void
app_calls_init (AppCalls *self)
{
  self->accounts = g_ptr_array_new_with_free_func (g_object_unref);
  self->lines = g_ptr_array_new_with_free_func (line_free);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ringer = app_ringer_new ();
  self->devices = confab_devices_new ();
}

/**
 * app_calls_new:
 * @application: (transfer none): the application, which outlives the calls
 * @profile: whose accounts can be called
 * @attention: what tells of missed calls
 * @notifier: what shows notifications
 * @settings: the settings of the profile
 *
 * Returns: (transfer full): the calls of all accounts, also of later ones
 */
AppCalls *
app_calls_new (GtkApplication *application,
               ConfabProfile  *profile,
               AppAttention   *attention,
               AppNotifier    *notifier,
               GSettings      *settings)
{
  AppCalls *self = g_object_new (APP_TYPE_CALLS, NULL);
  /* Not with us as its source: the thread might be the last to let go of it. */
  g_autoptr(GTask) task = g_task_new (NULL, NULL, plugins_known_cb, g_object_ref (self));

  g_task_set_source_tag (task, app_calls_new);
  g_task_run_in_thread (task, look_for_plugins);
  self->application = application;
  self->attention = g_object_ref (attention);
  self->notifier = g_object_ref (notifier);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed", G_CALLBACK (choice_changed_cb), self,
                           G_CONNECT_SWAPPED);
  choice_changed_cb (self, NULL);
  g_signal_connect_object (notifier, "button", G_CALLBACK (button_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (notifier, "activated", G_CALLBACK (activated_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (attention, "call-back", G_CALLBACK (call_back_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (profile, "items-changed", G_CALLBACK (sessions_changed_cb), self, 0);
  sessions_changed_cb (G_LIST_MODEL (profile), 0, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (profile)), self);

  return self;
}

/**
 * app_calls_get_devices:
 * @self: calls
 *
 * Returns: (transfer none): what there is to speak, hear and see with
 */
ConfabDevices *
app_calls_get_devices (AppCalls *self)
{
  g_return_val_if_fail (APP_IS_CALLS (self), NULL);

  return self->devices;
}

/**
 * app_calls_get_problem:
 * @self: calls
 *
 * Returns: (transfer none) (nullable): why no call can be made; %NULL where one can, and before
 *   that is known
 */
const char *
app_calls_get_problem (AppCalls *self)
{
  g_return_val_if_fail (APP_IS_CALLS (self), NULL);

  return get_problem (self);
}

/**
 * app_calls_is_busy:
 * @self: calls
 *
 * Returns: whether there is a call that closing the program would end
 */
gboolean
app_calls_is_busy (AppCalls *self)
{
  g_return_val_if_fail (APP_IS_CALLS (self), FALSE);

  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      if (confab_call_get_state (line->call) != CONFAB_CALL_STATE_RINGING_IN)
        return TRUE;
    }

  return FALSE;
}

/**
 * app_calls_is_in:
 * @self: calls
 * @room: a room
 *
 * Returns: whether one is in a call there
 */
gboolean
app_calls_is_in (AppCalls   *self,
                 ConfabRoom *room)
{
  g_return_val_if_fail (APP_IS_CALLS (self), FALSE);

  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      if (is_on (line) && confab_call_get_room (line->call) == room)
        return TRUE;
    }

  return FALSE;
}

static ConfabCalls *
find_account (AppCalls   *self,
              ConfabRoom *room)
{
  ConfabSession *session = confab_room_get_session (room);

  for (guint i = 0; session && i < self->accounts->len; i++)
    {
      if (confab_calls_get_session (self->accounts->pdata[i]) == session)
        return self->accounts->pdata[i];
    }

  return NULL;
}

/**
 * app_calls_start:
 * @self: calls
 * @room: a direct room, or a group
 * @video: whether to begin with the camera on
 *
 * Calls the person or joins the call of the group. Where a call is on already,
 * shows that.
 */
void
app_calls_start (AppCalls   *self,
                 ConfabRoom *room,
                 gboolean    video)
{
  g_autoptr(ConfabCall) call = NULL;
  ConfabCalls *account;
  gboolean begins;
  Line *line;

  g_return_if_fail (APP_IS_CALLS (self));

  for (guint i = 0; i < self->lines->len; i++)
    {
      line = self->lines->pdata[i];
      if (line->window)
        {
          gtk_window_present (line->window);
          return;
        }
    }

  account = find_account (self, room);
  if (!account)
    return;

  begins = confab_room_get_kind (room) == CONFAB_ROOM_KIND_DIRECT ||
           confab_calls_count_in_group (account, room) == 0;
  call = confab_calls_start (account, room, video);
  if (find_line (self, call, NULL))
    return;

  line = add_line (self, call);
  line->posts_entry = begins;
  show_call (line);
  call_changed_cb (line);
}

/* Also those that tell of a call that has ended. */
static void
close_windows (AppCalls *self)
{
  g_autoptr(GList) windows = g_list_copy (gtk_application_get_windows (self->application));

  for (GList *each = windows; each; each = each->next)
    {
      if (APP_IS_CALL_WINDOW (each->data))
        gtk_window_destroy (each->data);
    }
}

/**
 * app_calls_end_all:
 * @self: calls
 *
 * Hangs up and declines: the program ends.
 */
void
app_calls_end_all (AppCalls *self)
{
  g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (APP_IS_CALLS (self));

  for (guint i = 0; i < self->lines->len; i++)
    g_ptr_array_add (calls, g_object_ref (((Line *) self->lines->pdata[i])->call));
  for (guint i = 0; i < calls->len; i++)
    confab_call_hang_up (calls->pdata[i]);
  close_windows (self);
}

/**
 * app_calls_count_in_group:
 * @self: calls
 * @room: a room
 *
 * Returns: how many are in the call of a group now
 */
guint
app_calls_count_in_group (AppCalls   *self,
                          ConfabRoom *room)
{
  ConfabCalls *account;

  g_return_val_if_fail (APP_IS_CALLS (self), 0);

  account = confab_room_get_kind (room) == CONFAB_ROOM_KIND_GROUP ? find_account (self, room)
                                                                  : NULL;

  return account ? confab_calls_count_in_group (account, room) : 0;
}
