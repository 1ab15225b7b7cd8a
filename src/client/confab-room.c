/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-room"

#include "config.h"

#include "confab-room-private.h"

#include "confab-error-private.h"
#include "confab-json-private.h"
#include "confab-message-list-private.h"
#include "confab-object-private.h"

#define DRAFT_AFTER_MS 500
/* A conversation that nobody looks at any more gives its memory back. */
#define MESSAGES_FOR_MS (10 * 1000)

/**
 * ConfabRoom:
 *
 * A group or a direct conversation of a session.
 *
 * It is there from the local store before there is a connection, and stays the same object through
 * all reconnects. What it shows changes by itself; what the user does to it is kept at once and
 * reaches the server when it can. A session owns its rooms: one that is left, or whose session is
 * removed, can still be read but does nothing any more.
 */
G_DEFINE_FINAL_TYPE (ConfabRoom, confab_room, G_TYPE_OBJECT)

typedef enum {
  PROP_SESSION = 1,
  PROP_RID,
  PROP_KIND,
  PROP_TITLE,
  PROP_N_MEMBERS,
  PROP_N_PRESENT,
  PROP_N_UNREAD,
  PROP_READ_SEQ,
  PROP_LAST_MESSAGE,
  PROP_LAST_ACTIVITY_AT,
  PROP_PEER,
  PROP_JOINED,
  PROP_MUTED,
  PROP_DRAFT,
  PROP_TYPING,
  PROP_PRESENT,
  PROP_MESSAGES,
} ConfabRoomProperty;

static GParamSpec *properties[PROP_MESSAGES + 1];

