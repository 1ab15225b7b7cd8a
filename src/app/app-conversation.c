/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-conversation"

#include "config.h"

#include "app-conversation.h"

#include "app-call-banner.h"
#include "app-composer.h"
#include "app-details.h"
#include "app-message-view.h"
#include "app-people.h"

#include <glib/gi18n.h>

/**
 * AppConversation:
 *
 * The right half of the window: a room with its messages, what is being
 * written, and on demand its people and details.
 *
 * It lives as long as the window; rooms come and go. Without a room it says
 * how to begin.
 */
struct _AppConversation
{
  AdwBin               parent_instance;

  ConfabRoom          *room;
  AppConnectionStatus *status;
  GSignalGroup        *room_signals;
  GSignalGroup        *peer_signals;
  GSignalGroup        *typing_signals;
  GSignalGroup        *session_signals;
  GSettings           *settings;
  gboolean             narrow;
  gboolean             settling;  /* what is shown follows the width, nobody asked for it */
  gboolean             compact;

  AdwOverlaySplitView *split;
  AppCallBanner       *call_banner;
  GtkWidget           *voice_button;
  GtkWidget           *video_button;
  AppMessageView      *view;
  AppComposer         *composer;
  GtkScrolledWindow   *details_slot;
};

G_DEFINE_FINAL_TYPE (AppConversation, app_conversation, ADW_TYPE_BIN)

typedef enum {
  PROP_ROOM = 1,
  PROP_STATUS,
  PROP_NARROW,
  PROP_MUTED,
  PROP_HAS_ROOM,
  PROP_TITLE,
  PROP_PAGE_TITLE,
  PROP_SUBTITLE,
  PROP_TYPING,
  PROP_TYPING_TEXT,
  PROP_COMPACT,
} AppConversationProperty;

static GParamSpec *properties[PROP_COMPACT + 1];

static void
room_changed_cb (AppConversation *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAGE_TITLE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
}

static void
muted_changed_cb (AppConversation *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MUTED]);
}

static void
typing_changed_cb (AppConversation *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TYPING]);

  /* The last sentence stays while the line slides away. */
  if (g_list_model_get_n_items (confab_room_get_typing (self->room)) > 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TYPING_TEXT]);
}

static gboolean
is_typing (AppConversation *self)
{
  return self->room && g_list_model_get_n_items (confab_room_get_typing (self->room)) > 0;
}

/* Screen readers hear what arrives in the room one is looking at. */
static void
message_received_cb (AppConversation *self,
                     ConfabRoom      *room,
                     ConfabMessage   *message)
{
  g_autofree char *line = NULL;

  if (!app_conversation_is_watched (self, room))
    return;

  line = app_people_describe_message (message, TRUE);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), line,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
need_details (AppConversation *self)
{
  GtkWidget *details;

  if (gtk_scrolled_window_get_child (self->details_slot))
    return;

  details = app_details_new ();
  g_object_bind_property (self, "room", details, "room", G_BINDING_SYNC_CREATE);
  gtk_scrolled_window_set_child (self->details_slot, details);
}

static void
details_shown_cb (AppConversation *self)
{
  gboolean shown = adw_overlay_split_view_get_show_sidebar (self->split);

  if (shown)
    need_details (self);
  if (self->settings && !self->narrow && !self->settling && self->room)
    g_settings_set_boolean (self->settings, "show-details", shown);
}

/* An overlay over the conversation is for the moment; a pane beside it stays. */
static void
set_narrow (AppConversation *self,
            gboolean         narrow)
{
  gboolean shown;

  if (self->narrow == narrow)
    return;

  shown = !narrow && self->room && self->settings &&
          g_settings_get_boolean (self->settings, "show-details");
  self->settling = TRUE;
  adw_overlay_split_view_set_show_sidebar (self->split, shown);
  self->settling = FALSE;
  self->narrow = narrow;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
}

static void
banner_clicked_cb (AppConversation *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.mend-connection", NULL);
}

