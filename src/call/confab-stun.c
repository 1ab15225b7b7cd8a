/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-stun"

#include "config.h"

#include "confab-stun-private.h"

#include <string.h>

#define MAGIC_COOKIE 0x2112a442u
#define CLASS_SUCCESS 0x100u
#define CLASS_ERROR 0x110u
#define INTEGRITY_BYTES 20u
#define TRANSPORT_UDP (17u << 24)

enum {
  ATTRIBUTE_USERNAME = 0x0006,
  ATTRIBUTE_MESSAGE_INTEGRITY = 0x0008,
  ATTRIBUTE_ERROR_CODE = 0x0009,
  ATTRIBUTE_REALM = 0x0014,
  ATTRIBUTE_NONCE = 0x0015,
  ATTRIBUTE_XOR_RELAYED_ADDRESS = 0x0016,
  ATTRIBUTE_REQUESTED_TRANSPORT = 0x0019,
  ATTRIBUTE_XOR_MAPPED_ADDRESS = 0x0020,
};

static void
append_16 (GByteArray *message,
           guint       value)
{
  guint8 bytes[] = { (guint8) (value >> 8), (guint8) value };

  g_byte_array_append (message, bytes, sizeof bytes);
}

static void
append_32 (GByteArray *message,
           guint32     value)
{
  append_16 (message, value >> 16);
  append_16 (message, value & 0xffff);
}

static void
append_attribute (GByteArray *message,
                  guint       type,
                  const void *value,
                  gsize       n_bytes)
{
  static const guint8 padding[3] = { 0 };

  append_16 (message, type);
  append_16 (message, (guint) n_bytes);
  g_byte_array_append (message, value, (guint) n_bytes);
  g_byte_array_append (message, padding, (guint) (-n_bytes & 3));
}

static void
set_length (GByteArray *message,
            guint       n_more)
{
  guint length = message->len - CONFAB_STUN_HEADER_BYTES + n_more;

  message->data[2] = (guint8) (length >> 8);
  message->data[3] = (guint8) length;
}

/* The key of long-term credentials is MD5 (user ":" realm ":" password), RFC 8489 §9.2.2; the sum
 * covers the message as if it ended with it, §14.5. */
static void
append_integrity (GByteArray                  *message,
                  const ConfabStunCredentials *credentials)
{
  g_autofree char *text = g_strdup_printf ("%s:%s:%s", credentials->user, credentials->realm,
                                           credentials->password);
  g_autoptr(GChecksum) md5 = g_checksum_new (G_CHECKSUM_MD5);
  guint8 key[16], sum[INTEGRITY_BYTES];
  gsize n_key = sizeof key, n_sum = sizeof sum;
  GHmac *hmac;

  g_checksum_update (md5, (const guint8 *) text, -1);
  g_checksum_get_digest (md5, key, &n_key);
  set_length (message, INTEGRITY_BYTES + 4);
  hmac = g_hmac_new (G_CHECKSUM_SHA1, key, sizeof key);
  g_hmac_update (hmac, message->data, message->len);
  g_hmac_get_digest (hmac, sum, &n_sum);
  g_hmac_unref (hmac);
  append_attribute (message, ATTRIBUTE_MESSAGE_INTEGRITY, sum, sizeof sum);
}

/**
 * confab_stun_make_request:
 * @method: what to ask for
 * @id: CONFAB_STUN_ID_BYTES, at random
 * @credentials: (nullable): what the server wants to see
 *
 * Returns: (transfer full): the bytes of a request
 */
