/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "base-random"

#include "config.h"

#include "base-random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/**
 * base_random_fill:
 * @bytes: (out caller-allocates): where to write
 * @length: how many
 *
 * Fills @bytes from the kernel's generator. There is no way to go on without it,
 * so its absence ends the process.
 */
void
base_random_fill (void  *bytes,
                  gsize  length)
{
  guint8 *next = bytes;

  while (length > 0)
    {
      gssize got = getrandom (next, length, 0);

      if (got < 0 && errno != EINTR)
        g_error ("The kernel gives no random bytes: %s", g_strerror (errno));

      if (got > 0)
        {
          next += got;
          length -= (gsize) got;
        }
    }
}

/**
 * base_random_make_text:
 * @n_bytes: how many random bytes to encode
 *
 * Returns: (transfer full): @n_bytes random bytes as base64url without padding
 *   (RFC 4648 §5)
 */
char *
base_random_make_text (gsize n_bytes)
{
  g_autofree guint8 *bytes = g_malloc (n_bytes);
  char *text = NULL;

  base_random_fill (bytes, n_bytes);
  text = g_base64_encode (bytes, n_bytes);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';

  return text;
}
