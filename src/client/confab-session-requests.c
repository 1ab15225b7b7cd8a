/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-session"

#include "config.h"

#include "confab-error-private.h"
#include "confab-group-info-private.h"
#include "confab-json-private.h"
#include "confab-room-private.h"
#include "confab-search-hit-private.h"
#include "confab-session-private.h"
#include "confab-store-search-private.h"

#include "wire-limits.h"
#include "wire-names.h"

#define MAX_LISTED 1000
#define MAX_HITS 1000

/* What the user asks of the space: rooms to enter, lists, a search. */

static GTask *
task_new (ConfabSession       *self,
          gpointer             source_tag,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);

  return task;
}

static void
entered_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabRoom *room = CONFAB_ROOM (source);
  GError *error = NULL;

  if (!confab_room_sync_finish (room, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  confab_room_set_joined (room, TRUE);
  if (room->session)
    confab_session_room_moved (room->session, room);
  confab_room_save (room);
  g_task_return_pointer (task, g_object_ref (room), g_object_unref);
}

static void
join_answered_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabSession *self = g_task_get_source_object (task);
  g_autoptr(JsonObject) ok = NULL;
  GError *error = NULL;
  JsonObject *info;
  const char *rid;
  ConfabRoom *room;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  if (!ok)
    {
      g_task_return_error (task, error);
      return;
    }

  info = confab_json_get_object (ok, "room");
  rid = info ? confab_json_get_string (info, "rid") : NULL;
  room = rid ? confab_session_ensure_room (self, rid) : NULL;
  if (!room)
    {
      g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
                               "The answer names no room");
      return;
    }

  confab_room_sync_async (room, room->taken_seq, entered_cb, g_steal_pointer (&task));
}

void
confab_session_join_group_async (ConfabSession       *self,
                                 const char          *name,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr(JsonObject) request = NULL;
  g_autoptr(GError) error = NULL;
  GTask *task;

  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (name);

  task = task_new (self, confab_session_join_group_async, cancellable, callback, user_data);
  if (!wire_name_check_group (name, &error))
    {
      g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER, "%s",
                               error->message);
      g_object_unref (task);
      return;
    }

  request = confab_json_request_new ("join", name);
  confab_connection_request_async (self->connection, request, cancellable, join_answered_cb,
                                   task);
}

ConfabRoom *
confab_session_join_group_finish (ConfabSession  *self,
                                  GAsyncResult   *result,
                                  GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
confab_session_open_direct_async (ConfabSession       *self,
                                  const char          *user_id,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autofree char *rid = NULL;
  g_autoptr(GTask) task = NULL;
  ConfabRoom *room;

  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (user_id);

  task = task_new (self, confab_session_open_direct_async, cancellable, callback, user_data);
  rid = g_strconcat ("@", user_id, NULL);
  room = confab_session_ensure_room (self, rid);
  if (!room)
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER,
                             "“%s” is no user id", user_id);
  else if (room->joined)
    g_task_return_pointer (task, g_object_ref (room), g_object_unref);
  else
    confab_room_sync_async (room, room->taken_seq, entered_cb, g_steal_pointer (&task));
}

ConfabRoom *
confab_session_open_direct_finish (ConfabSession  *self,
                                   GAsyncResult   *result,
                                   GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  const char *action;
  char       *search;
  char       *after;
  GListStore *list;
} Listing;

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_free (listing->search);
  g_free (listing->after);
  g_object_unref (listing->list);
  g_free (listing);
}

static void ask_for_page (ConfabSession *self,
                          GTask         *task);

static void
take_group (Listing    *listing,
            JsonObject *object)
{
  g_autoptr(ConfabGroupInfo) group = NULL;
  const char *rid = confab_json_get_string (object, "rid");
  guint64 n_members = 0, n_present = 0;

  if (!rid)
    return;

  confab_json_get_uint (object, "members", &n_members);
  confab_json_get_uint (object, "present", &n_present);
  group = confab_group_info_new (rid, (guint) n_members, (guint) n_present,
                                 confab_json_get_boolean (object, "member"));
  g_list_store_append (listing->list, group);
  g_set_str (&listing->after, rid);
}

static void
take_user (ConfabSession *self,
           Listing       *listing,
           JsonObject    *object)
{
  g_autoptr(ConfabUser) user = confab_user_cache_take (self->users, object);

  if (!user)
    return;

  g_list_store_append (listing->list, user);
  g_set_str (&listing->after, confab_user_get_user_id (user));
}

