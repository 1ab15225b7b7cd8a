/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-user-cache"

#include "config.h"

#include "confab-user-cache-private.h"

#include "confab-error-private.h"
#include "confab-event-private.h"
#include "confab-json-private.h"
#include "confab-store-users-private.h"

#include "wire-limits.h"

#define GATHER_MS 20

/**
 * ConfabUserCache:
 *
 * The one object per user of a session.
 *
 * It holds nobody: a user lives for as long as a message or a room has it. Who is named and not
 * known is looked up, many at a time: in the store first, then at the server once there is a
 * connection.
 */
struct _ConfabUserCache
{
  ConfabStore      *store;
  ConfabConnection *connection;
  GCancellable     *lifetime;
  GHashTable       *users;    /* user id (owned by the user) → ConfabUser (weak) */
  GHashTable       *unknown;  /* of user ids: not looked up yet */
  GHashTable       *asking;   /* of user ids: the store did not know them */
  GHashTable       *asked;    /* of user ids: on their way to the server and back */
  GSource          *gather;
};

static GHashTable *
id_set_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

ConfabUserCache *
confab_user_cache_new (ConfabStore      *store,
                       ConfabConnection *connection)
{
  ConfabUserCache *self = g_new0 (ConfabUserCache, 1);

  self->store = g_object_ref (store);
  self->connection = g_object_ref (connection);
  self->lifetime = g_cancellable_new ();
  self->users = g_hash_table_new (g_str_hash, g_str_equal);
  self->unknown = id_set_new ();
  self->asking = id_set_new ();
  self->asked = id_set_new ();

  return self;
}

static void
user_gone_cb (gpointer  data,
              GObject  *user)
{
  ConfabUserCache *self = data;
  GHashTableIter iter;
  gpointer other;

  /* Its id is gone with it: look for the pointer. Users live long, this is rare. */
  g_hash_table_iter_init (&iter, self->users);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    if (other == (gpointer) user)
      {
        g_hash_table_iter_remove (&iter);
        return;
      }
}

void
confab_user_cache_free (ConfabUserCache *self)
{
  GHashTableIter iter;
  gpointer user;

  g_cancellable_cancel (self->lifetime);
  confab_source_clear (&self->gather);
  g_hash_table_iter_init (&iter, self->users);
  while (g_hash_table_iter_next (&iter, NULL, &user))
    g_object_weak_unref (user, user_gone_cb, self);
  g_hash_table_unref (self->users);
  g_hash_table_unref (self->unknown);
  g_hash_table_unref (self->asking);
  g_hash_table_unref (self->asked);
  g_object_unref (self->lifetime);
  g_object_unref (self->store);
  g_object_unref (self->connection);
  g_free (self);
}

typedef struct
{
  GPtrArray *user_ids;
  GPtrArray *rows;     /* of ConfabUserRow */
} Lookup;

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  g_ptr_array_unref (lookup->user_ids);
  g_ptr_array_unref (lookup->rows);
  g_free (lookup);
}

static Lookup *
lookup_new (void)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->user_ids = g_ptr_array_new_with_free_func (g_free);
  lookup->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_user_row_free);

  return lookup;
}

static gboolean
find_rows (BaseDb    *db,
           gpointer   data,
           GError   **error)
{
  Lookup *lookup = data;

  for (guint i = 0; i < lookup->user_ids->len; i++)
    {
      g_autoptr(GError) local_error = NULL;
      ConfabUserRow *row =
        confab_store_users_find (db, g_ptr_array_index (lookup->user_ids, i), &local_error);

      if (local_error)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (row)
        g_ptr_array_add (lookup->rows, row);
    }

  return TRUE;
}

static gboolean
save_rows (BaseDb    *db,
           gpointer   data,
           GError   **error)
{
  Lookup *lookup = data;

  for (guint i = 0; i < lookup->rows->len; i++)
    if (!confab_store_users_save (db, g_ptr_array_index (lookup->rows, i), error))
      return FALSE;

  return TRUE;
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!confab_store_run_finish (CONFAB_STORE (source), result, &error))
    g_debug ("Users were not stored: %s", error->message);
}

static void
save (ConfabUserCache *self,
      ConfabUser      *user)
{
  Lookup *lookup = lookup_new ();

  g_ptr_array_add (lookup->rows,
                   confab_user_row_new (confab_user_get_user_id (user),
                                        confab_user_get_name (user),
                                        confab_user_get_display_name (user),
                                        confab_user_get_last_seen (user)));
  confab_store_run_async (self->store, CONFAB_STORE_WRITE, save_rows, lookup, lookup_free, NULL,
                          saved_cb, NULL);
}

/* What went to the server at once. */
typedef struct
{
  ConfabUserCache *self;      /* may be gone when the answer comes, which is cancelled then */
  GPtrArray       *user_ids;
} Question;

static void
question_free (Question *question)
{
  g_ptr_array_unref (question->user_ids);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
server_answered_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(GCancellable) lifetime = g_object_ref (g_task_get_cancellable (G_TASK (result)));
  g_autoptr(Question) question = user_data;
  g_autoptr(JsonObject) ok = NULL;
  g_autoptr(GError) error = NULL;
  ConfabUserCache *self = question->self;
  JsonArray *users;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  if (g_cancellable_is_cancelled (lifetime))
    return;

  /* Who is still without a name is asked for again by the next resume(). */
  for (guint i = 0; i < question->user_ids->len; i++)
    g_hash_table_remove (self->asked, g_ptr_array_index (question->user_ids, i));

  users = ok ? confab_json_get_array (ok, "users") : NULL;
  for (guint i = 0; users && i < json_array_get_length (users); i++)
    {
      JsonObject *object = confab_json_array_object (users, i);
      g_autoptr(ConfabUser) user = object ? confab_user_cache_take (self, object) : NULL;
    }
}

