/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-attention"

#include "config.h"

#include "app-attention.h"

#include "app-call-entry.h"
#include "app-people.h"

#include <glib/gi18n.h>

#define CALL_BACK "call-back"
#define CALL_BACK_VIDEO CALL_BACK "-video"

/**
 * AppAttention:
 *
 * Decides what is worth a notification, over all sessions of a profile.
 *
 * A message is, unless it is being looked at: ::is-watched asks that. There is
 * one notification for each room; it is withdrawn when the room has been read,
 * here or elsewhere. ::room-wanted tells that one was clicked, ::call-back that
 * one wants to call whom one has missed.
 */
struct _AppAttention
{
  GObject        parent_instance;

  ConfabProfile *profile;
  AppNotifier   *notifier;
  GSettings     *settings;
  GPtrArray     *sessions;
  /* Key of a notification that is shown: the room it is about. */
  GHashTable    *rooms;
  guint          n_unread;
};

G_DEFINE_FINAL_TYPE (AppAttention, app_attention, G_TYPE_OBJECT)

typedef enum {
  PROP_N_UNREAD = 1,
} AppAttentionProperty;

typedef enum {
  SIGNAL_IS_WATCHED,
  SIGNAL_ROOM_WANTED,
  SIGNAL_CALL_BACK,
} AppAttentionSignal;

static GParamSpec *properties[PROP_N_UNREAD + 1];
static guint signals[SIGNAL_CALL_BACK + 1];

static char *
make_key (ConfabSession *session,
          ConfabRoom    *room)
{
  return g_strdup_printf ("%s\n%s", confab_session_get_id (session), confab_room_get_rid (room));
}

/* What is shown about @room, or about any room of @session; either may be NULL. */
static void
withdraw (AppAttention  *self,
          ConfabRoom    *room,
          ConfabSession *session)
{
  GHashTableIter iter;
  gpointer key;
  gpointer other;

  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, &key, &other))
    {
      if (other != room && (!session || confab_room_get_session (other) != session))
        continue;
      app_notifier_withdraw (self->notifier, key);
      g_signal_handlers_disconnect_by_data (other, self);
      g_hash_table_iter_remove (&iter);
    }
}

static void
room_read_cb (ConfabRoom   *room,
              GParamSpec   *pspec,
              AppAttention *self)
{
  if (confab_room_get_n_unread (room) == 0)
    withdraw (self, room, NULL);
}

static char *
make_title (ConfabRoom    *room,
            ConfabMessage *message)
{
  const char *sender = confab_user_get_display_name (confab_message_get_sender (message));
  guint n_unread = confab_room_get_n_unread (room);
  g_autofree char *title = NULL;

  if (confab_room_get_kind (room) == CONFAB_ROOM_KIND_DIRECT)
    title = g_strdup (sender);
  else
    /* Translators: a person and the group they wrote in. */
    title = g_strdup_printf (C_("notification", "%s in %s"), sender, confab_room_get_title (room));

  if (n_unread < 2)
    return g_steal_pointer (&title);

  /* Translators: what a notification is about, and how many messages are unread there. */
  return g_strdup_printf (C_("notification", "%s (%u)"), title, n_unread);
}

static void
remember (AppAttention *self,
          char         *key,
          ConfabRoom   *room)
{
  if (g_hash_table_insert (self->rooms, key, g_object_ref (room)))
    g_signal_connect_object (room, "notify::n-unread", G_CALLBACK (room_read_cb), self, 0);
}

static void
message_received_cb (ConfabSession *session,
                     ConfabRoom    *room,
                     ConfabMessage *message,
                     AppAttention  *self)
{
  g_autofree char *key = NULL;
  g_autofree char *title = NULL;
  g_autofree char *body = NULL;
  gboolean watched = FALSE;
  AppCallEntry entry;

  if (app_call_entry_parse (confab_message_get_content (message), &entry))
    {
      if (app_call_entry_is_missed (&entry, FALSE))
        app_attention_note_missed_call (self, room, entry.video);
      return;
    }

  g_signal_emit (self, signals[SIGNAL_IS_WATCHED], 0, room, &watched);
  if (watched || !g_settings_get_boolean (self->settings, "notifications"))
    return;

  key = make_key (session, room);
  title = make_title (room, message);
  body = g_settings_get_boolean (self->settings, "notification-text")
           ? app_people_describe_message (message, FALSE)
           : g_strdup (_("New message"));
  app_notifier_show (self->notifier, key, title, body);

  remember (self, g_steal_pointer (&key), room);
}