GByteArray *
confab_stun_make_request (ConfabStunMethod             method,
                          const guint8                *id,
                          const ConfabStunCredentials *credentials)
{
  GByteArray *message = g_byte_array_new ();

  append_16 (message, method);
  append_16 (message, 0);
  append_32 (message, MAGIC_COOKIE);
  g_byte_array_append (message, id, CONFAB_STUN_ID_BYTES);

  if (method == CONFAB_STUN_ALLOCATE)
    {
      guint32 transport = GUINT32_TO_BE (TRANSPORT_UDP);

      append_attribute (message, ATTRIBUTE_REQUESTED_TRANSPORT, &transport, sizeof transport);
    }
  if (credentials)
    {
      append_attribute (message, ATTRIBUTE_USERNAME, credentials->user, strlen (credentials->user));
      append_attribute (message, ATTRIBUTE_REALM, credentials->realm,
                        strlen (credentials->realm));
      append_attribute (message, ATTRIBUTE_NONCE, credentials->nonce,
                        strlen (credentials->nonce));
      append_integrity (message, credentials);
    }
  else
    {
      set_length (message, 0);
    }

  return message;
}

static guint
read_16 (const guint8 *bytes)
{
  return (guint) bytes[0] << 8 | bytes[1];
}

/* How long the message is that begins with @bytes, 0 while that cannot be told: in a stream
 * messages stand one behind the other. */
gsize
confab_stun_find_length (const guint8 *bytes,
                         gsize         n_bytes)
{
  return n_bytes < 4 ? 0 : CONFAB_STUN_HEADER_BYTES + read_16 (bytes + 2);
}

static void
take_attribute (ConfabStunReply *reply,
                guint            type,
                const guint8    *value,
                gsize            n_bytes)
{
  switch (type)
    {
    case ATTRIBUTE_ERROR_CODE:
      if (n_bytes >= 4)
        reply->error = (value[2] & 7u) * 100u + MIN (value[3], 99u);
      break;
    case ATTRIBUTE_REALM:
      g_free (reply->realm);
      reply->realm = g_strndup ((const char *) value, n_bytes);
      break;
    case ATTRIBUTE_NONCE:
      g_free (reply->nonce);
      reply->nonce = g_strndup ((const char *) value, n_bytes);
      break;
    case ATTRIBUTE_XOR_MAPPED_ADDRESS:
      reply->has_mapped = TRUE;
      break;
    case ATTRIBUTE_XOR_RELAYED_ADDRESS:
      reply->has_relay = TRUE;
      break;
    default:
      break;
    }
}

/**
 * confab_stun_parse_reply:
 * @bytes: what came
 * @n_bytes: how much
 * @id: of the request
 * @reply: (out caller-allocates): what it says, to be cleared
 *
 * Returns: whether it is an answer to the request
 */
gboolean
confab_stun_parse_reply (const guint8    *bytes,
                         gsize            n_bytes,
                         const guint8    *id,
                         ConfabStunReply *reply)
{
  static const guint8 cookie[] = { 0x21, 0x12, 0xa4, 0x42 };
  gsize at = CONFAB_STUN_HEADER_BYTES;
  guint class;

  *reply = (ConfabStunReply) { 0 };
  if (n_bytes < CONFAB_STUN_HEADER_BYTES || confab_stun_find_length (bytes, n_bytes) != n_bytes ||
      memcmp (bytes + 4, cookie, sizeof cookie) != 0 ||
      memcmp (bytes + 8, id, CONFAB_STUN_ID_BYTES) != 0)
    return FALSE;

  class = read_16 (bytes) & 0x110u;
  if (class != CLASS_SUCCESS && class != CLASS_ERROR)
    return FALSE;

  reply->ok = class == CLASS_SUCCESS;
  while (at + 4 <= n_bytes)
    {
      gsize n_value = read_16 (bytes + at + 2);

      if (n_value > n_bytes - at - 4)
        break;

      take_attribute (reply, read_16 (bytes + at), bytes + at + 4, n_value);
      at += 4 + ((n_value + 3) & ~(gsize) 3);
    }

  return TRUE;
}

void
confab_stun_reply_clear (ConfabStunReply *reply)
{
  g_clear_pointer (&reply->realm, g_free);
  g_clear_pointer (&reply->nonce, g_free);
}
