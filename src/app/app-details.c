/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-details"

#include "config.h"

#include "app-details.h"

#include "app-error.h"
#include "app-people.h"
#include "app-person-row.h"

#include <glib/gi18n.h>

/* Rows of a list box all exist: more people are found through the search for a
 * new conversation.
 */
#define MAX_PEOPLE 200

/**
 * AppDetails:
 *
 * The pane beside a conversation: who belongs to the room and who is here, and
 * what one can change about it.
 *
 * People are asked for when the pane comes into sight and when their number
 * changes, never before.
 */
struct _AppDetails
{
  AdwBin        parent_instance;

  ConfabRoom   *room;
  GSignalGroup *room_signals;
  GSignalGroup *peer_signals;
  GCancellable *asking;

  GtkStack     *people_pages;
  GtkListBox   *people;
  GtkLabel     *failed_label;
};

G_DEFINE_FINAL_TYPE (AppDetails, app_details, ADW_TYPE_BIN)

typedef enum {
  PROP_ROOM = 1,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_MUTED,
  PROP_IN_GROUP,
} AppDetailsProperty;

static GParamSpec *properties[PROP_IN_GROUP + 1];

static gboolean
is_in_group (AppDetails *self)
{
  return self->room && confab_room_get_kind (self->room) == CONFAB_ROOM_KIND_GROUP;
}

static void
show_people (AppDetails *self,
             GListModel *users)
{
  guint n_users = g_list_model_get_n_items (users);

  gtk_list_box_remove_all (self->people);

  for (guint i = 0; i < MIN (n_users, MAX_PEOPLE); i++)
    {
      g_autoptr(ConfabUser) user = g_list_model_get_item (users, i);

      gtk_list_box_append (self->people,
                           app_person_row_new (user, confab_room_get_present (self->room)));
    }

  if (n_users > MAX_PEOPLE)
    {
      g_autofree char *more = g_strdup_printf (ngettext ("and %u more", "and %u more",
                                                         n_users - MAX_PEOPLE),
                                               n_users - MAX_PEOPLE);
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), more);
      gtk_list_box_append (self->people, row);
    }

  gtk_stack_set_visible_child_name (self->people_pages, "people");
}

static void
people_listed_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(AppDetails) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) users = NULL;

  users = confab_room_list_members_finish (CONFAB_ROOM (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      self->room != CONFAB_ROOM (object))
    return;

  if (users)
    {
      show_people (self, users);
    }
  else
    {
      g_autofree char *sentence = app_error_describe (error);

      gtk_label_set_text (self->failed_label, sentence);
      gtk_stack_set_visible_child_name (self->people_pages, "failed");
    }
}

static void
ask_for_people (AppDetails *self)
{
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);

  if (!is_in_group (self) || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  self->asking = g_cancellable_new ();
  confab_room_list_members_async (self->room, self->asking, people_listed_cb, g_object_ref (self));
}

static void
room_changed_cb (AppDetails *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
}

static void
muted_changed_cb (AppDetails *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MUTED]);
}

static void
n_members_changed_cb (AppDetails *self)
{
  ask_for_people (self);
}

static void
direct_opened_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(AppDetails) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabRoom) room = NULL;

  room = confab_session_open_direct_finish (CONFAB_SESSION (object), result, &error);

  if (room)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.open-room", "s",
                                  confab_room_get_rid (room));
    }
  else
    {
      g_autofree char *sentence = app_error_describe (error);

      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
    }
}

static void
person_activated_cb (AppDetails    *self,
                     GtkListBoxRow *row)
{
  ConfabSession *session = confab_room_get_session (self->room);
  ConfabUser *user;

  if (!APP_IS_PERSON_ROW (row) || !session)
    return;

  user = app_person_row_get_user (APP_PERSON_ROW (row));
  if (user == confab_session_get_user (session))
    return;

  confab_session_open_direct_async (session, confab_user_get_user_id (user), NULL,
                                    direct_opened_cb, g_object_ref (self));
}

static void
app_details_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (app_details_parent_class)->map (widget);

  ask_for_people (APP_DETAILS (widget));
}