static void
sent_cb (AppConversation *self)
{
  app_message_view_message_sent (self->view);
}

static void
send_failed_cb (AppConversation *self,
                const char      *sentence)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}

static void
leave_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  AppConversation *self = APP_CONVERSATION (widget);

  if (self->room)
    gtk_widget_activate_action (widget, "win.leave-room", "s", confab_room_get_rid (self->room));
}

static gboolean
has_space_for (AppConversation *self,
               gboolean         has_room,
               gboolean         compact)
{
  return has_room && !compact;
}

static char *
pick_page (AppConversation *self,
           gboolean         has_room)
{
  return g_strdup (has_room ? "room" : "none");
}

static void
app_conversation_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  AppConversation *self = APP_CONVERSATION (object);

  switch ((AppConversationProperty) property_id)
    {
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    case PROP_STATUS:
      g_value_set_object (value, self->status);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->room && confab_room_get_muted (self->room));
      break;
    case PROP_HAS_ROOM:
      g_value_set_boolean (value, self->room != NULL);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->room ? confab_room_get_title (self->room) : "");
      break;
    case PROP_PAGE_TITLE:
      g_value_set_string (value, self->room ? confab_room_get_title (self->room)
                                            : _("Conversation"));
      break;
    case PROP_SUBTITLE:
      g_value_take_string (value,
                           self->room ? app_people_describe_attendance (self->room, self->compact)
                                             : NULL);
      break;
    case PROP_TYPING:
      g_value_set_boolean (value, is_typing (self));
      break;
    case PROP_TYPING_TEXT:
      g_value_take_string (value, self->room ? app_people_describe_typing (
                             confab_room_get_typing (self->room))
                                             : NULL);
      break;
    case PROP_COMPACT:
      g_value_set_boolean (value, self->compact);
      break;
    }
}

