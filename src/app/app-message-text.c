/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-message-text"

#include "config.h"

#include "app-message-text.h"

#include <string.h>

/* A line is at most about so many characters long: longer ones are hard to read. */
#define MAX_LINE_CHARS 60
/* Narrower than so many characters nobody has to be able to make it. */
#define MIN_LINE_CHARS 4

/**
 * AppMessageText:
 *
 * A text in a conversation, wrapped at about sixty characters.
 *
 * A #GtkLabel shapes a text that wraps four or five times before it is on the screen: for
 * its least width, its natural one, the height at each, and once more to draw it. That is
 * most of what opening a room costs. This widget shapes it once where there is room for it,
 * and twice where there is not.
 *
 * What only a label can do, it leaves to one: texts with links, and one that is being selected.
 */
struct _AppMessageText
{
  GtkWidget    parent_instance;

  char        *content;
  gboolean     is_markup;
  PangoLayout *layout;
  guint        context_serial;
  /* What the text takes where there is room; -1 when it has not been measured. */
  int          natural_width;
  int          natural_height;
  /* The width that the layout has now, and the height at that. */
  int          layout_width;
  int          layout_height;

  /* In the place of the layout. */
  GtkWidget   *label;
};

G_DEFINE_FINAL_TYPE (AppMessageText, app_message_text, GTK_TYPE_WIDGET)

static void
forget_layout (AppMessageText *self)
{
  g_clear_object (&self->layout);
  self->natural_width = -1;
}

static PangoLayout *
get_layout (AppMessageText *self)
{
  if (self->layout)
    return self->layout;

  self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  self->context_serial = pango_context_get_serial (pango_layout_get_context (self->layout));
  pango_layout_set_wrap (self->layout, PANGO_WRAP_WORD_CHAR);
  if (self->is_markup)
    pango_layout_set_markup (self->layout, self->content, -1);
  else
    pango_layout_set_text (self->layout, self->content, -1);

  return self->layout;
}

/* Without the metrics of the font, which cost more than the text: a character is about half as wide
 * as the font is high.
 */
static int
get_width_of_chars (AppMessageText *self,
                    int             n_chars)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  const PangoFontDescription *font = pango_context_get_font_description (context);
  double size = pango_font_description_get_size (font) / (double) PANGO_SCALE;

  if (!pango_font_description_get_size_is_absolute (font))
    size *= pango_cairo_context_get_resolution (context) / 72;

  return (int) (size * n_chars / 2);
}

static void
lay_out (AppMessageText *self,
         int             width)
{
  PangoLayout *layout = get_layout (self);

  if (self->natural_width >= 0 && self->layout_width == width)
    return;

  self->layout_width = width;
  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, NULL, &self->layout_height);
}

static void
need_natural_size (AppMessageText *self)
{
  if (self->natural_width >= 0)
    return;

  lay_out (self, get_width_of_chars (self, MAX_LINE_CHARS));
  pango_layout_get_pixel_size (self->layout, &self->natural_width, &self->natural_height);
}

static int
get_height_at (AppMessageText *self,
               int             width)
{
  need_natural_size (self);
  if (width < 0 || width >= self->natural_width)
    return self->natural_height;

  lay_out (self, width);

  return self->layout_height;
}

static GtkSizeRequestMode
app_message_text_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
app_message_text_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  AppMessageText *self = APP_MESSAGE_TEXT (widget);

  if (self->label)
    {
      gtk_widget_measure (self->label, orientation, for_size, minimum, natural,
                          minimum_baseline, natural_baseline);
    }
  else if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      need_natural_size (self);
      *natural = self->natural_width;
      *minimum = MIN (*natural, get_width_of_chars (self, MIN_LINE_CHARS));
    }
  else
    {
      *minimum = *natural = get_height_at (self, for_size);
    }
}

static void
app_message_text_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  AppMessageText *self = APP_MESSAGE_TEXT (widget);

  if (self->label)
    gtk_widget_allocate (self->label, width, height, baseline, NULL);
}

static void
app_message_text_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  AppMessageText *self = APP_MESSAGE_TEXT (widget);
  GdkRGBA color;

  if (self->label)
    {
      gtk_widget_snapshot_child (widget, self->label, snapshot);
      return;
    }

  /* With the lines that it was measured with, whatever was asked since. */
  need_natural_size (self);
  if (gtk_widget_get_width (widget) < self->natural_width)
    lay_out (self, gtk_widget_get_width (widget));
  else if (self->layout_width < self->natural_width)
    lay_out (self, get_width_of_chars (self, MAX_LINE_CHARS));

  gtk_widget_get_color (widget, &color);
  gtk_snapshot_append_layout (snapshot, self->layout, &color);
}

