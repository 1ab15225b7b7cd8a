/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-ice"

#include "config.h"

#include "app-ice.h"

/**
 * app_ice_free:
 * @self: what a space has
 *
 * Frees it.
 */
void
app_ice_free (AppIce *self)
{
  g_strfreev (self->uris);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}

static const char *
get_text (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

static JsonArray *
get_array (JsonObject *object,
           const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static void
take_server (AppIce       *self,
             JsonObject   *server,
             GStrvBuilder *uris)
{
  JsonArray *urls = get_array (server, "urls");
  const char *user = get_text (json_object_get_member (server, "username"));

  for (guint i = 0; urls && i < json_array_get_length (urls); i++)
    {
      const char *uri = get_text (json_array_get_element (urls, i));

      if (uri)
        g_strv_builder_add (uris, uri);
    }

  if (user)
    {
      g_set_str (&self->user, user);
      g_set_str (&self->password, get_text (json_object_get_member (server, "credential")));
    }
}

/**
 * app_ice_parse:
 * @answer: what a space has answered to `ice`
 *
 * Returns: (transfer full): what it has, without what makes no sense
 */
AppIce *
app_ice_parse (JsonObject *answer)
{
  AppIce *self = g_new0 (AppIce, 1);
  g_autoptr(GStrvBuilder) uris = g_strv_builder_new ();
  JsonArray *servers = get_array (answer, "ice");

  for (guint i = 0; servers && i < json_array_get_length (servers); i++)
    {
      JsonNode *server = json_array_get_element (servers, i);

      if (JSON_NODE_HOLDS_OBJECT (server))
        take_server (self, json_node_get_object (server), uris);
    }
  self->uris = g_strv_builder_end (uris);

  return self;
}

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer =
    confab_connection_request_finish (CONFAB_CONNECTION (object), result, &error);

  if (answer)
    g_task_return_pointer (task, app_ice_parse (answer), (GDestroyNotify) app_ice_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * app_ice_ask_async:
 * @session: an account
 * @cancellable: (nullable): ends the wait early
 * @callback: (scope async): called with the answer
 * @user_data: data for @callback
 *
 * Asks a space which servers it has for calls between networks.
 */
void
app_ice_ask_async (ConfabSession       *session,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (session, cancellable, callback, user_data);
  g_autoptr(JsonObject) request = json_object_new ();

  g_task_set_source_tag (task, app_ice_ask_async);
  json_object_set_string_member (request, "action", "ice");
  confab_connection_request_async (confab_session_get_connection (session), request, cancellable,
                                   answered_cb, g_steal_pointer (&task));
}

/**
 * app_ice_ask_finish:
 * @session: an account
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): what the space has
 */
AppIce *
app_ice_ask_finish (ConfabSession  *session,
                    GAsyncResult   *result,
                    GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
