/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "altogic-bot"

#include "config.h"

#include "altogic-bot.h"

#include "support-wait.h"

#include <string.h>

static char *
print (JsonNode *node)
{
  return node ? json_to_string (node, FALSE) : g_strdup ("-");
}

static void
connect_cb (ConfabClient *client,
            AltogicBot   *self)
{
  g_assert_true (confab_client_is_connected (client));
  g_assert_nonnull (confab_client_get_socket_id (client));
  g_string_append (self->log, "connect\n");
}

static void
disconnect_cb (ConfabClient *client,
               const char   *reason,
               AltogicBot   *self)
{
  g_assert_false (confab_client_is_connected (client));
  g_string_append_printf (self->log, "disconnect %s, was %s\n", reason,
                          confab_client_get_socket_id (client));
}

static void
connect_error_cb (ConfabClient *client,
                  const GError *error,
                  JsonNode     *data,
                  AltogicBot   *self)
{
  g_autofree char *text = print (data);

  g_assert_true (error->domain == CONFAB_CLIENT_ERROR);
  g_assert_true (!data || error->code == CONFAB_CLIENT_ERROR_REFUSED);
  g_string_append_printf (self->log, "error %s %s\n", error->message, text);
}

static void
reconnect_attempt_cb (ConfabClient *client,
                      guint         n,
                      AltogicBot   *self)
{
  g_string_append_printf (self->log, "attempt %u\n", n);
}

static void
event_cb (ConfabClient *client,
          const char   *name,
          JsonNode     *payload,
          JsonArray    *arguments,
          AltogicBot   *self)
{
  g_autofree char *text = print (payload);

  /* These are told again by what they mean. */
  if (!g_str_has_prefix (name, "channel:") && !g_str_has_prefix (name, "user:"))
    g_string_append_printf (self->log, "event %s %s\n", name, text);
}

static void
tell_of_channel (AltogicBot *self,
                 const char *what,
                 const char *channel,
                 const char *id,
                 JsonNode   *data)
{
  g_autofree char *text = print (data);

  g_string_append_printf (self->log, "%s %s %s %s\n", what, channel, id, text);
}

static void
join_cb (ConfabClient *client,
         const char   *channel,
         const char   *id,
         JsonNode     *data,
         AltogicBot   *self)
{
  tell_of_channel (self, "join", channel, id, data);
}

static void
leave_cb (ConfabClient *client,
          const char   *channel,
          const char   *id,
          JsonNode     *data,
          AltogicBot   *self)
{
  tell_of_channel (self, "leave", channel, id, data);
}

static void
update_cb (ConfabClient *client,
           const char   *channel,
           const char   *id,
           JsonNode     *data,
           AltogicBot   *self)
{
  tell_of_channel (self, "update", channel, id, data);
}

static void
user_event_cb (ConfabClient *client,
               const char   *name,
               JsonNode     *session,
               AltogicBot   *self)
{
  g_autofree char *text = print (session);

  g_string_append_printf (self->log, "user %s %s\n", name, text);
}

AltogicBot *
altogic_bot_new (const char       *url,
                 const char       *session,
                 ConfabTransports  transports)
{
  AltogicBot *self = g_new0 (AltogicBot, 1);
  g_autoptr(GError) error = NULL;

  self->log = g_string_new ("");
  self->client = confab_client_new_altogic (url, "key", &error);
  g_assert_no_error (error);
  confab_client_set_session (self->client, session);
  confab_client_set_transports (self->client, transports);
  g_signal_connect (self->client, "connect", G_CALLBACK (connect_cb), self);
  g_signal_connect (self->client, "disconnect", G_CALLBACK (disconnect_cb), self);
  g_signal_connect (self->client, "connect-error", G_CALLBACK (connect_error_cb), self);
  g_signal_connect (self->client, "reconnect-attempt", G_CALLBACK (reconnect_attempt_cb), self);
  g_signal_connect (self->client, "event", G_CALLBACK (event_cb), self);
  g_signal_connect (self->client, "channel-join", G_CALLBACK (join_cb), self);
  g_signal_connect (self->client, "channel-leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (self->client, "channel-update", G_CALLBACK (update_cb), self);
  g_signal_connect (self->client, "user-event", G_CALLBACK (user_event_cb), self);

  return self;
}

AltogicBot *
altogic_bot_new_at (ServerProcess    *server,
                    const char       *name,
                    ConfabTransports  transports)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (server));
  g_autoptr(ServerAccount) account = server_process_sign_up (server, name);

  return altogic_bot_new (url, account->access_token, transports);
}

void
altogic_bot_free (AltogicBot *self)
{
  g_signal_handlers_disconnect_by_data (self->client, self);
  confab_client_close (self->client);
  support_wait_until (G_OBJECT (self->client)->ref_count == 1);
  g_assert_finalize_object (self->client);
  support_run_pending ();
  g_string_free (self->log, TRUE);
  g_free (self);
}

/* The first line that begins so; *end is behind it. */
static const char *
find_line (AltogicBot  *self,
           const char  *beginning,
           const char **end)
{
  const char *line = self->log->str;

  while (*line)
    {
      *end = strchr (line, '\n') + 1;
      if (g_str_has_prefix (line, beginning))
        return line;
      line = *end;
    }

  return NULL;
}

char *
altogic_bot_await (AltogicBot *self,
                   const char *beginning)
{
  const char *line = NULL;
  const char *end = NULL;
  char *copy;

  support_wait_until ((line = find_line (self, beginning, &end)) != NULL);
  copy = g_strndup (line, (gsize) (end - line) - 1);
  g_string_erase (self->log, 0, end - self->log->str);

  return copy;
}

void
altogic_bot_expect (AltogicBot *self,
                    const char *format,
                    ...)
{
  g_autofree char *wanted = NULL;
  g_autofree char *first = NULL;
  g_autofree char *line = NULL;
  g_auto(GStrv) words = NULL;
  va_list args;

  va_start (args, format);
  wanted = g_strdup_vprintf (format, args);
  va_end (args);
  words = g_strsplit (wanted, " ", 3);
  first = words[1] ? g_strconcat (words[0], " ", words[1], NULL) : g_strdup (words[0]);
  line = altogic_bot_await (self, first);
  g_assert_cmpstr (line, ==, wanted);
}

void
altogic_bot_send (AltogicBot *self,
                  const char *channel,
                  const char *event_name,
                  const char *json)
{
  g_autoptr(JsonNode) message = json ? json_from_string (json, NULL) : NULL;
  g_autoptr(GError) error = NULL;

  if (channel)
    confab_client_send (self->client, channel, event_name, message, CONFAB_ECHO_DEFAULT, &error);
  else
    confab_client_broadcast (self->client, event_name, message, CONFAB_ECHO_DEFAULT, &error);
  g_assert_no_error (error);
}

/* As JSON. */
char *
altogic_bot_members (AltogicBot  *self,
                     const char  *channel,
                     GError     **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(JsonArray) members = NULL;
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_ARRAY);

  confab_client_get_members_async (self->client, channel, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  members = confab_client_get_members_finish (self->client, result, error);
  if (!members)
    return NULL;

  json_node_set_array (node, members);

  return json_to_string (node, FALSE);
}
