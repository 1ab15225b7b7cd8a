/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-push.h"

#include "wire-base64.h"
#include "wire-error.h"
#include "wire-json.h"

#include <string.h>

/* Longer than any push service's, and short enough for an index. */
#define MAX_ENDPOINT_BYTES 2048

/**
 * ConfabdPush:
 *
 * Where notifications for people without a connection go (Web Push, RFC 8030).
 */
G_DEFINE_INTERFACE (ConfabdPush, confabd_push, G_TYPE_OBJECT)

static void
confabd_push_default_init (ConfabdPushInterface *iface)
{
}

/**
 * confabd_push_submit:
 * @self: a push room
 * @notification: (transfer full): what is said, and to whom
 *
 * Sends @notification to every subscription of its users, in the background. Any thread may call
 * this; it never blocks.
 */
void
confabd_push_submit (ConfabdPush         *self,
                     ConfabdNotification *notification)
{
  g_return_if_fail (CONFABD_IS_PUSH (self));
  g_return_if_fail (notification != NULL);

  CONFABD_PUSH_GET_IFACE (self)->submit (self, notification);
}

/**
 * confabd_push_get_public_key:
 * @self: a push room
 *
 * Returns: the server's key, which a browser wants when it subscribes (RFC 8292 §3.2): an
 *   uncompressed point of P-256 as base64url
 */
const char *
confabd_push_get_public_key (ConfabdPush *self)
{
  g_return_val_if_fail (CONFABD_IS_PUSH (self), NULL);

  return CONFABD_PUSH_GET_IFACE (self)->get_public_key (self);
}

/**
 * confabd_push_check:
 * @self: a push room
 * @subscription: what a client wants to store
 * @error: return location for a %WIRE_ERROR
 *
 * Checks that @subscription may be used: its key is one, and its endpoint is nowhere where a
 * client has no business to send us.
 *
 * Returns: whether it may be stored
 */
gboolean
confabd_push_check (ConfabdPush                *self,
                    const ConfabdSubscription  *subscription,
                    GError                    **error)
{
  g_return_val_if_fail (CONFABD_IS_PUSH (self), FALSE);

  return CONFABD_PUSH_GET_IFACE (self)->check (self, subscription, error);
}

/**
 * confabd_notification_new:
 * @user_ids: (nullable) (element-type BaseUuid): to whom; %NULL for everybody who has a
 *   subscription
 * @title: its title
 * @body: its text
 * @error: return location for %WIRE_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): a notification of normal urgency without a topic, or %NULL if it is
 *   more than a push service carries
 */
ConfabdNotification *
confabd_notification_new (const GArray  *user_ids,
                          const char    *title,
                          const char    *body,
                          GError       **error)
{
  GString *payload = g_string_new ("{\"title\":");
  ConfabdNotification *self;

  wire_json_append_string (payload, title);
  g_string_append (payload, ",\"body\":");
  wire_json_append_string (payload, body);
  g_string_append_c (payload, '}');

  if (payload->len > CONFABD_PUSH_PAYLOAD_BYTES)
    {
      g_string_free (payload, TRUE);
      g_set_error (error, WIRE_ERROR, WIRE_ERROR_TOO_LARGE,
                   "A notification has at most %u bytes", CONFABD_PUSH_PAYLOAD_BYTES);
      return NULL;
    }

  self = g_new0 (ConfabdNotification, 1);
  self->payload = g_string_free_to_bytes (payload);
  self->ttl_s = CONFABD_PUSH_TTL_S;
  self->urgency = CONFABD_URGENCY_NORMAL;

  if (user_ids)
    {
      self->user_ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
      g_array_append_vals (self->user_ids, user_ids->data, user_ids->len);
    }

  return self;
}

/**
 * confabd_notification_free:
 * @self: (transfer full): a notification
 *
 * Frees @self.
 */
void
confabd_notification_free (ConfabdNotification *self)
{
  g_clear_pointer (&self->user_ids, g_array_unref);
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_free (self->topic);
  g_free (self);
}

/* Browsers give their keys as base64url, libraries also as base64, padded or not. */
static gboolean
decode_key (const char *text,
            guint8     *key,
            gsize       length)
{
  g_autofree char *base64 = NULL;
  g_autofree guint8 *bytes = NULL;
  gsize n = strlen (text);

  while (n > 0 && text[n - 1] == '=')
    n--;

  if (n != (length * 4 + 2) / 3)
    return FALSE;

  base64 = g_strnfill (wire_base64_get_length (length), '=');
  memcpy (base64, text, n);
  g_strdelimit (base64, "-", '+');
  g_strdelimit (base64, "_", '/');

  if (!wire_base64_is_valid (base64, strlen (base64)))
    return FALSE;

  bytes = g_malloc (strlen (base64));
  wire_base64_decode (base64, strlen (base64), bytes);
  memcpy (key, bytes, length);

  return TRUE;
}

static ConfabdSubscription *
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER, message);

  return NULL;
}

/**
 * confabd_subscription_parse:
 * @user_id: whose it is
 * @endpoint: where the browser's push service listens
 * @p256dh: the browser's public key as base64url
 * @auth: its secret as base64url
 * @error: return location for %WIRE_ERROR_INVALID_PARAMETER
 *
 * Reads what a browser's PushSubscription says. Whether it may be used is asked of
 * confabd_push_check().
 *
 * Returns: (transfer full): the subscription, or %NULL
 */
ConfabdSubscription *
confabd_subscription_parse (const BaseUuid  *user_id,
                            const char      *endpoint,
                            const char      *p256dh,
                            const char      *auth,
                            GError         **error)
{
  g_autoptr(ConfabdSubscription) self = g_new0 (ConfabdSubscription, 1);

  if (*endpoint == '\0' || strlen (endpoint) > MAX_ENDPOINT_BYTES)
    return refuse (error, "endpoint must have 1 to 2048 bytes");

  if (!decode_key (p256dh, self->public_key, sizeof self->public_key))
    return refuse (error, "keys.p256dh must be 65 bytes in base64url");

  if (!decode_key (auth, self->auth_secret, sizeof self->auth_secret))
    return refuse (error, "keys.auth must be 16 bytes in base64url");

  self->user_id = *user_id;
  self->endpoint = g_strdup (endpoint);

  return g_steal_pointer (&self);
}
