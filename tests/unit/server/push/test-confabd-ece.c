/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-ece.h"
#include "support-push-browser.h"

#include <string.h>

static void
assert_bytes (const guint8 *bytes,
              gsize         length,
              const char   *expected)
{
  g_autoptr(GBytes) decoded = support_base64url_decode (expected);

  g_assert_cmpmem (bytes, length, g_bytes_get_data (decoded, NULL), g_bytes_get_size (decoded));
}

static void
init (ConfabdEce *encoder,
      const char *secret,
      const char *salt,
      GByteArray *out,
      guint32     record_size,
      const char *key_id)
{
  g_autoptr(GBytes) secret_bytes = support_base64url_decode (secret);
  g_autoptr(GBytes) salt_bytes = support_base64url_decode (salt);
  g_autoptr(GError) error = NULL;

  confabd_ece_init (encoder, g_bytes_get_data (salt_bytes, NULL),
                    g_bytes_get_data (secret_bytes, NULL), g_bytes_get_size (secret_bytes),
                    &error);
  g_assert_no_error (error);
  confabd_ece_append_header (out, g_bytes_get_data (salt_bytes, NULL), record_size, key_id,
                             (guint8) strlen (key_id));
}

static void
test_one_record_is_that_of_rfc_8188_3_1 (void)
{
  g_auto(ConfabdEce) encoder = { 0 };
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GError) error = NULL;

  init (&encoder, "yqdlZ-tYemfogSmv7Ws5PQ", "I1BsxtFttlv3u_Oo94xnmw", out, 4096, "");
  assert_bytes (encoder.key, sizeof encoder.key, "_wniytB-ofscZDh4tbSjHw");
  assert_bytes (encoder.nonce, sizeof encoder.nonce, "Bcs8gkIRKLI8GeI8");

  confabd_ece_seal (&encoder, "I am the walrus", 15, 0, TRUE, out, &error);
  g_assert_no_error (error);
  assert_bytes (out->data, out->len,
                "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg");
}

static void
test_many_records_are_those_of_rfc_8188_3_2 (void)
{
  g_auto(ConfabdEce) encoder = { 0 };
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GError) error = NULL;

  init (&encoder, "BO3ZVPxUlnLORbVGMpbT1Q", "uNCkWiNYzKTnBN9ji3-qWA", out, 25, "a1");
  confabd_ece_seal (&encoder, "I am th", 7, 1, FALSE, out, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (out->len, ==, CONFABD_ECE_HEADER_BYTES + 2 + 25);
  confabd_ece_seal (&encoder, "e walrus", 8, 0, TRUE, out, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (encoder.n_records, ==, 2);
  assert_bytes (out->data, out->len,
                "uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF"
                "1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA");
}

static void
test_an_empty_record_can_be_sealed (void)
{
  g_auto(ConfabdEce) encoder = { 0 };
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GError) error = NULL;

  init (&encoder, "yqdlZ-tYemfogSmv7Ws5PQ", "I1BsxtFttlv3u_Oo94xnmw", out, 4096, "");
  confabd_ece_seal (&encoder, NULL, 0, 0, TRUE, out, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (out->len, ==, CONFABD_ECE_HEADER_BYTES + 1 + CONFABD_ECE_TAG_BYTES);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/push/ece/one-record-is-that-of-rfc-8188-3-1",
                   test_one_record_is_that_of_rfc_8188_3_1);
  g_test_add_func ("/push/ece/many-records-are-those-of-rfc-8188-3-2",
                   test_many_records_are_those_of_rfc_8188_3_2);
  g_test_add_func ("/push/ece/an-empty-record-can-be-sealed", test_an_empty_record_can_be_sealed);

  return g_test_run ();
}