static void
notify (ConfabRoom         *self,
        ConfabRoomProperty  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
confab_room_start_timer (ConfabRoom   *self,
                         GSource     **timer,
                         guint         delay_ms,
                         GSourceFunc   callback)
{
  confab_time_start_timer (confab_session_get_time (self->session), timer, delay_ms, callback,
                           self);
}

static void
confab_room_set_property (GObject      *object,
                          guint         property_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  ConfabRoom *self = CONFAB_ROOM (object);

  if (property_id == PROP_MUTED)
    confab_room_set_muted (self, g_value_get_boolean (value));
  else if (property_id == PROP_DRAFT)
    confab_room_set_draft (self, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
confab_room_get_property (GObject    *object,
                          guint       property_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  ConfabRoom *self = CONFAB_ROOM (object);

  switch ((ConfabRoomProperty) property_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_RID:
      g_value_set_string (value, self->rid);
      break;
    case PROP_KIND:
      g_value_set_enum (value, (int) self->kind);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_N_MEMBERS:
      g_value_set_uint (value, self->n_members);
      break;
    case PROP_N_PRESENT:
      g_value_set_uint (value, self->n_present);
      break;
    case PROP_N_UNREAD:
      g_value_set_uint (value, self->n_unread);
      break;
    case PROP_READ_SEQ:
      g_value_set_uint64 (value, self->read_seq);
      break;
    case PROP_LAST_MESSAGE:
      g_value_set_object (value, self->last_message);
      break;
    case PROP_LAST_ACTIVITY_AT:
      g_value_set_int64 (value, self->last_activity_at);
      break;
    case PROP_PEER:
      g_value_set_object (value, self->peer);
      break;
    case PROP_JOINED:
      g_value_set_boolean (value, self->joined);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_DRAFT:
      g_value_set_string (value, self->draft);
      break;
    case PROP_TYPING:
      g_value_set_object (value, self->typing);
      break;
    case PROP_PRESENT:
      g_value_set_object (value, self->present);
      break;
    case PROP_MESSAGES:
      g_value_set_object (value, confab_room_get_messages (self));
      break;
    }
}

static gboolean
messages_timer_cb (gpointer user_data)
{
  ConfabRoom *self = user_data;

  confab_source_clear (&self->messages_timer);
  confab_message_list_close (self->messages);

  return G_SOURCE_REMOVE;
}

static void
messages_toggled_cb (gpointer  data,
                     GObject  *object,
                     gboolean  is_last_ref)
{
  ConfabRoom *self = data;

  if (!is_last_ref)
    confab_source_clear (&self->messages_timer);
  else if (self->session)
    confab_room_start_timer (self, &self->messages_timer, MESSAGES_FOR_MS, messages_timer_cb);
}

static void
confab_room_dispose (GObject *object)
{
  ConfabRoom *self = CONFAB_ROOM (object);

  confab_room_detach (self);
  if (self->messages)
    {
      confab_message_list_detach (self->messages);
      g_object_remove_toggle_ref (G_OBJECT (self->messages), messages_toggled_cb, self);
      self->messages = NULL;
    }
  g_clear_object (&self->peer);
  g_clear_object (&self->last_message);
  g_clear_object (&self->last_posted);

  G_OBJECT_CLASS (confab_room_parent_class)->dispose (object);
}

static void
confab_room_finalize (GObject *object)
{
  ConfabRoom *self = CONFAB_ROOM (object);

  g_queue_clear_full (&self->held, (GDestroyNotify) confab_event_unref);
  g_ptr_array_unref (self->settled);
  g_hash_table_unref (self->typing_timers);
  g_object_unref (self->typing);
  g_object_unref (self->present);
  g_object_unref (self->lifetime);
  g_free (self->rid);
  g_free (self->title);
  g_free (self->epoch);
  g_free (self->draft);

  G_OBJECT_CLASS (confab_room_parent_class)->finalize (object);
}

static void
install_identity_properties (void)
{
  /**
   * ConfabRoom:session:
   *
   * The session the room belongs to.
   */
  properties[PROP_SESSION] =
    g_param_spec_object ("session", NULL, NULL, CONFAB_TYPE_SESSION, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:rid:
   *
   * The address: the name of a group, or `@` and the other user's id.
   */
  properties[PROP_RID] = g_param_spec_string ("rid", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:kind:
   *
   * Whether it is a group or a direct room.
   */
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, CONFAB_TYPE_ROOM_KIND, CONFAB_ROOM_KIND_GROUP,
                       CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:title:
   *
   * What to call the room.
   */
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:peer:
   *
   * The other user of a direct room.
   */
  properties[PROP_PEER] =
    g_param_spec_object ("peer", NULL, NULL, CONFAB_TYPE_USER, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:joined:
   *
   * Whether the user is a member.
   */
  properties[PROP_JOINED] =
    g_param_spec_boolean ("joined", NULL, NULL, FALSE, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:muted:
   *
   * Whether the room makes no news on this device.
   */
  properties[PROP_MUTED] =
    g_param_spec_boolean ("muted", NULL, NULL, FALSE, CONFAB_PARAM_READWRITE);
  /**
   * ConfabRoom:draft:
   *
   * What the user has begun to write.
   */
  properties[PROP_DRAFT] = g_param_spec_string ("draft", NULL, NULL, "", CONFAB_PARAM_READWRITE);
}

static void
install_state_properties (void)
{
  /**
   * ConfabRoom:n-members:
   *
   * How many users are members.
   */
  properties[PROP_N_MEMBERS] =
    g_param_spec_uint ("n-members", NULL, NULL, 0, G_MAXUINT, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:n-present:
   *
   * How many users are in the room now.
   */
  properties[PROP_N_PRESENT] =
    g_param_spec_uint ("n-present", NULL, NULL, 0, G_MAXUINT, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:n-unread:
   *
   * How many messages of others come after the read marker.
   */
  properties[PROP_N_UNREAD] =
    g_param_spec_uint ("n-unread", NULL, NULL, 0, G_MAXUINT, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:read-seq:
   *
   * The read marker.
   */
  properties[PROP_READ_SEQ] =
    g_param_spec_uint64 ("read-seq", NULL, NULL, 0, G_MAXUINT64, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:last-message:
   *
   * The newest message.
   */
  properties[PROP_LAST_MESSAGE] =
    g_param_spec_object ("last-message", NULL, NULL, CONFAB_TYPE_MESSAGE, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:last-activity-at:
   *
   * The time that rooms are sorted by, in µs since the epoch.
   */
  properties[PROP_LAST_ACTIVITY_AT] =
    g_param_spec_int64 ("last-activity-at", NULL, NULL, 0, G_MAXINT64, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:typing:
   *
   * Who else is typing now, a list of #ConfabUser.
   */
  properties[PROP_TYPING] =
    g_param_spec_object ("typing", NULL, NULL, G_TYPE_LIST_MODEL, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:present:
   *
   * Who is in the room now, a list of #ConfabUser.
   */
  properties[PROP_PRESENT] =
    g_param_spec_object ("present", NULL, NULL, G_TYPE_LIST_MODEL, CONFAB_PARAM_READABLE);
  /**
   * ConfabRoom:messages:
   *
   * The conversation.
   */
  properties[PROP_MESSAGES] =
    g_param_spec_object ("messages", NULL, NULL, CONFAB_TYPE_MESSAGE_LIST, CONFAB_PARAM_READABLE);
}

static void
confab_room_class_init (ConfabRoomClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_room_get_property;
  object_class->set_property = confab_room_set_property;
  object_class->dispose = confab_room_dispose;
  object_class->finalize = confab_room_finalize;

  install_identity_properties ();
  install_state_properties ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
destroy_timer (gpointer timer)
{
  g_source_destroy (timer);
  g_source_unref (timer);
}

static void
confab_room_init (ConfabRoom *self)
{
  self->lifetime = g_cancellable_new ();
  self->epoch = g_strdup ("");
  self->draft = g_strdup ("");
  self->typing = g_list_store_new (CONFAB_TYPE_USER);
  self->present = g_list_store_new (CONFAB_TYPE_USER);
  self->typing_timers = g_hash_table_new_full (NULL, NULL, g_object_unref, destroy_timer);
  self->settled = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_init (&self->held);
}

static void
peer_renamed_cb (ConfabUser *peer,
                 GParamSpec *pspec,
                 gpointer    user_data)
{
  confab_room_update_title (user_data);
}

ConfabRoom *
confab_room_new (ConfabSession *session,
                 const char    *rid)
{
  ConfabRoom *self = g_object_new (CONFAB_TYPE_ROOM, NULL);

  self->session = session;
  self->rid = g_strdup (rid);
  self->kind = rid[0] == '@' ? CONFAB_ROOM_KIND_DIRECT : CONFAB_ROOM_KIND_GROUP;
  if (self->kind == CONFAB_ROOM_KIND_DIRECT)
    self->peer = confab_user_cache_dup_user (confab_session_get_users (session), rid + 1);
  if (self->peer)
    g_signal_connect_object (self->peer, "notify::display-name", G_CALLBACK (peer_renamed_cb),
                             self, G_CONNECT_DEFAULT);
  confab_room_update_title (self);

  return self;
}

/* What the store had. */
void
confab_room_restore (ConfabRoom          *self,
                     const ConfabRoomRow *row)
{
  g_set_str (&self->epoch, row->epoch);
  g_set_str (&self->draft, row->draft);
  self->joined = row->joined;
  self->muted = row->muted;
  self->n_members = row->n_members;
  self->n_unread = row->n_unread;
  self->read_seq = row->read_seq;
  self->shared_read_seq = row->shared_read_seq;
  self->last_activity_at = row->last_activity_us;
  self->taken_seq = self->newest_seq = self->snapshot_seq = row->newest_seq;
  self->others_read = row->others_read;
  self->others_received = row->others_received;
  if (row->last)
    {
      g_autoptr(ConfabMessage) message = confab_room_make_message (self, row->last);

      g_set_object (&self->last_message, message);
    }
}

/* The session goes away; the room stays for whoever still holds it. */
void
confab_room_detach (ConfabRoom *self)
{
  if (!self->session)
    return;

  g_cancellable_cancel (self->lifetime);
  confab_source_clear (&self->marker_timer);
  confab_source_clear (&self->typing_lapse);
  confab_source_clear (&self->draft_timer);
  confab_source_clear (&self->messages_timer);
  confab_room_clear_people (self);
  self->synced = FALSE;
  self->session = NULL;
  notify (self, PROP_SESSION);
}

void
confab_room_update_title (ConfabRoom *self)
{
  const char *title = self->peer ? confab_user_get_display_name (self->peer) : self->rid;

  if (g_set_str (&self->title, title))
    notify (self, PROP_TITLE);
}

void
confab_room_set_joined (ConfabRoom *self,
                        gboolean    joined)
{
  if (self->joined == joined)
    return;

  self->joined = joined;
  notify (self, PROP_JOINED);
}

void
confab_room_count_members (ConfabRoom *self,
                           int         change)
{
  self->n_members = change < 0 && self->n_members == 0 ? 0 : self->n_members + (guint) change;
  notify (self, PROP_N_MEMBERS);
}

void
confab_room_set_n_present (ConfabRoom *self,
                           guint       n_present)
{
  if (self->n_present == n_present)
    return;

  self->n_present = n_present;
  notify (self, PROP_N_PRESENT);
}

void
confab_room_set_n_unread (ConfabRoom *self,
                          guint       n_unread)
{
  if (self->n_unread == n_unread)
    return;

  self->n_unread = n_unread;
  notify (self, PROP_N_UNREAD);
  if (self->session)
    confab_session_unread_changed (self->session);
}

void
confab_room_notify_read_seq (ConfabRoom *self)
{
  notify (self, PROP_READ_SEQ);
}

static void
set_last_activity (ConfabRoom *self,
                   gint64      at_us)
{
  if (at_us <= self->last_activity_at)
    return;

  self->last_activity_at = at_us;
  notify (self, PROP_LAST_ACTIVITY_AT);
  if (self->session)
    confab_session_room_moved (self->session, self);
}

void
confab_room_set_last_message (ConfabRoom    *self,
                              ConfabMessage *message)
{
  if (g_set_object (&self->last_message, message))
    notify (self, PROP_LAST_MESSAGE);
}

/* NULL: forget it. */
void
confab_room_update_last (ConfabRoom    *self,
                         ConfabMessage *message)
{
  if (!message || confab_message_get_seq (message))
    g_set_object (&self->last_posted, message);
  else if (self->last_message && confab_message_get_seq (self->last_message))
    g_set_object (&self->last_posted, self->last_message);

  /* What the user has queued is newer than anything that comes in. */
  if (message && self->last_message && confab_message_get_seq (message) &&
      (!confab_message_get_seq (self->last_message) ||
       confab_message_get_seq (self->last_message) > confab_message_get_seq (message)) &&
      confab_message_get_state (self->last_message) == CONFAB_MESSAGE_STATE_QUEUED)
    return;

  confab_room_set_last_message (self, message);
  if (message)
    set_last_activity (self, confab_message_get_at (message));
}

void
confab_room_take_info (ConfabRoom *self,
                       JsonObject *info)
{
  JsonObject *peer = confab_json_get_object (info, "peer");
  JsonObject *last = confab_json_get_object (info, "last");
  guint64 number;

  if (peer)
    {
      g_autoptr(ConfabUser) user =
        confab_user_cache_take (confab_session_get_users (self->session), peer);
    }

  if (confab_json_get_uint (info, "members", &number) && self->n_members != (guint) number)
    {
      self->n_members = (guint) number;
      notify (self, PROP_N_MEMBERS);
    }
  if (confab_json_get_uint (info, "present", &number))
    confab_room_set_n_present (self, (guint) number);
  if (last)
    set_last_activity (self, confab_json_get_time_us (last, "at"));
  confab_room_set_joined (self, confab_json_get_boolean (info, "member"));

  if (confab_json_get_uint (info, "unread", &number))
    {
      guint64 read_seq = 0;

      confab_json_get_uint (info, "read", &read_seq);
      confab_room_take_unread (self, read_seq, (guint) MIN (number, G_MAXUINT));
    }
  if (!self->last_activity_at)
    set_last_activity (self,
                       confab_time_get_wall_us (confab_session_get_time (self->session)));
  confab_room_save (self);
}

static gboolean
save_row (BaseDb    *db,
          gpointer   data,
          GError   **error)
{
  return confab_store_rooms_save (db, data, error);
}

static gboolean
save_draft (BaseDb    *db,
            gpointer   data,
            GError   **error)
{
  ConfabRoomRow *row = data;

  return confab_store_rooms_set_draft (db, row->rid, row->draft, error);
}

static gboolean
save_muted (BaseDb    *db,
            gpointer   data,
            GError   **error)
{
  ConfabRoomRow *row = data;

  return confab_store_rooms_set_muted (db, row->rid, row->muted, error);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!confab_store_run_finish (CONFAB_STORE (source), result, &error))
    g_debug ("A room was not stored: %s", error->message);
}

static void
row_free (gpointer row)
{
  confab_room_row_free (row);
}

static void
save_by (ConfabRoom      *self,
         ConfabStoreFunc  func)
{
  ConfabRoomRow *row = confab_room_row_new (self->rid);

  g_set_str (&row->epoch, self->epoch);
  g_set_str (&row->draft, self->draft);
  row->joined = self->joined;
  row->muted = self->muted;
  row->n_members = self->n_members;
  row->n_unread = self->n_unread;
  row->last_activity_us = self->last_activity_at;
  confab_store_run_async (confab_session_get_store (self->session), CONFAB_STORE_WRITE, func, row,
                          row_free, NULL, saved_cb, NULL);
}

void
confab_room_save (ConfabRoom *self)
{
  if (self->session)
    save_by (self, save_row);
}

void
confab_room_flush_draft (ConfabRoom *self)
{
  if (!self->draft_timer)
    return;

  confab_source_clear (&self->draft_timer);
  save_by (self, save_draft);
}

static gboolean
draft_timer_cb (gpointer user_data)
{
  confab_room_flush_draft (user_data);

  return G_SOURCE_REMOVE;
}

ConfabSession *
confab_room_get_session (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), NULL);

  return self->session;
}

const char *
confab_room_get_rid (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), NULL);

  return self->rid;
}

ConfabRoomKind
confab_room_get_kind (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), CONFAB_ROOM_KIND_GROUP);

  return self->kind;
}

const char *
confab_room_get_title (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), NULL);

  return self->title;
}

guint
confab_room_get_n_members (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), 0);

  return self->n_members;
}

guint
confab_room_get_n_present (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), 0);

  return self->n_present;
}

guint
confab_room_get_n_unread (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), 0);

  return self->n_unread;
}

