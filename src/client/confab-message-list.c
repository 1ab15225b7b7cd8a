/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-message-list"

#include "config.h"

#include "confab-message-list-private.h"

#include "confab-error-private.h"
#include "confab-message-window-private.h"
#include "confab-object-private.h"
#include "confab-page-fetch-private.h"

#include "wire-limits.h"

#define FIRST_PAGE 30
#define PAGE 50

/**
 * ConfabMessageList:
 *
 * The conversation of a room as a window that is moved along it.
 *
 * However long the room is, the list holds at most 400 messages. Pages come from the local store,
 * and what that lacks from the server. While the window is at the end of the room it follows it,
 * and the outgoing messages that are not acknowledged yet stand behind the last one that is.
 *
 * One page is loaded at a time; whoever asks meanwhile waits for it.
 */
struct _ConfabMessageList
{
  GObject              parent_instance;

  ConfabRoom          *room;         /* not owned: it detaches us when it goes */
  ConfabMessageWindow  window;
  gboolean             opened;
  gboolean             has_older;
  gboolean             has_newer;
  gboolean             loading;
  guint                generation;   /* how often the room was reset */
  GQueue               tasks;        /* of GTask with an Operation: the head is under way */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabMessageList, confab_message_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

typedef enum {
  PROP_HAS_OLDER = 1,
  PROP_HAS_NEWER,
  PROP_LOADING,
} ConfabMessageListProperty;

static GParamSpec *properties[PROP_LOADING + 1];

typedef enum {
  OPEN,
  LOAD_OLDER,
  LOAD_NEWER,
  JUMP_TO_SEQ,
  JUMP_TO_NEWEST,
} OperationKind;

typedef struct
{
  OperationKind  kind;
  guint64        seq;
  guint          generation;
  gboolean       started;
  ConfabPage    *older;   /* of a jump: the first of its two pages */
} Operation;

static void run_next (ConfabMessageList *self);

static void
operation_free (gpointer data)
{
  Operation *operation = data;

  g_clear_pointer (&operation->older, confab_page_free);
  g_free (operation);
}

static GType
confab_message_list_get_item_type (GListModel *model)
{
  return CONFAB_TYPE_MESSAGE;
}

static guint
confab_message_list_get_n_items (GListModel *model)
{
  return CONFAB_MESSAGE_LIST (model)->window.items->len;
}

static gpointer
confab_message_list_get_item (GListModel *model,
                              guint       position)
{
  const GPtrArray *items = CONFAB_MESSAGE_LIST (model)->window.items;

  return position < items->len ? g_object_ref (g_ptr_array_index (items, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = confab_message_list_get_item_type;
  iface->get_n_items = confab_message_list_get_n_items;
  iface->get_item = confab_message_list_get_item;
}

static void
set_flag (ConfabMessageList         *self,
          gboolean                  *flag,
          gboolean                   value,
          ConfabMessageListProperty  property)
{
  if (*flag == value)
    return;

  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
update_flags (ConfabMessageList *self)
{
  guint64 newest = self->room ? self->room->newest_seq : self->window.last_seq;

  set_flag (self, &self->has_older, self->opened && self->window.first_seq > 1, PROP_HAS_OLDER);
  set_flag (self, &self->has_newer, self->opened && self->window.last_seq < newest, PROP_HAS_NEWER);
  set_flag (self, &self->loading, self->tasks.length > 0, PROP_LOADING);
}

static GPtrArray *
make_messages (ConfabMessageList *self,
               ConfabPage        *page)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < page->events->len; i++)
    g_ptr_array_add (messages, confab_room_make_message (self->room,
                                                         g_ptr_array_index (page->events, i)));

  return messages;
}

static gboolean
is_at_end (ConfabMessageList *self)
{
  return self->opened && self->window.last_seq >= self->room->newest_seq;
}

static GPtrArray *
list_outgoing (ConfabMessageList *self)
{
  return confab_outbox_list (confab_session_get_outbox (self->room->session), self->room->rid);
}

/* The window may have come to the end of the room. */
static void
append_outgoing (ConfabMessageList *self)
{
  g_autoptr(GPtrArray) outgoing = NULL;

  if (confab_message_window_has_outgoing (&self->window) || !is_at_end (self))
    return;

  outgoing = list_outgoing (self);
  confab_message_window_add_outgoing (&self->window, outgoing);
}

static void
show_only (ConfabMessageList *self,
           GPtrArray         *messages,
           guint64            first_seq,
           guint64            last_seq)
{
  guint n_stored = messages->len;

  self->opened = TRUE;
  if (last_seq >= self->room->newest_seq)
    {
      g_autoptr(GPtrArray) outgoing = list_outgoing (self);

      g_ptr_array_extend_and_steal (messages, g_steal_pointer (&outgoing));
    }
  confab_message_window_show (&self->window, messages, n_stored, first_seq, last_seq);
}

void
confab_message_list_append (ConfabMessageList *self,
                            GPtrArray         *messages,
                            guint64            first_seq,
                            guint64            last_seq)
{
  ConfabMessageWindow *window = &self->window;

  if (!self->opened)
    return;

  /* Not at the end, or not any more: the room has moved on. */
  if (window->last_seq && window->last_seq + 1 != first_seq)
    {
      confab_message_window_drop_outgoing (window);
      update_flags (self);
      return;
    }

  if (!window->first_seq)
    window->first_seq = first_seq;
  confab_message_window_append (window, messages, last_seq);
  update_flags (self);
}

void
confab_message_list_add_outgoing (ConfabMessageList *self,
                                  ConfabMessage     *message)
{
  g_autoptr(GPtrArray) one = g_ptr_array_new_with_free_func (g_object_unref);

  if (!is_at_end (self))
    return;

  g_ptr_array_add (one, g_object_ref (message));
  confab_message_window_add_outgoing (&self->window, one);
}

void
confab_message_list_remove_outgoing (ConfabMessageList *self,
                                     ConfabMessage     *message)
{
  confab_message_window_remove_outgoing (&self->window, message);
}

void
confab_message_list_reset (ConfabMessageList *self)
{
  g_autoptr(GPtrArray) nothing = g_ptr_array_new_with_free_func (g_object_unref);

  self->generation++;
  if (!self->opened)
    return;

  show_only (self, nothing, 0, 0);
  update_flags (self);
}

void
confab_message_list_close (ConfabMessageList *self)
{
  g_autoptr(GPtrArray) nothing = g_ptr_array_new_with_free_func (g_object_unref);

  self->generation++;
  self->opened = FALSE;
  confab_message_window_show (&self->window, nothing, 0, 0, 0);
  update_flags (self);
}

void
confab_message_list_detach (ConfabMessageList *self)
{
  self->room = NULL;
}

void
confab_message_list_update_states (ConfabMessageList *self)
{
  for (guint i = self->window.n_stored; i > 0; i--)
    {
      ConfabMessage *message = g_ptr_array_index (self->window.items, i - 1);
      guint64 seq = confab_message_get_seq (message);

      if (!confab_message_get_outgoing (message) || seq > self->room->others_received)
        continue;

      /* Older ones were told before. */
      if (confab_message_get_state (message) == CONFAB_MESSAGE_STATE_READ)
        break;

      confab_message_set_state (message, seq <= self->room->others_read
                                           ? CONFAB_MESSAGE_STATE_READ
                                           : CONFAB_MESSAGE_STATE_DELIVERED);
    }
}

/* Ends the operation under way and begins the next one. */
static void
finish_operation (ConfabMessageList *self,
                  GError            *error)
{
  g_autoptr(GTask) task = g_queue_pop_head (&self->tasks);

  update_flags (self);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  run_next (self);
}

/* Whether what was fetched still fits; if not, the operation is over. */
static gboolean
still_fits (ConfabMessageList *self,
            Operation         *operation,
            ConfabPage        *page,
            GError            *error)
{
  if (page && self->room && self->room->session && operation->generation == self->generation)
    return TRUE;

  finish_operation (self, page ? g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_CLOSED,
                                                      "The conversation was closed meanwhile")
                               : error);

  return FALSE;
}

static void
show_newest (ConfabMessageList *self,
             ConfabPage        *page)
{
  g_autoptr(GPtrArray) messages = make_messages (self, page);

  show_only (self, messages, page->first_seq, page->last_seq);
}

static void
prepend (ConfabMessageList *self,
         ConfabPage        *page)
{
  g_autoptr(GPtrArray) messages = NULL;

  if (!page->first_seq || page->first_seq >= self->window.first_seq)
    return;

  messages = make_messages (self, page);
  confab_message_window_prepend (&self->window, messages, page->first_seq);
}

static void
append (ConfabMessageList *self,
        ConfabPage        *page)
{
  /* Live messages may have come while the page was on its way. */
  g_autoptr(GPtrArray) messages = NULL;

  if (page->last_seq <= self->window.last_seq || page->first_seq > self->window.last_seq + 1)
    return;

  while (page->events->len &&
         ((ConfabEvent *) g_ptr_array_index (page->events, 0))->seq <= self->window.last_seq)
    g_ptr_array_remove_index (page->events, 0);

  messages = make_messages (self, page);
  confab_message_window_append (&self->window, messages, page->last_seq);
  append_outgoing (self);
}

static void
fetched_newer_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(ConfabMessageList) self = user_data;
  Operation *operation = g_task_get_task_data (self->tasks.head->data);
  GError *error = NULL;
  g_autoptr(ConfabPage) page = confab_page_fetch_finish (CONFAB_ROOM (source), result, &error);

