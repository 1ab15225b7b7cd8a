/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-client"

#include "config.h"

#include "confab-client-private.h"

#include "confab-client-error-private.h"
#include "confab-json-private.h"
#include "confab-realtime-event-private.h"
#include "confab-token-private.h"

#include <string.h>

#define MAX_MESSAGE_BYTES (2 * 1024 * 1024)
#define MAX_NOTIFICATION_BYTES 3072

/* What is to be done as soon as there is a connection. */
typedef struct
{
  void       (*act) (GTask *task);
  char        *recipient;  /* or the group to join; NULL: none */
  JsonObject  *frame;      /* what to send; NULL for joining */
} Wish;

static void
wish_free (Wish *wish)
{
  g_free (wish->recipient);
  g_clear_pointer (&wish->frame, json_object_unref);
  g_free (wish);
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Wish *wish = g_task_get_task_data (task);
  g_autoptr(ConfabWebsocket) socket = NULL;
  g_autoptr(GError) error = NULL;

  socket = confab_realtime_connect_finish (CONFAB_REALTIME (source), result, &error);
  if (!socket)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    wish->act (task);
}

/* Takes @task. A connection that is being made for the first time is waited for; on one that was
 * lost nobody knows how long that would be. */
static void
act_when_connected (GTask      *task,
                    void        (*act) (GTask *task),
                    const char *recipient,
                    JsonObject *frame)
{
  g_autoptr(GTask) owned = task;
  ConfabClient *self = g_task_get_source_object (task);
  Wish *wish = g_new0 (Wish, 1);

  wish->act = act;
  wish->recipient = g_strdup (recipient);
  wish->frame = frame;
  g_task_set_task_data (task, wish, (GDestroyNotify) wish_free);
  if (confab_realtime_get_state (self->realtime) == CONFAB_REALTIME_CONNECTING)
    confab_realtime_connect_async (self->realtime, g_task_get_cancellable (task), connected_cb,
                                   g_steal_pointer (&owned));
  else
    act (task);
}

static void
return_success (GTask      *task,
                const char *message)
{
  g_task_return_pointer (task,
                         confab_realtime_event_new (CONFAB_REALTIME_EVENT_SUCCESS, message),
                         g_object_unref);
}

static gboolean
return_if_unconnected (ConfabClient *self,
                       GTask        *task)
{
  if (confab_realtime_get_state (self->realtime) != CONFAB_REALTIME_IDLE)
    return FALSE;

  g_task_return_error (task, confab_fault_new (CONFAB_FAULT_NO_CONNECTION, NULL, NULL));

  return TRUE;
}

static void
join (GTask *task)
{
  ConfabClient *self = g_task_get_source_object (task);
  Wish *wish = g_task_get_task_data (task);
  g_autofree char *message = NULL;

  if (!confab_realtime_join (self->realtime, wish->recipient))
    {
      g_task_return_error (task, confab_fault_new (CONFAB_FAULT_NOT_OPEN, NULL, NULL));
      return;
    }

  message = wish->recipient
              ? g_strdup_printf ("Joined realtime message group: \"%s\".", wish->recipient)
              : g_strdup ("Left realtime message group.");
  confab_client_notify_group (self);
  return_success (task, message);
}

void
confab_client_join_realtime_async (ConfabClient        *self,
                                   const char          *group,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_join_realtime_async, cancellable, callback,
                                   user_data);
  if (task && !return_if_unconnected (self, task))
    act_when_connected (g_steal_pointer (&task), join, group && group[0] ? group : NULL, NULL);
}

ConfabRealtimeEvent *
confab_client_join_realtime_finish (ConfabClient  *self,
                                    GAsyncResult  *result,
                                    GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A node is made of what the caller has, which may be anything; what goes out is checked. */
static GError *
check_size (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);
  gsize length = strlen (text);

  if (length > MAX_MESSAGE_BYTES)
    return confab_fault_new (CONFAB_FAULT_MESSAGE_SIZE, NULL, NULL);
  if (!g_utf8_validate (text, (gssize) length, NULL) || !confab_json_is_finite (node))
    return confab_fault_new (CONFAB_FAULT_MESSAGE_TYPE, NULL, NULL);

  return NULL;
}

static GError *
copy_text (JsonObject *from,
           const char *key,
           JsonObject *to)
{
  const char *text = confab_json_get_string (from, key);

  if (!json_object_has_member (from, key))
    return confab_fault_new (CONFAB_FAULT_KEY_REQUIRED, key, NULL);
  if (!text)
    return confab_fault_new (CONFAB_FAULT_WRONG_TYPE, key, "string");

  json_object_set_string_member (to, key, text);

  return NULL;
}

/* The two members of a frame that say who is to be notified of what. */
static GError *
add_notification (JsonObject *frame,
                  JsonObject *notification)
{
  g_autoptr(JsonObject) texts = json_object_new ();
  g_autofree char *text = NULL;
  JsonObject *config = notification ? confab_json_get_object (notification, "config") : NULL;
  JsonObject *config_member = json_object_new ();
  GError *error;

  json_object_set_string_member (frame, "notification", "");
  json_object_set_object_member (frame, "notificationConfig", config_member);
  if (!notification)
    return NULL;

  error = copy_text (notification, "title", texts);
  if (!error)
    error = copy_text (notification, "body", texts);
  if (error)
    return error;

  text = confab_json_print_object (texts);
  if (strlen (text) > MAX_NOTIFICATION_BYTES)
    return confab_fault_new (CONFAB_FAULT_NOTIFICATION_SIZE, NULL, NULL);

  json_object_set_string_member (frame, "notification", text);
  if (config && json_object_has_member (config, "always"))
    json_object_set_boolean_member (config_member, "always",
                                    confab_json_get_boolean (config, "always"));

  return NULL;
}

