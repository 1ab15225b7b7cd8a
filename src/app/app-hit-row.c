/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-hit-row"

#include "config.h"

#include "app-hit-row.h"

#include "app-format.h"
#include "app-widget.h"

#include <glib/gi18n.h>

/**
 * AppHitRow:
 *
 * A message that a search has found: who wrote it where and when, and the
 * words around what was looked for.
 */
struct _AppHitRow
{
  GtkWidget        parent_instance;

  ConfabSearchHit *hit;
};

G_DEFINE_FINAL_TYPE (AppHitRow, app_hit_row, GTK_TYPE_WIDGET)

typedef enum {
  PROP_HEADING = 1,
  PROP_TIME,
  PROP_SNIPPET,
  PROP_SUMMARY,
} AppHitRowProperty;

static GParamSpec *properties[PROP_SUMMARY + 1];

static char *
dup_heading (AppHitRow *self)
{
  ConfabRoom *room = confab_search_hit_get_room (self->hit);
  ConfabMessage *message = confab_search_hit_get_message (self->hit);
  const char *sender = confab_user_get_display_name (confab_message_get_sender (message));

  if (confab_room_get_kind (room) == CONFAB_ROOM_KIND_DIRECT)
    return g_strdup (sender);

  /* Translators: a person and the group they wrote in. */
  return g_strdup_printf (C_("search hit", "%s in %s"), sender, confab_room_get_title (room));
}

static char *
dup_summary (AppHitRow *self)
{
  ConfabMessage *message = confab_search_hit_get_message (self->hit);
  g_autofree char *heading = dup_heading (self);
  g_autofree char *line = app_format_one_line (confab_message_get_text (message));

  return g_strdup_printf ("%s: %s", heading, line);
}

static char *
dup_time (AppHitRow *self)
{
  ConfabMessage *message = confab_search_hit_get_message (self->hit);

  return app_format_list_time (confab_message_get_at (message), g_get_real_time ());
}

static void
app_hit_row_get_property (GObject    *object,
                          guint       property_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  AppHitRow *self = APP_HIT_ROW (object);

  if (!self->hit)
    return;

  switch ((AppHitRowProperty) property_id)
    {
    case PROP_HEADING:
      g_value_take_string (value, dup_heading (self));
      break;
    case PROP_TIME:
      g_value_take_string (value, dup_time (self));
      break;
    case PROP_SNIPPET:
      g_value_set_string (value, confab_search_hit_get_snippet_markup (self->hit));
      break;
    case PROP_SUMMARY:
      g_value_take_string (value, dup_summary (self));
      break;
    }
}

static void
app_hit_row_dispose (GObject *object)
{
  g_clear_object (&APP_HIT_ROW (object)->hit);
  gtk_widget_dispose_template (GTK_WIDGET (object), APP_TYPE_HIT_ROW);
  app_widget_drop_children (GTK_WIDGET (object));

  G_OBJECT_CLASS (app_hit_row_parent_class)->dispose (object);
}

static void
app_hit_row_class_init (AppHitRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const char *names[] = { "heading", "time", "snippet", "summary" };

  object_class->get_property = app_hit_row_get_property;
  object_class->dispose = app_hit_row_dispose;

  for (guint i = PROP_HEADING; i <= PROP_SUMMARY; i++)
    properties[i] = g_param_spec_string (names[i - 1], NULL, NULL, NULL,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS |
                                           G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "hitrow");
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/confab_chat/Confab/app-hit-row.ui");
}

static void
app_hit_row_init (AppHitRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_hit_row_new:
 *
 * Returns: an empty row
 */
GtkWidget *
app_hit_row_new (void)
{
  return g_object_new (APP_TYPE_HIT_ROW, NULL);
}

/**
 * app_hit_row_set_hit:
 * @self: a row
 * @hit: (nullable): what was found
 */
void
app_hit_row_set_hit (AppHitRow       *self,
                     ConfabSearchHit *hit)
{
  g_return_if_fail (APP_IS_HIT_ROW (self));

  if (!g_set_object (&self->hit, hit))
    return;

  for (guint i = PROP_HEADING; i <= PROP_SUMMARY; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}