  if (!still_fits (self, operation, page, error))
    return;

  append (self, page);
  finish_operation (self, NULL);
}

static void
fetched_older_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(ConfabMessageList) self = user_data;
  Operation *operation = g_task_get_task_data (self->tasks.head->data);
  GError *error = NULL;
  g_autoptr(ConfabPage) page = confab_page_fetch_finish (CONFAB_ROOM (source), result, &error);

  if (!still_fits (self, operation, page, error))
    return;

  prepend (self, page);
  finish_operation (self, NULL);
}

static void
fetch (ConfabMessageList   *self,
       ConfabPageSide       side,
       guint64              seq,
       guint                limit,
       GAsyncReadyCallback  callback)
{
  GTask *task = self->tasks.head->data;

  confab_page_fetch_async (self->room, side, seq, limit, g_task_get_cancellable (task), callback,
                           g_object_ref (self));
}

static void
fetched_newest_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(ConfabMessageList) self = user_data;
  Operation *operation = g_task_get_task_data (self->tasks.head->data);
  GError *error = NULL;
  g_autoptr(ConfabPage) page = confab_page_fetch_finish (CONFAB_ROOM (source), result, &error);

  /* Nothing is known and nobody can be asked: an empty conversation, not an error. */
  if (!page && self->room && self->room->newest_seq == 0 &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&error);
      page = confab_page_new ();
    }
  if (!still_fits (self, operation, page, error))
    return;

  show_newest (self, page);
  if (self->window.last_seq < self->room->newest_seq)
    fetch (self, CONFAB_PAGE_AFTER, self->window.last_seq, PAGE, fetched_newer_cb);
  else
    finish_operation (self, NULL);
}

