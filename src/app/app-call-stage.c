/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-stage"

#include "config.h"

#include "app-call-stage.h"

#include "app-call-tile.h"
#include "app-widget.h"

#include <glib/gi18n.h>

#define GAP 6
#define MARGIN 12
/* One's own picture is this part of the stage, and never larger than that: less where it would
 * stand before somebody's face.
 */
#define PREVIEW_PART 0.3
#define PREVIEW_PART_IN_GROUP 0.2
#define PREVIEW_MAX_WIDTH 240
#define PREVIEW_MAX_HEIGHT 180
#define PREVIEW_DEFAULT_ASPECT (4.0 / 3)

/**
 * AppCallStage:
 *
 * The people of a call side by side, as large as fits, with one's own picture
 * small in a corner.
 *
 * A picture comes in the size of a camera; the stage asks for none of that and
 * gives each what there is.
 */
struct _AppCallStage
{
  GtkWidget   parent_instance;

  GListModel *peers;
  GPtrArray  *tiles;
  GtkWidget  *preview;
  int         inset;
  gboolean    waiting;
};

G_DEFINE_FINAL_TYPE (AppCallStage, app_call_stage, GTK_TYPE_WIDGET)

static void
app_call_stage_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  AppCallStage *self = APP_CALL_STAGE (widget);

  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum;

      gtk_widget_measure (child, orientation, -1, &child_minimum, NULL, NULL, NULL);
      if (child != self->preview)
        *natural = MAX (*natural, child_minimum);
    }
}

static void
place (GtkWidget *child,
       int        x,
       int        y,
       int        width,
       int        height)
{
  int minimum_width;
  int minimum_height;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum_width, NULL, NULL, NULL);
  width = MAX (width, minimum_width);
  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &minimum_height, NULL, NULL, NULL);
  gtk_widget_size_allocate (child, &(GtkAllocation) { x, y, width, MAX (height, minimum_height) },
                            -1);
}

/* How many stand side by side so that each is as large as can be. */
static guint
pick_n_columns (guint n_tiles,
                int   width,
                int   height)
{
  if (n_tiles <= 1)
    return 1;
  if (n_tiles == 2)
    return width > height ? 2 : 1;
  if (n_tiles == 3 && width < height)
    return 1;

  return 2;
}

static void
place_tiles (AppCallStage *self,
             int           width,
             int           height)
{
  guint n_tiles = self->tiles->len;
  guint n_columns = pick_n_columns (n_tiles, width, height);
  guint n_rows = n_tiles ? (n_tiles + n_columns - 1) / n_columns : 1;
  int tile_width = (width - (int) (n_columns - 1) * GAP) / (int) n_columns;
  int tile_height = (height - (int) (n_rows - 1) * GAP) / (int) n_rows;

  for (guint i = 0; i < n_tiles; i++)
    {
      guint row = i / n_columns;
      guint n_in_row = MIN (n_columns, n_tiles - row * n_columns);
      int free = width - (int) n_in_row * tile_width - (int) (n_in_row - 1) * GAP;

      gtk_widget_set_child_visible (self->tiles->pdata[i], !self->waiting);
      place (self->tiles->pdata[i], free / 2 + (int) (i % n_columns) * (tile_width + GAP),
             (int) row * (tile_height + GAP), tile_width, tile_height);
    }
}

static void
place_preview (AppCallStage *self,
               int           width,
               int           height)
{
  GdkPaintable *paintable = gtk_picture_get_paintable (GTK_PICTURE (self->preview));
  double aspect = paintable ? gdk_paintable_get_intrinsic_aspect_ratio (paintable) : 0;
  double part = self->tiles->len > 1 ? PREVIEW_PART_IN_GROUP : PREVIEW_PART;
  double preview_width = MIN (PREVIEW_MAX_WIDTH, width * part);
  double preview_height;

  if (aspect <= 0)
    aspect = PREVIEW_DEFAULT_ASPECT;
  preview_height = MIN (MIN (PREVIEW_MAX_HEIGHT, height * part), preview_width / aspect);
  preview_width = preview_height * aspect;

  place (self->preview, width - (int) preview_width - MARGIN,
         height - (int) preview_height - self->inset - MARGIN, (int) preview_width,
         (int) preview_height);
}

static void
app_call_stage_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  AppCallStage *self = APP_CALL_STAGE (widget);

  place_tiles (self, width, height);
  if (gtk_widget_should_layout (self->preview))
    place_preview (self, width, height);
}

