/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a Skapi service answers instead of what was asked for, and its tokens. Each answer is an
 * error that has words, and a token that is one has only its alphabet.
 */

#include "config.h"

#include "confab-client-error.h"
#include "confab-question-private.h"
#include "confab-token-private.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         n_bytes);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         n_bytes)
{
  static const guint statuses[] = { 302, 400, 429, 500 };
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  g_autoptr(JsonObject) claims = confab_token_read_claims (text);

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr(GError) error =
        confab_question_error_new (statuses[i], (const char *) data, n_bytes);

      g_assert_true (error->domain == CONFAB_CLIENT_ERROR);
      g_assert_nonnull (confab_client_error_to_string ((ConfabClientError) error->code));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }

  for (const char *c = text; claims && *c; c++)
    g_assert_true (g_ascii_isalnum (*c) || strchr ("-_.", *c));

  return 0;
}
