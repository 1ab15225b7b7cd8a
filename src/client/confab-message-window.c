/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-message-list"

#include "config.h"

#include "confab-message-window-private.h"

#define MAX_ROWS 400
/* Room is made for several messages at once, not for each that comes in. */
#define TRIM 50

void
confab_message_window_init (ConfabMessageWindow *self,
                            GListModel          *model)
{
  self->model = model;
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

void
confab_message_window_clear (ConfabMessageWindow *self)
{
  g_clear_pointer (&self->items, g_ptr_array_unref);
}

/* Puts @messages (which may be NULL) in the place of @n_removed. */
static void
splice (ConfabMessageWindow *self,
        guint                position,
        guint                n_removed,
        GPtrArray           *messages)
{
  guint n_added = messages ? messages->len : 0;

  if (!n_removed && !n_added)
    return;

  if (n_removed)
    g_ptr_array_remove_range (self->items, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (self->items, (int) (position + i),
                        g_object_ref (g_ptr_array_index (messages, i)));
  g_list_model_items_changed (self->model, position, n_removed, n_added);
}

static guint64
seq_at (const ConfabMessageWindow *self,
        guint                      position)
{
  return confab_message_get_seq (g_ptr_array_index (self->items, position));
}

gboolean
confab_message_window_spans (const ConfabMessageWindow *self,
                             guint64                    seq)
{
  return self->first_seq && seq >= self->first_seq && seq <= self->last_seq;
}

/* Where the message @seq stands, or the next one if there is none. */
gboolean
confab_message_window_find (const ConfabMessageWindow *self,
                            guint64                    seq,
                            guint                     *position)
{
  guint low = 0;
  guint high = self->n_stored;

  if (!confab_message_window_spans (self, seq) || !self->n_stored)
    return FALSE;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (seq_at (self, middle) < seq)
        low = middle + 1;
      else
        high = middle;
    }
  *position = MIN (low, self->n_stored - 1);

  return TRUE;
}

gboolean
confab_message_window_has_outgoing (const ConfabMessageWindow *self)
{
  return self->items->len > self->n_stored;
}

/* Nothing but @messages, of which those behind the first @n_stored are outgoing. */
void
confab_message_window_show (ConfabMessageWindow *self,
                            GPtrArray           *messages,
                            guint                n_stored,
                            guint64              first_seq,
                            guint64              last_seq)
{
  self->first_seq = first_seq;
  self->last_seq = last_seq;
  self->n_stored = n_stored;
  splice (self, 0, self->items->len, messages);
}

static void
drop_oldest (ConfabMessageWindow *self,
             guint                n_removed)
{
  if (!n_removed)
    return;

  self->n_stored -= n_removed;
  self->first_seq = seq_at (self, n_removed - 1) + 1;
  splice (self, 0, n_removed, NULL);
}

/* The outgoing ones stand at the end of the room, which the window leaves by this. */
static void
trim_newest (ConfabMessageWindow *self)
{
  guint n_kept = MAX_ROWS - TRIM;

  if (self->items->len <= MAX_ROWS || self->n_stored <= n_kept)
    return;

  self->last_seq = seq_at (self, n_kept) - 1;
  self->n_stored = n_kept;
  splice (self, n_kept, self->items->len - n_kept, NULL);
}

/* Outgoing ones are never let go, and the last of the stored stays as their neighbour. */
static void
trim_oldest (ConfabMessageWindow *self)
{
  if (self->items->len > MAX_ROWS && self->n_stored > 1)
    drop_oldest (self, MIN (self->items->len - MAX_ROWS + TRIM, self->n_stored - 1));
}

void
confab_message_window_prepend (ConfabMessageWindow *self,
                               GPtrArray           *messages,
                               guint64              first_seq)
{
  self->first_seq = first_seq;
  self->n_stored += messages->len;
  splice (self, 0, 0, messages);
  trim_newest (self);
}

static gboolean
find_outgoing (ConfabMessageWindow *self,
               ConfabMessage       *message,
               guint               *position)
{
  for (guint i = self->n_stored; i < self->items->len; i++)
    if (g_ptr_array_index (self->items, i) == (gpointer) message)
      {
        *position = i;
        return TRUE;
      }

  return FALSE;
}

/* The object that was among the outgoing ones takes its place among the stored. */
static void
settle_outgoing (ConfabMessageWindow *self,
                 ConfabMessage       *message,
                 guint                position)
{
  g_autoptr(GPtrArray) one = NULL;

  if (position > self->n_stored)
    {
      one = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (one, g_object_ref (message));
      splice (self, position, 1, NULL);
      splice (self, self->n_stored, 0, one);
    }
  self->n_stored++;
}

static void
append_run (ConfabMessageWindow *self,
            GPtrArray           *run)
{
  guint position = self->n_stored;

  self->n_stored += run->len;
  splice (self, position, 0, run);
  g_ptr_array_set_size (run, 0);
}

/* Some of @messages may be outgoing ones that have arrived. */
void
confab_message_window_append (ConfabMessageWindow *self,
                              GPtrArray           *messages,
                              guint64              last_seq)
{
  g_autoptr(GPtrArray) run = g_ptr_array_new_with_free_func (g_object_unref);

  self->last_seq = last_seq;
  for (guint i = 0; i < messages->len; i++)
    {
      ConfabMessage *message = g_ptr_array_index (messages, i);
      guint n_before = run->len;
      guint position;

      if (!find_outgoing (self, message, &position))
        {
          g_ptr_array_add (run, g_object_ref (message));
          continue;
        }
      append_run (self, run);
      settle_outgoing (self, message, position + n_before);
    }
  append_run (self, run);
  trim_oldest (self);
}

void
confab_message_window_keep_newest (ConfabMessageWindow *self,
                                   guint                n_kept)
{
  drop_oldest (self, self->n_stored - MIN (self->n_stored, n_kept));
}

void
confab_message_window_add_outgoing (ConfabMessageWindow *self,
                                    GPtrArray           *messages)
{
  splice (self, self->items->len, 0, messages);
}

void
confab_message_window_remove_outgoing (ConfabMessageWindow *self,
                                       ConfabMessage       *message)
{
  guint position;

  if (find_outgoing (self, message, &position))
    splice (self, position, 1, NULL);
}

void
confab_message_window_drop_outgoing (ConfabMessageWindow *self)
{
  splice (self, self->n_stored, self->items->len - self->n_stored, NULL);
}
