/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-push-cipher.h"
#include "confabd-push-error.h"
#include "confabd-push.h"
#include "support-push-browser.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <string.h>

/* RFC 8291 §5 and appendix A */
#define MESSAGE        "When I grow up, I want to be a watermelon"
#define SENDER_PRIVATE "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
#define SENDER_PUBLIC \
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
#define BROWSER_PRIVATE "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
#define BROWSER_PUBLIC \
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
#define AUTH "BTBZMqHH6r4Tts7J_aSIgg"
#define SALT "DGv6ra1nlYgDCS1FRnbzlw"
#define BODY \
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml" \
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT" \
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"

static EVP_PKEY *
make_sender_key (void)
{
  g_autoptr(GBytes) private_key = support_base64url_decode (SENDER_PRIVATE);
  g_autoptr(GBytes) public_key = support_base64url_decode (SENDER_PUBLIC);
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new ();
  BIGNUM *number = BN_bin2bn (g_bytes_get_data (private_key, NULL), 32, NULL);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  OSSL_PARAM *parameters;
  EVP_PKEY *key = NULL;

  OSSL_PARAM_BLD_push_utf8_string (builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string (builder, OSSL_PKEY_PARAM_PUB_KEY,
                                    g_bytes_get_data (public_key, NULL), 65);
  OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_PRIV_KEY, number);
  parameters = OSSL_PARAM_BLD_to_param (builder);
  EVP_PKEY_fromdata_init (context);
  g_assert_cmpint (EVP_PKEY_fromdata (context, &key, EVP_PKEY_KEYPAIR, parameters), ==, 1);
  g_assert_true (confabd_p256_is_private (key));

  OSSL_PARAM_free (parameters);
  OSSL_PARAM_BLD_free (builder);
  EVP_PKEY_CTX_free (context);
  BN_free (number);

  return key;
}

