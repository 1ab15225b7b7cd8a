/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-call-certificate-private.h"

/* Made by `openssl req -x509`, and its fingerprints by `openssl x509 -fingerprint`. */
#define PEM "-----BEGIN CERTIFICATE-----\n" \
        "MIIBbDCCAROgAwIBAgIUOW5aYGMKUeqYG0b/SQswIWoMZP8wCgYIKoZIzj0EAwIw\n" \
        "DDEKMAgGA1UEAwwBeDAeFw0yNjExMjExNTAyNDBaFw0yNjEyMjExNTAyNDBaMAwx\n" \
        "CjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR8O9sDyd0k3ZkJ\n" \
        "bzv/+Vtaa+iIoakH56vnQrOLv/l/jbfIDci5fCu/U6L8JWBeSGHk6U5hxBk0jH46\n" \
        "zq7oWINco1MwUTAdBgNVHQ4EFgQUO/7szepO0PDijCetUy3+PEdzJHUwHwYDVR0j\n" \
        "BBgwFoAUO/7szepO0PDijCetUy3+PEdzJHUwDwYDVR0TAQH/BAUwAwEB/zAKBggq\n" \
        "hkjOPQQDAgNHADBEAiAt/7QZQjLbO8PPSrXNEyj8n8N7QHQIUqXrxbxiqc5R6QIg\n" \
        "VcvLpAxtoFdr3FGOPQBzmdfoUDUWjmPHZoS42p5InSQ=\n" \
        "-----END CERTIFICATE-----\n"
#define SHA256 "B8:62:A6:F6:41:E4:93:77:0D:CF:42:34:12:62:78:7F:" \
        "CA:98:4A:D1:09:E6:1C:DD:77:F9:BD:2E:D4:54:D2:8D"
#define SHA384 "BA:63:63:BF:AA:07:50:65:21:46:75:A2:D4:94:E9:35:4D:8D:A3:8C:1A:0B:1D:34:" \
        "40:C6:7D:E2:44:7E:03:65:43:CF:3F:EC:92:91:DB:4D:8B:06:61:90:2E:6D:10:BB"
#define SHA512 "6B:A3:1A:CE:40:B6:E8:C2:14:45:4E:EF:DB:F6:BC:0D:06:12:C8:55:18:4D:0B:E0:" \
        "28:56:D0:23:C9:F9:94:ED:32:E1:BB:B6:BB:5D:0C:9A:8C:2C:B2:B2:38:E6:08:F1:" \
        "36:BC:F3:29:68:54:BD:28:60:C1:F8:62:52:5E:82:4F"
#define SHA1 "67:3C:93:44:84:75:C6:93:06:A3:2A:02:AF:F3:A6:D8:70:7A:FD:42"

static void
test_matches (void)
{
  g_assert_true (confab_call_certificate_matches (PEM, "sha-256 " SHA256));
  g_assert_true (confab_call_certificate_matches (PEM, "sha-384 " SHA384));
  g_assert_true (confab_call_certificate_matches (PEM, "sha-512 " SHA512));
}

static void
test_does_not_match (void)
{
  static const struct
  {
    const char *pem;
    const char *fingerprint;
  } table[] = {
    { PEM, "sha-256 " SHA384 },
    { PEM, "sha-512 " SHA256 },
    { PEM, "sha-1 " SHA1 },
    { PEM, "sha-256 " },
    { PEM, "sha-256" },
    { PEM, "" },
    { PEM, SHA256 },
    { PEM, "sha-256 B8" },
    { PEM, "sha-256 " SHA256 ":00" },
    { "", "sha-256 " SHA256 },
    { "-----BEGIN CERTIFICATE-----\n", "sha-256 " SHA256 },
    { "-----BEGIN CERTIFICATE----------END CERTIFICATE-----", "sha-256 " SHA256 },
    { "-----END CERTIFICATE-----" PEM "", "sha-256 B8:62" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_false (confab_call_certificate_matches (table[i].pem, table[i].fingerprint));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/call-certificate/is-the-one-that-was-announced", test_matches);
  g_test_add_func ("/call-certificate/is-another-one", test_does_not_match);

  return g_test_run ();
}
