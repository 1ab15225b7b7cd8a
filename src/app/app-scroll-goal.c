/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-scroll-goal"

#include "config.h"

#include "app-scroll-goal.h"

#include "app-message-row.h"
#include "app-widget.h"

/* How much of the page stands above the message. */
#define CONTEXT 0.25

typedef enum {
  STEP_LAYOUT,
  STEP_GOAL,
  STEP_ALIGN,
  STEP_DONE,
} Step;

/**
 * AppScrollGoal:
 *
 * Scrolls a conversation to a message, so that it stands near the top, with a
 * little of what was before it above and what follows below.
 *
 * That takes a few frames, because a list view knows where a row is only after
 * a layout. Rows that come or go meanwhile do not matter. ::reached is emitted
 * at last.
 */
struct _AppScrollGoal
{
  GObject             parent_instance;

  /* They outlive the goal. */
  GtkListView        *list;
  GtkAdjustment      *adjustment;
  AppTimeline        *timeline;
  AppEndKeeper       *keeper;

  AppTimelineItem    *item;
  GtkListScrollFlags  flags;
  Step                step;
  guint               tick;
};

G_DEFINE_FINAL_TYPE (AppScrollGoal, app_scroll_goal, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_REACHED,
} AppScrollGoalSignal;

static guint signals[SIGNAL_REACHED + 1];

static GtkWidget *
find_row (AppScrollGoal *self)
{
  g_autoptr(GPtrArray) rows = app_widget_list_rows (GTK_WIDGET (self->list));

  for (guint i = 0; i < rows->len; i++)
    if (APP_IS_MESSAGE_ROW (rows->pdata[i]) &&
        app_message_row_get_item (rows->pdata[i]) == self->item)
      return rows->pdata[i];

  return NULL;
}

/* Moving the value also makes the list look again at what is in sight: rows
 * above the one it was told to scroll to would stay blank where it cannot
 * scroll that far.
 */
static void
align (AppScrollGoal *self)
{
  GtkWidget *row = find_row (self);
  double page = gtk_adjustment_get_page_size (self->adjustment);
  double value = gtk_adjustment_get_value (self->adjustment);
  graphene_rect_t bounds;

  if (row && gtk_widget_compute_bounds (row, GTK_WIDGET (self->list), &bounds))
    value += graphene_rect_get_y (&bounds) - page * CONTEXT;

  value = CLAMP (value, 0, gtk_adjustment_get_upper (self->adjustment) - page);
  gtk_adjustment_set_value (self->adjustment, value > 1 ? value - 1 : value + 1);
  gtk_adjustment_set_value (self->adjustment, value);
}

static void
take_step (AppScrollGoal *self)
{
  guint position = 0;

  switch (self->step)
    {
    case STEP_GOAL:
      if (app_timeline_get_position (self->timeline, self->item, &position))
        gtk_list_view_scroll_to (self->list, position, self->flags, NULL);
      break;
    case STEP_ALIGN:
      align (self);
      break;
    case STEP_LAYOUT:
    case STEP_DONE:
      break;
    }

  self->step++;
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  AppScrollGoal *self = user_data;

  app_end_keeper_let_go (self->keeper);
  take_step (self);
  if (self->step < STEP_DONE)
    return G_SOURCE_CONTINUE;

  self->tick = 0;
  g_clear_object (&self->item);
  g_signal_emit (self, signals[SIGNAL_REACHED], 0);

  return G_SOURCE_REMOVE;
}

static void
app_scroll_goal_dispose (GObject *object)
{
  app_scroll_goal_cancel (APP_SCROLL_GOAL (object));

  G_OBJECT_CLASS (app_scroll_goal_parent_class)->dispose (object);
}

static void
app_scroll_goal_class_init (AppScrollGoalClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = app_scroll_goal_dispose;

  signals[SIGNAL_REACHED] = g_signal_new ("reached", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
app_scroll_goal_init (AppScrollGoal *self)
{
  self->step = STEP_DONE;
}

/**
 * app_scroll_goal_new:
 * @list: (transfer none): the list; outlives the goal
 * @adjustment: (transfer none): its vertical adjustment; outlives the goal
 * @timeline: (transfer none): what it shows; outlives the goal
 * @keeper: (transfer none): what keeps it at its end; outlives the goal
 *
 * Returns: (transfer full): a goal that goes nowhere yet
 */
AppScrollGoal *
app_scroll_goal_new (GtkListView   *list,
                     GtkAdjustment *adjustment,
                     AppTimeline   *timeline,
                     AppEndKeeper  *keeper)
{
  AppScrollGoal *self = g_object_new (APP_TYPE_SCROLL_GOAL, NULL);

  self->list = list;
  self->adjustment = adjustment;
  self->timeline = timeline;
  self->keeper = keeper;

  return self;
}

/**
 * app_scroll_goal_go:
 * @self: a goal
 * @position: the row to go to, as it is now
 * @flags: whether to focus it
 *
 * Sets out for a row; one that was still being gone to is forgotten.
 */
void
app_scroll_goal_go (AppScrollGoal      *self,
                    guint               position,
                    GtkListScrollFlags  flags)
{
  g_autoptr(AppTimelineItem) item = NULL;

  g_return_if_fail (APP_IS_SCROLL_GOAL (self));

  item = g_list_model_get_item (G_LIST_MODEL (self->timeline), position);
  app_end_keeper_let_go (self->keeper);
  g_set_object (&self->item, item);
  self->flags = flags;
  self->step = STEP_LAYOUT;
  if (!self->tick)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self->list), tick_cb, self, NULL);
}

/**
 * app_scroll_goal_cancel:
 * @self: a goal
 *
 * Leaves the list where it is.
 */
void
app_scroll_goal_cancel (AppScrollGoal *self)
{
  g_return_if_fail (APP_IS_SCROLL_GOAL (self));

  g_clear_object (&self->item);
  self->step = STEP_DONE;
  if (self->tick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->list), g_steal_handle_id (&self->tick));
}

/**
 * app_scroll_goal_is_active:
 * @self: a goal
 *
 * Returns: whether it is still on its way
 */
gboolean
app_scroll_goal_is_active (AppScrollGoal *self)
{
  g_return_val_if_fail (APP_IS_SCROLL_GOAL (self), FALSE);

  return self->tick != 0;
}
