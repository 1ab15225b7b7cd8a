/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-new-dialog"

#include "config.h"

#include "app-new-dialog.h"

#include "app-form.h"
#include "app-format.h"
#include "app-name.h"
#include "app-person-row.h"
#include "app-widget.h"

#include <glib/gi18n.h>

/* More than anybody reads through: the search narrows it down. */
#define MAX_ROWS 100

/**
 * AppNewDialog:
 *
 * Finds somebody to talk to: the groups of a space and its people, as the
 * server has them now, narrowed down as one types. A name that no group has
 * yet creates one.
 *
 * ::room-opened is emitted with the room, and the dialog closes.
 */
struct _AppNewDialog
{
  AdwDialog      parent_instance;

  ConfabSession *session;
  GSignalGroup  *session_signals;
  GCancellable  *asking;
  GCancellable  *lifetime;
  gboolean       busy;
  gboolean       name_exists;
  guint          n_groups;
  guint          n_people;
  guint          n_answers;

  GtkEditable   *entry;
  GtkLabel      *error_label;
  GtkListBox    *groups;
  GtkListBox    *people;
};

G_DEFINE_FINAL_TYPE (AppNewDialog, app_new_dialog, ADW_TYPE_DIALOG)

typedef enum {
  PROP_BUSY = 1,
  PROP_CAN_CREATE,
  PROP_CREATE_LABEL,
  PROP_HAS_GROUPS,
  PROP_HAS_PEOPLE,
  PROP_DESERTED,
} AppNewDialogProperty;

typedef enum {
  SIGNAL_ROOM_OPENED,
} AppNewDialogSignal;

static GParamSpec *properties[PROP_DESERTED + 1];
static guint signals[SIGNAL_ROOM_OPENED + 1];

static char *
dup_name (AppNewDialog *self)
{
  return app_form_dup_text (self->entry);
}

static gboolean
can_create (AppNewDialog *self)
{
  g_autofree char *name = dup_name (self);

  return app_name_is_group (name) && !self->name_exists;
}

static char *
dup_create_label (AppNewDialog *self)
{
  g_autofree char *name = dup_name (self);

  return g_strdup_printf (_("Create Group “%s”"), name);
}

static void
notify_all (AppNewDialog *self)
{
  for (guint i = 1; i < G_N_ELEMENTS (properties); i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
set_busy (AppNewDialog *self,
          gboolean      busy)
{
  self->busy = busy;
  notify_all (self);
}

static GtkWidget *
make_group_row (ConfabGroupInfo *group)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *avatar = adw_avatar_new (32, confab_group_info_get_name (group), TRUE);
  g_autofree char *attendance = app_format_attendance (confab_group_info_get_n_members (group),
                                                       confab_group_info_get_n_present (group),
                                                       FALSE);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), confab_group_info_get_name (group));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), attendance);
  gtk_accessible_update_state (GTK_ACCESSIBLE (avatar), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), avatar);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);

  if (!confab_group_info_get_member (group))
    {
      GtkWidget *label = gtk_label_new (C_("group", "Join"));

      gtk_widget_add_css_class (label, "dim-label");
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
    }

  return row;
}

static void
groups_listed_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(AppNewDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) groups = NULL;
  g_autofree char *name = NULL;

  groups = confab_session_list_groups_finish (CONFAB_SESSION (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  app_widget_show_error (self->error_label, error);
  gtk_list_box_remove_all (self->groups);
  self->n_groups = groups ? g_list_model_get_n_items (groups) : 0;
  self->name_exists = FALSE;
  self->n_answers++;
  name = dup_name (self);

  for (guint i = 0; i < self->n_groups; i++)
    {
      g_autoptr(ConfabGroupInfo) group = g_list_model_get_item (groups, i);

      if (g_str_equal (confab_group_info_get_name (group), name))
        self->name_exists = TRUE;
      if (i < MAX_ROWS)
        gtk_list_box_append (self->groups, make_group_row (group));
    }

  notify_all (self);
}

static void
users_listed_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(AppNewDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) users = NULL;
  guint n_users;

  users = confab_session_list_users_finish (CONFAB_SESSION (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  gtk_list_box_remove_all (self->people);
  self->n_people = 0;
  self->n_answers++;
  n_users = users ? g_list_model_get_n_items (users) : 0;

  for (guint i = 0; i < n_users && self->n_people < MAX_ROWS; i++)
    {
      g_autoptr(ConfabUser) user = g_list_model_get_item (users, i);

      if (g_str_equal (confab_user_get_user_id (user),
                       confab_user_get_user_id (confab_session_get_user (self->session))))
        continue;
      gtk_list_box_append (self->people, app_person_row_new (user, NULL));
      self->n_people++;
    }

  notify_all (self);
}

static void
ask (AppNewDialog *self)
{
  g_autofree char *name = dup_name (self);
  const char *search = *name ? name : NULL;

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->asking = g_cancellable_new ();
  self->n_answers = 0;
  confab_session_list_groups_async (self->session, search, self->asking, groups_listed_cb,
                                    g_object_ref (self));
  confab_session_list_users_async (self->session, search, self->asking, users_listed_cb,
                                   g_object_ref (self));
}

static void
search_changed_cb (AppNewDialog *self)
{
  ask (self);
  notify_all (self);
}

static void
stop_search_cb (AppNewDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
state_changed_cb (AppNewDialog *self)
{
  if (confab_session_get_state (self->session) == CONFAB_CONNECTION_STATE_ONLINE)
    ask (self);
}

static void
finish (AppNewDialog *self,
        ConfabRoom   *room,
        const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  set_busy (self, FALSE);
  app_widget_show_error (self->error_label, error);

  if (room)
    {
      g_signal_emit (self, signals[SIGNAL_ROOM_OPENED], 0, room);
      adw_dialog_close (ADW_DIALOG (self));
    }
}

static void
group_joined_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(AppNewDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabRoom) room = NULL;

  room = confab_session_join_group_finish (CONFAB_SESSION (object), result, &error);
  finish (self, room, error);
}

static void
direct_opened_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(AppNewDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabRoom) room = NULL;

  room = confab_session_open_direct_finish (CONFAB_SESSION (object), result, &error);
  finish (self, room, error);
}

static void
join_group (AppNewDialog *self,
            const char   *name)
{
  set_busy (self, TRUE);
  confab_session_join_group_async (self->session, name, self->lifetime, group_joined_cb,
                                   g_object_ref (self));
}

static void
create_clicked_cb (AppNewDialog *self)
{
  g_autofree char *name = dup_name (self);

  if (app_name_is_group (name))
    join_group (self, name);
}

static void
group_activated_cb (AppNewDialog  *self,
                    GtkListBoxRow *row)
{
  g_autofree char *name = g_strdup (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));

  join_group (self, name);
}

