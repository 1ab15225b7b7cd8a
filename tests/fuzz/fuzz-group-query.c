/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The parameters of get-ws-group, applied to a few groups; then the next page of what came. */

#include "config.h"

#include "wire-group-query.h"
#include "wire-json.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         n_bytes);

static char *
answer (const WireGroupQuery *query)
{
  static const char *const names[] = { "a", "b#c", "100%", "\"\\", "\xc3\xa9", "Hello", "zz" };
  g_autoptr(GArray) rows = wire_group_rows_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      BaseUuid user_id = { { (guint8) (i / 2) } };

      wire_group_rows_add (rows, names[i], i / 2, &user_id);
    }

  return wire_group_query_answer (query, "svc", rows);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         n_bytes)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WireGroupQuery) query = wire_group_query_parse ((const char *) data, n_bytes, &error);
  g_autofree char *json = NULL;

  g_assert_cmpint (query == NULL, ==, error != NULL);

  if (!query)
    return 0;

  g_assert_cmpuint (query->limit, >, 0);
  json = answer (query);
  g_assert_true (wire_json_is_valid (json, strlen (json), 8));

  return 0;
}
