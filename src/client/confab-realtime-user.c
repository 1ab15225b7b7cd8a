/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-realtime-user"

#include "config.h"

#include "confab-realtime-list-private.h"

#include "confab-json-private.h"
#include "confab-object-private.h"

#include <string.h>

/**
 * ConfabRealtimeUser:
 *
 * One connection of a user in a group, as confab_client_get_realtime_users_async() lists it.
 */
struct _ConfabRealtimeUser
{
  GObject  parent_instance;

  char    *user_id;
  char    *cid;
};

G_DEFINE_FINAL_TYPE (ConfabRealtimeUser, confab_realtime_user, G_TYPE_OBJECT)

typedef enum {
  PROP_USER_ID = 1,
  PROP_CID,
  PROP_CONNECTION_ID,
} ConfabRealtimeUserProperty;

static GParamSpec *properties[PROP_CONNECTION_ID + 1];

static void
confab_realtime_user_get_property (GObject    *object,
                                   guint       property_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  ConfabRealtimeUser *self = CONFAB_REALTIME_USER (object);

  switch ((ConfabRealtimeUserProperty) property_id)
    {
    case PROP_USER_ID:
      g_value_set_string (value, self->user_id);
      break;
    case PROP_CID:
    case PROP_CONNECTION_ID:
      g_value_set_string (value, self->cid);
      break;
    }
}

static void
confab_realtime_user_finalize (GObject *object)
{
  ConfabRealtimeUser *self = CONFAB_REALTIME_USER (object);

  g_free (self->user_id);
  g_free (self->cid);

  G_OBJECT_CLASS (confab_realtime_user_parent_class)->finalize (object);
}

static void
confab_realtime_user_class_init (ConfabRealtimeUserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_realtime_user_get_property;
  object_class->finalize = confab_realtime_user_finalize;

  /**
   * ConfabRealtimeUser:user-id:
   *
   * The id of the user.
   */
  properties[PROP_USER_ID] =
    g_param_spec_string ("user-id", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabRealtimeUser:cid:
   *
   * The connection, which begins with `cid:`.
   */
  properties[PROP_CID] = g_param_spec_string ("cid", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabRealtimeUser:connection-id:
   *
   * The connection, by the name that it had in earlier documents.
   */
  properties[PROP_CONNECTION_ID] =
    g_param_spec_string ("connection-id", NULL, NULL, NULL, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_realtime_user_init (ConfabRealtimeUser *self)
{
}

ConfabRealtimeUser *
confab_realtime_user_parse (JsonObject *row)
{
  const char *uid = confab_json_get_string (row, "uid");
  const char *cid = confab_json_get_string (row, "cid");
  const char *hash = uid ? strchr (uid, '#') : NULL;
  ConfabRealtimeUser *self;

  if (!hash || !cid)
    return NULL;

  self = g_object_new (CONFAB_TYPE_REALTIME_USER, NULL);
  self->user_id = g_strdup (hash + 1);
  self->cid = g_strconcat ("cid:", cid, NULL);

  return self;
}

const char *
confab_realtime_user_get_user_id (ConfabRealtimeUser *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_USER (self), NULL);

  return self->user_id;
}

const char *
confab_realtime_user_get_cid (ConfabRealtimeUser *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_USER (self), NULL);

  return self->cid;
}

const char *
confab_realtime_user_get_connection_id (ConfabRealtimeUser *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_USER (self), NULL);

  return self->cid;
}
