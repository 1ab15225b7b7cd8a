/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-end-keeper"

#include "config.h"

#include "app-end-keeper.h"

/* Whoever scrolls to within so many pixels of the end means the end. */
#define END_SLACK 24

/**
 * AppEndKeeper:
 *
 * Keeps a list view at its end while that is where its user left it.
 *
 * New rows, rows that turn out taller and a smaller window move the end away;
 * the keeper follows. A scroll by hand that leaves the end lets go, one that
 * reaches it again sticks again.
 *
 * Where the list is only a part of something longer, its last row is no end:
 * whoever follows it would make the list load page after page to the last.
 */
struct _AppEndKeeper
{
  GObject        parent_instance;

  GtkListView   *list;
  GtkAdjustment *adjustment;
  guint          follow_source;
  gboolean       complete;
  gboolean       at_end;
};

G_DEFINE_FINAL_TYPE (AppEndKeeper, app_end_keeper, G_TYPE_OBJECT)

typedef enum {
  PROP_AT_END = 1,
} AppEndKeeperProperty;

static GParamSpec *properties[PROP_AT_END + 1];

static void
set_at_end (AppEndKeeper *self,
            gboolean      at_end)
{
  at_end = at_end && self->complete;
  if (self->at_end == at_end)
    return;

  self->at_end = at_end;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AT_END]);
}

static gboolean
is_near_end (AppEndKeeper *self,
             double        slack)
{
  return gtk_adjustment_get_value (self->adjustment) +
         gtk_adjustment_get_page_size (self->adjustment) + slack >=
         gtk_adjustment_get_upper (self->adjustment);
}

/* Where everything is in sight there is nowhere to scroll to, and no value
 * that could change.
 */
static gboolean
is_all_in_sight (AppEndKeeper *self)
{
  double page = gtk_adjustment_get_page_size (self->adjustment);

  return page > 0 && gtk_adjustment_get_upper (self->adjustment) <= page;
}

static void
scroll_to_end (AppEndKeeper *self)
{
  GtkSelectionModel *model = gtk_list_view_get_model (self->list);
  guint n_items = model ? g_list_model_get_n_items (G_LIST_MODEL (model)) : 0;

  if (n_items > 0)
    gtk_list_view_scroll_to (self->list, n_items - 1, GTK_LIST_SCROLL_NONE, NULL);
}

static gboolean
follow_cb (gpointer user_data)
{
  AppEndKeeper *self = user_data;

  self->follow_source = 0;
  scroll_to_end (self);

  return G_SOURCE_REMOVE;
}

static void
follow (AppEndKeeper *self)
{
  /* Before the next layout, so that no frame shows the list elsewhere. */
  if (!self->follow_source)
    self->follow_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, follow_cb, self, NULL);
}

static void
size_changed_cb (AppEndKeeper *self)
{
  if (self->at_end && !is_near_end (self, 1))
    follow (self);
  else if (!self->at_end && is_all_in_sight (self))
    set_at_end (self, TRUE);
}

static void
value_changed_cb (AppEndKeeper *self)
{
  /* Not by hand: the layout moved, and it is being followed. */
  if (!self->follow_source)
    set_at_end (self, is_near_end (self, END_SLACK));
}

static void
app_end_keeper_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AppEndKeeper *self = APP_END_KEEPER (object);

  switch ((AppEndKeeperProperty) property_id)
    {
    case PROP_AT_END:
      g_value_set_boolean (value, self->at_end);
      break;
    }
}

static void
app_end_keeper_dispose (GObject *object)
{
  AppEndKeeper *self = APP_END_KEEPER (object);

  g_clear_handle_id (&self->follow_source, g_source_remove);

  G_OBJECT_CLASS (app_end_keeper_parent_class)->dispose (object);
}

static void
app_end_keeper_class_init (AppEndKeeperClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = app_end_keeper_get_property;
  object_class->dispose = app_end_keeper_dispose;

  properties[PROP_AT_END] = g_param_spec_boolean ("at-end", NULL, NULL, TRUE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS |
                                                    G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
app_end_keeper_init (AppEndKeeper *self)
{
  self->complete = TRUE;
  self->at_end = TRUE;
}

/**
 * app_end_keeper_new:
 * @list: (transfer none): the list; outlives the keeper
 * @adjustment: (transfer none): its vertical adjustment; outlives the keeper
 *
 * Returns: (transfer full): a keeper that sticks to the end
 */
AppEndKeeper *
app_end_keeper_new (GtkListView   *list,
                    GtkAdjustment *adjustment)
{
  AppEndKeeper *self = g_object_new (APP_TYPE_END_KEEPER, NULL);

  self->list = list;
  self->adjustment = adjustment;
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (size_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (value_changed_cb), self,
                           G_CONNECT_SWAPPED);

  return self;
}

/**
 * app_end_keeper_get_at_end:
 * @self: a keeper
 *
 * Returns: whether the list shows its end
 */
gboolean
app_end_keeper_get_at_end (AppEndKeeper *self)
{
  g_return_val_if_fail (APP_IS_END_KEEPER (self), FALSE);

  return self->at_end;
}

/**
 * app_end_keeper_set_complete:
 * @self: a keeper
 * @complete: whether nothing comes behind the last row
 *
 * Says whether the list has an end that can be kept.
 */
void
app_end_keeper_set_complete (AppEndKeeper *self,
                             gboolean      complete)
{
  g_return_if_fail (APP_IS_END_KEEPER (self));

  if (self->complete == complete)
    return;

  self->complete = complete;
  if (complete)
    set_at_end (self, is_near_end (self, END_SLACK));
  else
    app_end_keeper_let_go (self);
}

/**
 * app_end_keeper_stick:
 * @self: a keeper
 *
 * Scrolls to the end and stays there, if the list has one.
 */
void
app_end_keeper_stick (AppEndKeeper *self)
{
  g_return_if_fail (APP_IS_END_KEEPER (self));

  if (!self->complete)
    return;

  set_at_end (self, TRUE);
  scroll_to_end (self);
  follow (self);
}

/**
 * app_end_keeper_let_go:
 * @self: a keeper
 *
 * Lets the list stand where it is, until its end is reached by hand.
 */
void
app_end_keeper_let_go (AppEndKeeper *self)
{
  g_return_if_fail (APP_IS_END_KEEPER (self));

  g_clear_handle_id (&self->follow_source, g_source_remove);
  set_at_end (self, is_all_in_sight (self));
}
