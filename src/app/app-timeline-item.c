/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-timeline-item"

#include "config.h"

#include "app-timeline-item.h"

/**
 * AppTimelineItem:
 *
 * A message at its place in a conversation: what stands above and below it
 * decides whether it begins a day, a run of one sender, or what is unread.
 *
 * ::placed is emitted when that changes; AppTimeline alone changes it.
 */
struct _AppTimelineItem
{
  GObject        parent_instance;

  ConfabMessage *message;
  gboolean       starts_day;
  gboolean       starts_run;
  gboolean       ends_run;
  gboolean       starts_unread;
};

G_DEFINE_FINAL_TYPE (AppTimelineItem, app_timeline_item, G_TYPE_OBJECT)

typedef enum {
  SIGNAL_PLACED,
} AppTimelineItemSignal;

static guint signals[SIGNAL_PLACED + 1];

static void
app_timeline_item_finalize (GObject *object)
{
  AppTimelineItem *self = APP_TIMELINE_ITEM (object);

  g_clear_object (&self->message);

  G_OBJECT_CLASS (app_timeline_item_parent_class)->finalize (object);
}

static void
app_timeline_item_class_init (AppTimelineItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = app_timeline_item_finalize;

  signals[SIGNAL_PLACED] = g_signal_new ("placed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                         0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
app_timeline_item_init (AppTimelineItem *self)
{
}

/**
 * app_timeline_item_new:
 * @message: a message
 *
 * Returns: (transfer full): an item that begins and ends nothing yet
 */
AppTimelineItem *
app_timeline_item_new (ConfabMessage *message)
{
  AppTimelineItem *self = g_object_new (APP_TYPE_TIMELINE_ITEM, NULL);

  self->message = g_object_ref (message);

  return self;
}

/**
 * app_timeline_item_get_message:
 * @self: an item
 *
 * Returns: (transfer none): the message
 */
ConfabMessage *
app_timeline_item_get_message (AppTimelineItem *self)
{
  g_return_val_if_fail (APP_IS_TIMELINE_ITEM (self), NULL);

  return self->message;
}

/**
 * app_timeline_item_is_notice:
 * @self: an item
 *
 * Returns: whether it tells that somebody has come or gone
 */
gboolean
app_timeline_item_is_notice (AppTimelineItem *self)
{
  ConfabMessageKind kind;

  g_return_val_if_fail (APP_IS_TIMELINE_ITEM (self), FALSE);

  kind = confab_message_get_kind (self->message);

  return kind == CONFAB_MESSAGE_KIND_JOINED || kind == CONFAB_MESSAGE_KIND_LEFT;
}

/**
 * app_timeline_item_place:
 * @self: an item
 * @starts_day: whether it is the first of its day
 * @starts_run: whether name and picture stand above it
 * @ends_run: whether somebody else, or a pause, comes next
 * @starts_unread: whether it is the first unread message
 *
 * Tells it how it stands among its neighbours.
 */
void
app_timeline_item_place (AppTimelineItem *self,
                         gboolean         starts_day,
                         gboolean         starts_run,
                         gboolean         ends_run,
                         gboolean         starts_unread)
{
  g_return_if_fail (APP_IS_TIMELINE_ITEM (self));

  if (self->starts_day == starts_day && self->starts_run == starts_run &&
      self->ends_run == ends_run && self->starts_unread == starts_unread)
    return;

  self->starts_day = starts_day;
  self->starts_run = starts_run;
  self->ends_run = ends_run;
  self->starts_unread = starts_unread;
  g_signal_emit (self, signals[SIGNAL_PLACED], 0);
}

/**
 * app_timeline_item_starts_day:
 * @self: an item
 *
 * Returns: whether the name of the day stands above it
 */
gboolean
app_timeline_item_starts_day (AppTimelineItem *self)
{
  g_return_val_if_fail (APP_IS_TIMELINE_ITEM (self), FALSE);

  return self->starts_day;
}

/**
 * app_timeline_item_starts_run:
 * @self: an item
 *
 * Returns: whether name and picture of the sender stand above it
 */
gboolean
app_timeline_item_starts_run (AppTimelineItem *self)
{
  g_return_val_if_fail (APP_IS_TIMELINE_ITEM (self), FALSE);

  return self->starts_run;
}

/**
 * app_timeline_item_ends_run:
 * @self: an item
 *
 * Returns: whether it is the last of its run
 */
gboolean
app_timeline_item_ends_run (AppTimelineItem *self)
{
  g_return_val_if_fail (APP_IS_TIMELINE_ITEM (self), FALSE);

  return self->ends_run;
}

/**
 * app_timeline_item_starts_unread:
 * @self: an item
 *
 * Returns: whether the unread line stands above it
 */
gboolean
app_timeline_item_starts_unread (AppTimelineItem *self)
{
  g_return_val_if_fail (APP_IS_TIMELINE_ITEM (self), FALSE);

  return self->starts_unread;
}
