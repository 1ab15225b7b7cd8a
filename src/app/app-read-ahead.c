/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-read-ahead"

#include "config.h"

#include "app-read-ahead.h"

/* Pages are asked for when this many screens are left, */
#define SCREENS_AHEAD 3
/* but on a very high screen only within what the list can hold: else a page at one end would cost
 * one at the other, which would be asked for again, and so on for ever.
 */
#define MAX_ROWS_AHEAD 300

/**
 * AppReadAhead:
 *
 * Pages older and newer messages in before a reader comes to them.
 *
 * It asks for one page, and for the next when that has been laid out: until then nobody knows how
 * much there is around what is in sight. Whoever asks at once gets page after page, and the row he
 * was at is let go at the other end. While the list is scrolled to a goal it waits.
 */
struct _AppReadAhead
{
  GObject            parent_instance;

  /* They outlive it. */
  GtkWidget         *list;
  GtkAdjustment     *adjustment;

  AppScrollGoal     *goal;
  ConfabMessageList *messages;
  gulong             loading_handler;
  GCancellable      *reading;
  guint              tick;
  guint              n_frames_to_wait;
};

G_DEFINE_FINAL_TYPE (AppReadAhead, app_read_ahead, G_TYPE_OBJECT)

static void
older_loaded_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(AppReadAhead) self = user_data;
  g_autoptr(GError) error = NULL;

  /* Offline, what only the server has stays away; scrolling asks again. */
  if (!confab_message_list_load_older_finish (CONFAB_MESSAGE_LIST (object), result, &error))
    g_debug ("Older messages: %s", error->message);
}

static void
newer_loaded_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(AppReadAhead) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_message_list_load_newer_finish (CONFAB_MESSAGE_LIST (object), result, &error))
    g_debug ("Newer messages: %s", error->message);
}

/* Pixels that there should be above and below what is in sight. */
static double
get_wanted_ahead (AppReadAhead *self,
                  double        page,
                  double        upper)
{
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->messages));
  double row_height = upper / MAX (n_rows, 1);

  return MIN (SCREENS_AHEAD * page, (MAX_ROWS_AHEAD * row_height - page) / 2);
}

static void
read_ahead (AppReadAhead *self)
{
  double page = gtk_adjustment_get_page_size (self->adjustment);
  double upper = gtk_adjustment_get_upper (self->adjustment);
  double above = gtk_adjustment_get_value (self->adjustment);
  double below = upper - above - page;
  double ahead;

  if (!self->messages || self->tick || app_scroll_goal_is_active (self->goal) || page < 1 ||
      confab_message_list_get_loading (self->messages))
    return;

  ahead = get_wanted_ahead (self, page, upper);
  if (above < ahead && confab_message_list_get_has_older (self->messages))
    confab_message_list_load_older_async (self->messages, self->reading, older_loaded_cb,
                                          g_object_ref (self));
  else if (below < ahead && confab_message_list_get_has_newer (self->messages))
    confab_message_list_load_newer_async (self->messages, self->reading, newer_loaded_cb,
                                          g_object_ref (self));
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  AppReadAhead *self = user_data;

  if (self->n_frames_to_wait-- > 0)
    return G_SOURCE_CONTINUE;

  self->tick = 0;
  read_ahead (self);

  return G_SOURCE_REMOVE;
}

/* A tick comes before the layout of its frame: the second one knows of the first one's. */
static void
read_ahead_after_frame (AppReadAhead *self)
{
  if (!self->messages)
    return;

  self->n_frames_to_wait = 1;
  if (!self->tick)
    self->tick = gtk_widget_add_tick_callback (self->list, tick_cb, self, NULL);
}

static void
app_read_ahead_dispose (GObject *object)
{
  AppReadAhead *self = APP_READ_AHEAD (object);

  app_read_ahead_set_messages (self, NULL);
  g_clear_object (&self->goal);

  G_OBJECT_CLASS (app_read_ahead_parent_class)->dispose (object);
}

static void
app_read_ahead_class_init (AppReadAheadClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = app_read_ahead_dispose;
}

static void
app_read_ahead_init (AppReadAhead *self)
{
}

/**
 * app_read_ahead_new:
 * @list: (transfer none): what shows the messages; outlives it
 * @adjustment: (transfer none): its vertical adjustment; outlives it
 * @goal: where the list is scrolled to
 *
 * Returns: (transfer full): an object that reads nothing yet
 */
AppReadAhead *
app_read_ahead_new (GtkWidget     *list,
                    GtkAdjustment *adjustment,
                    AppScrollGoal *goal)
{
  AppReadAhead *self = g_object_new (APP_TYPE_READ_AHEAD, NULL);

  self->list = list;
  self->adjustment = adjustment;
  self->goal = g_object_ref (goal);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (read_ahead), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (read_ahead), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (goal, "reached", G_CALLBACK (read_ahead_after_frame), self,
                           G_CONNECT_SWAPPED);

  return self;
}

/**
 * app_read_ahead_set_messages:
 * @self: a read-ahead
 * @messages: (nullable): the conversation that is shown, which was opened
 *
 * Reads around what is in sight of @messages from the frame on that shows them first.
 */
void
app_read_ahead_set_messages (AppReadAhead      *self,
                             ConfabMessageList *messages)
{
  g_return_if_fail (APP_IS_READ_AHEAD (self));

  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  if (self->tick)
    gtk_widget_remove_tick_callback (self->list, g_steal_handle_id (&self->tick));
  if (self->messages)
    g_clear_signal_handler (&self->loading_handler, self->messages);

  g_set_object (&self->messages, messages);
  if (!messages)
    return;

  self->reading = g_cancellable_new ();
  self->loading_handler = g_signal_connect_swapped (messages, "notify::loading",
                                                    G_CALLBACK (read_ahead_after_frame), self);
  read_ahead_after_frame (self);
}
