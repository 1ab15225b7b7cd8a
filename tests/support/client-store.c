/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "client-store"

#include "config.h"

#include "client-store.h"

#include "base-uuid.h"

#define FIRST_AT_US (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)

ConfabEvent *
client_store_make_event (guint64     seq,
                         const char *user_id,
                         const char *text)
{
  ConfabEvent *event = confab_event_new (CONFAB_EVENT_MESSAGE, seq);
  char id[BASE_UUID_STRING_LENGTH + 1];
  BaseUuid uuid;

  base_uuid_make_v4 (&uuid);
  base_uuid_format (&uuid, id);
  event->id = g_strdup (id);
  event->user_id = g_strdup (user_id);
  event->at_us = FIRST_AT_US + (gint64) seq * G_USEC_PER_SEC;
  event->text = g_strdup (text);

  return event;
}

void
client_store_add_room (BaseDb     *db,
                       const char *rid)
{
  g_autoptr(ConfabRoomRow) row = confab_room_row_new (rid);
  g_autoptr(GError) error = NULL;

  row->joined = TRUE;
  confab_store_rooms_save (db, row, &error);
  g_assert_no_error (error);
}

static void
insert (BaseDb     *db,
        const char *rid,
        GPtrArray  *events,
        guint64     first_seq,
        guint64     last_seq)
{
  g_autoptr(GError) error = NULL;

  base_db_begin (db, &error);
  g_assert_no_error (error);
  confab_store_messages_insert (db, rid, events, first_seq, last_seq, &error);
  g_assert_no_error (error);
  base_db_commit (db, &error);
  g_assert_no_error (error);
}

void
client_store_fill (BaseDb     *db,
                   const char *rid,
                   guint64     first_seq,
                   guint64     last_seq)
{
  g_autoptr(GPtrArray) events =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);

  for (guint64 seq = first_seq; seq <= last_seq; seq++)
    {
      g_autofree char *text = g_strdup_printf ("%s %" G_GUINT64_FORMAT, rid, seq);

      g_ptr_array_add (events, client_store_make_event (
                         seq, seq % 2 ? CLIENT_STORE_ANN : CLIENT_STORE_BOB, text));
    }
  insert (db, rid, events, first_seq, last_seq);
}

void
client_store_keep (BaseDb     *db,
                   const char *rid,
                   guint64     seq,
                   const char *text)
{
  g_autoptr(GPtrArray) events =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_event_unref);

  g_ptr_array_add (events, client_store_make_event (seq, CLIENT_STORE_ANN, text));
  insert (db, rid, events, seq, seq);
}

char *
client_store_print_page (ConfabPage *page)
{
  g_autoptr(ConfabPage) owned = page;
  g_autoptr(GString) text = g_string_new ("");

  for (guint i = 0; i < page->events->len; i++)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " ",
                            ((ConfabEvent *) g_ptr_array_index (page->events, i))->seq);
  g_string_append_printf (text, "[%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "]", page->first_seq,
                          page->last_seq);

  return g_string_free_and_steal (g_steal_pointer (&text));
}
