/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-http-private.h"

#include "confabd-push.h"
#include "wire-json.h"
#include "wire-names.h"

#include <string.h>

/* Push subscriptions and notifications as skapi-js asks for them (reference §1.9). */

#define SUBSCRIPTIONS_OF_USER 20
#define BODY_DEPTH            4

#define SUBSCRIBED   "\"SUCCESS: Subscribed to receive notifications.\""
#define UNSUBSCRIBED "\"SUCCESS: Unsubscribed from notifications.\""
#define SENT         "\"SUCCESS: Notification sent.\""

/* What stands in the bodies of all of these. */
typedef struct
{
  char     *endpoint;
  char     *p256dh;
  char     *auth;
  char     *title;
  char     *body;
  GArray   *user_ids;   /* of BaseUuid; NULL: everybody */
  gboolean  has_users;
} Body;

static void
body_clear (Body *self)
{
  g_free (self->endpoint);
  g_free (self->p256dh);
  g_free (self->auth);
  g_free (self->title);
  g_free (self->body);
  g_clear_pointer (&self->user_ids, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Body, body_clear)

/* One question to the store, on behalf of a request. */
typedef struct
{
  ConfabdHttpPending  *pending;
  ConfabdHttp         *http;
  ConfabdNotification *notification;   /* of push-notification */
} Question;

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER, message);

  return FALSE;
}

static gboolean
take_text (const WireJsonValue  *value,
           char                **text,
           GError              **error)
{
  g_free (*text);
  *text = value->type == WIRE_JSON_STRING ? wire_json_dup_string (value) : NULL;

  return *text || refuse (error, "A member of the body should be a string");
}