guint64
confab_room_get_read_seq (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), 0);

  return self->read_seq;
}

ConfabMessage *
confab_room_get_last_message (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), NULL);

  return self->last_message;
}

gint64
confab_room_get_last_activity_at (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), 0);

  return self->last_activity_at;
}

ConfabUser *
confab_room_get_peer (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), NULL);

  return self->peer;
}

gboolean
confab_room_get_joined (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), FALSE);

  return self->joined;
}

gboolean
confab_room_get_muted (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), FALSE);

  return self->muted;
}

void
confab_room_set_muted (ConfabRoom *self,
                       gboolean    muted)
{
  g_return_if_fail (CONFAB_IS_ROOM (self));

  if (self->muted == !!muted || !self->session)
    return;

  self->muted = !!muted;
  notify (self, PROP_MUTED);
  save_by (self, save_muted);
}

const char *
confab_room_get_draft (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), NULL);

  return self->draft;
}

void
confab_room_set_draft (ConfabRoom *self,
                       const char *draft)
{
  g_return_if_fail (CONFAB_IS_ROOM (self));

  if (!self->session || !g_set_str (&self->draft, draft ? draft : ""))
    return;

  notify (self, PROP_DRAFT);
  if (!self->draft_timer)
    confab_room_start_timer (self, &self->draft_timer, DRAFT_AFTER_MS, draft_timer_cb);
}

GListModel *
confab_room_get_typing (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), NULL);

  return G_LIST_MODEL (self->typing);
}

GListModel *
confab_room_get_present (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), NULL);

  return G_LIST_MODEL (self->present);
}

ConfabMessageList *
confab_room_get_messages (ConfabRoom *self)
{
  g_return_val_if_fail (CONFAB_IS_ROOM (self), NULL);

  if (!self->messages)
    {
      self->messages = confab_message_list_new (self);
      g_object_add_toggle_ref (G_OBJECT (self->messages), messages_toggled_cb, self);
      g_object_unref (self->messages);
    }

  return self->messages;
}