static void
show_around (ConfabMessageList *self,
             ConfabPage        *older,
             ConfabPage        *newer)
{
  g_autoptr(GPtrArray) messages = make_messages (self, older);
  g_autoptr(GPtrArray) more = make_messages (self, newer);
  guint64 first_seq = older->first_seq ? older->first_seq : newer->first_seq;

  g_ptr_array_extend_and_steal (messages, g_steal_pointer (&more));
  show_only (self, messages, first_seq, MAX (newer->last_seq, older->last_seq));
}

static void
fetched_after_jump_cb (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr(ConfabMessageList) self = user_data;
  Operation *operation = g_task_get_task_data (self->tasks.head->data);
  GError *error = NULL;
  g_autoptr(ConfabPage) page = confab_page_fetch_finish (CONFAB_ROOM (source), result, &error);

  if (!still_fits (self, operation, page, error))
    return;

  show_around (self, operation->older, page);
  finish_operation (self, NULL);
}

static void
fetched_before_jump_cb (GObject      *source,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  g_autoptr(ConfabMessageList) self = user_data;
  Operation *operation = g_task_get_task_data (self->tasks.head->data);
  GError *error = NULL;
  g_autoptr(ConfabPage) page = confab_page_fetch_finish (CONFAB_ROOM (source), result, &error);

  if (!still_fits (self, operation, page, error))
    return;

  operation->older = g_steal_pointer (&page);
  fetch (self, CONFAB_PAGE_AFTER, operation->seq, PAGE, fetched_after_jump_cb);
}