/* The font may be another one now. */
static void
app_message_text_css_changed (GtkWidget         *widget,
                              GtkCssStyleChange *change)
{
  AppMessageText *self = APP_MESSAGE_TEXT (widget);

  GTK_WIDGET_CLASS (app_message_text_parent_class)->css_changed (widget, change);

  if (self->layout &&
      pango_context_get_serial (gtk_widget_get_pango_context (widget)) != self->context_serial)
    {
      forget_layout (self);
      gtk_widget_queue_resize (widget);
    }
}

static void
app_message_text_system_setting_changed (GtkWidget        *widget,
                                         GtkSystemSetting  setting)
{
  GTK_WIDGET_CLASS (app_message_text_parent_class)->system_setting_changed (widget, setting);

  forget_layout (APP_MESSAGE_TEXT (widget));
  gtk_widget_queue_resize (widget);
}

static void
app_message_text_direction_changed (GtkWidget        *widget,
                                    GtkTextDirection  previous)
{
  GTK_WIDGET_CLASS (app_message_text_parent_class)->direction_changed (widget, previous);

  forget_layout (APP_MESSAGE_TEXT (widget));
}

static void
app_message_text_dispose (GObject *object)
{
  AppMessageText *self = APP_MESSAGE_TEXT (object);

  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_object (&self->layout);

  G_OBJECT_CLASS (app_message_text_parent_class)->dispose (object);
}

static void
app_message_text_finalize (GObject *object)
{
  g_free (APP_MESSAGE_TEXT (object)->content);

  G_OBJECT_CLASS (app_message_text_parent_class)->finalize (object);
}

static void
app_message_text_class_init (AppMessageTextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = app_message_text_dispose;
  object_class->finalize = app_message_text_finalize;
  widget_class->get_request_mode = app_message_text_get_request_mode;
  widget_class->measure = app_message_text_measure;
  widget_class->size_allocate = app_message_text_size_allocate;
  widget_class->snapshot = app_message_text_snapshot;
  widget_class->css_changed = app_message_text_css_changed;
  widget_class->system_setting_changed = app_message_text_system_setting_changed;
  widget_class->direction_changed = app_message_text_direction_changed;

  /* A screen reader hears of the row as a whole, and of the links in it. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GENERIC);
  gtk_widget_class_set_css_name (widget_class, "label");
}

static void
app_message_text_init (AppMessageText *self)
{
  self->content = g_strdup ("");
  self->natural_width = -1;
}

/**
 * app_message_text_new:
 *
 * Returns: an empty text
 */
GtkWidget *
app_message_text_new (void)
{
  return g_object_new (APP_TYPE_MESSAGE_TEXT, NULL);
}

static void
need_label (AppMessageText *self)
{
  if (self->label)
    return;

  self->label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (self->label), MAX_LINE_CHARS);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}

static void
fill_label (AppMessageText *self)
{
  need_label (self);
  if (self->is_markup)
    gtk_label_set_markup (GTK_LABEL (self->label), self->content);
  else
    gtk_label_set_text (GTK_LABEL (self->label), self->content);
}

static void
set_content (AppMessageText *self,
             const char     *content,
             gboolean        is_markup)
{
  gboolean same = self->is_markup == is_markup && strcmp (self->content, content) == 0;

  /* One that was selected is not any more. */
  if (same && !self->label)
    return;

  g_set_str (&self->content, content);
  self->is_markup = is_markup;
  forget_layout (self);
  if (is_markup && strstr (content, "<a "))
    fill_label (self);
  else
    g_clear_pointer (&self->label, gtk_widget_unparent);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * app_message_text_set_text:
 * @self: a text
 * @text: what to show
 */
void
app_message_text_set_text (AppMessageText *self,
                           const char     *text)
{
  g_return_if_fail (APP_IS_MESSAGE_TEXT (self));

  set_content (self, text, FALSE);
}

/**
 * app_message_text_set_markup:
 * @self: a text
 * @markup: what to show, as gtk_label_set_markup() takes it
 */
void
app_message_text_set_markup (AppMessageText *self,
                             const char     *markup)
{
  g_return_if_fail (APP_IS_MESSAGE_TEXT (self));

  set_content (self, markup, TRUE);
}

/**
 * app_message_text_select_all:
 * @self: a text
 *
 * Selects all of it, and lets its reader select a part, until another text is set.
 */
void
app_message_text_select_all (AppMessageText *self)
{
  g_return_if_fail (APP_IS_MESSAGE_TEXT (self));

  fill_label (self);
  gtk_label_set_selectable (GTK_LABEL (self->label), TRUE);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_grab_focus (self->label);
  gtk_label_select_region (GTK_LABEL (self->label), 0, -1);
}
