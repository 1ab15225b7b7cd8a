/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-client"

#include "config.h"

#include "confab-client-private.h"

#include "confab-client-error-private.h"
#include "confab-json-private.h"
#include "confab-question-private.h"

static char *
finish_text (ConfabClient  *self,
             GAsyncResult  *result,
             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
is_missing (GTask      *task,
            const char *value,
            const char *name)
{
  if (value && value[0])
    return FALSE;

  g_task_return_error (task, confab_fault_new (CONFAB_FAULT_MISSING_PARAMETER, name, NULL));

  return TRUE;
}

/* What the server says to it is of no interest if it says yes; the task's data is what the caller
 * hears. */
static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) error = NULL;

  answer = confab_question_ask_finish (CONFAB_SERVICE (source), result, &error);
  if (!answer)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_strdup (g_task_get_task_data (task)), g_free);
}

static void
key_received_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) error = NULL;

  answer = confab_question_ask_finish (CONFAB_SERVICE (source), result, &error);
  if (!answer)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (JSON_NODE_HOLDS_VALUE (answer) && json_node_get_value_type (answer) == G_TYPE_STRING &&
           g_utf8_validate (json_node_get_string (answer), -1, NULL))
    g_task_return_pointer (task, json_node_dup_string (answer), g_free);
  else
    g_task_return_error (task, confab_fault_new (CONFAB_FAULT_ANSWER, NULL, NULL));
}

void
confab_client_vapid_public_key_async (ConfabClient        *self,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr(JsonObject) parameters = json_object_new ();
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_vapid_public_key_async, cancellable,
                                   callback, user_data);
  if (task)
    confab_question_ask_async (self->service, "get-vapid-public-key", parameters, NULL, cancellable,
                               key_received_cb, g_steal_pointer (&task));
}

char *
confab_client_vapid_public_key_finish (ConfabClient  *self,
                                       GAsyncResult  *result,
                                       GError       **error)
{
  return finish_text (self, result, error);
}

/* Takes @task. */
static void
ask_about_subscription (GTask      *task,
                        const char *question,
                        const char *endpoint,
                        const char *p256dh,
                        const char *auth)
{
  g_autoptr(GTask) owned = task;
  ConfabClient *self = g_task_get_source_object (task);
  g_autoptr(JsonObject) parameters = json_object_new ();
  JsonObject *keys;

  if (is_missing (task, endpoint, "endpoint") ||
      is_missing (task, p256dh, "keys.p256dh or keys.auth") ||
      is_missing (task, auth, "keys.p256dh or keys.auth"))
    return;

  keys = json_object_new ();
  json_object_set_string_member (keys, "p256dh", p256dh);
  json_object_set_string_member (keys, "auth", auth);
  json_object_set_string_member (parameters, "endpoint", endpoint);
  json_object_set_object_member (parameters, "keys", keys);
  confab_question_ask_async (self->service, question, parameters, NULL,
                             g_task_get_cancellable (task), done_cb, g_steal_pointer (&owned));
}

void
confab_client_subscribe_notification_async (ConfabClient        *self,
                                            const char          *endpoint,
                                            const char          *p256dh,
                                            const char          *auth,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_subscribe_notification_async, cancellable,
                                   callback, user_data);
  if (!task)
    return;

  g_task_set_task_data (task, (char *) "SUCCESS: Subscribed to receive notifications.", NULL);
  ask_about_subscription (task, "store-subscription", endpoint, p256dh, auth);
}

char *
confab_client_subscribe_notification_finish (ConfabClient  *self,
                                             GAsyncResult  *result,
                                             GError       **error)
{
  return finish_text (self, result, error);
}

void
confab_client_unsubscribe_notification_async (ConfabClient        *self,
                                              const char          *endpoint,
                                              const char          *p256dh,
                                              const char          *auth,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_unsubscribe_notification_async,
                                   cancellable, callback, user_data);
  if (!task)
    return;

  g_task_set_task_data (task, (char *) "SUCCESS: Unsubscribed from notifications.", NULL);
  ask_about_subscription (task, "delete-subscription", endpoint, p256dh, auth);
}

char *
confab_client_unsubscribe_notification_finish (ConfabClient  *self,
                                               GAsyncResult  *result,
                                               GError       **error)
{
  return finish_text (self, result, error);
}

static JsonObject *
make_notification (const char         *title,
                   const char         *body,
                   const char * const *user_ids)
{
  JsonObject *parameters = json_object_new ();
  JsonArray *ids = user_ids ? json_array_new () : NULL;

  json_object_set_string_member (parameters, "title", title);
  json_object_set_string_member (parameters, "body", body);
  for (guint i = 0; user_ids && user_ids[i]; i++)
    json_array_add_string_element (ids, user_ids[i]);
  if (ids)
    json_object_set_array_member (parameters, "user_ids", ids);
  else
    json_object_set_string_member (parameters, "user_ids", "all_users");

  return parameters;
}

void
confab_client_push_notification_async (ConfabClient        *self,
                                       const char          *title,
                                       const char          *body,
                                       const char * const  *user_ids,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  g_autoptr(JsonObject) parameters = NULL;
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_push_notification_async, cancellable,
                                   callback, user_data);
  if (!task || is_missing (task, title, "message title") ||
      is_missing (task, body, "message body"))
    return;

  parameters = make_notification (title, body, user_ids);
  g_task_set_task_data (task, (char *) "SUCCESS: Notification sent.", NULL);
  confab_question_ask_async (self->service, "push-notification", parameters, NULL, cancellable,
                             done_cb, g_steal_pointer (&task));
}

char *
confab_client_push_notification_finish (ConfabClient  *self,
                                        GAsyncResult  *result,
                                        GError       **error)
{
  return finish_text (self, result, error);
}