static void
person_activated_cb (AppNewDialog *self,
                     AppPersonRow *row)
{
  set_busy (self, TRUE);
  confab_session_open_direct_async (self->session,
                                    confab_user_get_user_id (app_person_row_get_user (row)),
                                    self->lifetime, direct_opened_cb, g_object_ref (self));
}

/* Enter takes what one most likely means: a group of that very name, or the
 * only thing that is left.
 */
static void
entry_activated_cb (AppNewDialog *self)
{
  if (self->n_groups + self->n_people == 1 && self->n_groups == 1)
    group_activated_cb (self, gtk_list_box_get_row_at_index (self->groups, 0));
  else if (self->n_groups + self->n_people == 1)
    person_activated_cb (self, APP_PERSON_ROW (gtk_list_box_get_row_at_index (self->people, 0)));
  else
    create_clicked_cb (self);
}

static void
app_new_dialog_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (app_new_dialog_parent_class)->map (widget);

  ask (APP_NEW_DIALOG (widget));
}

static void
app_new_dialog_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AppNewDialog *self = APP_NEW_DIALOG (object);

  switch ((AppNewDialogProperty) property_id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    case PROP_CAN_CREATE:
      g_value_set_boolean (value, can_create (self));
      break;
    case PROP_CREATE_LABEL:
      g_value_take_string (value, dup_create_label (self));
      break;
    case PROP_HAS_GROUPS:
      g_value_set_boolean (value, self->n_groups > 0);
      break;
    case PROP_HAS_PEOPLE:
      g_value_set_boolean (value, self->n_people > 0);
      break;
    case PROP_DESERTED:
      g_value_set_boolean (value, self->n_answers == 2 && self->n_groups + self->n_people == 0 &&
                                    !can_create (self));
      break;
    }
}

static void
app_new_dialog_dispose (GObject *object)
{
  AppNewDialog *self = APP_NEW_DIALOG (object);

  g_cancellable_cancel (self->asking);
  g_cancellable_cancel (self->lifetime);
  g_clear_object (&self->asking);
  g_clear_object (&self->lifetime);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (app_new_dialog_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-new-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, AppNewDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, AppNewDialog, error_label);
  gtk_widget_class_bind_template_child (widget_class, AppNewDialog, groups);
  gtk_widget_class_bind_template_child (widget_class, AppNewDialog, people);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, create_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, group_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, person_activated_cb);
}

static void
app_new_dialog_class_init (AppNewDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_new_dialog_get_property;
  object_class->dispose = app_new_dialog_dispose;
  widget_class->map = app_new_dialog_map;

  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, readable);
  properties[PROP_CAN_CREATE] = g_param_spec_boolean ("can-create", NULL, NULL, FALSE, readable);
  properties[PROP_CREATE_LABEL] = g_param_spec_string ("create-label", NULL, NULL, NULL, readable);
  properties[PROP_HAS_GROUPS] = g_param_spec_boolean ("has-groups", NULL, NULL, FALSE, readable);
  properties[PROP_HAS_PEOPLE] = g_param_spec_boolean ("has-people", NULL, NULL, FALSE, readable);
  properties[PROP_DESERTED] = g_param_spec_boolean ("deserted", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_ROOM_OPENED] = g_signal_new ("room-opened", G_TYPE_FROM_CLASS (klass),
                                              G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                              1, CONFAB_TYPE_ROOM);
  bind_template (widget_class);
}

static void
app_new_dialog_init (AppNewDialog *self)
{
  self->lifetime = g_cancellable_new ();
  self->session_signals = g_signal_group_new (CONFAB_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "notify::state",
                                  G_CALLBACK (state_changed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_new_dialog_new:
 * @session: the session to talk through
 *
 * Returns: a dialog
 */
AdwDialog *
app_new_dialog_new (ConfabSession *session)
{
  AppNewDialog *self = g_object_new (APP_TYPE_NEW_DIALOG, NULL);

  self->session = g_object_ref (session);
  g_signal_group_set_target (self->session_signals, session);

  return ADW_DIALOG (self);
}