static void
post (GTask *task)
{
  ConfabClient *self = g_task_get_source_object (task);
  Wish *wish = g_task_get_task_data (task);
  g_autofree char *token = confab_service_dup_send_token (self->service);

  if (!confab_token_is_user_id (wish->recipient) &&
      g_strcmp0 (confab_client_get_group (self), wish->recipient) != 0)
    {
      g_task_return_error (task,
                           confab_fault_new (CONFAB_FAULT_NOT_JOINED, wish->recipient, NULL));
      return;
    }

  json_object_set_string_member (wish->frame, "token", token);
  if (confab_realtime_send (self->realtime, wish->frame))
    return_success (task, "Message sent.");
  else
    g_task_return_error (task, confab_fault_new (CONFAB_FAULT_NOT_OPEN, NULL, NULL));
}

/* An id means a user, whatever groups there are. */
static JsonObject *
make_frame (const char  *recipient,
            JsonNode    *message,
            JsonObject  *notification,
            GError     **error)
{
  gboolean to_user = confab_token_is_user_id (recipient);
  g_autoptr(JsonObject) frame = NULL;
  GError *fault;

  frame = confab_json_request_new (to_user ? "sendMessage" : "broadcast", NULL);
  json_object_set_string_member (frame, to_user ? "uid" : "rid", recipient);
  fault = message ? check_size (message) : NULL;
  if (message && !fault)
    json_object_set_member (frame, "content", json_node_copy (message));
  if (!fault)
    fault = add_notification (frame, notification);
  if (!fault)
    return g_steal_pointer (&frame);

  g_propagate_error (error, fault);

  return NULL;
}

void
confab_client_post_realtime_async (ConfabClient        *self,
                                   JsonNode            *message,
                                   const char          *recipient,
                                   JsonObject          *notification,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;
  JsonObject *frame;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_post_realtime_async, cancellable, callback,
                                   user_data);
  if (!task || return_if_unconnected (self, task))
    return;

  if (!recipient || !recipient[0])
    {
      g_task_return_error (task, confab_fault_new (CONFAB_FAULT_NO_RECIPIENT, NULL, NULL));
      return;
    }

  frame = make_frame (recipient, message, notification, &error);
  if (!frame)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    act_when_connected (g_steal_pointer (&task), post, recipient, frame);
}

ConfabRealtimeEvent *
confab_client_post_realtime_finish (ConfabClient  *self,
                                    GAsyncResult  *result,
                                    GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
confab_client_check_rtc (ConfabClient  *self,
                         GError       **error)
{
  GError *fault = NULL;

  g_return_val_if_fail (CONFAB_IS_CLIENT (self), FALSE);

  if (!self->service)
    fault = confab_fault_new (CONFAB_FAULT_NOT_SKAPI, NULL, NULL);
  else if (confab_realtime_get_state (self->realtime) == CONFAB_REALTIME_IDLE)
    fault = confab_fault_new (CONFAB_FAULT_NO_CONNECTION, NULL, NULL);
  else if (confab_realtime_get_state (self->realtime) != CONFAB_REALTIME_OPEN)
    fault = confab_fault_new (CONFAB_FAULT_NOT_READY, NULL, NULL);
  if (fault)
    g_propagate_error (error, fault);

  return !fault;
}

gboolean
confab_client_send_rtc (ConfabClient  *self,
                        const char    *cid,
                        JsonNode      *content,
                        GError       **error)
{
  g_autoptr(JsonObject) frame = confab_json_request_new ("rtc", NULL);
  GError *fault = NULL;

  g_return_val_if_fail (CONFAB_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (cid, FALSE);
  g_return_val_if_fail (content, FALSE);

  if (!self->service)
    fault = confab_fault_new (CONFAB_FAULT_NOT_SKAPI, NULL, NULL);
  else if (!g_str_has_prefix (cid, "cid:") || !cid[strlen ("cid:")])
    fault = confab_fault_new (CONFAB_FAULT_CID, NULL, NULL);
  else if (confab_realtime_get_state (self->realtime) == CONFAB_REALTIME_IDLE)
    fault = confab_fault_new (CONFAB_FAULT_NO_CONNECTION, NULL, NULL);
  else
    fault = check_size (content);

  if (!fault)
    {
      json_object_set_string_member (frame, "uid", cid);
      json_object_set_member (frame, "content", json_node_copy (content));
      json_object_set_string_member (frame, "token",
                                     confab_service_get_access_token (self->service));
      if (confab_realtime_send (self->realtime, frame))
        return TRUE;
      fault = confab_fault_new (CONFAB_FAULT_NOT_OPEN, NULL, NULL);
    }

  g_propagate_error (error, fault);

  return FALSE;
}