static void
peers_changed_cb (AppCallStage *self,
                  guint         position,
                  guint         n_removed,
                  guint         n_added)
{
  for (guint i = 0; i < n_removed; i++)
    {
      gtk_widget_unparent (self->tiles->pdata[position]);
      g_ptr_array_remove_index (self->tiles, position);
    }

  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr(ConfabCallPeer) peer = g_list_model_get_item (self->peers, i);
      GtkWidget *tile = app_call_tile_new (peer);

      gtk_widget_insert_before (tile, GTK_WIDGET (self), self->preview);
      g_ptr_array_insert (self->tiles, (int) i, tile);
    }

  for (guint i = 0; i < self->tiles->len; i++)
    app_call_tile_set_named (self->tiles->pdata[i], self->tiles->len > 1);
}

static void
app_call_stage_dispose (GObject *object)
{
  AppCallStage *self = APP_CALL_STAGE (object);

  if (self->peers)
    g_signal_handlers_disconnect_by_data (self->peers, self);
  g_clear_object (&self->peers);
  g_ptr_array_set_size (self->tiles, 0);
  app_widget_drop_children (GTK_WIDGET (self));
  self->preview = NULL;

  G_OBJECT_CLASS (app_call_stage_parent_class)->dispose (object);
}

static void
app_call_stage_finalize (GObject *object)
{
  g_ptr_array_unref (APP_CALL_STAGE (object)->tiles);

  G_OBJECT_CLASS (app_call_stage_parent_class)->finalize (object);
}

static void
app_call_stage_class_init (AppCallStageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = app_call_stage_dispose;
  object_class->finalize = app_call_stage_finalize;
  widget_class->measure = app_call_stage_measure;
  widget_class->size_allocate = app_call_stage_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "callstage");
}

static void
app_call_stage_init (AppCallStage *self)
{
  self->tiles = g_ptr_array_new ();
  self->preview = gtk_picture_new ();
  gtk_picture_set_content_fit (GTK_PICTURE (self->preview), GTK_CONTENT_FIT_COVER);
  gtk_widget_add_css_class (self->preview, "preview");
  gtk_widget_set_overflow (self->preview, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_visible (self->preview, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->preview), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Your picture"), -1);
  gtk_widget_set_parent (self->preview, GTK_WIDGET (self));
}

/**
 * app_call_stage_set_peers:
 * @self: a stage
 * @peers: a list of #ConfabCallPeer
 *
 * Shows who is in a call, and who comes and goes. May be called once.
 */
void
app_call_stage_set_peers (AppCallStage *self,
                          GListModel   *peers)
{
  g_return_if_fail (APP_IS_CALL_STAGE (self));
  g_return_if_fail (!self->peers);

  self->peers = g_object_ref (peers);
  g_signal_connect_swapped (peers, "items-changed", G_CALLBACK (peers_changed_cb), self);
  peers_changed_cb (self, 0, 0, g_list_model_get_n_items (peers));
}

/**
 * app_call_stage_set_preview:
 * @self: a stage
 * @preview: (nullable): one's own picture
 *
 * Shows one's own picture, or no longer does.
 */
void
app_call_stage_set_preview (AppCallStage *self,
                            GdkPaintable *preview)
{
  g_return_if_fail (APP_IS_CALL_STAGE (self));

  gtk_picture_set_paintable (GTK_PICTURE (self->preview), preview);
  gtk_widget_set_visible (self->preview, preview != NULL);
}

/**
 * app_call_stage_set_inset:
 * @self: a stage
 * @inset: how much is covered at the bottom
 *
 * Keeps one's own picture clear of the controls.
 */
void
app_call_stage_set_inset (AppCallStage *self,
                          int           inset)
{
  g_return_if_fail (APP_IS_CALL_STAGE (self));

  if (self->inset == inset)
    return;

  self->inset = inset;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/**
 * app_call_stage_set_waiting:
 * @self: a stage
 * @waiting: whether nobody has come yet
 *
 * Shows one's own picture only, until somebody is there.
 */
void
app_call_stage_set_waiting (AppCallStage *self,
                            gboolean      waiting)
{
  g_return_if_fail (APP_IS_CALL_STAGE (self));

  if (self->waiting == waiting)
    return;

  self->waiting = waiting;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}
