/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-user"

#include "config.h"

#include "confab-user-private.h"

#include "confab-object-private.h"

#include <string.h>

#define SHORT_ID_LENGTH 8

/**
 * ConfabUser:
 *
 * An account of a space.
 *
 * A session has one object per user; it appears with nothing but its id where a message names it,
 * and fills in when the answer of the store or the server comes.
 */
struct _ConfabUser
{
  GObject   parent_instance;

  char     *user_id;
  char     *name;           /* "" until known */
  char     *display_name;   /* never empty */
  gboolean  online;
  gint64    last_seen;      /* µs since the epoch */
};

G_DEFINE_FINAL_TYPE (ConfabUser, confab_user, G_TYPE_OBJECT)

typedef enum {
  PROP_USER_ID = 1,
  PROP_NAME,
  PROP_DISPLAY_NAME,
  PROP_ONLINE,
  PROP_LAST_SEEN,
} ConfabUserProperty;

static GParamSpec *properties[PROP_LAST_SEEN + 1];

static void
confab_user_get_property (GObject    *object,
                          guint       property_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  ConfabUser *self = CONFAB_USER (object);

  switch ((ConfabUserProperty) property_id)
    {
    case PROP_USER_ID:
      g_value_set_string (value, self->user_id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, self->display_name);
      break;
    case PROP_ONLINE:
      g_value_set_boolean (value, self->online);
      break;
    case PROP_LAST_SEEN:
      g_value_set_int64 (value, self->last_seen);
      break;
    }
}

static void
confab_user_finalize (GObject *object)
{
  ConfabUser *self = CONFAB_USER (object);

  g_free (self->user_id);
  g_free (self->name);
  g_free (self->display_name);

  G_OBJECT_CLASS (confab_user_parent_class)->finalize (object);
}

static void
confab_user_class_init (ConfabUserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_user_get_property;
  object_class->finalize = confab_user_finalize;

  /**
   * ConfabUser:user-id:
   *
   * The id, a UUID in lower case.
   */
  properties[PROP_USER_ID] =
    g_param_spec_string ("user-id", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabUser:name:
   *
   * The name the user signs in with; empty until the user was looked up.
   */
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabUser:display-name:
   *
   * The name to show; never empty.
   */
  properties[PROP_DISPLAY_NAME] =
    g_param_spec_string ("display-name", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabUser:online:
   *
   * Whether the user has a connection to the space, as far as is known.
   */
  properties[PROP_ONLINE] =
    g_param_spec_boolean ("online", NULL, NULL, FALSE, CONFAB_PARAM_READABLE);
  /**
   * ConfabUser:last-seen:
   *
   * When the last connection of the user ended, in µs since the epoch; 0 if it is not known.
   */
  properties[PROP_LAST_SEEN] =
    g_param_spec_int64 ("last-seen", NULL, NULL, 0, G_MAXINT64, 0, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_user_init (ConfabUser *self)
{
  self->name = g_strdup ("");
}

ConfabUser *
confab_user_new (const char *user_id)
{
  ConfabUser *self = g_object_new (CONFAB_TYPE_USER, NULL);

  self->user_id = g_strdup (user_id);
  self->display_name = g_strndup (user_id, SHORT_ID_LENGTH);

  return self;
}

const char *
confab_user_get_user_id (ConfabUser *self)
{
  g_return_val_if_fail (CONFAB_IS_USER (self), NULL);

  return self->user_id;
}

const char *
confab_user_get_name (ConfabUser *self)
{
  g_return_val_if_fail (CONFAB_IS_USER (self), NULL);

  return self->name;
}

const char *
confab_user_get_display_name (ConfabUser *self)
{
  g_return_val_if_fail (CONFAB_IS_USER (self), NULL);

  return self->display_name;
}

gboolean
confab_user_get_online (ConfabUser *self)
{
  g_return_val_if_fail (CONFAB_IS_USER (self), FALSE);

  return self->online;
}

gint64
confab_user_get_last_seen (ConfabUser *self)
{
  g_return_val_if_fail (CONFAB_IS_USER (self), 0);

  return self->last_seen;
}

/* Whether the user was looked up. */
gboolean
confab_user_get_known (ConfabUser *self)
{
  return self->name[0] != '\0';
}

void
confab_user_set_names (ConfabUser *self,
                       const char *name,
                       const char *display_name)
{
  if (!name || !name[0])
    return;

  if (g_set_str (&self->name, name))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);

  if (!display_name || !display_name[0])
    display_name = name;
  if (g_set_str (&self->display_name, display_name))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DISPLAY_NAME]);
}

void
confab_user_set_presence (ConfabUser *self,
                          gboolean    online,
                          gint64      last_seen_us)
{
  if (self->online != online)
    {
      self->online = online;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ONLINE]);
    }

  if (last_seen_us > self->last_seen)
    {
      self->last_seen = last_seen_us;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_SEEN]);
    }
}
