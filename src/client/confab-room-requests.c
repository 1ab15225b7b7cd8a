/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-room"

#include "config.h"

#include "confab-room-private.h"

#include "confab-error-private.h"
#include "confab-json-private.h"

#include "wire-limits.h"

#define MAX_MEMBERS 1000

/* What a room asks the server at the user's wish. */

static void
leave_answered_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabRoom *self = g_task_get_source_object (task);
  g_autoptr(JsonObject) ok = NULL;
  GError *error = NULL;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  if (!ok)
    {
      g_task_return_error (task, error);
      return;
    }

  confab_room_set_joined (self, FALSE);
  confab_room_disconnected (self);
  if (self->session)
    confab_session_room_moved (self->session, self);
  confab_room_save (self);
  g_task_return_boolean (task, TRUE);
}

static void
request (ConfabRoom          *self,
         JsonObject          *object,
         GAsyncReadyCallback  callback,
         GTask               *task)
{
  if (!self->session)
    {
      g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_CLOSED,
                               "The session of the room is gone");
      g_object_unref (task);
      return;
    }

  confab_connection_request_async (confab_session_get_connection (self->session), object,
                                   g_task_get_cancellable (task), callback, task);
}

void
confab_room_leave_async (ConfabRoom          *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(JsonObject) object = NULL;
  GTask *task;

  g_return_if_fail (CONFAB_IS_ROOM (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_room_leave_async);
  object = confab_json_request_new ("leave", self->rid);
  request (self, object, leave_answered_cb, task);
}

gboolean
confab_room_leave_finish (ConfabRoom    *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void ask_for_members (ConfabRoom *self,
                             const char *after,
                             GTask      *task);

static void
members_answered_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabRoom *self = g_task_get_source_object (task);
  GListStore *members = g_task_get_task_data (task);
  g_autoptr(JsonObject) ok = NULL;
  g_autofree char *after = NULL;
  GError *error = NULL;
  JsonArray *users;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  if (!ok)
    {
      g_task_return_error (task, error);
      return;
    }

  users = confab_json_get_array (ok, "users");
  for (guint i = 0; self->session && users && i < json_array_get_length (users); i++)
    {
      JsonObject *object = confab_json_array_object (users, i);
      g_autoptr(ConfabUser) user =
        object ? confab_user_cache_take (confab_session_get_users (self->session), object) : NULL;

      if (user)
        {
          g_list_store_append (members, user);
          g_set_str (&after, confab_user_get_user_id (user));
        }
    }

  if (after && confab_json_get_boolean (ok, "more") &&
      g_list_model_get_n_items (G_LIST_MODEL (members)) < MAX_MEMBERS)
    ask_for_members (self, after, g_steal_pointer (&task));
  else
    g_task_return_pointer (task, g_object_ref (members), g_object_unref);
}

static void
ask_for_members (ConfabRoom *self,
                 const char *after,
                 GTask      *task)
{
  g_autoptr(JsonObject) object = confab_json_request_new ("members", self->rid);

  json_object_set_int_member (object, "limit", WIRE_LIMIT_PAGE);
  if (after)
    json_object_set_string_member (object, "after", after);
  request (self, object, members_answered_cb, task);
}

void
confab_room_list_members_async (ConfabRoom          *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (CONFAB_IS_ROOM (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_room_list_members_async);
  g_task_set_task_data (task, g_list_store_new (CONFAB_TYPE_USER), g_object_unref);
  ask_for_members (self, NULL, task);
}

GListModel *
confab_room_list_members_finish (ConfabRoom    *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
