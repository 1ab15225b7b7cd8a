/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-http-private.h"

#include "wire-group-query.h"
#include "wire-limits.h"

/* What an unmodified skapi-js asks before and beside its socket. */

/* More groups, or connections in one, are not looked at: the core would be held up. */
#define MAX_ROWS     100000

/* /REGION/admin-v1.json and its like, where the region is the first four characters of the
 * service id (reference §1.1). */
void
confabd_http_skapi_admin (ConfabdHttp       *http,
                          SoupServerMessage *message)
{
  g_autofree char *base_url = confabd_http_dup_base_url (http, message, FALSE);
  g_autofree char *api = g_strconcat (base_url, "/api/", NULL);
  g_autoptr(GString) json = g_string_new ("{");

  confabd_http_append_member (json, "userpool_id", "confab_0");
  confabd_http_append_member (json, "userpool_client", "confab");
  confabd_http_append_member (json, "service_public", api);
  confabd_http_append_member (json, "admin_public", api);
  confabd_http_append_member (json, "admin_private", api);
  g_string_append_c (json, '}');
  confabd_http_reply_cors (http, message, TRUE);
  confabd_http_reply_json (message, SOUP_STATUS_OK, json->str);
}

void
confabd_http_skapi_record (ConfabdHttp       *http,
                           SoupServerMessage *message)
{
  g_autofree char *base_url = confabd_http_dup_base_url (http, message, FALSE);
  g_autofree char *websocket_url = confabd_http_dup_base_url (http, message, TRUE);
  g_autofree char *api = g_strconcat (base_url, "/api/", NULL);
  g_autofree char *socket_url = g_strconcat (websocket_url, WIRE_SOCKET_PATH, NULL);
  g_autoptr(GString) json = g_string_new ("{");

  confabd_http_append_member (json, "record_public", api);
  confabd_http_append_member (json, "record_private", api);
  confabd_http_append_member (json, "websocket_private", socket_url);
  g_string_append_c (json, '}');
  confabd_http_reply_cors (http, message, TRUE);
  confabd_http_reply_json (message, SOUP_STATUS_OK, json->str);
}

/* The group is a plan's number; under 3 skapi-js shows a banner. */
void
confabd_http_skapi_service (ConfabdHttp       *http,
                            SoupServerMessage *message)
{
  g_autoptr(GString) json = g_string_new ("{");
  g_autofree char *address = confabd_http_dup_address (message);
  const char *agent = confabd_http_get_header (message, "User-Agent");

  confabd_http_append_member (json, "locale", "");
  confabd_http_append_member (json, "ip", address);
  confabd_http_append_member (json, "service_name", http->name);
  confabd_http_append_member (json, "user_agent",
                              agent && g_utf8_validate (agent, -1, NULL) ? agent : "");
  g_string_append (json, ",\"group\":3,\"opt\":{}}");
  confabd_http_reply_cors (http, message, TRUE);
  confabd_http_reply_json (message, SOUP_STATUS_OK, json->str);
}

/* One question about who is where, on its way to the core's thread and back. */
typedef struct
{
  ConfabdHttpPending *pending;
  ConfabdHttp        *http;
  WireGroupQuery     *query;
  GArray             *rows;      /* of WireGroupRow: everything, to be searched on our thread */
} GroupQuestion;

static void
group_question_free (GroupQuestion *question)
{
  wire_group_query_free (question->query);
  g_array_unref (question->rows);
  g_free (question);
}

static void
list_group_cb (const char *name,
               guint       n_users,
               gpointer    user_data)
{
  GroupQuestion *question = user_data;

  if (question->rows->len < MAX_ROWS)
    wire_group_rows_add (question->rows, name, n_users, NULL);
}

static void
list_present_cb (const BaseUuid *user_id,
                 const char     *cid,
                 gpointer        user_data)
{
  GroupQuestion *question = user_data;

  if (question->rows->len < MAX_ROWS)
    wire_group_rows_add (question->rows, cid, 0, user_id);
}

static void
group_answered_cb (gpointer data)
{
  GroupQuestion *question = data;
  g_autofree char *json = wire_group_query_answer (question->query, question->http->service,
                                                   question->rows);

  confabd_http_reply_json (question->pending->message, SOUP_STATUS_OK, json);
  confabd_http_pending_finish (question->pending);
  group_question_free (question);
}

/* On the core's thread, which only copies: searching and sorting would hold up messages. */
static void
ask_core_cb (gpointer data)
{
  GroupQuestion *question = data;

  if (question->query->group)
    confabd_core_list_present (question->http->core, question->query->group, list_present_cb,
                               question);
  else
    confabd_core_list_groups (question->http->core, list_group_cb, question);

  base_mailbox_post (question->http->options.mailbox, group_answered_cb, question);
}

/**
 * confabd_http_skapi_check_user:
 * @http: the API
 * @message: a request
 * @claims: (out): of the token
 *
 * Reads who asks; the token stands in the header as it is (reference §1.9). Answers if that is
 * nobody.
 *
 * Returns: whether somebody does
 */
gboolean
confabd_http_skapi_check_user (ConfabdHttp        *http,
                               SoupServerMessage  *message,
                               ConfabdTokenClaims *claims)
{
  const char *token = confabd_http_get_header (message, "Authorization");

  if (token && g_ascii_strncasecmp (token, "Bearer ", 7) == 0)
    token += 7;

  if (token && confabd_accounts_check_token (http->options.accounts, token, claims, NULL))
    return TRUE;

  confabd_http_reply_code (message, WIRE_ERROR_INVALID_TOKEN, "User login is required.");

  return FALSE;
}

/**
 * confabd_http_skapi_groups:
 * @http: the API
 * @message: a POST of /api/get-ws-group
 *
 * Lists the connections in a group, or the groups in which somebody is present.
 */
void
confabd_http_skapi_groups (ConfabdHttp       *http,
                           SoupServerMessage *message)
{
  g_autoptr(GBytes) body =
    soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autoptr(GError) error = NULL;
  ConfabdTokenClaims claims;
  WireGroupQuery *query;
  GroupQuestion *question;
  gsize length;
  const char *json = g_bytes_get_data (body, &length);

  if (!confabd_http_skapi_check_user (http, message, &claims))
    return;

  query = wire_group_query_parse (json, length, &error);
  if (!query)
    {
      confabd_http_reply_error (message, error, 0);
      return;
    }

  question = g_new0 (GroupQuestion, 1);
  question->http = http;
  question->pending = confabd_http_pending_new (http, message);
  question->query = query;
  question->rows = wire_group_rows_new ();
  http->options.hooks->post_to_core (ask_core_cb, question, http->options.hooks_data);
}
