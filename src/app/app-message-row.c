/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-message-row"

#include "config.h"

#include "app-message-row.h"

#include "app-call-card.h"
#include "app-error.h"
#include "app-format.h"
#include "app-people.h"
#include "app-message-text.h"
#include "app-widget.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define AVATAR_SIZE 32
/* What one label lays out in a frame; more is shown on demand. */
#define MAX_SHOWN_CHARS 4000
#define MAX_SHOWN_LINES 60

/**
 * AppMessageRow:
 *
 * One row of a conversation.
 *
 * Rows are bound again and again while one scrolls, so a row has few widgets:
 * what only some messages need (picture, name, day, unread line, the note
 * below a message that failed) is made when it is first needed and hidden
 * afterwards. It is written in C rather than as a template because building a
 * template costs more than all the rest of it.
 */
struct _AppMessageRow
{
  GtkWidget        parent_instance;

  AppTimelineItem *item;
  gboolean         in_group;
  GSignalGroup    *item_signals;
  GSignalGroup    *message_signals;
  GSignalGroup    *sender_signals;
  char            *summary;
  char            *state_text;

  GtkWidget       *line;
  GtkWidget       *column;
  GtkWidget       *bubble_line;
  GtkWidget       *text;
  GtkWidget       *time;

  /* Made when first needed. */
  GtkWidget       *day;
  GtkWidget       *unread;
  GtkWidget       *avatar;
  GtkWidget       *name;
  GtkWidget       *state;
  GtkWidget       *more;
  GtkWidget       *card;
  GtkWidget       *failure;
  GtkWidget       *failure_text;
  GtkWidget       *failure_retry;
};

G_DEFINE_FINAL_TYPE (AppMessageRow, app_message_row, GTK_TYPE_WIDGET)

typedef enum {
  PROP_SUMMARY = 1,
  PROP_STATE_TEXT,
} AppMessageRowProperty;

static GParamSpec *properties[PROP_STATE_TEXT + 1];

typedef struct
{
  const char *icon_name;
  const char *text;
} StateLook;

static const StateLook state_looks[] = {
  [CONFAB_MESSAGE_STATE_QUEUED] = { "confab-queued-symbolic", NC_ ("message", "Waiting") },
  [CONFAB_MESSAGE_STATE_SENT] = { "confab-sent-symbolic", NC_ ("message", "Sent") },
  [CONFAB_MESSAGE_STATE_DELIVERED] = { "confab-delivered-symbolic", NC_ ("message", "Delivered") },
  [CONFAB_MESSAGE_STATE_READ] = { "confab-read-symbolic", NC_ ("message", "Read") },
  [CONFAB_MESSAGE_STATE_FAILED] = { "confab-failed-symbolic", NC_ ("message", "Not sent") },
};

static void
set_css_class (GtkWidget  *widget,
               const char *name,
               gboolean    on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* Where a text is cut so that laying it out stays cheap: NULL for nowhere. */
static const char *
find_cut (const char *text)
{
  int n_chars = 0;
  int n_lines = 0;

  for (const char *at = text; *at; at = g_utf8_next_char (at))
    {
      n_lines += *at == '\n';
      if (++n_chars > MAX_SHOWN_CHARS || n_lines >= MAX_SHOWN_LINES)
        return at;
    }

  return NULL;
}

static GtkWidget *
make_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, css_class);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);

  return label;
}

/* Buttons of a row act through the view, which knows the room. */
static void
activate_for_message (AppMessageRow *self,
                      const char    *action_name)
{
  ConfabMessage *message = app_timeline_item_get_message (self->item);

  gtk_widget_activate_action (GTK_WIDGET (self), action_name, "s", confab_message_get_id (message));
}

static void
more_clicked_cb (AppMessageRow *self)
{
  activate_for_message (self, "message.show-all");
}

static void
retry_clicked_cb (AppMessageRow *self)
{
  activate_for_message (self, "message.retry");
}

static void
need_more (AppMessageRow *self)
{
  if (self->more)
    return;

  self->more = gtk_button_new_with_mnemonic (_("Show _All"));
  gtk_widget_set_halign (self->more, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->more, "flat");
  g_signal_connect_swapped (self->more, "clicked", G_CALLBACK (more_clicked_cb), self);
  gtk_widget_insert_after (self->more, self->column, self->bubble_line);
}