/* FALSE if there is nothing to do. */
static gboolean
start_operation (ConfabMessageList *self,
                 Operation         *operation)
{
  gboolean fresh = !self->opened || !self->window.last_seq;

  switch (operation->kind)
    {
    case OPEN:
      if (!fresh && is_at_end (self))
        {
          /* What the last reader had around the end goes. */
          confab_message_window_keep_newest (&self->window, FIRST_PAGE);
          return FALSE;
        }
      fetch (self, CONFAB_PAGE_BEFORE, 0, FIRST_PAGE, fetched_newest_cb);
      return TRUE;
    case LOAD_OLDER:
      if (!self->opened || self->window.first_seq <= 1)
        return FALSE;
      fetch (self, CONFAB_PAGE_BEFORE, self->window.first_seq, PAGE, fetched_older_cb);
      return TRUE;
    case LOAD_NEWER:
      if (!self->opened || is_at_end (self))
        return FALSE;
      fetch (self, CONFAB_PAGE_AFTER, self->window.last_seq, PAGE, fetched_newer_cb);
      return TRUE;
    case JUMP_TO_SEQ:
      if (self->opened && confab_message_window_spans (&self->window, operation->seq))
        return FALSE;
      fetch (self, CONFAB_PAGE_BEFORE, operation->seq + 1, PAGE, fetched_before_jump_cb);
      return TRUE;
    case JUMP_TO_NEWEST:
      if (!fresh && is_at_end (self))
        return FALSE;
      fetch (self, CONFAB_PAGE_BEFORE, 0, FIRST_PAGE, fetched_newest_cb);
      return TRUE;
    }

  return FALSE;
}

static void
run_next (ConfabMessageList *self)
{
  GTask *task = g_queue_peek_head (&self->tasks);
  Operation *operation;

  if (!task)
    return;

  /* Whoever heard that the last operation ended may have begun this one already. */
  operation = g_task_get_task_data (task);
  if (operation->started)
    return;

  operation->started = TRUE;
  operation->generation = self->generation;
  if (!self->room || !self->room->session)
    finish_operation (self, g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_CLOSED,
                                                 "The session of the room is gone"));
  else if (!start_operation (self, operation))
    finish_operation (self, NULL);
}

static void
add_operation (ConfabMessageList   *self,
               OperationKind        kind,
               guint64              seq,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Operation *operation = g_new0 (Operation, 1);

  operation->kind = kind;
  operation->seq = seq;
  g_task_set_source_tag (task, add_operation);
  g_task_set_task_data (task, operation, operation_free);
  g_queue_push_tail (&self->tasks, task);
  if (self->tasks.length > 1)
    return;

  set_flag (self, &self->loading, TRUE, PROP_LOADING);
  run_next (self);
}

