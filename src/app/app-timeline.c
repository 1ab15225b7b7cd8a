/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-timeline"

#include "config.h"

#include "app-timeline.h"

#include "app-format.h"
#include "app-run.h"

/**
 * AppTimeline:
 *
 * The messages of a room as a conversation shows them: a #GListModel of
 * #AppTimelineItem, one for each message and at the same position.
 *
 * It says where days and runs of one sender begin and where the unread line
 * goes, and corrects the neighbours when messages come or go. It holds no more
 * than the list it is given.
 */
struct _AppTimeline
{
  GObject     parent_instance;

  GListModel *messages;
  GPtrArray  *items;
  gulong      changed_handler;
  /* The read marker when the room was opened; G_MAXUINT64 for no line. */
  guint64     unread_after;
  /* The message below the line, or 0. */
  guint64     unread_seq;
};

static GType
app_timeline_get_item_type (GListModel *model)
{
  return APP_TYPE_TIMELINE_ITEM;
}

static guint
app_timeline_get_n_items (GListModel *model)
{
  return APP_TIMELINE (model)->items->len;
}

static gpointer
app_timeline_get_item (GListModel *model,
                       guint       position)
{
  AppTimeline *self = APP_TIMELINE (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = app_timeline_get_item_type;
  iface->get_n_items = app_timeline_get_n_items;
  iface->get_item = app_timeline_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AppTimeline, app_timeline, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static ConfabMessage *
get_message (AppTimeline *self,
             guint        position)
{
  return app_timeline_item_get_message (self->items->pdata[position]);
}

static AppRunLine
describe (AppTimelineItem *item)
{
  ConfabMessage *message = app_timeline_item_get_message (item);

  return (AppRunLine) {
           .sender_id = confab_user_get_user_id (confab_message_get_sender (message)),
           .at_us = confab_message_get_at (message),
           .is_notice = app_timeline_item_is_notice (item),
  };
}

static gboolean
continues_run (AppTimelineItem *before,
               AppTimelineItem *item)
{
  AppRunLine above;
  AppRunLine line;

  if (!before)
    return FALSE;

  above = describe (before);
  line = describe (item);

  return app_run_continues (&above, &line);
}

static gboolean
is_same_day (AppTimelineItem *before,
             AppTimelineItem *item)
{
  return app_format_same_day (confab_message_get_at (app_timeline_item_get_message (before)),
                              confab_message_get_at (app_timeline_item_get_message (item)));
}

static gboolean
is_unread_line (AppTimeline     *self,
                AppTimelineItem *item)
{
  guint64 seq = confab_message_get_seq (app_timeline_item_get_message (item));

  return self->unread_seq && seq == self->unread_seq;
}

static void
place (AppTimeline *self,
       guint        position)
{
  AppTimelineItem *item = self->items->pdata[position];
  AppTimelineItem *before = position > 0 ? self->items->pdata[position - 1] : NULL;
  AppTimelineItem *after = position + 1 < self->items->len ? self->items->pdata[position + 1]
                                                           : NULL;
  gboolean starts_unread = is_unread_line (self, item);

  app_timeline_item_place (item, !before || !is_same_day (before, item),
                           starts_unread || !continues_run (before, item),
                           !after || is_unread_line (self, after) || !continues_run (item, after),
                           starts_unread);
}

static gboolean
find_first_unread (AppTimeline *self,
                   guint       *position)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      ConfabMessage *message = get_message (self, i);

      if (confab_message_get_seq (message) > self->unread_after &&
          !app_timeline_item_is_notice (self->items->pdata[i]) &&
          !confab_message_get_outgoing (message))
        {
          *position = i;
          return TRUE;
        }
    }

  return FALSE;
}

/* Moves the line to the first unread message that is known. The first of all
 * rows may have unread ones above it that are not loaded, so it counts only
 * where it directly follows the marker.
 */
static void
find_unread_line (AppTimeline *self)
{
  guint64 seq;
  guint position;

  if (!find_first_unread (self, &position))
    return;

  seq = confab_message_get_seq (get_message (self, position));
  if (position == 0 && seq != self->unread_after + 1)
    return;

  if (!self->unread_seq || seq < self->unread_seq)
    self->unread_seq = seq;
}

static void
insert_items (AppTimeline *self,
              guint        position,
              guint        n_added)
{
  g_autoptr(GPtrArray) tail = g_ptr_array_new ();

  for (guint i = position; i < self->items->len; i++)
    g_ptr_array_add (tail, g_object_ref (self->items->pdata[i]));
  g_ptr_array_set_size (self->items, position);

  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr(ConfabMessage) message = g_list_model_get_item (self->messages, position + i);

      g_ptr_array_add (self->items, app_timeline_item_new (message));
    }

  for (guint i = 0; i < tail->len; i++)
    g_ptr_array_add (self->items, tail->pdata[i]);
}

static void
messages_changed_cb (GListModel  *messages,
                     guint        position,
                     guint        n_removed,
                     guint        n_added,
                     AppTimeline *self)
{
  guint64 old_unread_seq = self->unread_seq;

  if (n_removed > 0)
    g_ptr_array_remove_range (self->items, position, n_removed);
  if (n_added > 0)
    insert_items (self, position, n_added);

  find_unread_line (self);

  for (guint i = position; i < position + n_added; i++)
    place (self, i);

  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);

  /* The neighbours are rows already: they hear of it by their own signal. */
  if (self->unread_seq != old_unread_seq)
    {
      for (guint i = 0; i < self->items->len; i++)
        place (self, i);
      return;
    }

  if (position > 0)
    place (self, position - 1);
  if (position + n_added < self->items->len)
    place (self, position + n_added);
}

