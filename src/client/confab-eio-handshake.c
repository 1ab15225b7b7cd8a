/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-eio-handshake"

#include "config.h"

#include "confab-eio-handshake-private.h"

#include "confab-error.h"
#include "confab-json-private.h"

#include <string.h>

#define MAX_SID_BYTES 512
#define MAX_PING_MS (24 * 60 * 60 * 1000u)

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER, message);

  return FALSE;
}

static gboolean
get_ms (JsonObject *object,
        const char *key,
        guint      *ms)
{
  guint64 value;

  if (!confab_json_get_uint (object, key, &value) || value < 1 || value > MAX_PING_MS)
    return FALSE;

  *ms = (guint) value;

  return TRUE;
}

static gboolean
offers_websocket (JsonObject *object)
{
  JsonArray *upgrades = confab_json_get_array (object, "upgrades");

  for (guint i = 0; upgrades && i < json_array_get_length (upgrades); i++)
    if (g_strcmp0 (confab_json_array_string (upgrades, i), "websocket") == 0)
      return TRUE;

  return FALSE;
}

/* @self stays as it is on failure. */
gboolean
confab_eio_handshake_parse (ConfabEioHandshake  *self,
                            const char          *json,
                            gsize                length,
                            GError             **error)
{
  g_autoptr(JsonObject) object = confab_json_parse (json, length, error);
  const char *sid;
  guint interval_ms;
  guint timeout_ms;
  guint64 max_payload;

  if (!object)
    return FALSE;

  sid = confab_json_get_string (object, "sid");
  if (!sid || !*sid || strlen (sid) > MAX_SID_BYTES)
    return refuse (error, "The open packet has no session id");

  if (!get_ms (object, "pingInterval", &interval_ms) ||
      !get_ms (object, "pingTimeout", &timeout_ms))
    return refuse (error, "The open packet does not say how often there is a ping");

  g_set_str (&self->sid, sid);
  self->can_upgrade = offers_websocket (object);
  self->ping_interval_ms = interval_ms;
  self->ping_timeout_ms = timeout_ms;
  self->max_payload = G_MAXSIZE;
  if (confab_json_get_uint (object, "maxPayload", &max_payload) && max_payload > 0)
    self->max_payload = (gsize) max_payload;

  return TRUE;
}

void
confab_eio_handshake_clear (ConfabEioHandshake *self)
{
  g_clear_pointer (&self->sid, g_free);
}
