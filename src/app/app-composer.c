/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-composer"

#include "config.h"

#include "app-composer.h"

#include "app-error.h"
#include "app-widget.h"

#include <glib/gi18n.h>

/**
 * AppComposer:
 *
 * Where a message is written.
 *
 * What is written belongs to the room as its draft, so that it is there again
 * after looking into another room and after a restart. ::sent tells that a
 * message was queued, ::failed, with a sentence, that it could not be.
 */
struct _AppComposer
{
  GtkWidget      parent_instance;

  ConfabRoom    *room;
  GBindingGroup *room_bindings;
  gboolean       enter_sends;

  GtkTextView   *view;
  GtkTextBuffer *buffer;
  GtkMenuButton *emoji_button;
};

G_DEFINE_FINAL_TYPE (AppComposer, app_composer, GTK_TYPE_WIDGET)

typedef enum {
  PROP_ROOM = 1,
  PROP_EMPTY,
  PROP_ENTER_SENDS,
} AppComposerProperty;

typedef enum {
  SIGNAL_SENT,
  SIGNAL_FAILED,
} AppComposerSignal;

static GParamSpec *properties[PROP_ENTER_SENDS + 1];
static guint signals[SIGNAL_FAILED + 1];

static gboolean
is_empty (AppComposer *self)
{
  /* Bindings of the template ask before there is a buffer. */
  return !self->buffer || gtk_text_buffer_get_char_count (self->buffer) == 0;
}

static char *
dup_text (AppComposer *self)
{
  g_autofree char *text = NULL;

  g_object_get (self->buffer, "text", &text, NULL);

  return g_strstrip (g_steal_pointer (&text));
}

static void
send_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AppComposer *self = APP_COMPOSER (widget);
  g_autofree char *text = dup_text (self);
  g_autoptr(ConfabMessage) message = NULL;
  g_autoptr(GError) error = NULL;

  if (!*text || !self->room)
    return;

  message = confab_room_send_text (self->room, text, &error);

  if (!message)
    {
      g_autofree char *sentence = app_error_describe (error);

      g_signal_emit (self, signals[SIGNAL_FAILED], 0, sentence);
      return;
    }

  gtk_text_buffer_set_text (self->buffer, "", 0);
  confab_room_set_typing (self->room, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  g_signal_emit (self, signals[SIGNAL_SENT], 0);
}

static void
text_changed_cb (AppComposer *self)
{
  gboolean empty = is_empty (self);
  g_autofree char *text = empty ? NULL : dup_text (self);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send", text && *text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EMPTY]);

  /* A draft that is put back is not typing. */
  if (self->room && gtk_widget_has_focus (GTK_WIDGET (self->view)))
    confab_room_set_typing (self->room, !empty);
}

static gboolean
key_pressed_cb (AppComposer           *self,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        modifiers,
                GtkEventControllerKey *controller)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));
  gboolean is_enter = keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter ||
                      keyval == GDK_KEY_ISO_Enter;
  gboolean control = (modifiers & GDK_CONTROL_MASK) != 0;
  gboolean shift = (modifiers & GDK_SHIFT_MASK) != 0;

  if (!is_enter || shift || (!control && !self->enter_sends))
    return GDK_EVENT_PROPAGATE;

  /* While an input method composes, Enter is its own. */
  if (gtk_text_view_im_context_filter_keypress (self->view, event))
    return GDK_EVENT_STOP;

  gtk_widget_activate_action (GTK_WIDGET (self), "composer.send", NULL);

  return GDK_EVENT_STOP;
}

