/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-session"

#include "config.h"

#include "confab-session-private.h"

#include "confab-error-private.h"
#include "confab-object-private.h"
#include "confab-room-private.h"

/**
 * ConfabSession:
 *
 * An account of the user at a space: its rooms, people and messages as models.
 *
 * Everything is there from the local store at once and is brought up to date when there is a
 * connection. It connects when it is told to, and from then on keeps the connection up. It goes
 * to %CONFAB_CONNECTION_STATE_ONLINE only when all rooms have caught up and what waited to be sent
 * has been sent.
 *
 * A #ConfabProfile makes sessions. One that was removed stays readable and does nothing any more.
 */
G_DEFINE_FINAL_TYPE (ConfabSession, confab_session, G_TYPE_OBJECT)

typedef enum {
  PROP_ID = 1,
  PROP_SPACE_URL,
  PROP_SPACE_NAME,
  PROP_USER,
  PROP_STATE,
  PROP_RETRY_IN_SECONDS,
  PROP_LAST_ERROR,
  PROP_ROOMS,
  PROP_N_UNREAD,
  PROP_CONNECTION,
  PROP_SHARE_TYPING,
  PROP_SHARE_READ,
} ConfabSessionProperty;

typedef enum {
  SIGNAL_MESSAGE_RECEIVED,
} ConfabSessionSignal;

static GParamSpec *properties[PROP_SHARE_READ + 1];
static guint signals[SIGNAL_MESSAGE_RECEIVED + 1];

static void
notify (ConfabSession         *self,
        ConfabSessionProperty  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
confab_session_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  ConfabSession *self = CONFAB_SESSION (object);

  switch ((ConfabSessionProperty) property_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_SPACE_URL:
      g_value_set_string (value, self->space_url);
      break;
    case PROP_SPACE_NAME:
      g_value_set_string (value, self->space_name);
      break;
    case PROP_USER:
      g_value_set_object (value, self->user);
      break;
    case PROP_STATE:
      g_value_set_enum (value, (int) confab_session_get_state (self));
      break;
    case PROP_RETRY_IN_SECONDS:
      g_value_set_uint (value, confab_session_get_retry_in_seconds (self));
      break;
    case PROP_LAST_ERROR:
      g_value_set_boxed (value, confab_session_get_last_error (self));
      break;
    case PROP_ROOMS:
      g_value_set_object (value, self->rooms);
      break;
    case PROP_N_UNREAD:
      g_value_set_uint (value, self->n_unread);
      break;
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_SHARE_TYPING:
      g_value_set_boolean (value, self->share_typing);
      break;
    case PROP_SHARE_READ:
      g_value_set_boolean (value, self->share_read);
      break;
    }
}

