/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-altogic-users"

#include "config.h"

#include "confabd-altogic-private.h"

/* What Altogic's clients hear of the account of their user. */

static const char *const names[] = {
  [CONFABD_USER_SIGNED_IN] = "user:signin",
  [CONFABD_USER_SIGNED_OUT] = "user:signout",
  [CONFABD_USER_UPDATED] = "user:update",
  [CONFABD_USER_PASSWORD_CHANGED] = "user:pwdchange",
};

/* The session that it is about, never with its token; null where it is about none. */
static void
append_session (GString          *json,
                const BaseUuid   *user_id,
                ConfabdUserEvent  event,
                guint64           now_ms)
{
  g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc_usec ((gint64) now_ms * 1000);
  g_autofree char *text = g_date_time_format_iso8601 (at);
  char id[BASE_UUID_STRING_LENGTH + 1];

  if (event != CONFABD_USER_SIGNED_IN && event != CONFABD_USER_SIGNED_OUT)
    {
      g_string_append (json, "null");
      return;
    }

  base_uuid_format (user_id, id);
  g_string_append_printf (json, "{\"userId\":\"%s\",\"token\":null", id);
  if (event == CONFABD_USER_SIGNED_IN)
    g_string_append_printf (json, ",\"creationDtm\":\"%s\"", text);
  g_string_append_c (json, '}');
}

/**
 * confabd_core_user_event:
 * @self: the core
 * @user_id: a user
 * @event: what happened to their account
 *
 * Tells the Socket.IO connections of the user, as Altogic does: the name of the event is its first
 * argument as well, the session its second.
 */
void
confabd_core_user_event (ConfabdCore      *self,
                         const BaseUuid   *user_id,
                         ConfabdUserEvent  event)
{
  GString *json = g_string_new (NULL);
  g_autoptr(WireSioPacket) packet = NULL;
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(GBytes) frames = NULL;

  g_string_append_printf (json, "[\"%s\",\"%s\",", names[event], names[event]);
  append_session (json, user_id, event, confabd_core_get_now_ms (self));
  g_string_append_c (json, ']');
  payload = g_string_free_to_bytes (json);
  packet = wire_sio_packet_new (WIRE_SIO_EVENT, WIRE_SIO_MAIN_NAMESPACE, payload);
  frames = wire_sio_packet_to_frames (packet);
  confabd_core_publish_packet_to_user (self, user_id, frames);
}
