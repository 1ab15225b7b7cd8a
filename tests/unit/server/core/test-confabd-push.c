/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-push.h"
#include "wire-error.h"

#include <string.h>

/* RFC 8291 §5 */
#define P256DH \
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
#define AUTH "BTBZMqHH6r4Tts7J_aSIgg"

static const BaseUuid user = { { 1, 2, 3 } };

static void
test_a_notification_is_json_of_title_and_body (void)
{
  static const char expected[] =
    "{\"title\":\"Ann \\\"A\\\"\",\"body\":\"50 \\u0025\\n\xe2\x98\x83\"}";
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (BaseUuid));
  g_autoptr(ConfabdNotification) one = NULL;
  g_autoptr(ConfabdNotification) all = NULL;
  g_autoptr(GError) error = NULL;

  g_array_append_val (ids, user);
  one = confabd_notification_new (ids, "Ann \"A\"", "50 %\n\xe2\x98\x83", &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (one->payload, NULL), g_bytes_get_size (one->payload),
                   expected, strlen (expected));
  g_assert_cmpuint (one->user_ids->len, ==, 1);
  g_assert_cmpuint (one->ttl_s, ==, 86400);

  all = confabd_notification_new (NULL, "", "", &error);
  g_assert_null (all->user_ids);
}

static void
test_a_notification_is_bounded (void)
{
  gsize frame = strlen ("{\"title\":\"\",\"body\":\"\"}");
  g_autofree char *most = g_strnfill (CONFABD_PUSH_PAYLOAD_BYTES - frame, 'x');
  g_autofree char *more = g_strnfill (CONFABD_PUSH_PAYLOAD_BYTES - frame + 1, 'x');
  g_autoptr(ConfabdNotification) fits = confabd_notification_new (NULL, "", most, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_nonnull (fits);
  g_assert_null (confabd_notification_new (NULL, "", more, &error));
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_TOO_LARGE);
}

static void
test_keys_come_in_every_base64 (void)
{
  static const char *const p256dh[] = {
    P256DH,
    P256DH "=",
    "BCVxsr7N/eNgVRqvHtD0zTZsEc6+VV+JvLexhqUzORcxaOzi6+AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4=",
  };

  for (guint i = 0; i < G_N_ELEMENTS (p256dh); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(ConfabdSubscription) subscription =
        confabd_subscription_parse (&user, "https://push.example.net/x", p256dh[i],
                                    i == 0 ? AUTH : AUTH "==", &error);

      g_assert_no_error (error);
      g_assert_cmpmem (&subscription->user_id, sizeof user, &user, sizeof user);
      g_assert_cmpstr (subscription->endpoint, ==, "https://push.example.net/x");
      g_assert_cmpuint (subscription->public_key[0], ==, 0x04);
      g_assert_cmpuint (subscription->public_key[64], ==, 0x0e);
      g_assert_cmpuint (subscription->auth_secret[0], ==, 0x05);
      g_assert_cmpuint (subscription->auth_secret[15], ==, 0x82);
    }
}

static void
test_other_subscriptions_are_refused_by_name (void)
{
  g_autofree char *longest = g_strnfill (2049, 'x');
  g_autofree char *spaced = g_strdup (P256DH);
  const struct
  {
    const char *endpoint;
    const char *p256dh;
    const char *auth;
    const char *named;
  } table[] = {
    { "", P256DH, AUTH, "endpoint" },
    { longest, P256DH, AUTH, "endpoint" },
    { "https://a", "", AUTH, "p256dh" },
    { "https://a", P256DH "A", AUTH, "p256dh" },
    { "https://a", AUTH, AUTH, "p256dh" },
    { "https://a", spaced, AUTH, "p256dh" },
    { "https://a", P256DH, "", "auth" },
    { "https://a", P256DH, "BTBZMqHH6r4Tts7J_aSIg", "auth" },
    { "https://a", P256DH, "BTBZMqHH6r4Tts7J_aSIgh", "auth" },
    { "https://a", P256DH, P256DH, "auth" },
  };

  spaced[8] = ' ';

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (confabd_subscription_parse (&user, table[i].endpoint, table[i].p256dh,
                                                 table[i].auth, &error));
      g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER);
      g_assert_nonnull (strstr (error->message, table[i].named));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/push/a-notification-is-json-of-title-and-body",
                   test_a_notification_is_json_of_title_and_body);
  g_test_add_func ("/core/push/a-notification-is-bounded", test_a_notification_is_bounded);
  g_test_add_func ("/core/push/keys-come-in-every-base64", test_keys_come_in_every_base64);
  g_test_add_func ("/core/push/other-subscriptions-are-refused-by-name",
                   test_other_subscriptions_are_refused_by_name);

  return g_test_run ();
}
