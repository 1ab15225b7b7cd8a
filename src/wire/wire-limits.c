/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "wire-limits"

#include "config.h"

#include "wire-limits.h"

/**
 * wire_limits_init:
 * @self: (out caller-allocates): the limits of PROTOCOL.md
 */
void
wire_limits_init (WireLimits *self)
{
  *self = (WireLimits) {
    .message_bytes = WIRE_LIMIT_MESSAGE_BYTES,
    .frame_bytes = WIRE_LIMIT_FRAME_BYTES,
    .fragments = WIRE_LIMIT_FRAGMENTS,
    .frames_per_second = WIRE_LIMIT_FRAMES_PER_SECOND,
    .frames_burst = WIRE_LIMIT_FRAMES_BURST,
    .rooms_per_connection = WIRE_LIMIT_ROOMS_PER_CONNECTION,
    .pending_requests = WIRE_LIMIT_PENDING_REQUESTS,
  };
}

static void
append_limit (GString    *json,
              const char *key,
              guint       value)
{
  g_string_append_printf (json, "%s\"%s\":%u", json->len > 1 ? "," : "", key, value);
}

/**
 * wire_limits_print:
 * @self: what a server bears
 *
 * Returns: (transfer full): the object that stands as `limits` in `GET /v1/server` and in
 *   `#hello`
 */
char *
wire_limits_print (const WireLimits *self)
{
  g_autoptr(GString) json = g_string_new ("{");

  append_limit (json, "message_bytes", self->message_bytes);
  append_limit (json, "frame_bytes", self->frame_bytes);
  append_limit (json, "fragments", self->fragments);
  append_limit (json, "json_depth", WIRE_LIMIT_JSON_DEPTH);
  append_limit (json, "frames_per_second", self->frames_per_second);
  append_limit (json, "frames_burst", self->frames_burst);
  append_limit (json, "rooms_per_connection", self->rooms_per_connection);
  append_limit (json, "pending_requests", self->pending_requests);
  append_limit (json, "group_name_bytes", WIRE_LIMIT_GROUP_NAME_BYTES);
  append_limit (json, "user_name_chars", WIRE_LIMIT_USER_NAME_CHARS);
  append_limit (json, "display_name_chars", WIRE_LIMIT_DISPLAY_NAME_CHARS);
  append_limit (json, "password_bytes", WIRE_LIMIT_PASSWORD_BYTES);
  g_string_append_c (json, '}');

  return g_string_free_and_steal (g_steal_pointer (&json));
}
