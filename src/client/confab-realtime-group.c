/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-realtime-group"

#include "config.h"

#include "confab-realtime-list-private.h"

#include "confab-json-private.h"
#include "confab-object-private.h"

#include <string.h>

/**
 * ConfabRealtimeGroup:
 *
 * A group, as confab_client_get_realtime_groups_async() lists it.
 */
struct _ConfabRealtimeGroup
{
  GObject  parent_instance;

  char    *group;
  guint64  number_of_users;
};

G_DEFINE_FINAL_TYPE (ConfabRealtimeGroup, confab_realtime_group, G_TYPE_OBJECT)

typedef enum {
  PROP_GROUP = 1,
  PROP_NUMBER_OF_USERS,
} ConfabRealtimeGroupProperty;

static GParamSpec *properties[PROP_NUMBER_OF_USERS + 1];

static void
confab_realtime_group_get_property (GObject    *object,
                                    guint       property_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  ConfabRealtimeGroup *self = CONFAB_REALTIME_GROUP (object);

  switch ((ConfabRealtimeGroupProperty) property_id)
    {
    case PROP_GROUP:
      g_value_set_string (value, self->group);
      break;
    case PROP_NUMBER_OF_USERS:
      g_value_set_uint64 (value, self->number_of_users);
      break;
    }
}

static void
confab_realtime_group_finalize (GObject *object)
{
  ConfabRealtimeGroup *self = CONFAB_REALTIME_GROUP (object);

  g_free (self->group);

  G_OBJECT_CLASS (confab_realtime_group_parent_class)->finalize (object);
}

static void
confab_realtime_group_class_init (ConfabRealtimeGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_realtime_group_get_property;
  object_class->finalize = confab_realtime_group_finalize;

  /**
   * ConfabRealtimeGroup:group:
   *
   * The name of the group.
   */
  properties[PROP_GROUP] =
    g_param_spec_string ("group", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabRealtimeGroup:number-of-users:
   *
   * How many users are in it.
   */
  properties[PROP_NUMBER_OF_USERS] =
    g_param_spec_uint64 ("number-of-users", NULL, NULL, 0, G_MAXUINT64, 0, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_realtime_group_init (ConfabRealtimeGroup *self)
{
}

/* A rid is the service, "#" and the name, in which there may be another "#". */
ConfabRealtimeGroup *
confab_realtime_group_parse (JsonObject *row)
{
  const char *rid = confab_json_get_string (row, "rid");
  const char *hash = rid ? strchr (rid, '#') : NULL;
  ConfabRealtimeGroup *self;

  if (!hash)
    return NULL;

  self = g_object_new (CONFAB_TYPE_REALTIME_GROUP, NULL);
  self->group = g_strdup (hash + 1);
  confab_json_get_uint (row, "cnt", &self->number_of_users);

  return self;
}

const char *
confab_realtime_group_get_group (ConfabRealtimeGroup *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_GROUP (self), NULL);

  return self->group;
}

guint64
confab_realtime_group_get_number_of_users (ConfabRealtimeGroup *self)
{
  g_return_val_if_fail (CONFAB_IS_REALTIME_GROUP (self), 0);

  return self->number_of_users;
}