static gboolean
finish (ConfabMessageList  *self,
        GAsyncResult       *result,
        GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
confab_message_list_get_property (GObject    *object,
                                  guint       property_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  ConfabMessageList *self = CONFAB_MESSAGE_LIST (object);

  switch ((ConfabMessageListProperty) property_id)
    {
    case PROP_HAS_OLDER:
      g_value_set_boolean (value, self->has_older);
      break;
    case PROP_HAS_NEWER:
      g_value_set_boolean (value, self->has_newer);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    }
}

static void
confab_message_list_finalize (GObject *object)
{
  ConfabMessageList *self = CONFAB_MESSAGE_LIST (object);

  confab_message_window_clear (&self->window);

  G_OBJECT_CLASS (confab_message_list_parent_class)->finalize (object);
}

static void
confab_message_list_class_init (ConfabMessageListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_message_list_get_property;
  object_class->finalize = confab_message_list_finalize;

  /**
   * ConfabMessageList:has-older:
   *
   * Whether the room has older messages than the first item.
   */
  properties[PROP_HAS_OLDER] =
    g_param_spec_boolean ("has-older", NULL, NULL, FALSE, CONFAB_PARAM_READABLE);
  /**
   * ConfabMessageList:has-newer:
   *
   * Whether the room has newer messages than the last item.
   */
  properties[PROP_HAS_NEWER] =
    g_param_spec_boolean ("has-newer", NULL, NULL, FALSE, CONFAB_PARAM_READABLE);
  /**
   * ConfabMessageList:loading:
   *
   * Whether a page is on its way.
   */
  properties[PROP_LOADING] =
    g_param_spec_boolean ("loading", NULL, NULL, FALSE, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_message_list_init (ConfabMessageList *self)
{
  confab_message_window_init (&self->window, G_LIST_MODEL (self));
  g_queue_init (&self->tasks);
}

ConfabMessageList *
confab_message_list_new (ConfabRoom *room)
{
  ConfabMessageList *self = g_object_new (CONFAB_TYPE_MESSAGE_LIST, NULL);

  self->room = room;

  return self;
}

gboolean
confab_message_list_get_has_older (ConfabMessageList *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE_LIST (self), FALSE);

  return self->has_older;
}

gboolean
confab_message_list_get_has_newer (ConfabMessageList *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE_LIST (self), FALSE);

  return self->has_newer;
}

gboolean
confab_message_list_get_loading (ConfabMessageList *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE_LIST (self), FALSE);

  return self->loading;
}

void
confab_message_list_open_async (ConfabMessageList   *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_return_if_fail (CONFAB_IS_MESSAGE_LIST (self));

  add_operation (self, OPEN, 0, cancellable, callback, user_data);
}

gboolean
confab_message_list_open_finish (ConfabMessageList  *self,
                                 GAsyncResult       *result,
                                 GError            **error)
{
  return finish (self, result, error);
}

void
confab_message_list_load_older_async (ConfabMessageList   *self,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_return_if_fail (CONFAB_IS_MESSAGE_LIST (self));

  add_operation (self, LOAD_OLDER, 0, cancellable, callback, user_data);
}

gboolean
confab_message_list_load_older_finish (ConfabMessageList  *self,
                                       GAsyncResult       *result,
                                       GError            **error)
{
  return finish (self, result, error);
}

void
confab_message_list_load_newer_async (ConfabMessageList   *self,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_return_if_fail (CONFAB_IS_MESSAGE_LIST (self));

  add_operation (self, LOAD_NEWER, 0, cancellable, callback, user_data);
}

gboolean
confab_message_list_load_newer_finish (ConfabMessageList  *self,
                                       GAsyncResult       *result,
                                       GError            **error)
{
  return finish (self, result, error);
}

void
confab_message_list_jump_to_seq_async (ConfabMessageList   *self,
                                       guint64              seq,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  g_return_if_fail (CONFAB_IS_MESSAGE_LIST (self));

  add_operation (self, JUMP_TO_SEQ, MAX (seq, 1), cancellable, callback, user_data);
}

gboolean
confab_message_list_jump_to_seq_finish (ConfabMessageList  *self,
                                        GAsyncResult       *result,
                                        GError            **error)
{
  return finish (self, result, error);
}

void
confab_message_list_jump_to_newest_async (ConfabMessageList   *self,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  g_return_if_fail (CONFAB_IS_MESSAGE_LIST (self));

  add_operation (self, JUMP_TO_NEWEST, 0, cancellable, callback, user_data);
}

gboolean
confab_message_list_jump_to_newest_finish (ConfabMessageList  *self,
                                           GAsyncResult       *result,
                                           GError            **error)
{
  return finish (self, result, error);
}

gboolean
confab_message_list_get_position_of_seq (ConfabMessageList *self,
                                         guint64            seq,
                                         guint             *position)
{
  guint found;

  g_return_val_if_fail (CONFAB_IS_MESSAGE_LIST (self), FALSE);

  if (!confab_message_window_find (&self->window, seq, &found))
    return FALSE;

  if (position)
    *position = found;

  return TRUE;
}