static void
app_details_get_property (GObject    *object,
                          guint       property_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  AppDetails *self = APP_DETAILS (object);

  switch ((AppDetailsProperty) property_id)
    {
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->room ? confab_room_get_title (self->room) : "");
      break;
    case PROP_SUBTITLE:
      g_value_take_string (value,
                           self->room ? app_people_describe_attendance (self->room, FALSE) : NULL);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->room && confab_room_get_muted (self->room));
      break;
    case PROP_IN_GROUP:
      g_value_set_boolean (value, is_in_group (self));
      break;
    }
}

static void
app_details_set_property (GObject      *object,
                          guint         property_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  AppDetails *self = APP_DETAILS (object);

  switch ((AppDetailsProperty) property_id)
    {
    case PROP_ROOM:
      app_details_set_room (self, g_value_get_object (value));
      break;
    case PROP_MUTED:
      if (self->room)
        confab_room_set_muted (self->room, g_value_get_boolean (value));
      break;
    case PROP_TITLE:
    case PROP_SUBTITLE:
    case PROP_IN_GROUP:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
app_details_dispose (GObject *object)
{
  AppDetails *self = APP_DETAILS (object);

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_object (&self->room_signals);
  g_clear_object (&self->peer_signals);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (app_details_parent_class)->dispose (object);
}

static void
app_details_class_init (AppDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags writable = readable | G_PARAM_WRITABLE;

  object_class->get_property = app_details_get_property;
  object_class->set_property = app_details_set_property;
  object_class->dispose = app_details_dispose;
  widget_class->map = app_details_map;

  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CONFAB_TYPE_ROOM, writable);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, readable);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, readable);
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, writable);
  properties[PROP_IN_GROUP] = g_param_spec_boolean ("in-group", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-details.ui");
  gtk_widget_class_bind_template_child (widget_class, AppDetails, people_pages);
  gtk_widget_class_bind_template_child (widget_class, AppDetails, people);
  gtk_widget_class_bind_template_child (widget_class, AppDetails, failed_label);
  gtk_widget_class_bind_template_callback (widget_class, person_activated_cb);
}

static void
app_details_init (AppDetails *self)
{
  const char *of_room[] = { "notify::title", "notify::n-members", "notify::n-present" };
  const char *of_peer[] = { "notify::online", "notify::last-seen" };

  self->room_signals = g_signal_group_new (CONFAB_TYPE_ROOM);
  for (gsize i = 0; i < G_N_ELEMENTS (of_room); i++)
    g_signal_group_connect_swapped (self->room_signals, of_room[i], G_CALLBACK (room_changed_cb),
                                    self);
  g_signal_group_connect_swapped (self->room_signals, "notify::muted",
                                  G_CALLBACK (muted_changed_cb), self);
  g_signal_group_connect_swapped (self->room_signals, "notify::n-members",
                                  G_CALLBACK (n_members_changed_cb), self);

  self->peer_signals = g_signal_group_new (CONFAB_TYPE_USER);
  for (gsize i = 0; i < G_N_ELEMENTS (of_peer); i++)
    g_signal_group_connect_swapped (self->peer_signals, of_peer[i], G_CALLBACK (room_changed_cb),
                                    self);

  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_details_new:
 *
 * Returns: a pane without a room
 */
GtkWidget *
app_details_new (void)
{
  return g_object_new (APP_TYPE_DETAILS, NULL);
}

/**
 * app_details_set_room:
 * @self: a pane
 * @room: (nullable): the room to tell of
 */
void
app_details_set_room (AppDetails *self,
                      ConfabRoom *room)
{
  g_return_if_fail (APP_IS_DETAILS (self));

  if (!g_set_object (&self->room, room))
    return;

  g_signal_group_set_target (self->room_signals, room);
  g_signal_group_set_target (self->peer_signals, room ? confab_room_get_peer (room) : NULL);
  gtk_list_box_remove_all (self->people);
  gtk_stack_set_visible_child_name (self->people_pages, "loading");

  for (guint i = 1; i < G_N_ELEMENTS (properties); i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  ask_for_people (self);
}
