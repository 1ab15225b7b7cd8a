/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-certificate"

#include "config.h"

#include "confab-call-certificate-private.h"

#include <string.h>

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

/* RFC 8122 §5 has SHA-1 and older ones too, which prove nothing any more. */
static const struct
{
  const char    *name;
  GChecksumType  type;
} hashes[] = {
  { "sha-256 ", G_CHECKSUM_SHA256 },
  { "sha-384 ", G_CHECKSUM_SHA384 },
  { "sha-512 ", G_CHECKSUM_SHA512 },
};

static guchar *
decode (const char *pem,
        gsize      *length)
{
  const char *begin = strstr (pem, BEGIN);
  const char *end = begin ? strstr (begin, END) : NULL;
  g_autofree char *text = NULL;

  if (!end)
    return NULL;

  begin += strlen (BEGIN);
  text = g_strndup (begin, (gsize) (end - begin));

  return g_base64_decode (text, length);
}

/* "abcd…" → "AB:CD:…" */
static char *
write_digits (const char *hex)
{
  GString *digits = g_string_new (NULL);

  for (const char *each = hex; *each; each += 2)
    {
      if (digits->len > 0)
        g_string_append_c (digits, ':');
      g_string_append_c (digits, g_ascii_toupper (each[0]));
      g_string_append_c (digits, g_ascii_toupper (each[1]));
    }

  return g_string_free (digits, FALSE);
}

gboolean
confab_call_certificate_matches (const char *pem,
                                 const char *fingerprint)
{
  gsize length = 0;
  g_autofree guchar *der = decode (pem, &length);

  for (guint i = 0; der && i < G_N_ELEMENTS (hashes); i++)
    {
      g_autofree char *hex = NULL;
      g_autofree char *digits = NULL;

      if (!g_str_has_prefix (fingerprint, hashes[i].name))
        continue;

      hex = g_compute_checksum_for_data (hashes[i].type, der, length);
      digits = write_digits (hex);
      return g_str_equal (digits, fingerprint + strlen (hashes[i].name));
    }

  return FALSE;
}
