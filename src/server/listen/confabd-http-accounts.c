/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-http-private.h"

#include "wire-json.h"

#include <openssl/crypto.h>
#include <string.h>

/* /v1/sign-up, sign-in, refresh, sign-out, profile, password */

#define STATUS_OK         200
#define STATUS_CREATED    201
#define STATUS_NO_CONTENT 204

static char *
print_session (const ConfabdAccountsReply *reply)
{
  GString *json = g_string_new ("{");
  char user_id[BASE_UUID_STRING_LENGTH + 1];

  base_uuid_format (&reply->user->user_id, user_id);
  confabd_http_append_member (json, "user_id", user_id);
  confabd_http_append_member (json, "name", reply->user->name);
  confabd_http_append_member (json, "display_name", reply->user->display_name);
  confabd_http_append_member (json, "access_token", reply->access_token);
  confabd_http_append_member (json, "id_token", reply->id_token);
  confabd_http_append_member (json, "refresh_token", reply->refresh_token);
  g_string_append_printf (json, ",\"expires_in\":%u}", reply->expires_in_s);

  return g_string_free_and_steal (json);
}

static void
reply_session (const ConfabdAccountsReply *reply,
               guint                       status,
               ConfabdHttpPending         *pending)
{
  if (reply->error)
    {
      confabd_http_reply_error (pending->message, reply->error, reply->retry_after_s);
    }
  else
    {
      g_autofree char *json = print_session (reply);

      confabd_http_reply_json (pending->message, status, json);
      soup_message_headers_replace (soup_server_message_get_response_headers (pending->message),
                                    "Cache-Control", "no-store");
    }

  confabd_http_pending_finish (pending);
}

static void
signed_up_cb (const ConfabdAccountsReply *reply,
              gpointer                    user_data)
{
  reply_session (reply, STATUS_CREATED, user_data);
}

static void
signed_in_cb (const ConfabdAccountsReply *reply,
              gpointer                    user_data)
{
  reply_session (reply, STATUS_OK, user_data);
}

static void
done_cb (const ConfabdAccountsReply *reply,
         gpointer                    user_data)
{
  ConfabdHttpPending *pending = user_data;

  if (reply->error)
    confabd_http_reply_error (pending->message, reply->error, reply->retry_after_s);
  else
    soup_server_message_set_status (pending->message, STATUS_NO_CONTENT, NULL);

  confabd_http_pending_finish (pending);
}

static void
free_values (char  **values,
             gsize   n)
{
  for (gsize i = 0; i < n; i++)
    {
      if (values[i])
        OPENSSL_cleanse (values[i], strlen (values[i]));
      g_free (values[i]);
    }
}

/* Reads the body; the first @n_needed members have to be there. Otherwise answers. */
static gboolean
read_body (SoupServerMessage   *message,
           const char * const  *keys,
           char               **values,
           gsize                n_keys,
           gsize                n_needed)
{
  g_autoptr(GError) error = NULL;

  if (confabd_http_read_strings (message, keys, values, n_keys, &error))
    for (gsize i = 0; i < n_needed && !error; i++)
      if (!values[i])
        g_set_error (&error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST, "\"%s\" is missing",
                     keys[i]);

  if (!error)
    return TRUE;

  confabd_http_reply_error (message, error, 0);
  free_values (values, n_keys);

  return FALSE;
}

static gboolean
read_token (ConfabdHttp        *http,
            SoupServerMessage  *message,
            ConfabdTokenClaims *claims)
{
  const char *header = confabd_http_get_header (message, "Authorization");
  g_autoptr(GError) error = NULL;

  if (!header || g_ascii_strncasecmp (header, "Bearer ", 7) != 0)
    {
      confabd_http_reply_code (message, WIRE_ERROR_INVALID_TOKEN, "An access token is needed");
      return FALSE;
    }

  if (!confabd_accounts_check_token (http->options.accounts, header + 7, claims, &error))
    {
      confabd_http_reply_error (message, error, 0);
      return FALSE;
    }

  if (claims->use != CONFABD_TOKEN_ACCESS)
    {
      confabd_http_reply_code (message, WIRE_ERROR_INVALID_TOKEN, "This is not an access token");
      return FALSE;
    }

  return TRUE;
}