static void
confab_session_set_property (GObject      *object,
                             guint         property_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  ConfabSession *self = CONFAB_SESSION (object);

  if (property_id == PROP_SHARE_TYPING)
    confab_session_set_share_typing (self, g_value_get_boolean (value));
  else if (property_id == PROP_SHARE_READ)
    confab_session_set_share_read (self, g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
detach_rooms (ConfabSession *self)
{
  GHashTableIter iter;
  gpointer room;

  g_hash_table_iter_init (&iter, self->all_rooms);
  while (g_hash_table_iter_next (&iter, NULL, &room))
    confab_room_detach (room);
}

static void
confab_session_dispose (GObject *object)
{
  ConfabSession *self = CONFAB_SESSION (object);

  g_cancellable_cancel (self->lifetime);
  if (self->connection)
    {
      g_signal_handlers_disconnect_by_data (self->connection, self);
      confab_connection_close (self->connection);
    }
  if (self->store)
    g_signal_handlers_disconnect_by_data (self->store, self);
  detach_rooms (self);
  g_list_store_remove_all (self->rooms);
  g_hash_table_remove_all (self->all_rooms);
  g_clear_object (&self->outbox);
  g_clear_pointer (&self->users, confab_user_cache_free);
  g_clear_object (&self->store);
  g_clear_object (&self->connection);
  g_clear_object (&self->credentials);
  g_clear_object (&self->user);

  G_OBJECT_CLASS (confab_session_parent_class)->dispose (object);
}

static void
confab_session_finalize (GObject *object)
{
  ConfabSession *self = CONFAB_SESSION (object);

  g_object_unref (self->lifetime);
  g_object_unref (self->rooms);
  g_hash_table_unref (self->all_rooms);
  g_clear_error (&self->store_loss);
  g_free (self->id);
  g_free (self->space_url);
  g_free (self->space_name);

  G_OBJECT_CLASS (confab_session_parent_class)->finalize (object);
}

static void
install_identity_properties (void)
{
  /**
   * ConfabSession:id:
   *
   * A string that names this account on this device for good.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabSession:space-url:
   *
   * The address of the space.
   */
  properties[PROP_SPACE_URL] =
    g_param_spec_string ("space-url", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabSession:space-name:
   *
   * The name of the space.
   */
  properties[PROP_SPACE_NAME] =
    g_param_spec_string ("space-name", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabSession:user:
   *
   * The user whose account it is.
   */
  properties[PROP_USER] =
    g_param_spec_object ("user", NULL, NULL, CONFAB_TYPE_USER, CONFAB_PARAM_READABLE);
  /**
   * ConfabSession:connection:
   *
   * The connection underneath.
   */
  properties[PROP_CONNECTION] = g_param_spec_object (
    "connection", NULL, NULL, CONFAB_TYPE_CONNECTION, CONFAB_PARAM_READABLE);
}

static void
install_state_properties (void)
{
  /**
   * ConfabSession:state:
   *
   * Where the connection is.
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, CONFAB_TYPE_CONNECTION_STATE,
                       CONFAB_CONNECTION_STATE_IDLE, CONFAB_PARAM_READABLE);
  /**
   * ConfabSession:retry-in-seconds:
   *
   * How long it is to the next attempt while %CONFAB_CONNECTION_STATE_WAITING.
   */
  properties[PROP_RETRY_IN_SECONDS] =
    g_param_spec_uint ("retry-in-seconds", NULL, NULL, 0, G_MAXUINT, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabSession:last-error:
   *
   * What is wrong now.
   */
  properties[PROP_LAST_ERROR] =
    g_param_spec_boxed ("last-error", NULL, NULL, G_TYPE_ERROR, CONFAB_PARAM_READABLE);
  /**
   * ConfabSession:rooms:
   *
   * The rooms, newest activity first; a list of #ConfabRoom.
   */
  properties[PROP_ROOMS] =
    g_param_spec_object ("rooms", NULL, NULL, G_TYPE_LIST_MODEL, CONFAB_PARAM_READABLE);
  /**
   * ConfabSession:n-unread:
   *
   * How many unread messages all rooms have together.
   */
  properties[PROP_N_UNREAD] =
    g_param_spec_uint ("n-unread", NULL, NULL, 0, G_MAXUINT, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabSession:share-typing:
   *
   * Whether others see when the user is typing.
   */
  properties[PROP_SHARE_TYPING] =
    g_param_spec_boolean ("share-typing", NULL, NULL, TRUE, CONFAB_PARAM_READWRITE);
  /**
   * ConfabSession:share-read:
   *
   * Whether others see what the user has read.
   */
  properties[PROP_SHARE_READ] =
    g_param_spec_boolean ("share-read", NULL, NULL, TRUE, CONFAB_PARAM_READWRITE);
}

static void
confab_session_class_init (ConfabSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_session_get_property;
  object_class->set_property = confab_session_set_property;
  object_class->dispose = confab_session_dispose;
  object_class->finalize = confab_session_finalize;

  install_identity_properties ();
  install_state_properties ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * ConfabSession::message-received:
   * @self: the session
   * @room: where it was said
   * @message: the message
   *
   * Somebody else has said something new in a room that is not muted. Of what was missed while
   * there was no connection only the newest unread message of a room is announced.
   */
  signals[SIGNAL_MESSAGE_RECEIVED] =
    g_signal_new ("message-received", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 2, CONFAB_TYPE_ROOM, CONFAB_TYPE_MESSAGE);
}

static void
confab_session_init (ConfabSession *self)
{
  self->lifetime = g_cancellable_new ();
  self->all_rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  self->rooms = g_list_store_new (CONFAB_TYPE_ROOM);
  self->share_typing = self->share_read = TRUE;
}

static gboolean
greet_cb (ConfabConnection *connection,
          JsonObject       *hello,
          gpointer          user_data)
{
  confab_session_sync (user_data);

  return TRUE;
}

static void
frame_cb (ConfabConnection *connection,
          JsonObject       *frame,
          gpointer          user_data)
{
  confab_session_take_frame (user_data, frame);
}

static void
disconnected (ConfabSession *self)
{
  GHashTableIter iter;
  gpointer room;

  self->attempt++;
  confab_outbox_pause (self->outbox);
  g_hash_table_iter_init (&iter, self->all_rooms);
  while (g_hash_table_iter_next (&iter, NULL, &room))
    confab_room_disconnected (room);
}

static void
state_cb (ConfabConnection *connection,
          GParamSpec       *pspec,
          gpointer          user_data)
{
  ConfabSession *self = user_data;
  ConfabConnectionState state = confab_connection_get_state (connection);

  if (state != CONFAB_CONNECTION_STATE_GREETING && state != CONFAB_CONNECTION_STATE_ONLINE)
    disconnected (self);
  if (state == CONFAB_CONNECTION_STATE_ONLINE)
    g_clear_error (&self->store_loss);
  notify (self, PROP_STATE);
}

static void
retry_cb (ConfabConnection *connection,
          GParamSpec       *pspec,
          gpointer          user_data)
{
  notify (user_data, PROP_RETRY_IN_SECONDS);
}

static void
error_cb (GObject    *source,
          GParamSpec *pspec,
          gpointer    user_data)
{
  notify (user_data, PROP_LAST_ERROR);
}

/* The copy of the server's history is gone: all of it again. */
static void
store_lost_cb (ConfabStore *store,
               gpointer     user_data)
{
  ConfabSession *self = user_data;
  g_autoptr(GPtrArray) rooms = confab_session_list_all_rooms (self);

  g_clear_error (&self->store_loss);
  self->store_loss = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_STORE,
                                          "The local database was damaged and is begun anew");
  for (guint i = 0; i < rooms->len; i++)
    {
      confab_room_reset (g_ptr_array_index (rooms, i), "");
      confab_room_save (g_ptr_array_index (rooms, i));
    }
  notify (self, PROP_LAST_ERROR);
  confab_connection_fail (self->connection, self->store_loss);
}

ConfabSession *
confab_session_new (const char        *id,
                    const char        *space_name,
                    const char        *user_id,
                    const char        *name,
                    const char        *display_name,
                    ConfabCredentials *credentials,
                    ConfabStore       *store)
{
  ConfabSession *self = g_object_new (CONFAB_TYPE_SESSION, NULL);

  self->id = g_strdup (id);
  self->space_url = g_strdup (confab_credentials_get_space_url (credentials));
  self->space_name = g_strdup (space_name);
  self->credentials = g_object_ref (credentials);
  self->store = g_object_ref (store);
  self->connection = confab_connection_new (self->space_url, credentials);
  self->users = confab_user_cache_new (store, self->connection);
  self->user = confab_user_cache_dup_user (self->users, user_id);
  confab_user_set_names (self->user, name, display_name);
  self->outbox = confab_outbox_new (store, self->connection, self->user);

  g_signal_connect (self->connection, "greet", G_CALLBACK (greet_cb), self);
  g_signal_connect (self->connection, "frame", G_CALLBACK (frame_cb), self);
  g_signal_connect (self->connection, "notify::state", G_CALLBACK (state_cb), self);
  g_signal_connect (self->connection, "notify::retry-in-seconds", G_CALLBACK (retry_cb), self);
  g_signal_connect (self->connection, "notify::last-error", G_CALLBACK (error_cb), self);
  g_signal_connect (self->store, "notify::error", G_CALLBACK (error_cb), self);
  g_signal_connect (self->store, "lost", G_CALLBACK (store_lost_cb), self);

  return self;
}

void
confab_session_set_n_unread (ConfabSession *self,
                             guint          n_unread)
{
  if (self->n_unread == n_unread)
    return;

  self->n_unread = n_unread;
  notify (self, PROP_N_UNREAD);
}

void
confab_session_announce_message (ConfabSession *self,
                                 ConfabRoom    *room,
                                 ConfabMessage *message)
{
  g_signal_emit (self, signals[SIGNAL_MESSAGE_RECEIVED], 0, room, message);
}

ConfabStore *
confab_session_get_store (ConfabSession *self)
{
  return self->store;
}

ConfabUserCache *
confab_session_get_users (ConfabSession *self)
{
  return self->users;
}

ConfabOutbox *
confab_session_get_outbox (ConfabSession *self)
{
  return self->outbox;
}

ConfabCredentials *
confab_session_get_credentials (ConfabSession *self)
{
  return self->credentials;
}

ConfabTime *
confab_session_get_time (ConfabSession *self)
{
  return confab_connection_get_time (self->connection);
}

gboolean
confab_session_is_own (ConfabSession *self,
                       const char    *user_id)
{
  return g_strcmp0 (confab_user_get_user_id (self->user), user_id) == 0;
}

gboolean
confab_session_is_connected (ConfabSession *self)
{
  ConfabConnectionState state = confab_connection_get_state (self->connection);

  return state == CONFAB_CONNECTION_STATE_ONLINE || state == CONFAB_CONNECTION_STATE_GREETING;
}

const char *
confab_session_get_id (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);

  return self->id;
}

const char *
confab_session_get_space_url (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);

  return self->space_url;
}

const char *
confab_session_get_space_name (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);

  return self->space_name;
}

ConfabUser *
confab_session_get_user (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);

  return self->user;
}

ConfabConnectionState
confab_session_get_state (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), CONFAB_CONNECTION_STATE_IDLE);

  return self->connection ? confab_connection_get_state (self->connection)
                          : CONFAB_CONNECTION_STATE_IDLE;
}

