/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-person-row"

#include "config.h"

#include "app-person-row.h"

#include "app-format.h"

#include <glib/gi18n.h>

/**
 * AppPersonRow:
 *
 * A person in a list of people.
 *
 * Among the people of a group it says who is here now, elsewhere who is
 * online.
 */
struct _AppPersonRow
{
  AdwActionRow  parent_instance;

  ConfabUser   *user;
  GListModel   *present;
  GSignalGroup *user_signals;
};

G_DEFINE_FINAL_TYPE (AppPersonRow, app_person_row, ADW_TYPE_ACTION_ROW)

typedef enum {
  PROP_USER = 1,
  PROP_HERE,
  PROP_PRESENCE,
} AppPersonRowProperty;

static GParamSpec *properties[PROP_PRESENCE + 1];

static gboolean
is_among (GListModel *users,
          ConfabUser *user)
{
  guint n_users = g_list_model_get_n_items (users);

  for (guint i = 0; i < n_users; i++)
    {
      g_autoptr(ConfabUser) other = g_list_model_get_item (users, i);

      if (g_str_equal (confab_user_get_user_id (other), confab_user_get_user_id (user)))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_here (AppPersonRow *self)
{
  if (!self->user)
    return FALSE;
  if (self->present)
    return is_among (self->present, self->user);

  return confab_user_get_online (self->user);
}

static char *
dup_presence (AppPersonRow *self)
{
  if (!self->user)
    return NULL;
  if (self->present && is_here (self))
    return g_strdup (C_("presence", "Here now"));

  return app_format_presence (confab_user_get_online (self->user),
                              confab_user_get_last_seen (self->user), g_get_real_time ());
}

static void
presence_changed_cb (AppPersonRow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HERE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRESENCE]);
}

static void
app_person_row_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AppPersonRow *self = APP_PERSON_ROW (object);

  switch ((AppPersonRowProperty) property_id)
    {
    case PROP_USER:
      g_value_set_object (value, self->user);
      break;
    case PROP_HERE:
      g_value_set_boolean (value, is_here (self));
      break;
    case PROP_PRESENCE:
      g_value_take_string (value, dup_presence (self));
      break;
    }
}

static void
app_person_row_dispose (GObject *object)
{
  AppPersonRow *self = APP_PERSON_ROW (object);

  g_clear_object (&self->user_signals);
  g_clear_object (&self->present);
  g_clear_object (&self->user);

  G_OBJECT_CLASS (app_person_row_parent_class)->dispose (object);
}

static void
app_person_row_class_init (AppPersonRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_person_row_get_property;
  object_class->dispose = app_person_row_dispose;

  properties[PROP_USER] = g_param_spec_object ("user", NULL, NULL, CONFAB_TYPE_USER, readable);
  properties[PROP_HERE] = g_param_spec_boolean ("here", NULL, NULL, FALSE, readable);
  properties[PROP_PRESENCE] = g_param_spec_string ("presence", NULL, NULL, NULL, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-person-row.ui");
}

static void
app_person_row_init (AppPersonRow *self)
{
  self->user_signals = g_signal_group_new (CONFAB_TYPE_USER);
  g_signal_group_connect_swapped (self->user_signals, "notify::online",
                                  G_CALLBACK (presence_changed_cb), self);
  g_signal_group_connect_swapped (self->user_signals, "notify::last-seen",
                                  G_CALLBACK (presence_changed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_person_row_new:
 * @user: a person
 * @present: (nullable): who is in the group now
 *
 * Returns: a row
 */
GtkWidget *
app_person_row_new (ConfabUser *user,
                    GListModel *present)
{
  AppPersonRow *self = g_object_new (APP_TYPE_PERSON_ROW, NULL);

  self->user = g_object_ref (user);
  g_signal_group_set_target (self->user_signals, user);
  if (g_set_object (&self->present, present))
    g_signal_connect_object (present, "items-changed", G_CALLBACK (presence_changed_cb), self,
                             G_CONNECT_SWAPPED);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER]);
  presence_changed_cb (self);

  return GTK_WIDGET (self);
}

/**
 * app_person_row_get_user:
 * @self: a row
 *
 * Returns: (transfer none): the person
 */
ConfabUser *
app_person_row_get_user (AppPersonRow *self)
{
  g_return_val_if_fail (APP_IS_PERSON_ROW (self), NULL);

  return self->user;
}
