/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core-world-store.h"

#include <string.h>

typedef enum {
  QUESTION_APPEND,
  QUESTION_TAIL,
  QUESTION_QUERY,
} QuestionKind;

typedef struct
{
  QuestionKind kind;
  gpointer     question;
} Question;

static void world_store_log_init   (ConfabdLogInterface *iface);
static void world_store_store_init (ConfabdStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WorldStore, world_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_LOG, world_store_log_init)
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_STORE, world_store_store_init))

static void
free_room_cb (gpointer data)
{
  WorldRoom *room = data;

  g_ptr_array_unref (room->events);
  g_hash_table_unref (room->members);
  g_free (room);
}

static WorldRoom *
get_room (WorldStore *self,
          const char *key)
{
  WorldRoom *room = g_hash_table_lookup (self->rooms, key);

  if (!room)
    {
      room = g_new0 (WorldRoom, 1);
      room->events = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_event_unref);
      room->members = g_hash_table_new_full (base_uuid_hash, base_uuid_equal, g_free, NULL);
      g_hash_table_insert (self->rooms, g_strdup (key), room);
    }

  return room;
}

/* The two of a direct room, of whom one may be a stranger. */
static gboolean
has_stranger (WorldStore *self,
              const char *key)
{
  BaseUuid low;
  BaseUuid high;

  return key[0] == '@' && base_uuid_parse (&low, key + 1, BASE_UUID_STRING_LENGTH) &&
         base_uuid_parse (&high, key + 38, BASE_UUID_STRING_LENGTH) &&
         (g_hash_table_contains (self->strangers, &low) ||
          g_hash_table_contains (self->strangers, &high));
}

static ConfabdAppendStatus
add_members (WorldStore    *self,
             ConfabdAppend *append,
             WorldRoom     *room)
{
  ConfabdEvent *event = append->event;
  BaseUuid users[2];

  if (event->type == CONFABD_EVENT_LEFT)
    return g_hash_table_remove (room->members, &event->user_id) ? CONFABD_APPEND_COMMITTED
                                                                : CONFABD_APPEND_NOTHING;

  if (event->type == CONFABD_EVENT_JOINED)
    append->first_member = g_hash_table_add (room->members, g_memdup2 (&event->user_id, 16));
  else if (event->room[0] == '@')
    {
      base_uuid_parse (&users[0], event->room + 1, BASE_UUID_STRING_LENGTH);
      base_uuid_parse (&users[1], event->room + 38, BASE_UUID_STRING_LENGTH);
      for (guint i = 0; i < 2; i++)
        append->first_member |= g_hash_table_add (room->members, g_memdup2 (&users[i], 16));
    }

  return event->type == CONFABD_EVENT_JOINED && !append->first_member ? CONFABD_APPEND_NOTHING
                                                                      : CONFABD_APPEND_COMMITTED;
}

static ConfabdAppendStatus
commit (WorldStore    *self,
        ConfabdAppend *append)
{
  WorldRoom *room;
  ConfabdAppendStatus status;

  if (self->next_status != CONFABD_APPEND_COMMITTED)
    {
      status = self->next_status;
      self->next_status = CONFABD_APPEND_COMMITTED;
      return status;
    }

  if (has_stranger (self, append->event->room))
    return CONFABD_APPEND_NOT_EXISTS;

  room = get_room (self, append->event->room);
  for (guint i = 0; i < room->events->len; i++)
    {
      ConfabdEvent *stored = g_ptr_array_index (room->events, i);

      if (base_uuid_equal (&stored->id, &append->event->id))
        {
          confabd_event_unref (append->event);
          append->event = confabd_event_ref (stored);
          return CONFABD_APPEND_DUPLICATE;
        }
    }

  status = add_members (self, append, room);
  if (status != CONFABD_APPEND_COMMITTED)
    return status;

  append->event->seq = ++room->last_seq;
  append->event->at_ms = self->now_ms;
  g_ptr_array_add (room->events, confabd_event_ref (append->event));

  return CONFABD_APPEND_COMMITTED;
}

static void
append_done_cb (gpointer data)
{
  ConfabdAppend *append = data;

  append->done (append);
}

static void
answer_append (WorldStore    *self,
               ConfabdAppend *append)
{
  append->status = commit (self, append);
  g_strlcpy (append->epoch, "epoch", sizeof append->epoch);
  base_mailbox_post (append->reply_to, append_done_cb, append);
}