guint
confab_session_get_retry_in_seconds (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), 0);

  return self->connection ? confab_connection_get_retry_in_seconds (self->connection) : 0;
}

const GError *
confab_session_get_last_error (ConfabSession *self)
{
  const GError *error;

  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);

  if (!self->connection)
    return NULL;

  error = confab_connection_get_last_error (self->connection);
  if (!error)
    error = self->store_loss;

  return error ? error : confab_store_get_error (self->store);
}

GListModel *
confab_session_get_rooms (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);

  return G_LIST_MODEL (self->rooms);
}

guint
confab_session_get_n_unread (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), 0);

  return self->n_unread;
}

ConfabConnection *
confab_session_get_connection (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);

  return self->connection;
}

void
confab_session_go_online (ConfabSession *self)
{
  g_return_if_fail (CONFAB_IS_SESSION (self));

  confab_connection_open (self->connection);
}

void
confab_session_go_offline (ConfabSession *self)
{
  g_return_if_fail (CONFAB_IS_SESSION (self));

  confab_connection_close (self->connection);
}

void
confab_session_try_now (ConfabSession *self)
{
  g_return_if_fail (CONFAB_IS_SESSION (self));

  confab_connection_try_now (self->connection);
}

ConfabRoom *
confab_session_get_room (ConfabSession *self,
                         const char    *rid)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);
  g_return_val_if_fail (rid, NULL);

  return g_hash_table_lookup (self->all_rooms, rid);
}

ConfabUser *
confab_session_dup_user (ConfabSession *self,
                         const char    *user_id)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);
  g_return_val_if_fail (user_id, NULL);

  return confab_user_cache_dup_user (self->users, user_id);
}

gboolean
confab_session_get_share_typing (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), TRUE);

  return self->share_typing;
}

void
confab_session_set_share_typing (ConfabSession *self,
                                 gboolean       share_typing)
{
  g_return_if_fail (CONFAB_IS_SESSION (self));

  if (self->share_typing == !!share_typing)
    return;

  self->share_typing = !!share_typing;
  notify (self, PROP_SHARE_TYPING);
}

gboolean
confab_session_get_share_read (ConfabSession *self)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), TRUE);

  return self->share_read;
}

void
confab_session_set_share_read (ConfabSession *self,
                               gboolean       share_read)
{
  g_return_if_fail (CONFAB_IS_SESSION (self));

  if (self->share_read == !!share_read)
    return;

  self->share_read = !!share_read;
  notify (self, PROP_SHARE_READ);
}