static void
emoji_picked_cb (AppComposer *self,
                 const char  *text)
{
  gtk_text_buffer_delete_selection (self->buffer, TRUE, TRUE);
  gtk_text_buffer_insert_at_cursor (self->buffer, text, -1);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* The chooser holds thousands of widgets: not before it is wanted. */
static void
make_emoji_chooser_cb (GtkMenuButton *button,
                       gpointer       user_data)
{
  GtkWidget *chooser;

  if (gtk_menu_button_get_popover (button))
    return;

  chooser = gtk_emoji_chooser_new ();
  g_signal_connect_object (chooser, "emoji-picked", G_CALLBACK (emoji_picked_cb), user_data,
                           G_CONNECT_SWAPPED);
  gtk_menu_button_set_popover (button, chooser);
}

static gboolean
app_composer_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (APP_COMPOSER (widget)->view));
}

static void
app_composer_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  AppComposer *self = APP_COMPOSER (object);

  switch ((AppComposerProperty) property_id)
    {
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    case PROP_EMPTY:
      g_value_set_boolean (value, is_empty (self));
      break;
    case PROP_ENTER_SENDS:
      g_value_set_boolean (value, self->enter_sends);
      break;
    }
}

static void
app_composer_set_property (GObject      *object,
                           guint         property_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  AppComposer *self = APP_COMPOSER (object);

  switch ((AppComposerProperty) property_id)
    {
    case PROP_ROOM:
      app_composer_set_room (self, g_value_get_object (value));
      break;
    case PROP_EMPTY:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    case PROP_ENTER_SENDS:
      self->enter_sends = g_value_get_boolean (value);
      break;
    }
}

static void
app_composer_dispose (GObject *object)
{
  AppComposer *self = APP_COMPOSER (object);

  g_clear_object (&self->room_bindings);
  g_clear_object (&self->room);
  gtk_widget_dispose_template (GTK_WIDGET (self), APP_TYPE_COMPOSER);
  app_widget_drop_children (GTK_WIDGET (self));

  G_OBJECT_CLASS (app_composer_parent_class)->dispose (object);
}

static void
app_composer_class_init (AppComposerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = app_composer_get_property;
  object_class->set_property = app_composer_set_property;
  object_class->dispose = app_composer_dispose;
  widget_class->grab_focus = app_composer_grab_focus;

  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CONFAB_TYPE_ROOM,
                                               flags | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_EMPTY] = g_param_spec_boolean ("empty", NULL, NULL, TRUE,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS |
                                                   G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_ENTER_SENDS] = g_param_spec_boolean ("enter-sends", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_SENT] = g_signal_new ("sent", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, AppComposer, view);
  gtk_widget_class_bind_template_child (widget_class, AppComposer, buffer);
  gtk_widget_class_bind_template_child (widget_class, AppComposer, emoji_button);
  gtk_widget_class_bind_template_callback (widget_class, text_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_install_action (widget_class, "composer.send", NULL, send_action);
}

static void
app_composer_init (AppComposer *self)
{
  self->enter_sends = TRUE;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send", FALSE);
  gtk_menu_button_set_create_popup_func (self->emoji_button, make_emoji_chooser_cb, self, NULL);

  self->room_bindings = g_binding_group_new ();
  g_binding_group_bind (self->room_bindings, "draft", self->buffer, "text",
                        G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

/**
 * app_composer_set_room:
 * @self: a composer
 * @room: (nullable): whom to write to
 *
 * Takes up the draft of another room.
 */
void
app_composer_set_room (AppComposer *self,
                       ConfabRoom  *room)
{
  g_autoptr(ConfabRoom) before = NULL;

  g_return_if_fail (APP_IS_COMPOSER (self));

  before = self->room ? g_object_ref (self->room) : NULL;
  if (!g_set_object (&self->room, room))
    return;

  if (before)
    confab_room_set_typing (before, FALSE);
  g_binding_group_set_source (self->room_bindings, room);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
}

/**
 * app_composer_take_key:
 * @self: a composer
 * @controller: what got a key press elsewhere in the window
 *
 * Lets a person begin to write wherever they are.
 */
void
app_composer_take_key (AppComposer           *self,
                       GtkEventControllerKey *controller)
{
  g_return_if_fail (APP_IS_COMPOSER (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  gtk_event_controller_key_forward (controller, GTK_WIDGET (self->view));
}
