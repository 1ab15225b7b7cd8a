/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-group-info"

#include "config.h"

#include "confab-group-info-private.h"

#include "confab-object-private.h"

/**
 * ConfabGroupInfo:
 *
 * A group of a space as the server listed it. Does not change; ask again for a newer list.
 */
struct _ConfabGroupInfo
{
  GObject   parent_instance;

  char     *name;
  guint     n_members;
  guint     n_present;
  gboolean  member;
};

G_DEFINE_FINAL_TYPE (ConfabGroupInfo, confab_group_info, G_TYPE_OBJECT)

typedef enum {
  PROP_NAME = 1,
  PROP_N_MEMBERS,
  PROP_N_PRESENT,
  PROP_MEMBER,
} ConfabGroupInfoProperty;

static GParamSpec *properties[PROP_MEMBER + 1];

static void
confab_group_info_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  ConfabGroupInfo *self = CONFAB_GROUP_INFO (object);

  switch ((ConfabGroupInfoProperty) property_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_N_MEMBERS:
      g_value_set_uint (value, self->n_members);
      break;
    case PROP_N_PRESENT:
      g_value_set_uint (value, self->n_present);
      break;
    case PROP_MEMBER:
      g_value_set_boolean (value, self->member);
      break;
    }
}

static void
confab_group_info_finalize (GObject *object)
{
  ConfabGroupInfo *self = CONFAB_GROUP_INFO (object);

  g_free (self->name);

  G_OBJECT_CLASS (confab_group_info_parent_class)->finalize (object);
}

static void
confab_group_info_class_init (ConfabGroupInfoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_group_info_get_property;
  object_class->finalize = confab_group_info_finalize;

  /**
   * ConfabGroupInfo:name:
   *
   * The name of the group.
   */
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabGroupInfo:n-members:
   *
   * How many users are members.
   */
  properties[PROP_N_MEMBERS] =
    g_param_spec_uint ("n-members", NULL, NULL, 0, G_MAXUINT, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabGroupInfo:n-present:
   *
   * How many users were in it when the list was made.
   */
  properties[PROP_N_PRESENT] =
    g_param_spec_uint ("n-present", NULL, NULL, 0, G_MAXUINT, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabGroupInfo:member:
   *
   * Whether the user of the session is a member.
   */
  properties[PROP_MEMBER] =
    g_param_spec_boolean ("member", NULL, NULL, FALSE, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_group_info_init (ConfabGroupInfo *self)
{
}

ConfabGroupInfo *
confab_group_info_new (const char *name,
                       guint       n_members,
                       guint       n_present,
                       gboolean    member)
{
  ConfabGroupInfo *self = g_object_new (CONFAB_TYPE_GROUP_INFO, NULL);

  self->name = g_strdup (name);
  self->n_members = n_members;
  self->n_present = n_present;
  self->member = member;

  return self;
}

const char *
confab_group_info_get_name (ConfabGroupInfo *self)
{
  g_return_val_if_fail (CONFAB_IS_GROUP_INFO (self), NULL);

  return self->name;
}

guint
confab_group_info_get_n_members (ConfabGroupInfo *self)
{
  g_return_val_if_fail (CONFAB_IS_GROUP_INFO (self), 0);

  return self->n_members;
}

guint
confab_group_info_get_n_present (ConfabGroupInfo *self)
{
  g_return_val_if_fail (CONFAB_IS_GROUP_INFO (self), 0);

  return self->n_present;
}

gboolean
confab_group_info_get_member (ConfabGroupInfo *self)
{
  g_return_val_if_fail (CONFAB_IS_GROUP_INFO (self), FALSE);

  return self->member;
}
