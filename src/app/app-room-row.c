/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-room-row"

#include "config.h"

#include "app-room-row.h"

#include "app-format.h"
#include "app-people.h"
#include "app-widget.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/**
 * AppRoomRow:
 *
 * A room in the sidebar: picture, title, what was said last and when, how
 * much of it is unread, and for a person whether they are online.
 *
 * What the labels show are properties derived from the room, so that the
 * template needs bindings only.
 */
struct _AppRoomRow
{
  GtkWidget     parent_instance;

  ConfabRoom   *room;
  GSignalGroup *room_signals;
  GSignalGroup *peer_signals;
  GSignalGroup *typing_signals;
  GSignalGroup *sender_signals;
  gboolean      open;
};

G_DEFINE_FINAL_TYPE (AppRoomRow, app_room_row, GTK_TYPE_WIDGET)

typedef enum {
  PROP_ROOM = 1,
  PROP_OPEN,
  PROP_ONLINE,
  PROP_PREVIEW,
  PROP_TIME,
  PROP_BADGE,
  PROP_UNREAD,
  PROP_SUMMARY,
} AppRoomRowProperty;

static GParamSpec *properties[PROP_SUMMARY + 1];

static gboolean
is_online (AppRoomRow *self)
{
  ConfabUser *peer = self->room ? confab_room_get_peer (self->room) : NULL;

  return peer && confab_user_get_online (peer);
}

static char *
dup_preview (AppRoomRow *self)
{
  g_autofree char *typing = NULL;

  if (!self->room)
    return NULL;

  typing = app_people_describe_typing (confab_room_get_typing (self->room));
  if (*typing)
    return g_steal_pointer (&typing);

  /* What is being written in the open room stands beside it anyway. */
  return app_people_describe_room (self->room, !self->open);
}

static char *
dup_time (AppRoomRow *self)
{
  return self->room ? app_format_list_time (confab_room_get_last_activity_at (self->room),
                                            g_get_real_time ())
                    : NULL;
}

static char *
dup_summary (AppRoomRow *self)
{
  g_autoptr(GStrvBuilder) parts = g_strv_builder_new ();
  g_auto(GStrv) strv = NULL;
  guint n_unread = confab_room_get_n_unread (self->room);

  g_strv_builder_add (parts, confab_room_get_title (self->room));
  if (is_online (self))
    g_strv_builder_add (parts, C_("presence", "Online"));
  if (n_unread > 0)
    g_strv_builder_take (parts, app_format_unread (n_unread));
  if (confab_room_get_muted (self->room))
    g_strv_builder_add (parts, _("Muted"));
  g_strv_builder_take (parts, dup_preview (self));
  strv = g_strv_builder_end (parts);

  return g_strjoinv (", ", strv);
}