static void
tail_done_cb (gpointer data)
{
  ConfabdTail *tail = data;

  tail->done (tail);
}

static void
answer_tail (WorldStore  *self,
             ConfabdTail *tail)
{
  WorldRoom *room = get_room (self, tail->room);

  tail->failed = self->fails_tails;
  tail->missing = has_stranger (self, tail->room);
  tail->events = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_event_unref);
  tail->reads = g_array_new (FALSE, FALSE, sizeof (ConfabdReadMarker));
  tail->last_seq = room->last_seq;
  tail->n_members = g_hash_table_size (room->members);
  tail->member = g_hash_table_contains (room->members, &tail->user_id);
  g_strlcpy (tail->epoch, "epoch", sizeof tail->epoch);

  for (guint i = 0; i < room->events->len; i++)
    {
      ConfabdEvent *event = g_ptr_array_index (room->events, i);

      if (event->seq > tail->since && tail->events->len < tail->limit)
        g_ptr_array_add (tail->events, confabd_event_ref (event));
    }

  base_mailbox_post (tail->reply_to, tail_done_cb, tail);
}

static void
query_done_cb (gpointer data)
{
  ConfabdQuery *query = data;

  query->done (query);
}

static void
answer_query (WorldStore   *self,
              ConfabdQuery *query)
{
  if (query->kind == CONFABD_QUERY_SEEN)
    self->n_seen++;
  if (self->answer)
    self->answer (query, self->answer_data);

  base_mailbox_post (query->reply_to, query_done_cb, query);
}

static void
ask (WorldStore   *self,
     QuestionKind  kind,
     gpointer      question)
{
  Question *asked = g_new (Question, 1);

  *asked = (Question) { kind, question };
  g_queue_push_tail (&self->held, asked);

  if (!self->holds)
    world_store_let_through (self, G_MAXUINT);
}

/**
 * world_store_let_through:
 * @self: the store
 * @n_questions: how many
 *
 * Answers questions that were held.
 *
 * Returns: how many there were
 */
guint
world_store_let_through (WorldStore *self,
                         guint       n_questions)
{
  guint n_answered;

  for (n_answered = 0; n_answered < n_questions; n_answered++)
    {
      g_autofree Question *asked = g_queue_pop_head (&self->held);

      if (!asked)
        break;
      if (asked->kind == QUESTION_APPEND)
        answer_append (self, asked->question);
      else if (asked->kind == QUESTION_TAIL)
        answer_tail (self, asked->question);
      else
        answer_query (self, asked->question);
    }

  return n_answered;
}

static void
world_store_append (ConfabdLog    *log,
                    ConfabdAppend *append)
{
  WORLD_STORE (log)->n_appends++;
  ask (WORLD_STORE (log), QUESTION_APPEND, append);
}

static void
world_store_read_tail (ConfabdLog  *log,
                       ConfabdTail *tail)
{
  WORLD_STORE (log)->n_tails++;
  ask (WORLD_STORE (log), QUESTION_TAIL, tail);
}

static void
world_store_submit (ConfabdStore *store,
                    ConfabdQuery *query)
{
  WORLD_STORE (store)->n_queries++;
  ask (WORLD_STORE (store), QUESTION_QUERY, query);
}

static void
world_store_log_init (ConfabdLogInterface *iface)
{
  iface->append = world_store_append;
  iface->read_tail = world_store_read_tail;
}

static void
world_store_store_init (ConfabdStoreInterface *iface)
{
  iface->submit = world_store_submit;
}

static void
world_store_finalize (GObject *object)
{
  WorldStore *self = WORLD_STORE (object);

  g_assert_cmpuint (g_queue_get_length (&self->held), ==, 0);
  g_hash_table_unref (self->strangers);
  g_hash_table_unref (self->rooms);

  G_OBJECT_CLASS (world_store_parent_class)->finalize (object);
}

static void
world_store_class_init (WorldStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = world_store_finalize;
}

static void
world_store_init (WorldStore *self)
{
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_room_cb);
  self->strangers = g_hash_table_new_full (base_uuid_hash, base_uuid_equal, g_free, NULL);
  g_queue_init (&self->held);
}

WorldStore *
world_store_new (void)
{
  return g_object_new (WORLD_TYPE_STORE, NULL);
}