static void
count_unread (AppAttention *self)
{
  guint n_unread = 0;

  for (guint i = 0; i < self->sessions->len; i++)
    n_unread += confab_session_get_n_unread (self->sessions->pdata[i]);

  if (self->n_unread == n_unread)
    return;

  self->n_unread = n_unread;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_UNREAD]);
}

static void
unread_changed_cb (ConfabSession *session,
                   GParamSpec    *pspec,
                   AppAttention  *self)
{
  count_unread (self);
}

static void
sessions_changed_cb (GListModel   *sessions,
                     guint         position,
                     guint         n_removed,
                     guint         n_added,
                     AppAttention *self)
{
  for (guint i = 0; i < n_removed; i++)
    {
      withdraw (self, NULL, self->sessions->pdata[position]);
      g_signal_handlers_disconnect_by_data (self->sessions->pdata[position], self);
      g_ptr_array_remove_index (self->sessions, position);
    }

  for (guint i = 0; i < n_added; i++)
    {
      ConfabSession *session = g_list_model_get_item (sessions, position + i);

      g_signal_connect_object (session, "message-received", G_CALLBACK (message_received_cb), self,
                               0);
      g_signal_connect_object (session, "notify::n-unread", G_CALLBACK (unread_changed_cb), self,
                               0);
      g_settings_bind (self->settings, "share-typing", session, "share-typing",
                       G_SETTINGS_BIND_GET);
      g_settings_bind (self->settings, "share-read", session, "share-read", G_SETTINGS_BIND_GET);
      g_ptr_array_insert (self->sessions, position + i, session);
    }

  count_unread (self);
}

static void
activated_cb (AppAttention *self,
              const char   *key)
{
  ConfabRoom *room = g_hash_table_lookup (self->rooms, key);

  if (room)
    g_signal_emit (self, signals[SIGNAL_ROOM_WANTED], 0, room);
}

static void
button_cb (AppAttention *self,
           const char   *key,
           const char   *button)
{
  ConfabRoom *room = g_hash_table_lookup (self->rooms, key);

  if (room && g_str_has_prefix (button, CALL_BACK))
    g_signal_emit (self, signals[SIGNAL_CALL_BACK], 0, room,
                   g_str_equal (button, CALL_BACK_VIDEO));
}

static void
app_attention_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch ((AppAttentionProperty) property_id)
    {
    case PROP_N_UNREAD:
      g_value_set_uint (value, APP_ATTENTION (object)->n_unread);
      break;
    }
}

static void
app_attention_dispose (GObject *object)
{
  AppAttention *self = APP_ATTENTION (object);

  g_clear_object (&self->profile);
  g_clear_object (&self->notifier);
  g_clear_object (&self->settings);
  g_ptr_array_set_size (self->sessions, 0);
  g_hash_table_remove_all (self->rooms);

  G_OBJECT_CLASS (app_attention_parent_class)->dispose (object);
}

static void
app_attention_finalize (GObject *object)
{
  AppAttention *self = APP_ATTENTION (object);

  g_ptr_array_unref (self->sessions);
  g_hash_table_unref (self->rooms);

  G_OBJECT_CLASS (app_attention_parent_class)->finalize (object);
}

static void
app_attention_class_init (AppAttentionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = app_attention_get_property;
  object_class->dispose = app_attention_dispose;
  object_class->finalize = app_attention_finalize;

  properties[PROP_N_UNREAD] = g_param_spec_uint ("n-unread", NULL, NULL, 0, G_MAXUINT, 0,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS |
                                                   G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_IS_WATCHED] = g_signal_new ("is-watched", G_TYPE_FROM_CLASS (klass),
                                             G_SIGNAL_RUN_LAST, 0,
                                             g_signal_accumulator_true_handled, NULL, NULL,
                                             G_TYPE_BOOLEAN, 1, CONFAB_TYPE_ROOM);
  signals[SIGNAL_ROOM_WANTED] = g_signal_new ("room-wanted", G_TYPE_FROM_CLASS (klass),
                                              G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                              1, CONFAB_TYPE_ROOM);
  signals[SIGNAL_CALL_BACK] = g_signal_new ("call-back", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                            2, CONFAB_TYPE_ROOM, G_TYPE_BOOLEAN);
}