static void
show_text (AppMessageRow *self,
           ConfabMessage *message)
{
  const char *text = confab_message_get_text (message);
  const char *cut = find_cut (text);
  g_autofree char *shown = NULL;

  if (cut)
    {
      shown = g_strdup_printf ("%.*s…", (int) (cut - text), text);
      app_message_text_set_text (APP_MESSAGE_TEXT (self->text), shown);
      need_more (self);
    }
  else if (confab_message_get_kind (message) == CONFAB_MESSAGE_KIND_TEXT)
    {
      app_message_text_set_markup (APP_MESSAGE_TEXT (self->text),
                                   confab_message_get_markup (message));
    }
  else
    {
      app_message_text_set_text (APP_MESSAGE_TEXT (self->text), text);
    }

  if (self->more)
    gtk_widget_set_visible (self->more, cut != NULL);
}

static void
need_card (AppMessageRow *self)
{
  if (self->card)
    return;

  self->card = app_call_card_new ();
  gtk_widget_add_css_class (self->card, "bubble");
  gtk_widget_insert_after (self->card, self->bubble_line, self->text);
}

/* A call has a card in the place of its text. */
static void
show_call (AppMessageRow *self,
           ConfabMessage *message)
{
  gboolean outgoing = confab_message_get_outgoing (message);
  AppCallEntry entry;
  gboolean is_call = app_call_entry_parse (confab_message_get_content (message), &entry);

  gtk_widget_set_visible (self->text, !is_call);
  if (is_call)
    {
      need_card (self);
      app_call_card_set_entry (APP_CALL_CARD (self->card), &entry, outgoing);
      set_css_class (self->card, "own", outgoing);
      gtk_widget_set_hexpand (self->card, outgoing);
      gtk_widget_set_halign (self->card, outgoing ? GTK_ALIGN_END : GTK_ALIGN_FILL);
    }
  if (self->card)
    gtk_widget_set_visible (self->card, is_call);
}

static char *
describe_notice (ConfabMessage *message)
{
  const char *name = confab_user_get_display_name (confab_message_get_sender (message));

  if (confab_message_get_kind (message) == CONFAB_MESSAGE_KIND_LEFT)
    /* Translators: %s is a person who has left a group. */
    return g_strdup_printf (_("%s left"), name);

  /* Translators: %s is a person who has joined a group. */
  return g_strdup_printf (_("%s joined"), name);
}

static void
show_content (AppMessageRow *self)
{
  ConfabMessage *message = app_timeline_item_get_message (self->item);
  ConfabMessageKind kind = confab_message_get_kind (message);
  gboolean outgoing = confab_message_get_outgoing (message);
  gboolean notice = app_timeline_item_is_notice (self->item);
  g_autofree char *clock = app_format_clock (confab_message_get_at (message));

  set_css_class (self->text, "bubble", !notice);
  set_css_class (self->text, "own", outgoing && !notice);
  set_css_class (self->text, "notice", notice);
  set_css_class (self->text, "monospace", kind == CONFAB_MESSAGE_KIND_JSON);
  gtk_widget_set_halign (self->line, notice     ? GTK_ALIGN_CENTER
                                     : outgoing ? GTK_ALIGN_END
                                                : GTK_ALIGN_START);
  /* A text that wraps is narrower than its row: one's own stays on the right. */
  gtk_widget_set_hexpand (self->text, outgoing && !notice);
  gtk_widget_set_halign (self->text, outgoing && !notice ? GTK_ALIGN_END : GTK_ALIGN_FILL);
  app_message_text_set_text (APP_MESSAGE_TEXT (self->time), clock);
  gtk_widget_set_visible (self->time, !notice);
  show_call (self, message);

  if (notice)
    {
      g_autofree char *text = describe_notice (message);

      app_message_text_set_text (APP_MESSAGE_TEXT (self->text), text);
      if (self->more)
        gtk_widget_set_visible (self->more, FALSE);
    }
  else
    {
      show_text (self, message);
    }
}

