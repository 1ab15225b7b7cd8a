/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-page-fetch"

#include "config.h"

#include "confab-page-fetch-private.h"

#include "confab-error-private.h"
#include "confab-json-private.h"

#include "wire-limits.h"

/* One page: what the store has next to the number without a gap, and, if that is less than was
 * asked for, what the server has beyond. A server that cannot be reached is an error only if the
 * store had nothing. */

typedef struct
{
  ConfabPageSide  side;
  guint64         seq;    /* exclusive; 0 before: the newest */
  guint           limit;
  ConfabPage     *page;   /* what there is so far */
} Fetch;

/* What the store is asked; travels to its thread. */
typedef struct
{
  char           *rid;
  ConfabPageSide  side;
  guint64         seq;
  guint           limit;
  ConfabPage     *page;
} Question;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_clear_pointer (&fetch->page, confab_page_free);
  g_free (fetch);
}

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->rid);
  g_clear_pointer (&question->page, confab_page_free);
  g_free (question);
}

static gboolean
read_page (BaseDb    *db,
           gpointer   data,
           GError   **error)
{
  Question *question = data;

  if (question->side == CONFAB_PAGE_BEFORE)
    question->page = confab_store_messages_page_before (db, question->rid, question->seq,
                                                        question->limit, error);
  else
    question->page = confab_store_messages_page_after (db, question->rid, question->seq,
                                                       question->limit, error);

  return question->page != NULL;
}

static void
return_page (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&fetch->page), (GDestroyNotify) confab_page_free);
}

/* @more lies beyond @page, on the side that was asked for; takes it. */
static void
join_pages (Fetch      *fetch,
            ConfabPage *more)
{
  ConfabPage *page = fetch->page;

  if (fetch->side == CONFAB_PAGE_BEFORE)
    {
      g_ptr_array_extend_and_steal (more->events, g_steal_pointer (&page->events));
      page->events = g_ptr_array_ref (more->events);
      page->first_seq = more->first_seq;
      page->last_seq = MAX (page->last_seq, more->last_seq);
    }
  else
    {
      g_ptr_array_extend_and_steal (page->events, g_ptr_array_ref (more->events));
      page->first_seq = page->first_seq ? page->first_seq : more->first_seq;
      page->last_seq = more->last_seq;
    }
  confab_page_free (more);
}

/* What a history answer says, with the bounds of what it covers; NULL if it leads nowhere. */
static ConfabPage *
page_of_answer (Fetch      *fetch,
                JsonObject *ok,
                guint64     seq)
{
  g_autoptr(ConfabPage) page = confab_page_new ();
  g_autoptr(GPtrArray) events =
    confab_event_parse_array (confab_json_get_array (ok, "events"));
  gboolean more = confab_json_get_boolean (ok, "more");

  for (guint i = 0; i < events->len; i++)
    {
      ConfabEvent *event = g_ptr_array_index (events, i);
      gboolean fits = fetch->side == CONFAB_PAGE_BEFORE ? event->seq < seq : event->seq > seq;

      if (!fits)
        continue;

      page->first_seq = page->first_seq ? page->first_seq : event->seq;
      page->last_seq = event->seq;
      g_ptr_array_add (page->events, confab_event_ref (event));
    }

  if (fetch->side == CONFAB_PAGE_BEFORE)
    {
      /* "Nothing older" covers everything down to the first number. */
      if (!more || page->events->len == 0)
        page->first_seq = 1;
      if (seq <= CONFAB_JSON_MAX_NUMBER && seq > 1)
        page->last_seq = seq - 1;
    }
  else if (page->events->len)
    {
      page->first_seq = seq + 1;
    }

  return page->last_seq ? g_steal_pointer (&page) : NULL;
}

static void
drop_hidden (ConfabPage *page)
{
  for (guint i = page->events->len; i > 0; i--)
    {
      ConfabEvent *event = g_ptr_array_index (page->events, i - 1);

      if (event->type == CONFAB_EVENT_OTHER)
        g_ptr_array_remove_index (page->events, i - 1);
    }
}