static void
room_changed_cb (AppRoomRow *self)
{
  for (guint i = PROP_ONLINE; i <= PROP_SUMMARY; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

/* The preview names who wrote it. */
static void
last_message_changed_cb (AppRoomRow *self)
{
  ConfabMessage *last = self->room ? confab_room_get_last_message (self->room) : NULL;

  g_signal_group_set_target (self->sender_signals, last ? confab_message_get_sender (last) : NULL);
}

static void
app_room_row_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  AppRoomRow *self = APP_ROOM_ROW (object);
  guint n_unread = self->room ? confab_room_get_n_unread (self->room) : 0;

  switch ((AppRoomRowProperty) property_id)
    {
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    case PROP_OPEN:
      g_value_set_boolean (value, self->open);
      break;
    case PROP_ONLINE:
      g_value_set_boolean (value, is_online (self));
      break;
    case PROP_PREVIEW:
      g_value_take_string (value, dup_preview (self));
      break;
    case PROP_TIME:
      g_value_take_string (value, dup_time (self));
      break;
    case PROP_BADGE:
      g_value_take_string (value, app_format_count (n_unread));
      break;
    case PROP_UNREAD:
      g_value_set_boolean (value, n_unread > 0);
      break;
    case PROP_SUMMARY:
      g_value_take_string (value, self->room ? dup_summary (self) : NULL);
      break;
    }
}

static void
app_room_row_set_property (GObject      *object,
                           guint         property_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  AppRoomRow *self = APP_ROOM_ROW (object);

  if (property_id == PROP_ROOM)
    {
      app_room_row_set_room (self, g_value_get_object (value));
    }
  else if (property_id == PROP_OPEN && self->open != g_value_get_boolean (value))
    {
      self->open = g_value_get_boolean (value);
      app_room_row_refresh (self);
    }
}

static void
app_room_row_dispose (GObject *object)
{
  AppRoomRow *self = APP_ROOM_ROW (object);

  g_clear_object (&self->room_signals);
  g_clear_object (&self->peer_signals);
  g_clear_object (&self->typing_signals);
  g_clear_object (&self->sender_signals);
  g_clear_object (&self->room);
  gtk_widget_dispose_template (GTK_WIDGET (self), APP_TYPE_ROOM_ROW);
  app_widget_drop_children (GTK_WIDGET (self));

  G_OBJECT_CLASS (app_room_row_parent_class)->dispose (object);
}

static void
app_room_row_class_init (AppRoomRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_room_row_get_property;
  object_class->set_property = app_room_row_set_property;
  object_class->dispose = app_room_row_dispose;

  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CONFAB_TYPE_ROOM,
                                               readable | G_PARAM_WRITABLE);
  properties[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, FALSE,
                                                readable | G_PARAM_WRITABLE);
  properties[PROP_ONLINE] = g_param_spec_boolean ("online", NULL, NULL, FALSE, readable);
  properties[PROP_PREVIEW] = g_param_spec_string ("preview", NULL, NULL, NULL, readable);
  properties[PROP_TIME] = g_param_spec_string ("time", NULL, NULL, NULL, readable);
  properties[PROP_BADGE] = g_param_spec_string ("badge", NULL, NULL, NULL, readable);
  properties[PROP_UNREAD] = g_param_spec_boolean ("unread", NULL, NULL, FALSE, readable);
  properties[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "roomrow");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-room-row.ui");
}

static GSignalGroup *
make_signals (AppRoomRow         *self,
              GType               type,
              const char * const *names)
{
  GSignalGroup *group = g_signal_group_new (type);

  for (gsize i = 0; names[i]; i++)
    g_signal_group_connect_swapped (group, names[i], G_CALLBACK (room_changed_cb), self);

  return group;
}

static void
app_room_row_init (AppRoomRow *self)
{
  const char *of_room[] = { "notify::title", "notify::last-message", "notify::last-activity-at",
                            "notify::n-unread", "notify::draft", "notify::muted", NULL };
  const char *of_peer[] = { "notify::online", NULL };
  const char *of_typing[] = { "items-changed", NULL };
  const char *of_sender[] = { "notify::display-name", NULL };

  self->room_signals = make_signals (self, CONFAB_TYPE_ROOM, of_room);
  self->peer_signals = make_signals (self, CONFAB_TYPE_USER, of_peer);
  self->typing_signals = make_signals (self, G_TYPE_LIST_MODEL, of_typing);
  self->sender_signals = make_signals (self, CONFAB_TYPE_USER, of_sender);
  g_signal_group_connect_swapped (self->room_signals, "notify::last-message",
                                  G_CALLBACK (last_message_changed_cb), self);

  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_room_row_new:
 *
 * Returns: an empty row
 */
GtkWidget *
app_room_row_new (void)
{
  return g_object_new (APP_TYPE_ROOM_ROW, NULL);
}

/**
 * app_room_row_get_room:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the room
 */
ConfabRoom *
app_room_row_get_room (AppRoomRow *self)
{
  g_return_val_if_fail (APP_IS_ROOM_ROW (self), NULL);

  return self->room;
}

/**
 * app_room_row_set_room:
 * @self: a row
 * @room: (nullable): the room to show
 */
void
app_room_row_set_room (AppRoomRow *self,
                       ConfabRoom *room)
{
  g_return_if_fail (APP_IS_ROOM_ROW (self));

  if (!g_set_object (&self->room, room))
    return;

  g_signal_group_set_target (self->room_signals, room);
  g_signal_group_set_target (self->peer_signals, room ? confab_room_get_peer (room) : NULL);
  g_signal_group_set_target (self->typing_signals, room ? confab_room_get_typing (room) : NULL);
  last_message_changed_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
  room_changed_cb (self);
}

/**
 * app_room_row_refresh:
 * @self: a row
 *
 * Shows times as they are now.
 */
void
app_room_row_refresh (AppRoomRow *self)
{
  g_return_if_fail (APP_IS_ROOM_ROW (self));

  room_changed_cb (self);
}
