/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-bot.h"

#include "support-wait.h"

#include <string.h>

static void
event_cb (ConfabClient        *client,
          ConfabRealtimeEvent *event,
          gpointer             user_data)
{
  ClientBot *self = user_data;

  g_ptr_array_add (self->events, g_object_ref (event));
}

ClientBot *
client_bot_new (ConfabClient *client)
{
  ClientBot *self = g_new0 (ClientBot, 1);

  self->client = client;
  self->events = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (client, "realtime-event", G_CALLBACK (event_cb), self);

  return self;
}

ClientBot *
client_bot_new_at (ServerProcess *server,
                   const char    *name)
{
  g_autoptr(ServerAccount) account = server_process_sign_up (server, name);

  return client_bot_new_of (server, account);
}

ClientBot *
client_bot_new_of (ServerProcess       *server,
                   const ServerAccount *account)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (server));
  ClientBot *self = client_bot_new (confab_client_new (url, NULL, NULL));
  g_autoptr(ConfabWebsocket) socket = NULL;

  client_bot_log_in (self, account, NULL);
  socket = client_bot_connect (self, NULL);

  return self;
}

void
client_bot_free (ClientBot *self)
{
  g_signal_handlers_disconnect_by_data (self->client, self);
  g_object_unref (self->client);
  g_ptr_array_unref (self->events);
  g_free (self);
}

static void
check (const GError *error,
       const char   *fault)
{
  g_autofree char *text = NULL;

  if (!fault)
    {
      g_assert_no_error (error);
      return;
    }

  g_assert_nonnull (error);
  g_assert_cmpstr (g_quark_to_string (error->domain), ==, "confab-client-error-quark");
  text = g_strdup_printf (
    "%s: %s", confab_client_error_to_string ((ConfabClientError) error->code), error->message);
  g_assert_cmpstr (text, ==, fault);
}

void
client_bot_log_in (ClientBot           *self,
                   const ServerAccount *account,
                   const char          *fault)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_login_with_token_async (self->client, account->access_token, account->id_token,
                                        account->refresh_token, NULL, support_take_result_cb,
                                        &result);
  support_wait_for (result);
  confab_client_login_with_token_finish (self->client, result, &error);
  check (error, fault);
}

ConfabWebsocket *
client_bot_connect (ClientBot  *self,
                    const char *fault)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ConfabWebsocket) socket = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_connect_realtime_async (self->client, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  socket = confab_client_connect_realtime_finish (self->client, result, &error);
  check (error, fault);

  return g_steal_pointer (&socket);
}

void
client_bot_close (ClientBot *self)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_close_realtime_async (self->client, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  g_assert_true (confab_client_close_realtime_finish (self->client, result, &error));
  g_assert_no_error (error);
}

static char *
dup_success (ConfabRealtimeEvent *event)
{
  if (!event)
    return NULL;

  g_assert_cmpint (confab_realtime_event_get_kind (event), ==, CONFAB_REALTIME_EVENT_SUCCESS);

  return g_strdup (confab_realtime_event_get_text (event));
}

char *
client_bot_join (ClientBot  *self,
                 const char *group,
                 const char *fault)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ConfabRealtimeEvent) event = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_join_realtime_async (self->client, group, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  event = confab_client_join_realtime_finish (self->client, result, &error);
  check (error, fault);

  return dup_success (event);
}

void
client_bot_enter (ClientBot  *self,
                  const char *group)
{
  g_autofree char *answer = client_bot_join (self, group, NULL);
  ConfabRealtimeEvent *notice;

  do
    notice = client_bot_await (self, "notice");
  while (g_strcmp0 (confab_realtime_event_get_code (notice), "USER_JOINED") != 0 ||
         g_strcmp0 (confab_realtime_event_get_sender_rid (notice), group) != 0 ||
         g_strcmp0 (confab_realtime_event_get_sender (notice),
                    confab_client_get_user_id (self->client)) != 0);
}

static JsonNode *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  JsonNode *node = text ? json_from_string (text, &error) : NULL;

  g_assert_no_error (error);

  return node;
}

static JsonObject *
parse_object (const char *text)
{
  g_autoptr(JsonNode) node = parse (text);

  return node ? json_node_dup_object (node) : NULL;
}

char *
client_bot_post (ClientBot  *self,
                 const char *message,
                 const char *recipient,
                 const char *notification,
                 const char *fault)
{
  g_autoptr(JsonNode) node = parse (message);
  g_autoptr(JsonObject) object = parse_object (notification);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ConfabRealtimeEvent) event = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_post_realtime_async (self->client, node, recipient, object, NULL,
                                     support_take_result_cb, &result);
  support_wait_for (result);
  event = confab_client_post_realtime_finish (self->client, result, &error);
  check (error, fault);

  return dup_success (event);
}

ConfabDatabaseResponse *
client_bot_list_groups (ClientBot  *self,
                        const char *params,
                        const char *options,
                        const char *fault)
{
  g_autoptr(JsonObject) query = parse_object (params);
  g_autoptr(JsonObject) fetch_options = parse_object (options);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ConfabDatabaseResponse) response = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_get_realtime_groups_async (self->client, query, fetch_options, NULL,
                                           support_take_result_cb, &result);
  support_wait_for (result);
  response = confab_client_get_realtime_groups_finish (self->client, result, &error);
  check (error, fault);

  return g_steal_pointer (&response);
}

ConfabDatabaseResponse *
client_bot_list_users (ClientBot  *self,
                       const char *group,
                       const char *user_id,
                       const char *options,
                       const char *fault)
{
  g_autoptr(JsonObject) fetch_options = parse_object (options);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ConfabDatabaseResponse) response = NULL;
  g_autoptr(GError) error = NULL;

  confab_client_get_realtime_users_async (self->client, group, user_id, fetch_options, NULL,
                                          support_take_result_cb, &result);
  support_wait_for (result);
  response = confab_client_get_realtime_users_finish (self->client, result, &error);
  check (error, fault);

  return g_steal_pointer (&response);
}

static const char *
type_of (ConfabRealtimeEvent *event)
{
  g_autoptr(GEnumClass) klass = g_type_class_ref (CONFAB_TYPE_REALTIME_EVENT_KIND);

  return g_enum_get_value (klass, (int) confab_realtime_event_get_kind (event))->value_nick;
}

static ConfabRealtimeEvent *
next_of_type (ClientBot  *self,
              const char *type)
{
  while (self->n_seen < self->events->len)
    {
      ConfabRealtimeEvent *event = g_ptr_array_index (self->events, self->n_seen++);

      if (g_str_equal (type_of (event), type))
        return event;
    }

  return NULL;
}

ConfabRealtimeEvent *
client_bot_await (ClientBot  *self,
                  const char *type)
{
  ConfabRealtimeEvent *event = NULL;

  support_wait_until ((event = next_of_type (self, type)) != NULL);

  return event;
}

char *
client_bot_see_all (ClientBot *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (; self->n_seen < self->events->len; self->n_seen++)
    {
      ConfabRealtimeEvent *event = g_ptr_array_index (self->events, self->n_seen);
      const char *message = confab_realtime_event_get_text (event);

      g_string_append_printf (text, "%s%s %s", text->len ? "|" : "", type_of (event),
                              message ? message : "{}");
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}