static void
app_timeline_dispose (GObject *object)
{
  AppTimeline *self = APP_TIMELINE (object);

  if (self->messages)
    g_clear_signal_handler (&self->changed_handler, self->messages);
  g_clear_object (&self->messages);

  G_OBJECT_CLASS (app_timeline_parent_class)->dispose (object);
}

static void
app_timeline_finalize (GObject *object)
{
  g_ptr_array_unref (APP_TIMELINE (object)->items);

  G_OBJECT_CLASS (app_timeline_parent_class)->finalize (object);
}

static void
app_timeline_class_init (AppTimelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = app_timeline_dispose;
  object_class->finalize = app_timeline_finalize;
}

static void
app_timeline_init (AppTimeline *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->unread_after = G_MAXUINT64;
}

/**
 * app_timeline_new:
 *
 * Returns: (transfer full): an empty timeline
 */
AppTimeline *
app_timeline_new (void)
{
  return g_object_new (APP_TYPE_TIMELINE, NULL);
}

/**
 * app_timeline_set_messages:
 * @self: a timeline
 * @messages: (nullable): a list of #ConfabMessage, oldest first
 *
 * Shows another conversation, without an unread line.
 */
void
app_timeline_set_messages (AppTimeline *self,
                           GListModel  *messages)
{
  guint n_before;

  g_return_if_fail (APP_IS_TIMELINE (self));

  if (self->messages)
    g_clear_signal_handler (&self->changed_handler, self->messages);
  g_set_object (&self->messages, messages);

  n_before = self->items->len;
  g_ptr_array_set_size (self->items, 0);
  self->unread_after = G_MAXUINT64;
  self->unread_seq = 0;
  if (n_before > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, 0);

  if (!messages)
    return;

  self->changed_handler = g_signal_connect (messages, "items-changed",
                                            G_CALLBACK (messages_changed_cb), self);
  messages_changed_cb (messages, 0, 0, g_list_model_get_n_items (messages), self);
}

/**
 * app_timeline_set_unread_after:
 * @self: a timeline
 * @seq: the read marker; %G_MAXUINT64 to take the line away
 *
 * Draws the unread line above the first message of somebody else after @seq,
 * as soon as there is one.
 */
void
app_timeline_set_unread_after (AppTimeline *self,
                               guint64      seq)
{
  g_return_if_fail (APP_IS_TIMELINE (self));

  if (self->unread_after == seq)
    return;

  self->unread_after = seq;
  self->unread_seq = 0;
  find_unread_line (self);

  for (guint i = 0; i < self->items->len; i++)
    place (self, i);
}

/**
 * app_timeline_take_read:
 * @self: a timeline
 * @seq: how far was read in another way than by a look at this
 *
 * Moves the unread line below what was read; it goes where nothing is left.
 */
void
app_timeline_take_read (AppTimeline *self,
                        guint64      seq)
{
  g_return_if_fail (APP_IS_TIMELINE (self));

  if (self->unread_after < seq)
    app_timeline_set_unread_after (self, seq);
}

/**
 * app_timeline_get_unread_position:
 * @self: a timeline
 * @position: (out): the row below the unread line
 *
 * Returns: whether there is an unread line
 */
gboolean
app_timeline_get_unread_position (AppTimeline *self,
                                  guint       *position)
{
  g_return_val_if_fail (APP_IS_TIMELINE (self), FALSE);

  for (guint i = 0; i < self->items->len; i++)
    {
      if (app_timeline_item_starts_unread (self->items->pdata[i]))
        {
          *position = i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * app_timeline_get_newest_seq:
 * @self: a timeline
 *
 * Returns: the highest sequence number in it, or 0
 */
guint64
app_timeline_get_newest_seq (AppTimeline *self)
{
  g_return_val_if_fail (APP_IS_TIMELINE (self), 0);

  for (guint i = self->items->len; i > 0; i--)
    {
      guint64 seq = confab_message_get_seq (get_message (self, i - 1));

      if (seq > 0)
        return seq;
    }

  return 0;
}

/**
 * app_timeline_find:
 * @self: a timeline
 * @id: a message's id
 *
 * Returns: (transfer none) (nullable): the message, if it is in the list now
 */
ConfabMessage *
app_timeline_find (AppTimeline *self,
                   const char  *id)
{
  g_return_val_if_fail (APP_IS_TIMELINE (self), NULL);

  for (guint i = self->items->len; i > 0; i--)
    {
      ConfabMessage *message = get_message (self, i - 1);

      if (g_strcmp0 (confab_message_get_id (message), id) == 0)
        return message;
    }

  return NULL;
}

/**
 * app_timeline_get_position:
 * @self: a timeline
 * @item: (nullable): an item
 * @position: (out): where it is now
 *
 * Returns: whether @item is in the list
 */
gboolean
app_timeline_get_position (AppTimeline     *self,
                           AppTimelineItem *item,
                           guint           *position)
{
  g_return_val_if_fail (APP_IS_TIMELINE (self), FALSE);

  return item && g_ptr_array_find (self->items, item, position);
}
