/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-http-private.h"

#include "wire-json.h"

#include <string.h>

/* What Altogic's clients ask beside their socket (reference §3.3). */

/* One question about who is in a channel, on its way to the core's thread and back. */
typedef struct
{
  ConfabdHttpPending *pending;
  ConfabdHttp        *http;
  char               *channel;
  GString            *json;
} Question;

static void
reply_error (SoupServerMessage *message,
             guint              status,
             const char        *code,
             const char        *text)
{
  g_autoptr(GString) json = g_string_new ("{\"errors\":[{\"origin\":\"client_error\",\"code\":");

  wire_json_append_string (json, code);
  g_string_append (json, ",\"message\":");
  wire_json_append_string (json, text);
  g_string_append (json, "}]}");
  confabd_http_reply_json (message, status, json->str);
}

static gboolean
check_session (ConfabdHttp       *http,
               SoupServerMessage *message)
{
  const char *token = confabd_http_get_header (message, "Session");
  ConfabdTokenClaims claims;

  if (!token)
    reply_error (message, SOUP_STATUS_UNAUTHORIZED, "missing_session_token",
                 "A session token is needed");
  else if (!confabd_accounts_check_token (http->options.accounts, token, &claims, NULL))
    reply_error (message, SOUP_STATUS_UNAUTHORIZED, "invalid_session_token",
                 "The session token is not valid");
  else
    return TRUE;

  return FALSE;
}

static void
list_member_cb (const char *cid,
                GBytes     *profile,
                gpointer    user_data)
{
  Question *question = user_data;

  g_string_append (question->json, question->json->len > 1 ? ",{\"id\":" : "{\"id\":");
  wire_json_append_string (question->json, cid);
  if (profile)
    {
      g_string_append (question->json, ",\"data\":");
      wire_json_append_bytes (question->json, profile);
    }
  g_string_append_c (question->json, '}');
}

static void
answered_cb (gpointer data)
{
  g_autofree Question *question = data;

  confabd_http_reply_json (question->pending->message, SOUP_STATUS_OK, question->json->str);
  confabd_http_pending_finish (question->pending);
  g_string_free (question->json, TRUE);
  g_free (question->channel);
}

/* On the core's thread. */
static void
ask_core_cb (gpointer data)
{
  Question *question = data;

  confabd_core_list_members (question->http->core, question->channel, list_member_cb, question);
  g_string_append_c (question->json, ']');
  base_mailbox_post (question->http->options.mailbox, answered_cb, question);
}

/**
 * confabd_http_altogic_members:
 * @http: the API
 * @message: a POST of …/realtime/get-members
 *
 * Lists who is in a channel, with what they say of themselves.
 */
void
confabd_http_altogic_members (ConfabdHttp       *http,
                              SoupServerMessage *message)
{
  static const char * const keys[] = { "channel" };
  g_autofree char *channel = NULL;
  g_autoptr(GError) error = NULL;
  Question *question;

  if (!check_session (http, message))
    return;

  if (!confabd_http_read_strings (message, keys, &channel, 1, &error) || !channel)
    {
      reply_error (message, SOUP_STATUS_BAD_REQUEST, "missing_required_value",
                   error ? error->message : "channel is a required parameter");
      return;
    }

  question = g_new0 (Question, 1);
  question->http = http;
  question->pending = confabd_http_pending_new (http, message);
  question->channel = g_steal_pointer (&channel);
  question->json = g_string_new ("[");
  http->options.hooks->post_to_core (ask_core_cb, question, http->options.hooks_data);
}