static void
test_the_body_is_that_of_rfc_8291 (void)
{
  g_autoptr(EVP_PKEY) sender = make_sender_key ();
  g_autoptr(GBytes) public_key = support_base64url_decode (BROWSER_PUBLIC);
  g_autoptr(GBytes) auth = support_base64url_decode (AUTH);
  g_autoptr(GBytes) salt = support_base64url_decode (SALT);
  g_autoptr(GBytes) expected = support_base64url_decode (BODY);
  g_autoptr(GBytes) payload = g_bytes_new_static (MESSAGE, strlen (MESSAGE));
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = NULL;

  body = confabd_push_encrypt_with (g_bytes_get_data (public_key, NULL),
                                    g_bytes_get_data (auth, NULL), payload, 0, sender,
                                    g_bytes_get_data (salt, NULL), &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
                   g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

/* Of what the other tests believe. */
static void
test_the_browser_of_the_tests_reads_rfc_8291 (void)
{
  g_autoptr(GBytes) private_key = support_base64url_decode (BROWSER_PRIVATE);
  g_autoptr(GBytes) public_key = support_base64url_decode (BROWSER_PUBLIC);
  g_autoptr(GBytes) auth = support_base64url_decode (AUTH);
  g_autoptr(GBytes) body = support_base64url_decode (BODY);
  g_autoptr(SupportPushBrowser) browser =
    support_push_browser_new_with (g_bytes_get_data (private_key, NULL),
                                   g_bytes_get_data (auth, NULL));
  g_autofree char *text =
    support_push_browser_open (browser, g_bytes_get_data (body, NULL), g_bytes_get_size (body));

  g_assert_cmpmem (support_push_browser_get_public_key (browser), 65,
                   g_bytes_get_data (public_key, NULL), 65);
  g_assert_cmpstr (text, ==, MESSAGE);
}

static void
test_every_length_arrives_padded (void)
{
  g_autoptr(SupportPushBrowser) browser = support_push_browser_new ();
  g_autoptr(SupportPushBrowser) other = support_push_browser_new ();
  static const gsize lengths[] = { 0, 1, 255, 256, 257, 3840, 3841, 3992, 3993 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *text = g_strnfill (lengths[i], 'x');
      g_autoptr(GBytes) payload = g_bytes_new (text, lengths[i]);
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) body =
        confabd_push_encrypt (support_push_browser_get_public_key (browser),
                              support_push_browser_get_secret (browser), payload, &error);
      g_autofree char *seen = NULL;
      g_autofree char *stolen = NULL;
      gsize length;
      const guint8 *data;

      g_assert_no_error (error);
      data = g_bytes_get_data (body, &length);
      g_assert_cmpuint (length, <=, 4096);
      g_assert_true (length == 4096 || (length - 86 - 17) % 256 == 0);
      seen = support_push_browser_open (browser, data, length);
      g_assert_cmpstr (seen, ==, text);
      stolen = support_push_browser_open (other, data, length);
      g_assert_null (stolen);
    }
}

static void
test_no_two_bodies_are_the_same (void)
{
  g_autoptr(SupportPushBrowser) browser = support_push_browser_new ();
  g_autoptr(GBytes) payload = g_bytes_new_static ("x", 1);
  g_autoptr(GBytes) first =
    confabd_push_encrypt (support_push_browser_get_public_key (browser),
                          support_push_browser_get_secret (browser), payload, NULL);
  g_autoptr(GBytes) second =
    confabd_push_encrypt (support_push_browser_get_public_key (browser),
                          support_push_browser_get_secret (browser), payload, NULL);
  const guint8 *a = g_bytes_get_data (first, NULL);
  const guint8 *b = g_bytes_get_data (second, NULL);

  g_assert_cmpint (memcmp (a, b, 16), !=, 0);
  g_assert_cmpint (memcmp (a + 21, b + 21, 65), !=, 0);
}

static void
test_what_is_too_large_is_refused (void)
{
  g_autoptr(SupportPushBrowser) browser = support_push_browser_new ();
  g_autofree char *text = g_strnfill (CONFABD_PUSH_PAYLOAD_BYTES + 1, 'x');
  g_autoptr(GBytes) payload = g_bytes_new (text, CONFABD_PUSH_PAYLOAD_BYTES + 1);
  g_autoptr(GError) error = NULL;

  g_assert_null (confabd_push_encrypt (support_push_browser_get_public_key (browser),
                                       support_push_browser_get_secret (browser), payload, &error));
  g_assert_error (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_TOO_LARGE);
}

static void
test_a_key_has_to_be_on_the_curve (void)
{
  g_autoptr(SupportPushBrowser) browser = support_push_browser_new ();
  g_autoptr(GBytes) payload = g_bytes_new_static ("x", 1);
  guint8 point[65];

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr(GError) error = NULL;

      memcpy (point, support_push_browser_get_public_key (browser), sizeof point);
      if (i == 0)
        point[64] ^= 1;
      else if (i == 1)
        memset (point + 1, 0, 64);
      else if (i == 2)
        memset (point + 1, 0xff, 64);
      else if (i == 3)
        point[0] = 2;
      else
        memset (point, 0, 65);

      g_assert_null (confabd_push_encrypt (point, support_push_browser_get_secret (browser),
                                           payload, &error));
      g_assert_error (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_KEY);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/push/cipher/the-body-is-that-of-rfc-8291", test_the_body_is_that_of_rfc_8291);
  g_test_add_func ("/push/cipher/the-browser-of-the-tests-reads-rfc-8291",
                   test_the_browser_of_the_tests_reads_rfc_8291);
  g_test_add_func ("/push/cipher/every-length-arrives-padded", test_every_length_arrives_padded);
  g_test_add_func ("/push/cipher/no-two-bodies-are-the-same", test_no_two_bodies_are_the_same);
  g_test_add_func ("/push/cipher/what-is-too-large-is-refused", test_what_is_too_large_is_refused);
  g_test_add_func ("/push/cipher/a-key-has-to-be-on-the-curve", test_a_key_has_to_be_on_the_curve);

  return g_test_run ();
}