static void
list_answered_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabSession *self = g_task_get_source_object (task);
  Listing *listing = g_task_get_task_data (task);
  g_autoptr(JsonObject) ok = NULL;
  GError *error = NULL;
  JsonArray *page;
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (listing->list));
  guint n_items;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  if (!ok)
    {
      g_task_return_error (task, error);
      return;
    }

  /* The answer names its list as the request names itself. */
  page = confab_json_get_array (ok, listing->action);
  for (guint i = 0; self->users && page && i < json_array_get_length (page); i++)
    {
      JsonObject *object = confab_json_array_object (page, i);

      if (object && g_str_equal (listing->action, "groups"))
        take_group (listing, object);
      else if (object)
        take_user (self, listing, object);
    }

  n_items = g_list_model_get_n_items (G_LIST_MODEL (listing->list));
  if (confab_json_get_boolean (ok, "more") && n_items > n_before && n_items < MAX_LISTED &&
      self->connection)
    ask_for_page (self, g_steal_pointer (&task));
  else
    g_task_return_pointer (task, g_object_ref (listing->list), g_object_unref);
}

static void
ask_for_page (ConfabSession *self,
              GTask         *task)
{
  Listing *listing = g_task_get_task_data (task);
  g_autoptr(JsonObject) request = confab_json_request_new (listing->action, NULL);

  if (listing->search && listing->search[0])
    json_object_set_string_member (request, "search", listing->search);
  if (listing->after)
    json_object_set_string_member (request, "after", listing->after);
  json_object_set_int_member (request, "limit", WIRE_LIMIT_PAGE);
  confab_connection_request_async (self->connection, request, g_task_get_cancellable (task),
                                   list_answered_cb, task);
}

static void
start_list (ConfabSession *self,
            const char    *action,
            GType          type,
            const char    *search,
            GTask         *task)
{
  Listing *listing = g_new0 (Listing, 1);

  listing->action = action;
  listing->search = g_strdup (search);
  listing->list = g_list_store_new (type);
  g_task_set_task_data (task, listing, listing_free);
  ask_for_page (self, task);
}

void
confab_session_list_groups_async (ConfabSession       *self,
                                  const char          *search,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_return_if_fail (CONFAB_IS_SESSION (self));

  start_list (self, "groups", CONFAB_TYPE_GROUP_INFO, search,
              task_new (self, confab_session_list_groups_async, cancellable, callback,
                        user_data));
}

GListModel *
confab_session_list_groups_finish (ConfabSession  *self,
                                   GAsyncResult   *result,
                                   GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
confab_session_list_users_async (ConfabSession       *self,
                                 const char          *search,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_return_if_fail (CONFAB_IS_SESSION (self));

  start_list (self, "users", CONFAB_TYPE_USER, search,
              task_new (self, confab_session_list_users_async, cancellable, callback, user_data));
}

GListModel *
confab_session_list_users_finish (ConfabSession  *self,
                                  GAsyncResult   *result,
                                  GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  char      *text;
  char      *rid;
  guint      limit;
  GPtrArray *hits; /* of ConfabHitRow */
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_free (search->text);
  g_free (search->rid);
  g_clear_pointer (&search->hits, g_ptr_array_unref);
  g_free (search);
}

static gboolean
run_search (BaseDb    *db,
            gpointer   data,
            GError   **error)
{
  Search *search = data;

  search->hits = confab_store_search (db, search->text, search->rid, search->limit, error);

  return search->hits != NULL;
}

static void
search_done_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabSession *self = g_task_get_source_object (task);
  g_autoptr(GListStore) list = g_list_store_new (CONFAB_TYPE_SEARCH_HIT);
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GError *error = NULL;
  Search *search = confab_store_run_finish (CONFAB_STORE (source), result, &error);

  if (!search)
    {
      g_task_return_error (task, error);
      return;
    }

  for (guint i = 0; self->users && i < search->hits->len; i++)
    {
      ConfabHitRow *row = g_ptr_array_index (search->hits, i);
      ConfabRoom *room = confab_session_ensure_room (self, row->rid);
      g_autoptr(ConfabMessage) message = NULL;

      if (!room)
        continue;

      message = confab_room_make_message (room, row->event);
      g_ptr_array_add (items, confab_search_hit_new (room, message, row->snippet));
    }

  g_list_store_splice (list, 0, 0, items->pdata, items->len);
  g_task_return_pointer (task, g_steal_pointer (&list), g_object_unref);
}

void
confab_session_search_async (ConfabSession       *self,
                             const char          *text,
                             ConfabRoom          *room,
                             guint                limit,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task;
  Search *search;

  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (text && g_utf8_validate (text, -1, NULL));
  g_return_if_fail (!room || CONFAB_IS_ROOM (room));

  search = g_new0 (Search, 1);
  search->text = g_strstrip (g_strdup (text));
  search->rid = room ? g_strdup (confab_room_get_rid (room)) : NULL;
  search->limit = MIN (limit, MAX_HITS);
  task = task_new (self, confab_session_search_async, cancellable, callback, user_data);
  confab_store_run_async (self->store, CONFAB_STORE_READ, run_search, search, search_free,
                          cancellable, search_done_cb, task);
}

GListModel *
confab_session_search_finish (ConfabSession  *self,
                              GAsyncResult   *result,
                              GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