static void
ask_server (ConfabUserCache *self)
{
  g_autoptr(JsonObject) request = confab_json_request_new ("users", NULL);
  JsonArray *ids = json_array_new ();
  Question *question = g_new (Question, 1);
  GHashTableIter iter;
  gpointer user_id;

  question->self = self;
  question->user_ids = g_ptr_array_new_with_free_func (g_free);

  g_hash_table_iter_init (&iter, self->asking);
  while (json_array_get_length (ids) < WIRE_LIMIT_IDS &&
         g_hash_table_iter_next (&iter, &user_id, NULL))
    {
      json_array_add_string_element (ids, user_id);
      g_ptr_array_add (question->user_ids, g_strdup (user_id));
      g_hash_table_iter_steal (&iter);
      g_hash_table_add (self->asked, user_id);
    }

  json_object_set_array_member (request, "ids", ids);
  json_object_set_int_member (request, "limit", WIRE_LIMIT_PAGE);
  confab_connection_request_async (self->connection, request, self->lifetime, server_answered_cb,
                                   question);
}

static gboolean
can_ask (ConfabUserCache *self)
{
  ConfabConnectionState state = confab_connection_get_state (self->connection);

  return state == CONFAB_CONNECTION_STATE_ONLINE || state == CONFAB_CONNECTION_STATE_GREETING;
}

void
confab_user_cache_resume (ConfabUserCache *self)
{
  GHashTableIter iter;
  gpointer user_id, user;

  /* Who was asked for in vain on the connection before is still without a name. */
  g_hash_table_iter_init (&iter, self->users);
  while (g_hash_table_iter_next (&iter, &user_id, &user))
    if (!confab_user_get_known (user) && !g_hash_table_contains (self->unknown, user_id) &&
        !g_hash_table_contains (self->asked, user_id))
      g_hash_table_add (self->asking, g_strdup (user_id));

  while (g_hash_table_size (self->asking) > 0 && can_ask (self))
    ask_server (self);
}

static void
store_answered_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GCancellable) lifetime = g_object_ref (g_task_get_cancellable (G_TASK (result)));
  g_autoptr(GError) error = NULL;
  ConfabUserCache *self = user_data;
  Lookup *lookup = confab_store_run_finish (CONFAB_STORE (source), result, &error);

  if (g_cancellable_is_cancelled (lifetime))
    return;

  for (guint i = 0; lookup && i < lookup->rows->len; i++)
    {
      ConfabUserRow *row = g_ptr_array_index (lookup->rows, i);
      ConfabUser *user = g_hash_table_lookup (self->users, row->user_id);

      if (user && !confab_user_get_known (user))
        {
          confab_user_set_names (user, row->name, row->display_name);
          confab_user_set_presence (user, confab_user_get_online (user), row->last_seen_us);
        }
    }

  if (can_ask (self))
    confab_user_cache_resume (self);
}

static gboolean
gather_cb (gpointer user_data)
{
  ConfabUserCache *self = user_data;
  Lookup *lookup = lookup_new ();
  GHashTableIter iter;
  gpointer user_id;

  g_clear_pointer (&self->gather, g_source_unref);
  g_hash_table_iter_init (&iter, self->unknown);
  while (g_hash_table_iter_next (&iter, &user_id, NULL))
    {
      g_hash_table_iter_steal (&iter);
      g_ptr_array_add (lookup->user_ids, user_id);
    }
  confab_store_run_async (self->store, CONFAB_STORE_READ, find_rows, lookup, lookup_free,
                          self->lifetime, store_answered_cb, self);

  return G_SOURCE_REMOVE;
}

static void
look_up (ConfabUserCache *self,
         const char      *user_id)
{
  g_hash_table_add (self->unknown, g_strdup (user_id));
  if (self->gather)
    return;

  confab_time_start_timer (confab_connection_get_time (self->connection), &self->gather, GATHER_MS,
                           gather_cb, self);
}

static ConfabUser *
dup_or_make (ConfabUserCache *self,
             const char      *user_id,
             gboolean        *made)
{
  g_autofree char *normal = confab_event_normalize_uuid (user_id);
  ConfabUser *user;

  *made = FALSE;
  if (!normal)
    return NULL;

  user = g_hash_table_lookup (self->users, normal);
  if (user)
    return g_object_ref (user);

  *made = TRUE;
  user = confab_user_new (normal);
  g_hash_table_insert (self->users, (char *) confab_user_get_user_id (user), user);
  g_object_weak_ref (G_OBJECT (user), user_gone_cb, self);

  return user;
}

ConfabUser *
confab_user_cache_dup_user (ConfabUserCache *self,
                            const char      *user_id)
{
  gboolean made;
  ConfabUser *user = dup_or_make (self, user_id, &made);

  if (made)
    look_up (self, confab_user_get_user_id (user));

  return user;
}

ConfabUser *
confab_user_cache_take (ConfabUserCache *self,
                        JsonObject      *object)
{
  gboolean made;
  ConfabUser *user = dup_or_make (self, confab_json_get_string (object, "user_id"), &made);
  const char *name = confab_json_get_string (object, "name");
  const char *display_name = confab_json_get_string (object, "display_name");
  gboolean changed;

  if (!user)
    return NULL;

  changed = g_strcmp0 (name, confab_user_get_name (user)) != 0 ||
            g_strcmp0 (display_name, confab_user_get_display_name (user)) != 0;
  confab_user_set_names (user, name, display_name);
  confab_user_set_presence (user, confab_json_get_boolean (object, "online"),
                            confab_json_get_time_us (object, "last_seen"));
  if (changed && confab_user_get_known (user))
    save (self, user);

  return user;
}
