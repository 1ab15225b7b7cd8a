/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-space-info"

#include "config.h"

#include "confab-space-info-private.h"

#include "confab-object-private.h"

/**
 * ConfabSpaceInfo:
 *
 * What a space tells about itself to anybody. Does not change.
 */
struct _ConfabSpaceInfo
{
  GObject             parent_instance;

  char               *name;
  char               *url;
  ConfabRegistration  registration;
  char               *version;
};

G_DEFINE_FINAL_TYPE (ConfabSpaceInfo, confab_space_info, G_TYPE_OBJECT)

typedef enum {
  PROP_NAME = 1,
  PROP_URL,
  PROP_REGISTRATION,
  PROP_VERSION,
} ConfabSpaceInfoProperty;

static GParamSpec *properties[PROP_VERSION + 1];

static void
confab_space_info_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  ConfabSpaceInfo *self = CONFAB_SPACE_INFO (object);

  switch ((ConfabSpaceInfoProperty) property_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_URL:
      g_value_set_string (value, self->url);
      break;
    case PROP_REGISTRATION:
      g_value_set_enum (value, (int) self->registration);
      break;
    case PROP_VERSION:
      g_value_set_string (value, self->version);
      break;
    }
}

static void
confab_space_info_finalize (GObject *object)
{
  ConfabSpaceInfo *self = CONFAB_SPACE_INFO (object);

  g_free (self->name);
  g_free (self->url);
  g_free (self->version);

  G_OBJECT_CLASS (confab_space_info_parent_class)->finalize (object);
}

static void
confab_space_info_class_init (ConfabSpaceInfoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_space_info_get_property;
  object_class->finalize = confab_space_info_finalize;

  /**
   * ConfabSpaceInfo:name:
   *
   * The name of the space.
   */
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabSpaceInfo:url:
   *
   * The address under which it answered.
   */
  properties[PROP_URL] =
    g_param_spec_string ("url", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabSpaceInfo:registration:
   *
   * Who may sign up.
   */
  properties[PROP_REGISTRATION] =
    g_param_spec_enum ("registration", NULL, NULL, CONFAB_TYPE_REGISTRATION,
                       CONFAB_REGISTRATION_OPEN,
                       CONFAB_PARAM_READABLE);
  /**
   * ConfabSpaceInfo:version:
   *
   * The version of the server.
   */
  properties[PROP_VERSION] =
    g_param_spec_string ("version", NULL, NULL, NULL, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_space_info_init (ConfabSpaceInfo *self)
{
}

ConfabSpaceInfo *
confab_space_info_new (const char         *name,
                       const char         *url,
                       ConfabRegistration  registration,
                       const char         *version)
{
  ConfabSpaceInfo *self = g_object_new (CONFAB_TYPE_SPACE_INFO, NULL);

  self->name = g_strdup (name);
  self->url = g_strdup (url);
  self->registration = registration;
  self->version = g_strdup (version);

  return self;
}

const char *
confab_space_info_get_name (ConfabSpaceInfo *self)
{
  g_return_val_if_fail (CONFAB_IS_SPACE_INFO (self), NULL);

  return self->name;
}

const char *
confab_space_info_get_url (ConfabSpaceInfo *self)
{
  g_return_val_if_fail (CONFAB_IS_SPACE_INFO (self), NULL);

  return self->url;
}

ConfabRegistration
confab_space_info_get_registration (ConfabSpaceInfo *self)
{
  g_return_val_if_fail (CONFAB_IS_SPACE_INFO (self), CONFAB_REGISTRATION_OPEN);

  return self->registration;
}

const char *
confab_space_info_get_version (ConfabSpaceInfo *self)
{
  g_return_val_if_fail (CONFAB_IS_SPACE_INFO (self), NULL);

  return self->version;
}
