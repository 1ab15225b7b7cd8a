/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A frame of a Skapi service. What comes of it is whole and valid UTF-8, and its message can be
 * sent on as it is.
 */

#include "config.h"

#include "confab-realtime-event-private.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         n_bytes);

static void
assert_valid (const char *text)
{
  g_assert_true (!text || g_utf8_validate (text, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         n_bytes)
{
  g_autoptr(ConfabRealtimeEvent) event = confab_realtime_event_parse ((const char *) data, n_bytes);
  g_autoptr(ConfabRealtimeEvent) again = NULL;
  g_autofree char *json = NULL;
  g_autofree char *frame = NULL;
  g_autofree char *json_again = NULL;

  if (!event)
    return 0;

  json = confab_realtime_event_dup_json (event);
  assert_valid (json);
  assert_valid (confab_realtime_event_get_text (event));
  assert_valid (confab_realtime_event_get_sender (event));
  assert_valid (confab_realtime_event_get_sender_cid (event));
  assert_valid (confab_realtime_event_get_sender_rid (event));
  assert_valid (confab_realtime_event_get_code (event));

  frame = g_strdup_printf ("{\"#message\":%s}", json);
  again = confab_realtime_event_parse (frame, strlen (frame));
  g_assert_nonnull (again);
  g_assert_cmpint (confab_realtime_event_get_kind (again), ==, CONFAB_REALTIME_EVENT_MESSAGE);
  json_again = confab_realtime_event_dup_json (again);
  g_assert_cmpstr (json, ==, json_again);

  return 0;
}