static void
need_failure (AppMessageRow *self)
{
  if (self->failure)
    return;

  self->failure = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_halign (self->failure, GTK_ALIGN_END);
  self->failure_text = make_label ("caption");
  gtk_widget_add_css_class (self->failure_text, "error");
  gtk_label_set_natural_wrap_mode (GTK_LABEL (self->failure_text), GTK_NATURAL_WRAP_NONE);
  gtk_box_append (GTK_BOX (self->failure), self->failure_text);
  self->failure_retry = gtk_button_new_with_mnemonic (_("_Try Again"));
  gtk_widget_add_css_class (self->failure_retry, "flat");
  gtk_widget_add_css_class (self->failure_retry, "caption");
  gtk_widget_set_valign (self->failure_retry, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->failure_retry, "clicked", G_CALLBACK (retry_clicked_cb), self);
  gtk_box_append (GTK_BOX (self->failure), self->failure_retry);
  gtk_box_append (GTK_BOX (self->column), self->failure);
}

/* What passes by itself is no failure; but whoever waits for a full disk has to know. */
static gboolean
waits_for_room (ConfabMessage *message)
{
  return confab_message_get_state (message) == CONFAB_MESSAGE_STATE_QUEUED &&
         confab_message_get_error_message (message) &&
         confab_message_get_error_code (message) == CONFAB_ERROR_STORAGE_FULL;
}

static void
show_failure (AppMessageRow *self,
              ConfabMessage *message)
{
  g_autofree char *text = NULL;
  gboolean shown = confab_message_get_state (message) == CONFAB_MESSAGE_STATE_FAILED ||
                   waits_for_room (message);

  if (shown)
    need_failure (self);
  if (self->failure)
    gtk_widget_set_visible (self->failure, shown);
  if (!shown)
    return;

  text = app_error_describe_code (confab_message_get_error_code (message));
  gtk_label_set_text (GTK_LABEL (self->failure_text), text);
  gtk_widget_set_visible (self->failure_retry, confab_message_get_retryable (message));
}

static void
need_state (AppMessageRow *self)
{
  if (self->state)
    return;

  self->state = gtk_image_new ();
  gtk_widget_add_css_class (self->state, "message-state");
  gtk_widget_set_valign (self->state, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (self->bubble_line), self->state);
}

static void
set_state_text (AppMessageRow *self,
                const char    *text)
{
  if (g_set_str (&self->state_text, text))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE_TEXT]);
}

static void
show_state (AppMessageRow *self)
{
  ConfabMessage *message = app_timeline_item_get_message (self->item);
  ConfabMessageState state = confab_message_get_state (message);
  gboolean shown = confab_message_get_outgoing (message) &&
                   !app_timeline_item_is_notice (self->item);
  const char *text = NULL;

  if (shown)
    {
      text = g_dpgettext2 (NULL, "message", state_looks[state].text);
      need_state (self);
      gtk_image_set_from_icon_name (GTK_IMAGE (self->state), state_looks[state].icon_name);
      gtk_widget_set_tooltip_text (self->state, text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->state),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
      set_css_class (self->state, "accent", state == CONFAB_MESSAGE_STATE_READ);
      set_css_class (self->state, "error", state == CONFAB_MESSAGE_STATE_FAILED);
    }

  if (self->state)
    gtk_widget_set_visible (self->state, shown);
  set_state_text (self, text);
  show_failure (self, message);
}

static void
need_sender (AppMessageRow *self)
{
  if (self->avatar)
    return;

  self->avatar = adw_avatar_new (AVATAR_SIZE, NULL, TRUE);
  gtk_widget_set_valign (self->avatar, GTK_ALIGN_START);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->avatar), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE,
                               -1);
  gtk_box_prepend (GTK_BOX (self->line), self->avatar);
  self->name = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->name, "caption-heading");
  gtk_widget_add_css_class (self->name, "sender");
  gtk_widget_set_halign (self->name, GTK_ALIGN_START);
  gtk_label_set_ellipsize (GTK_LABEL (self->name), PANGO_ELLIPSIZE_END);
  gtk_box_prepend (GTK_BOX (self->column), self->name);
}

static void
set_summary (AppMessageRow *self,
             char          *summary)
{
  g_free (self->summary);
  self->summary = summary;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUMMARY]);
}

