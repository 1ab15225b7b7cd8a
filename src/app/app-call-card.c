/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-card"

#include "config.h"

#include "app-call-card.h"

#include "app-widget.h"

#include <glib/gi18n.h>

/**
 * AppCallCard:
 *
 * What a conversation shows of a call: what became of it, how long it lasted,
 * and a button to call again. It stands in the place of a message's text.
 */
struct _AppCallCard
{
  GtkWidget  parent_instance;

  GtkWidget *icon;
  GtkWidget *title;
  GtkWidget *duration;
  GtkWidget *button;
};

G_DEFINE_FINAL_TYPE (AppCallCard, app_call_card, GTK_TYPE_WIDGET)

static void
app_call_card_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), APP_TYPE_CALL_CARD);
  app_widget_drop_children (GTK_WIDGET (object));

  G_OBJECT_CLASS (app_call_card_parent_class)->dispose (object);
}

static void
app_call_card_class_init (AppCallCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = app_call_card_dispose;
  gtk_widget_class_set_css_name (widget_class, "callcard");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-call-card.ui");
  gtk_widget_class_bind_template_child (widget_class, AppCallCard, icon);
  gtk_widget_class_bind_template_child (widget_class, AppCallCard, title);
  gtk_widget_class_bind_template_child (widget_class, AppCallCard, duration);
  gtk_widget_class_bind_template_child (widget_class, AppCallCard, button);
}

static void
app_call_card_init (AppCallCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_call_card_new:
 *
 * Returns: an empty card
 */
GtkWidget *
app_call_card_new (void)
{
  return g_object_new (APP_TYPE_CALL_CARD, NULL);
}

static void
show_button (AppCallCard        *self,
             const AppCallEntry *entry,
             gboolean            outgoing)
{
  const char *label = outgoing ? _("Call Again") : _("Call Back");

  gtk_button_set_icon_name (GTK_BUTTON (self->button),
                            entry->video ? "camera-video-symbolic" : "call-start-symbolic");
  gtk_widget_set_tooltip_text (self->button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "win.call");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s",
                                    entry->video ? "video" : "voice");
}

/**
 * app_call_card_set_entry:
 * @self: a card
 * @entry: what to show
 * @outgoing: whether one called oneself
 */
void
app_call_card_set_entry (AppCallCard        *self,
                         const AppCallEntry *entry,
                         gboolean            outgoing)
{
  g_autofree char *what = NULL;
  g_autofree char *duration = NULL;

  g_return_if_fail (APP_IS_CALL_CARD (self));

  what = app_call_entry_describe (entry, outgoing);
  duration = app_call_entry_format_duration (entry->duration_s);
  gtk_label_set_text (GTK_LABEL (self->title), what);
  gtk_label_set_text (GTK_LABEL (self->duration), duration);
  gtk_widget_set_visible (self->duration, entry->outcome == APP_CALL_OUTCOME_ANSWERED);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon),
                                app_call_entry_get_icon (entry, outgoing));
  if (app_call_entry_is_missed (entry, outgoing))
    gtk_widget_add_css_class (self->icon, "error");
  else
    gtk_widget_remove_css_class (self->icon, "error");
  show_button (self, entry, outgoing);
}
