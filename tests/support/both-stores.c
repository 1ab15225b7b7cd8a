/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "both-stores.h"

#include "confabd-memory-store.h"
#include "confabd-sqlite-store.h"

#include <glib/gstdio.h>

typedef enum {
  MEMORY,
  SQLITE,
} Kind;

static void
set_up (BothStores    *f,
        gconstpointer  kind)
{
  g_autoptr(GError) error = NULL;

  support_fake_clock_init (&f->clock);
  f->clock.wall_us = BOTH_STORES_START_MS * 1000;
  f->folder = g_dir_make_tmp ("confabd-store-XXXXXX", &error);
  g_assert_no_error (error);

  if (GPOINTER_TO_INT (kind) == MEMORY)
    support_store_init (&f->store, confabd_memory_store_new (&f->clock.clock));
  else
    support_store_init (&f->store, confabd_sqlite_store_new (f->folder, &f->clock.clock, &error));
  g_assert_no_error (error);

  support_store_add_user (&f->store, "Ada", &f->ada);
  support_store_add_user (&f->store, "ben", &f->ben);
  support_store_add_user (&f->store, "Eve", &f->eve);
}

static void
remove_file (const char *folder,
             const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_unlink (path);
}

static void
tear_down (BothStores    *f,
           gconstpointer  kind)
{
  support_store_clear (&f->store);
  remove_file (f->folder, "space.db");
  remove_file (f->folder, "lock");
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
}

/**
 * both_stores_add:
 * @name: of the test, without a path
 * @func: the test
 *
 * Adds @func once for the store in memory and once for the one on disk.
 */
void
both_stores_add (const char     *name,
                 BothStoresFunc  func)
{
  g_autofree char *memory = g_strconcat ("/store/memory/", name, NULL);
  g_autofree char *sqlite = g_strconcat ("/store/sqlite/", name, NULL);

  g_test_add (memory, BothStores, GINT_TO_POINTER (MEMORY), set_up, func, tear_down);
  g_test_add (sqlite, BothStores, GINT_TO_POINTER (SQLITE), set_up, func, tear_down);
}

/**
 * both_stores_post:
 * @self: a store with three users
 * @room: where to write to
 * @user_id: who writes
 *
 * Returns: the seq of the stored message
 */
guint64
both_stores_post (BothStores     *f,
                  const char     *room,
                  const BaseUuid *user_id)
{
  g_autoptr(ConfabdAppend) append = support_store_append (&f->store, CONFABD_EVENT_MESSAGE, room,
                                                          user_id);

  g_assert_cmpint (append->status, ==, CONFABD_APPEND_COMMITTED);

  return append->event->seq;
}

/**
 * both_stores_post_n:
 * @self: a store with three users
 * @room: where to write to
 * @user_id: who writes
 * @n_messages: how often
 */
void
both_stores_post_n (BothStores     *f,
                    const char     *room,
                    const BaseUuid *user_id,
                    guint           n_messages)
{
  while (n_messages-- > 0)
    both_stores_post (f, room, user_id);
}

/**
 * both_stores_happen:
 * @self: a store with three users
 * @type: what happens
 * @room: where
 * @user_id: to whom
 *
 * Returns: what came of it
 */
ConfabdAppendStatus
both_stores_happen (BothStores       *f,
                    ConfabdEventType  type,
                    const char       *room,
                    const BaseUuid   *user_id)
{
  g_autoptr(ConfabdAppend) append = support_store_append (&f->store, type, room, user_id);

  return append->status;
}

/**
 * both_stores_rooms:
 * @self: a store with three users
 * @user_id: one of them
 *
 * Returns: (transfer full): the answered query for their rooms
 */
ConfabdQuery *
both_stores_rooms (BothStores     *f,
                   const BaseUuid *user_id)
{
  ConfabdQuery *query = support_store_query (&f->store, CONFABD_QUERY_ROOMS);

  query->user_id = *user_id;

  return support_store_ask (&f->store, query);
}