static void
show_sender (AppMessageRow *self)
{
  ConfabMessage *message = app_timeline_item_get_message (self->item);
  gboolean notice = app_timeline_item_is_notice (self->item);
  gboolean indented = self->in_group && !confab_message_get_outgoing (message) && !notice;
  gboolean shown = indented && app_timeline_item_starts_run (self->item);
  const char *name = confab_user_get_display_name (confab_message_get_sender (message));
  g_autofree char *clock = app_format_clock (confab_message_get_at (message));

  if (shown)
    {
      need_sender (self);
      adw_avatar_set_text (ADW_AVATAR (self->avatar), name);
      gtk_label_set_text (GTK_LABEL (self->name), name);
    }

  if (self->avatar)
    {
      gtk_widget_set_visible (self->avatar, shown);
      gtk_widget_set_visible (self->name, shown);
    }

  gtk_widget_set_margin_start (self->column, indented && !shown ? AVATAR_SIZE + 8 : 0);

  if (notice)
    set_summary (self, describe_notice (message));
  else
    {
      g_autofree char *line = app_people_describe_text (message);

      /* Translators: what a screen reader says of a message: person, time of day, text. */
      set_summary (self, g_strdup_printf (C_("message", "%s, %s: %s"), name, clock, line));
    }
}

static void
show_day (AppMessageRow *self)
{
  gboolean shown = app_timeline_item_starts_day (self->item);

  if (shown)
    {
      ConfabMessage *message = app_timeline_item_get_message (self->item);
      g_autofree char *day = app_format_day (confab_message_get_at (message),
                                             g_get_real_time ());

      if (!self->day)
        {
          self->day = make_label ("day");
          gtk_widget_set_halign (self->day, GTK_ALIGN_CENTER);
          gtk_widget_insert_after (self->day, GTK_WIDGET (self), NULL);
        }
      gtk_label_set_text (GTK_LABEL (self->day), day);
    }

  if (self->day)
    gtk_widget_set_visible (self->day, shown);
}

static void
show_unread (AppMessageRow *self)
{
  gboolean shown = app_timeline_item_starts_unread (self->item);

  if (shown && !self->unread)
    {
      self->unread = make_label ("unread-line");
      gtk_label_set_text (GTK_LABEL (self->unread), C_("unread line", "New"));
      gtk_widget_insert_before (self->unread, GTK_WIDGET (self), self->line);
    }

  if (self->unread)
    gtk_widget_set_visible (self->unread, shown);
}

static void
placed_cb (AppMessageRow *self)
{
  gboolean starts_run = app_timeline_item_starts_run (self->item);

  set_css_class (GTK_WIDGET (self), "starts-run", starts_run);
  set_css_class (self->text, "joined-above", !starts_run);
  set_css_class (self->text, "joined-below", !app_timeline_item_ends_run (self->item));
  if (self->card)
    {
      set_css_class (self->card, "joined-above", !starts_run);
      set_css_class (self->card, "joined-below", !app_timeline_item_ends_run (self->item));
    }
  show_day (self);
  show_unread (self);
  show_sender (self);
}

static void
sender_renamed_cb (AppMessageRow *self)
{
  show_sender (self);
  if (app_timeline_item_is_notice (self->item))
    show_content (self);
}

static void
state_changed_cb (AppMessageRow *self)
{
  show_state (self);
}

static void
app_message_row_get_property (GObject    *object,
                              guint       property_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  AppMessageRow *self = APP_MESSAGE_ROW (object);

  switch ((AppMessageRowProperty) property_id)
    {
    case PROP_SUMMARY:
      g_value_set_string (value, self->summary);
      break;
    case PROP_STATE_TEXT:
      g_value_set_string (value, self->state_text);
      break;
    }
}

static void
app_message_row_dispose (GObject *object)
{
  AppMessageRow *self = APP_MESSAGE_ROW (object);

  g_clear_object (&self->item_signals);
  g_clear_object (&self->message_signals);
  g_clear_object (&self->sender_signals);
  g_clear_object (&self->item);
  app_widget_drop_children (GTK_WIDGET (self));

  G_OBJECT_CLASS (app_message_row_parent_class)->dispose (object);
}

