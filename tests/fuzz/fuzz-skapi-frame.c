/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A frame from a client. What is read, printed and read again is the same; whatever the server
 * makes of it, delivery or error, is JSON without a bare %.
 */

#include "config.h"

#include "wire-delivery.h"
#include "wire-limits.h"
#include "wire-names.h"
#include "wire-request.h"
#include "wire-token.h"
#include "wire-utf8.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         n_bytes);

/* Of a frame of the server's, whose header is 2, 4 or 10 bytes long. */
static void
check_frame (GBytes *frame)
{
  gsize length;
  const char *bytes = g_bytes_get_data (frame, &length);
  gsize n_skipped = bytes[1] == 126 ? 4 : bytes[1] == 127 ? 10 : 2;

  g_assert_true (wire_json_is_valid (bytes + n_skipped, length - n_skipped, WIRE_JSON_MAX_DEPTH));
  g_assert_null (memchr (bytes + n_skipped, '%', length - n_skipped));
}

static void
check_error (const GError *error,
             const char   *ref)
{
  g_autoptr(GBytes) frame = NULL;

  g_assert_nonnull (error);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  frame = wire_frame_error ((WireError) error->code, error->message, 0, ref);
  check_frame (frame);
}

static void
check_delivery (const WireRequest *request)
{
  const BaseUuid user_id = { { 1 } };
  const WireEvent event = { WIRE_EVENT_MESSAGE, &request->id, 1, 2, &user_id, request->content };
  const WireMessage message = { .event = &event, .scid = "cid", .group = request->rid,
                                .epoch = "epoch" };
  g_autoptr(GBytes) native = NULL;
  g_autoptr(GBytes) skapi = NULL;

  /* One level more than the frame it came in had. */
  if (!request->content ||
      !wire_json_is_valid (g_bytes_get_data (request->content, NULL),
                           g_bytes_get_size (request->content), WIRE_JSON_MAX_DEPTH - 1))
    return;

  native = wire_frame_message (WIRE_LAYER_NATIVE, &message);
  skapi = wire_frame_message (WIRE_LAYER_SKAPI, &message);
  check_frame (native);
  check_frame (skapi);
}

static void
check_fields (const WireRequest *request)
{
  g_auto(WireToken) token = { 0 };

  if (request->rid && !wire_rid_is_direct (request->rid, NULL))
    g_assert_true (wire_name_check_group (request->rid, NULL));

  if (request->search)
    {
      g_autofree char *folded = wire_name_fold_user (request->search, NULL);
      g_autofree char *twice = folded ? wire_name_fold_user (folded, NULL) : NULL;

      g_assert_cmpstr (folded, ==, twice);
    }

  if (request->token && wire_token_split (&token, request->token))
    g_assert_true (g_str_has_suffix (request->token, token.jwt));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         n_bytes)
{
  g_autoptr(WireRequest) request = NULL;
  g_autoptr(WireRequest) again = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *ref = NULL;
  g_autofree char *printed = NULL;
  g_autofree char *printed_again = NULL;

  request = wire_request_parse ((const char *) data, n_bytes, &ref, &error);

  if (!request)
    {
      check_error (error, ref);
      return 0;
    }

  g_assert_null (ref);
  g_assert_true (wire_json_is_valid ((const char *) data, n_bytes, WIRE_LIMIT_JSON_DEPTH));
  printed = wire_request_print (request);
  g_assert_null (strchr (printed, '%'));
  again = wire_request_parse (printed, strlen (printed), &ref, &error);
  g_assert_no_error (error);
  g_assert_cmpint (request->action, ==, again->action);
  g_assert_cmpint (request->fields, ==, again->fields);
  printed_again = wire_request_print (again);
  g_assert_cmpstr (printed, ==, printed_again);
  check_delivery (request);
  check_fields (request);

  return 0;
}