static void
app_conversation_set_property (GObject      *object,
                               guint         property_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  AppConversation *self = APP_CONVERSATION (object);

  switch ((AppConversationProperty) property_id)
    {
    case PROP_ROOM:
      app_conversation_set_room (self, g_value_get_object (value));
      break;
    case PROP_STATUS:
      g_set_object (&self->status, g_value_get_object (value));
      break;
    case PROP_NARROW:
      set_narrow (self, g_value_get_boolean (value));
      break;
    case PROP_MUTED:
      if (self->room)
        confab_room_set_muted (self->room, g_value_get_boolean (value));
      break;
    case PROP_COMPACT:
      self->compact = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      room_changed_cb (self);
      break;
    case PROP_HAS_ROOM:
    case PROP_TITLE:
    case PROP_PAGE_TITLE:
    case PROP_SUBTITLE:
    case PROP_TYPING:
    case PROP_TYPING_TEXT:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
app_conversation_dispose (GObject *object)
{
  AppConversation *self = APP_CONVERSATION (object);

  g_clear_object (&self->room_signals);
  g_clear_object (&self->peer_signals);
  g_clear_object (&self->typing_signals);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->room);
  g_clear_object (&self->status);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (app_conversation_parent_class)->dispose (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags writable = readable | G_PARAM_WRITABLE;

  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CONFAB_TYPE_ROOM, writable);
  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, APP_TYPE_CONNECTION_STATUS,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, writable);
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, writable);
  properties[PROP_HAS_ROOM] = g_param_spec_boolean ("has-room", NULL, NULL, FALSE, readable);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, readable);
  properties[PROP_PAGE_TITLE] = g_param_spec_string ("page-title", NULL, NULL, NULL, readable);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, readable);
  properties[PROP_TYPING] = g_param_spec_boolean ("typing", NULL, NULL, FALSE, readable);
  properties[PROP_TYPING_TEXT] = g_param_spec_string ("typing-text", NULL, NULL, NULL, readable);
  properties[PROP_COMPACT] = g_param_spec_boolean ("compact", NULL, NULL, FALSE, writable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
app_conversation_class_init (AppConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = app_conversation_get_property;
  object_class->set_property = app_conversation_set_property;
  object_class->dispose = app_conversation_dispose;
  install_properties (object_class);

  g_type_ensure (APP_TYPE_CALL_BANNER);
  g_type_ensure (APP_TYPE_CONNECTION_STATUS);
  g_type_ensure (APP_TYPE_MESSAGE_VIEW);
  g_type_ensure (APP_TYPE_COMPOSER);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/confab_chat/Confab/app-conversation.ui");
  gtk_widget_class_bind_template_child (widget_class, AppConversation, split);
  gtk_widget_class_bind_template_child (widget_class, AppConversation, call_banner);
  gtk_widget_class_bind_template_child (widget_class, AppConversation, voice_button);
  gtk_widget_class_bind_template_child (widget_class, AppConversation, video_button);
  gtk_widget_class_bind_template_child (widget_class, AppConversation, view);
  gtk_widget_class_bind_template_child (widget_class, AppConversation, composer);
  gtk_widget_class_bind_template_child (widget_class, AppConversation, details_slot);
  gtk_widget_class_bind_template_callback (widget_class, details_shown_cb);
  gtk_widget_class_bind_template_callback (widget_class, banner_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, sent_cb);
  gtk_widget_class_bind_template_callback (widget_class, send_failed_cb);
  gtk_widget_class_bind_template_callback (widget_class, pick_page);
  gtk_widget_class_bind_template_callback (widget_class, has_space_for);
  gtk_widget_class_install_property_action (widget_class, "conversation.muted", "muted");
  gtk_widget_class_install_action (widget_class, "conversation.leave", NULL, leave_action);
}

static void
app_conversation_init (AppConversation *self)
{
  const char *of_room[] = { "notify::title", "notify::n-members", "notify::n-present" };
  const char *of_peer[] = { "notify::online", "notify::last-seen" };

  self->room_signals = g_signal_group_new (CONFAB_TYPE_ROOM);
  for (gsize i = 0; i < G_N_ELEMENTS (of_room); i++)
    g_signal_group_connect_swapped (self->room_signals, of_room[i], G_CALLBACK (room_changed_cb),
                                    self);
  g_signal_group_connect_swapped (self->room_signals, "notify::muted",
                                  G_CALLBACK (muted_changed_cb), self);

  self->peer_signals = g_signal_group_new (CONFAB_TYPE_USER);
  for (gsize i = 0; i < G_N_ELEMENTS (of_peer); i++)
    g_signal_group_connect_swapped (self->peer_signals, of_peer[i], G_CALLBACK (room_changed_cb),
                                    self);

  self->typing_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->typing_signals, "items-changed",
                                  G_CALLBACK (typing_changed_cb), self);

  self->session_signals = g_signal_group_new (CONFAB_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "message-received",
                                  G_CALLBACK (message_received_cb), self);

  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_conversation_set_room:
 * @self: a conversation
 * @room: (nullable): the room to show
 */
void
app_conversation_set_room (AppConversation *self,
                           ConfabRoom      *room)
{
  g_return_if_fail (APP_IS_CONVERSATION (self));

  if (!g_set_object (&self->room, room))
    return;

  g_signal_group_set_target (self->room_signals, room);
  g_signal_group_set_target (self->peer_signals, room ? confab_room_get_peer (room) : NULL);
  g_signal_group_set_target (self->typing_signals, room ? confab_room_get_typing (room) : NULL);
  g_signal_group_set_target (self->session_signals, room ? confab_room_get_session (room) : NULL);

  for (guint i = 1; i < G_N_ELEMENTS (properties); i++)
    {
      if (i != PROP_STATUS && i != PROP_NARROW && i != PROP_COMPACT)
        g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
    }

  if (!room)
    adw_overlay_split_view_set_show_sidebar (self->split, FALSE);
  else if (!self->narrow && self->settings)
    adw_overlay_split_view_set_show_sidebar (
      self->split, g_settings_get_boolean (self->settings, "show-details"));
}

/**
 * app_conversation_is_watched:
 * @self: a conversation
 * @room: a room
 *
 * Returns: whether the newest message of @room is in sight of somebody
 */
gboolean
app_conversation_is_watched (AppConversation *self,
                             ConfabRoom      *room)
{
  GtkRoot *root;

  g_return_val_if_fail (APP_IS_CONVERSATION (self), FALSE);

  root = gtk_widget_get_root (GTK_WIDGET (self));

  return room == self->room && GTK_IS_WINDOW (root) &&
         gtk_window_is_active (GTK_WINDOW (root)) &&
         gtk_widget_get_mapped (GTK_WIDGET (self->view)) &&
         app_message_view_get_at_end (self->view);
}

/**
 * app_conversation_go_to_seq:
 * @self: a conversation
 * @seq: a message of its room
 *
 * Shows that message.
 */
void
app_conversation_go_to_seq (AppConversation *self,
                            guint64          seq)
{
  g_return_if_fail (APP_IS_CONVERSATION (self));

  app_message_view_go_to_seq (self->view, seq);
}

/**
 * app_conversation_toggle_details:
 * @self: a conversation
 *
 * Shows or hides people and details.
 */
void
app_conversation_toggle_details (AppConversation *self)
{
  g_return_if_fail (APP_IS_CONVERSATION (self));

  if (self->room)
    adw_overlay_split_view_set_show_sidebar (
      self->split, !adw_overlay_split_view_get_show_sidebar (self->split));
}

/**
 * app_conversation_focus_composer:
 * @self: a conversation
 *
 * Gets ready to write.
 */
void
app_conversation_focus_composer (AppConversation *self)
{
  g_return_if_fail (APP_IS_CONVERSATION (self));

  if (self->room)
    gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

/**
 * app_conversation_take_key:
 * @self: a conversation
 * @controller: what got a key press elsewhere in the window
 *
 * Writes what somebody types without having gone to the composer first.
 */
void
app_conversation_take_key (AppConversation       *self,
                           GtkEventControllerKey *controller)
{
  g_return_if_fail (APP_IS_CONVERSATION (self));

  if (self->room && gtk_widget_get_mapped (GTK_WIDGET (self->composer)))
    app_composer_take_key (self->composer, controller);
}

/**
 * app_conversation_bind_settings:
 * @self: a conversation
 * @settings: the settings of the profile
 *
 * Follows the settings that concern conversations.
 */
void
app_conversation_bind_settings (AppConversation *self,
                                GSettings       *settings)
{
  g_return_if_fail (APP_IS_CONVERSATION (self));

  g_set_object (&self->settings, settings);
  g_settings_bind (settings, "enter-sends", self->composer, "enter-sends", G_SETTINGS_BIND_GET);
}

static void
calls_problem_cb (AppConversation *self,
                  GParamSpec      *pspec,
                  AppCalls        *calls)
{
  const char *problem = app_calls_get_problem (calls);

  if (!problem)
    return;

  gtk_widget_set_tooltip_text (self->voice_button, problem);
  gtk_widget_set_tooltip_text (self->video_button, problem);
}

/**
 * app_conversation_set_calls:
 * @self: a conversation
 * @calls: the calls of the profile; set once
 */
void
app_conversation_set_calls (AppConversation *self,
                            AppCalls        *calls)
{
  g_return_if_fail (APP_IS_CONVERSATION (self));

  app_call_banner_set_calls (self->call_banner, calls);
  g_signal_connect_object (calls, "notify::problem", G_CALLBACK (calls_problem_cb), self,
                           G_CONNECT_SWAPPED);
  calls_problem_cb (self, NULL, calls);
}

/**
 * app_conversation_refresh:
 * @self: a conversation
 *
 * Shows times as they are now.
 */
void
app_conversation_refresh (AppConversation *self)
{
  g_return_if_fail (APP_IS_CONVERSATION (self));

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
  app_message_view_refresh (self->view);
}