static void
app_message_row_finalize (GObject *object)
{
  AppMessageRow *self = APP_MESSAGE_ROW (object);

  g_free (self->summary);
  g_free (self->state_text);

  G_OBJECT_CLASS (app_message_row_parent_class)->finalize (object);
}

static void
app_message_row_class_init (AppMessageRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_message_row_get_property;
  object_class->dispose = app_message_row_dispose;
  object_class->finalize = app_message_row_finalize;

  properties[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL, readable);
  properties[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "messagerow");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
make_line (AppMessageRow *self)
{
  self->line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_set_parent (self->line, GTK_WIDGET (self));

  self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->line), self->column);

  self->bubble_line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append (GTK_BOX (self->column), self->bubble_line);

  self->text = app_message_text_new ();
  gtk_widget_add_css_class (self->text, "message-text");
  gtk_box_append (GTK_BOX (self->bubble_line), self->text);

  self->time = app_message_text_new ();
  gtk_widget_add_css_class (self->time, "message-time");
  gtk_widget_set_valign (self->time, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (self->bubble_line), self->time);
}

static void
app_message_row_init (AppMessageRow *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  make_line (self);

  self->item_signals = g_signal_group_new (APP_TYPE_TIMELINE_ITEM);
  g_signal_group_connect_swapped (self->item_signals, "placed", G_CALLBACK (placed_cb), self);
  self->message_signals = g_signal_group_new (CONFAB_TYPE_MESSAGE);
  g_signal_group_connect_swapped (self->message_signals, "notify::state",
                                  G_CALLBACK (state_changed_cb), self);
  g_signal_group_connect_swapped (self->message_signals, "notify::error-code",
                                  G_CALLBACK (state_changed_cb), self);
  self->sender_signals = g_signal_group_new (CONFAB_TYPE_USER);
  g_signal_group_connect_swapped (self->sender_signals, "notify::display-name",
                                  G_CALLBACK (sender_renamed_cb), self);
}

/**
 * app_message_row_new:
 *
 * Returns: an empty row
 */
GtkWidget *
app_message_row_new (void)
{
  return g_object_new (APP_TYPE_MESSAGE_ROW, NULL);
}

/**
 * app_message_row_set_item:
 * @self: a row
 * @item: (nullable): what to show
 * @in_group: whether senders have to be told apart
 */
void
app_message_row_set_item (AppMessageRow   *self,
                          AppTimelineItem *item,
                          gboolean         in_group)
{
  ConfabMessage *message = item ? app_timeline_item_get_message (item) : NULL;

  g_return_if_fail (APP_IS_MESSAGE_ROW (self));

  g_set_object (&self->item, item);
  self->in_group = in_group;
  g_signal_group_set_target (self->item_signals, item);
  g_signal_group_set_target (self->message_signals, message);
  g_signal_group_set_target (self->sender_signals,
                             message ? confab_message_get_sender (message) : NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self), "flash");

  if (item)
    {
      show_content (self);
      show_state (self);
      placed_cb (self);
    }
}

/**
 * app_message_row_get_item:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): what it shows
 */
AppTimelineItem *
app_message_row_get_item (AppMessageRow *self)
{
  g_return_val_if_fail (APP_IS_MESSAGE_ROW (self), NULL);

  return self->item;
}

/**
 * app_message_row_select_text:
 * @self: a row
 *
 * Makes the text selectable, until the row shows something else, and selects
 * all of it.
 */
void
app_message_row_select_text (AppMessageRow *self)
{
  g_return_if_fail (APP_IS_MESSAGE_ROW (self));

  app_message_text_select_all (APP_MESSAGE_TEXT (self->text));
}

/**
 * app_message_row_flash:
 * @self: a row
 *
 * Draws the eye to the row for a moment.
 */
void
app_message_row_flash (AppMessageRow *self)
{
  g_return_if_fail (APP_IS_MESSAGE_ROW (self));

  gtk_widget_remove_css_class (GTK_WIDGET (self), "flash");
  gtk_widget_add_css_class (GTK_WIDGET (self), "flash");
}

/**
 * app_message_row_refresh:
 * @self: a row
 *
 * Names the day as it is called now.
 */
void
app_message_row_refresh (AppMessageRow *self)
{
  g_return_if_fail (APP_IS_MESSAGE_ROW (self));

  if (self->item)
    show_day (self);
}