static gboolean
take_keys (const WireJsonValue  *keys,
           Body                 *body,
           GError              **error)
{
  WireJsonReader reader;
  WireJsonValue member;

  if (keys->type != WIRE_JSON_OBJECT ||
      !wire_json_reader_init (&reader, keys->raw.data, keys->raw.length, BODY_DEPTH))
    return refuse (error, "keys should be an object");

  while (wire_json_reader_next (&reader, &member) == WIRE_JSON_ITEM)
    {
      if (wire_json_key_is (&member, "p256dh") && !take_text (&member, &body->p256dh, error))
        return FALSE;
      if (wire_json_key_is (&member, "auth") && !take_text (&member, &body->auth, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
add_user (const WireJsonValue  *value,
          Body                 *body,
          GError              **error)
{
  g_autofree char *text = value->type == WIRE_JSON_STRING ? wire_json_dup_string (value) : NULL;
  BaseUuid user_id;

  if (!text || !base_uuid_parse (&user_id, text, -1))
    return refuse (error, "user_ids should be user ids, or \"all_users\"");

  if (!body->user_ids)
    body->user_ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
  g_array_append_val (body->user_ids, user_id);

  return TRUE;
}

/* A list, one id, or "all_users". */
static gboolean
take_users (const WireJsonValue  *value,
            Body                 *body,
            GError              **error)
{
  static const char everybody[] = "all_users";
  WireJsonReader reader;
  WireJsonValue item;

  g_clear_pointer (&body->user_ids, g_array_unref);
  body->has_users = TRUE;

  if (value->type == WIRE_JSON_STRING && value->raw.length == strlen (everybody) &&
      memcmp (value->raw.data, everybody, strlen (everybody)) == 0)
    return TRUE;

  if (value->type != WIRE_JSON_ARRAY)
    return add_user (value, body, error);

  body->user_ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
  if (wire_json_reader_init (&reader, value->raw.data, value->raw.length, BODY_DEPTH))
    while (wire_json_reader_next (&reader, &item) == WIRE_JSON_ITEM)
      if (!add_user (&item, body, error))
        return FALSE;

  return TRUE;
}

static gboolean
take_member (const WireJsonValue  *value,
             Body                 *body,
             GError              **error)
{
  if (wire_json_key_is (value, "endpoint"))
    return take_text (value, &body->endpoint, error);

  if (wire_json_key_is (value, "keys"))
    return take_keys (value, body, error);

  if (wire_json_key_is (value, "title"))
    return take_text (value, &body->title, error);

  if (wire_json_key_is (value, "body"))
    return take_text (value, &body->body, error);

  if (wire_json_key_is (value, "user_ids"))
    return take_users (value, body, error);

  return TRUE;
}

static gboolean
read_body (SoupServerMessage  *message,
           Body               *body,
           GError            **error)
{
  g_autoptr(GBytes) bytes =
    soup_message_body_flatten (soup_server_message_get_request_body (message));
  WireJsonReader reader;
  WireJsonValue value;
  WireJsonStep step = WIRE_JSON_FAULTY;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  if (length > 0 && wire_json_reader_init (&reader, text, length, BODY_DEPTH) &&
      reader.closer == '}')
    while ((step = wire_json_reader_next (&reader, &value)) == WIRE_JSON_ITEM)
      if (!take_member (&value, body, error))
        return FALSE;

  if (step == WIRE_JSON_END)
    return TRUE;

  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST,
                       "The body has to be a JSON object");

  return FALSE;
}

/* Answers what is wrong; otherwise the body was read and the user is known. */
static gboolean
begin (ConfabdHttp        *http,
       SoupServerMessage  *message,
       ConfabdTokenClaims *claims,
       Body               *body)
{
  g_autoptr(GError) error = NULL;

  if (!confabd_http_skapi_check_user (http, message, claims))
    return FALSE;

  if (!http->options.push)
    {
      confabd_http_reply_code (message, WIRE_ERROR_UNAVAILABLE, "This server sends no push");
      return FALSE;
    }

  if (read_body (message, body, &error))
    return TRUE;

  confabd_http_reply_error (message, error, 0);

  return FALSE;
}

static ConfabdQuery *
new_query (ConfabdHttp       *http,
           SoupServerMessage *message,
           ConfabdQueryKind   kind,
           void             (*done) (ConfabdQuery *query))
{
  Question *question = g_new0 (Question, 1);

  question->http = http;
  question->pending = confabd_http_pending_new (http, message);

  return confabd_query_new (kind, http->options.mailbox, done, question);
}

static void
end_question (Question *question)
{
  confabd_http_pending_finish (question->pending);
  g_clear_pointer (&question->notification, confabd_notification_free);
  g_free (question);
}

/* Answers for the store; TRUE if there is nothing to complain about. */
static gboolean
check_answer (const ConfabdQuery *query,
              SoupServerMessage  *message)
{
  switch (query->status)
    {
    case CONFABD_QUERY_OK:
      return TRUE;
    case CONFABD_QUERY_EXISTS:
      confabd_http_reply_code (message, WIRE_ERROR_EXISTS, "The endpoint is somebody else's");
      return FALSE;
    case CONFABD_QUERY_NOT_EXISTS:
      confabd_http_reply_code (message, WIRE_ERROR_NOT_EXISTS, "There is no such user");
      return FALSE;
    case CONFABD_QUERY_FULL:
      confabd_http_reply_code (message, WIRE_ERROR_STORAGE_FULL, "The server cannot store now");
      return FALSE;
    case CONFABD_QUERY_REPLAYED:
    case CONFABD_QUERY_FAILED:
      confabd_http_reply_code (message, WIRE_ERROR_FAILED, "Something went wrong.");
      return FALSE;
    }

  return FALSE;
}

static void
subscribed_cb (ConfabdQuery *answered)
{
  g_autoptr(ConfabdQuery) query = answered;
  Question *question = query->user_data;

  if (check_answer (query, question->pending->message))
    confabd_http_reply_json (question->pending->message, SOUP_STATUS_OK, SUBSCRIBED);

  end_question (question);
}

/**
 * confabd_http_push_subscribe:
 * @http: the API
 * @message: a POST of /api/store-subscription
 *
 * Stores where a browser of the user wants to be woken.
 */
void
confabd_http_push_subscribe (ConfabdHttp       *http,
                             SoupServerMessage *message)
{
  g_auto(Body) body = { 0 };
  ConfabdTokenClaims claims;
  g_autoptr(ConfabdSubscription) subscription = NULL;
  g_autoptr(GError) error = NULL;
  ConfabdQuery *query;

  if (!begin (http, message, &claims, &body))
    return;

  if (body.endpoint && body.p256dh && body.auth)
    subscription = confabd_subscription_parse (&claims.user_id, body.endpoint, body.p256dh,
                                               body.auth, &error);
  else
    refuse (&error, "endpoint, keys.p256dh and keys.auth are needed");

  if (!subscription || !confabd_push_check (http->options.push, subscription, &error))
    {
      confabd_http_reply_error (message, error, 0);
      return;
    }

  subscription->created_ms = (guint64) base_clock_get_wall_us (http->options.clock) / 1000;
  query = new_query (http, message, CONFABD_QUERY_STORE_SUBSCRIPTION, subscribed_cb);
  query->subscription = g_steal_pointer (&subscription);
  query->limit = SUBSCRIPTIONS_OF_USER;
  confabd_store_submit (http->options.store, query);
}

static void
unsubscribed_cb (ConfabdQuery *answered)
{
  g_autoptr(ConfabdQuery) query = answered;
  Question *question = query->user_data;

  if (check_answer (query, question->pending->message))
    confabd_http_reply_json (question->pending->message, SOUP_STATUS_OK, UNSUBSCRIBED);

  end_question (question);
}

/**
 * confabd_http_push_unsubscribe:
 * @http: the API
 * @message: a POST of /api/delete-subscription
 *
 * Forgets a subscription of the user; one that is not there is forgotten already.
 */
void
confabd_http_push_unsubscribe (ConfabdHttp       *http,
                               SoupServerMessage *message)
{
  g_auto(Body) body = { 0 };
  ConfabdTokenClaims claims;
  ConfabdQuery *query;

  if (!begin (http, message, &claims, &body))
    return;

  if (!body.endpoint)
    {
      confabd_http_reply_code (message, WIRE_ERROR_INVALID_PARAMETER, "endpoint is needed");
      return;
    }

  query = new_query (http, message, CONFABD_QUERY_DELETE_SUBSCRIPTION, unsubscribed_cb);
  query->user_id = claims.user_id;
  query->name = g_steal_pointer (&body.endpoint);
  confabd_store_submit (http->options.store, query);
}

/**
 * confabd_http_push_key:
 * @http: the API
 * @message: a POST of /api/get-vapid-public-key
 *
 * Tells the key with which a browser subscribes.
 */
void
confabd_http_push_key (ConfabdHttp       *http,
                       SoupServerMessage *message)
{
  g_auto(Body) body = { 0 };
  g_autoptr(GString) json = g_string_new (NULL);
  ConfabdTokenClaims claims;

  if (!begin (http, message, &claims, &body))
    return;

  wire_json_append_string (json, confabd_push_get_public_key (http->options.push));
  confabd_http_reply_json (message, SOUP_STATUS_OK, json->str);
}

static gboolean
is_admin (ConfabdHttp       *http,
          const ConfabdUser *user)
{
  g_autofree char *folded = wire_name_fold_user (user->name, NULL);

  return folded && http->options.admins && g_strv_contains (http->options.admins, folded);
}

/* Whether nobody but the asker is to be told. */
static gboolean
is_for_asker (const ConfabdNotification *notification,
              const BaseUuid            *asker)
{
  for (guint i = 0; notification->user_ids && i < notification->user_ids->len; i++)
    if (!base_uuid_equal (&g_array_index (notification->user_ids, BaseUuid, i), asker))
      return FALSE;

  return notification->user_ids != NULL;
}

/* Who asks is known by now. */
static void
asker_found_cb (ConfabdQuery *answered)
{
  g_autoptr(ConfabdQuery) query = answered;
  Question *question = query->user_data;
  SoupServerMessage *message = question->pending->message;

  if (!check_answer (query, message))
    {
      end_question (question);
      return;
    }

  if (!is_for_asker (question->notification, &g_array_index (query->ids, BaseUuid, 0)) &&
      (!query->users || query->users->len == 0 ||
       !is_admin (question->http, query->users->pdata[0])))
    {
      confabd_http_reply_code (message, WIRE_ERROR_NOT_ALLOWED,
                               "Only an admin of the space may notify others");
    }
  else
    {
      confabd_push_submit (question->http->options.push,
                           g_steal_pointer (&question->notification));
      confabd_http_reply_json (message, SOUP_STATUS_OK, SENT);
    }

  end_question (question);
}

/**
 * confabd_http_push_notify:
 * @http: the API
 * @message: a POST of /api/push-notification
 *
 * Notifies users, or everybody, if an admin asks for it; anybody may notify themself.
 */
void
confabd_http_push_notify (ConfabdHttp       *http,
                          SoupServerMessage *message)
{
  g_auto(Body) body = { 0 };
  ConfabdTokenClaims claims;
  g_autoptr(ConfabdNotification) notification = NULL;
  g_autoptr(GError) error = NULL;
  ConfabdQuery *query;

  if (!begin (http, message, &claims, &body))
    return;

  if (!body.title || !body.body || !body.has_users)
    refuse (&error, "title, body and user_ids are needed");
  else
    notification = confabd_notification_new (body.user_ids, body.title, body.body, &error);

  if (!notification)
    {
      confabd_http_reply_error (message, error, 0);
      return;
    }

  query = new_query (http, message, CONFABD_QUERY_USERS, asker_found_cb);
  ((Question *) query->user_data)->notification = g_steal_pointer (&notification);
  query->ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
  g_array_append_val (query->ids, claims.user_id);
  confabd_store_submit (http->options.store, query);
}