void
confabd_http_sign_up (ConfabdHttp       *http,
                      SoupServerMessage *message)
{
  static const char * const keys[] = { "name", "password", "display_name", "invite" };
  char *values[G_N_ELEMENTS (keys)] = { NULL };
  g_autofree char *address = confabd_http_dup_address (message);
  ConfabdAccountsAsker asker = { address, confabd_http_is_from_loopback (message) };

  if (!read_body (message, keys, values, G_N_ELEMENTS (keys), 2))
    return;

  confabd_accounts_sign_up (http->options.accounts, &asker, values[0], values[1], values[2],
                            values[3],
                            signed_up_cb, confabd_http_pending_new (http, message));
  free_values (values, G_N_ELEMENTS (keys));
}

void
confabd_http_sign_in (ConfabdHttp       *http,
                      SoupServerMessage *message)
{
  static const char * const keys[] = { "name", "password" };
  char *values[G_N_ELEMENTS (keys)] = { NULL };
  g_autofree char *address = confabd_http_dup_address (message);
  ConfabdAccountsAsker asker = { address, confabd_http_is_from_loopback (message) };

  if (!read_body (message, keys, values, G_N_ELEMENTS (keys), 2))
    return;

  confabd_accounts_sign_in (http->options.accounts, &asker, values[0], values[1], signed_in_cb,
                            confabd_http_pending_new (http, message));
  free_values (values, G_N_ELEMENTS (keys));
}

void
confabd_http_refresh (ConfabdHttp       *http,
                      SoupServerMessage *message)
{
  static const char * const keys[] = { "refresh_token" };
  char *values[G_N_ELEMENTS (keys)] = { NULL };
  g_autofree char *address = confabd_http_dup_address (message);
  ConfabdAccountsAsker asker = { address, confabd_http_is_from_loopback (message) };

  if (!read_body (message, keys, values, G_N_ELEMENTS (keys), 1))
    return;

  confabd_accounts_refresh (http->options.accounts, &asker, values[0], signed_in_cb,
                            confabd_http_pending_new (http, message));
  free_values (values, G_N_ELEMENTS (keys));
}

void
confabd_http_sign_out (ConfabdHttp       *http,
                       SoupServerMessage *message)
{
  ConfabdTokenClaims claims;

  if (read_token (http, message, &claims))
    confabd_accounts_sign_out (http->options.accounts, &claims, done_cb,
                               confabd_http_pending_new (http, message));
}

/* A USER, with what only the core knows left to say that they are here: they just spoke to us. */
static void
profile_set_cb (const ConfabdAccountsReply *reply,
                gpointer                    user_data)
{
  ConfabdHttpPending *pending = user_data;

  if (reply->error)
    {
      confabd_http_reply_error (pending->message, reply->error, reply->retry_after_s);
    }
  else
    {
      g_autoptr(GString) json = g_string_new ("{");
      char user_id[BASE_UUID_STRING_LENGTH + 1];

      base_uuid_format (&reply->user->user_id, user_id);
      confabd_http_append_member (json, "user_id", user_id);
      confabd_http_append_member (json, "name", reply->user->name);
      confabd_http_append_member (json, "display_name", reply->user->display_name);
      g_string_append (json, ",\"online\":true,\"last_seen\":");
      if (reply->user->last_seen_ms > 0)
        wire_json_append_integer (json, reply->user->last_seen_ms);
      else
        g_string_append (json, "null");
      g_string_append_c (json, '}');
      confabd_http_reply_json (pending->message, STATUS_OK, json->str);
    }

  confabd_http_pending_finish (pending);
}

void
confabd_http_profile (ConfabdHttp       *http,
                      SoupServerMessage *message)
{
  static const char * const keys[] = { "display_name" };
  char *values[G_N_ELEMENTS (keys)] = { NULL };
  ConfabdTokenClaims claims;

  if (!read_token (http, message, &claims) ||
      !read_body (message, keys, values, G_N_ELEMENTS (keys), 1))
    return;

  confabd_accounts_set_profile (http->options.accounts, &claims, values[0], profile_set_cb,
                                confabd_http_pending_new (http, message));
  free_values (values, G_N_ELEMENTS (keys));
}

void
confabd_http_password (ConfabdHttp       *http,
                       SoupServerMessage *message)
{
  static const char * const keys[] = { "password", "new_password" };
  char *values[G_N_ELEMENTS (keys)] = { NULL };
  g_autofree char *address = confabd_http_dup_address (message);
  ConfabdAccountsAsker asker = { address, confabd_http_is_from_loopback (message) };
  ConfabdTokenClaims claims;

  if (!read_token (http, message, &claims) ||
      !read_body (message, keys, values, G_N_ELEMENTS (keys), 2))
    return;

  confabd_accounts_set_password (http->options.accounts, &asker, &claims, values[0], values[1],
                                 done_cb,
                                 confabd_http_pending_new (http, message));
  free_values (values, G_N_ELEMENTS (keys));
}
