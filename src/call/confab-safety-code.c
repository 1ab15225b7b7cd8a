/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-safety-code"

#include "config.h"

#include "confab-safety-code-private.h"

#include <string.h>

#define N_GROUPS      4
#define BYTES_A_GROUP 5
/* Whoever sits in between chooses keys until the codes look alike: make each try dear. */
#define N_ROUNDS      5200

/**
 * confab_safety_code_new:
 * @user_id: who this side is
 * @fingerprint: of the certificate that this side has shown
 * @other_user_id: who the other side is
 * @other_fingerprint: of the certificate that the other side has shown
 *
 * Makes the code that both sides show: the same, whichever asks. One who sits in between has
 * other fingerprints on each side, and so other codes.
 *
 * Returns: (transfer full): twenty digits in groups of five
 */
char *
confab_safety_code_new (const char *user_id,
                        const char *fingerprint,
                        const char *other_user_id,
                        const char *other_fingerprint)
{
  g_autofree char *one = g_strconcat (user_id, " ", fingerprint, NULL);
  g_autofree char *other = g_strconcat (other_user_id, " ", other_fingerprint, NULL);
  gboolean one_first = strcmp (one, other) < 0;
  g_autofree char *text = g_strdup_printf ("confab-safety-code 1\n%s\n%s\n",
                                           one_first ? one : other, one_first ? other : one);
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  GString *code = g_string_new (NULL);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      gsize length = sizeof digest;

      g_checksum_reset (checksum);
      if (round > 0)
        g_checksum_update (checksum, digest, sizeof digest);
      g_checksum_update (checksum, (const guint8 *) text, -1);
      g_checksum_get_digest (checksum, digest, &length);
    }

  for (guint group = 0; group < N_GROUPS; group++)
    {
      guint64 number = 0;

      for (guint i = 0; i < BYTES_A_GROUP; i++)
        number = number << 8 | digest[group * BYTES_A_GROUP + i];
      g_string_append_printf (code, "%s%05" G_GUINT64_FORMAT, group > 0 ? " " : "",
                              number % 100000);
    }

  return g_string_free (code, FALSE);
}