static guint64
edge_of (Fetch *fetch)
{
  if (fetch->side == CONFAB_PAGE_BEFORE)
    return fetch->page->first_seq ? fetch->page->first_seq
           : fetch->seq           ? fetch->seq
                                  : CONFAB_JSON_MAX_NUMBER + 1;

  return fetch->page->last_seq ? fetch->page->last_seq : fetch->seq;
}

static void
fetch_answered_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabRoom *room = g_task_get_source_object (task);
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr(JsonObject) ok = NULL;
  g_autoptr(GError) error = NULL;
  ConfabPage *more;
  const char *epoch;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  epoch = ok ? confab_json_get_string (ok, "epoch") : NULL;
  if (!ok || (epoch && g_strcmp0 (epoch, room->epoch) != 0 && room->epoch[0]))
    {
      if (fetch->page->last_seq || !error)
        return_page (task);
      else
        g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  more = page_of_answer (fetch, ok, edge_of (fetch));
  if (more)
    {
      confab_room_keep_page (room, more);
      drop_hidden (more);
      join_pages (fetch, more);
    }
  return_page (task);
}

static gboolean
is_enough (ConfabRoom *room,
           Fetch      *fetch)
{
  ConfabPage *page = fetch->page;

  if (page->events->len >= fetch->limit)
    return TRUE;

  if (fetch->side == CONFAB_PAGE_BEFORE)
    return page->first_seq == 1 || fetch->seq == 1 ||
           (fetch->seq == 0 && page->last_seq == 0 && room->synced && room->newest_seq == 0);

  return MAX (page->last_seq, fetch->seq) >= room->newest_seq;
}

static void
fetch_read_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabRoom *room = g_task_get_source_object (task);
  Fetch *fetch = g_task_get_task_data (task);
  Question *question = confab_store_run_finish (CONFAB_STORE (source), result, NULL);
  g_autoptr(JsonObject) request = NULL;

  /* A store that fails is as good as an empty one. */
  fetch->page = question ? g_steal_pointer (&question->page) : confab_page_new ();
  if (g_task_return_error_if_cancelled (task))
    return;

  if (!room->session || is_enough (room, fetch))
    {
      return_page (task);
      return;
    }

  request = confab_json_request_new ("history", room->rid);
  json_object_set_int_member (request, fetch->side == CONFAB_PAGE_BEFORE ? "before" : "after",
                              (gint64) MIN (edge_of (fetch), CONFAB_JSON_MAX_NUMBER));
  json_object_set_int_member (request, "limit",
                              CLAMP (fetch->limit - fetch->page->events->len, 1, WIRE_LIMIT_PAGE));
  confab_connection_request_async (confab_session_get_connection (room->session), request,
                                   g_task_get_cancellable (task), fetch_answered_cb,
                                   g_object_ref (task));
}

void
confab_page_fetch_async (ConfabRoom          *room,
                         ConfabPageSide       side,
                         guint64              seq,
                         guint                limit,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (room, cancellable, callback, user_data);
  Fetch *fetch = g_new0 (Fetch, 1);
  Question *question;

  fetch->side = side;
  fetch->seq = seq;
  fetch->limit = limit;
  g_task_set_source_tag (task, confab_page_fetch_async);
  g_task_set_task_data (task, fetch, fetch_free);

  if (!room->session)
    {
      g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_CLOSED,
                               "The session of the room is gone");
      return;
    }

  question = g_new0 (Question, 1);
  question->rid = g_strdup (room->rid);
  question->side = side;
  question->seq = seq;
  question->limit = limit;
  confab_store_run_async (confab_session_get_store (room->session), CONFAB_STORE_READ, read_page,
                          question, question_free, NULL, fetch_read_cb,
                          g_steal_pointer (&task));
}

ConfabPage *
confab_page_fetch_finish (ConfabRoom    *room,
                          GAsyncResult  *result,
                          GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