static void
app_attention_init (AppAttention *self)
{
  self->sessions = g_ptr_array_new_with_free_func (g_object_unref);
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

/**
 * app_attention_new:
 * @profile: whose sessions to listen to
 * @notifier: what shows notifications
 * @settings: the settings of the profile
 *
 * Returns: (transfer full): attention for all sessions, also for later ones
 */
AppAttention *
app_attention_new (ConfabProfile *profile,
                   AppNotifier   *notifier,
                   GSettings     *settings)
{
  AppAttention *self = g_object_new (APP_TYPE_ATTENTION, NULL);

  self->profile = g_object_ref (profile);
  self->notifier = g_object_ref (notifier);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (notifier, "activated", G_CALLBACK (activated_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (notifier, "button", G_CALLBACK (button_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (profile, "items-changed", G_CALLBACK (sessions_changed_cb), self, 0);
  sessions_changed_cb (G_LIST_MODEL (profile), 0, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (profile)), self);

  return self;
}

/**
 * app_attention_get_n_unread:
 * @self: an attention
 *
 * Returns: how many messages are unread in all spaces together
 */
guint
app_attention_get_n_unread (AppAttention *self)
{
  g_return_val_if_fail (APP_IS_ATTENTION (self), 0);

  return self->n_unread;
}

/* Where something unread was written last, if anything is. */
static ConfabRoom *
find_unread (AppAttention *self)
{
  ConfabRoom *found = NULL;

  for (guint i = 0; i < self->sessions->len; i++)
    {
      GListModel *rooms = confab_session_get_rooms (self->sessions->pdata[i]);
      guint n_rooms = g_list_model_get_n_items (rooms);

      for (guint j = 0; j < n_rooms; j++)
        {
          g_autoptr(ConfabRoom) room = g_list_model_get_item (rooms, j);

          if (confab_room_get_n_unread (room) > 0 &&
              (!found || confab_room_get_last_activity_at (room) >
                           confab_room_get_last_activity_at (found)))
            found = room;
        }
    }

  return found;
}

/**
 * app_attention_open_unread:
 * @self: an attention
 *
 * Asks for the room with the newest unread message, as a click on its
 * notification does. Does nothing where all is read.
 */
void
app_attention_open_unread (AppAttention *self)
{
  ConfabRoom *room;

  g_return_if_fail (APP_IS_ATTENTION (self));

  room = find_unread (self);
  if (room)
    g_signal_emit (self, signals[SIGNAL_ROOM_WANTED], 0, room);
}

/**
 * app_attention_note_missed_call:
 * @self: an attention
 * @room: where somebody has called
 * @video: whether with a camera
 *
 * Tells that somebody could not be talked to, and offers to call back. Being
 * told twice of one call shows one notification.
 */
void
app_attention_note_missed_call (AppAttention *self,
                                ConfabRoom   *room,
                                gboolean      video)
{
  const char *const buttons[] = { video ? CALL_BACK_VIDEO : CALL_BACK, _("Call Back"), NULL };
  ConfabSession *session;
  g_autofree char *key = NULL;

  g_return_if_fail (APP_IS_ATTENTION (self));

  session = confab_room_get_session (room);
  if (!session || !g_settings_get_boolean (self->settings, "notifications"))
    return;

  key = g_strdup_printf ("missed\n%s\n%s", confab_session_get_id (session),
                         confab_room_get_rid (room));
  app_notifier_show_call (self->notifier, key, confab_room_get_title (room),
                          video ? _("Missed video call") : _("Missed voice call"),
                          "call.unanswered", FALSE, buttons);
  remember (self, g_steal_pointer (&key), room);
}
