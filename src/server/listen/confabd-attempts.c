/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-attempts"

#include "config.h"

#include "confabd-attempts.h"

#define MAX_PER_WINDOW 64

/* The last attempts of one key, oldest overwritten first. */
typedef struct
{
  char   *key;
  GList   link;     /* in the queue, by last attempt */
  guint   n;
  guint   next;
  gint64  last_us;
  gint64  times_us[];
} Entry;

/**
 * ConfabdAttempts:
 *
 * A sliding window over attempts, for each key.
 *
 * An attempt is counted when it begins, not when it fails: two hundred at once
 * are two hundred. One that succeeds is forgiven with all before it. When there
 * are too many keys, the one that has been quiet for longest is forgotten.
 */
struct _ConfabdAttempts
{
  guint       max_per_window;
  gint64      window_us;
  guint       max_keys;
  GHashTable *entries;    /* key → entry */
  GQueue      by_age;     /* of entries, the quietest first */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry);
}

/**
 * confabd_attempts_new:
 * @max_per_window: how many are allowed
 * @window_us: in how long
 * @max_keys: how many keys to remember
 *
 * Returns: (transfer full): a counter
 */
ConfabdAttempts *
confabd_attempts_new (guint  max_per_window,
                      gint64 window_us,
                      guint  max_keys)
{
  ConfabdAttempts *self = g_new0 (ConfabdAttempts, 1);

  self->max_per_window = CLAMP (max_per_window, 1, MAX_PER_WINDOW);
  self->window_us = window_us;
  self->max_keys = MAX (max_keys, 1);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  g_queue_init (&self->by_age);

  return self;
}

void
confabd_attempts_free (ConfabdAttempts *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static void
remove_entry (ConfabdAttempts *self,
              Entry           *entry)
{
  g_queue_unlink (&self->by_age, &entry->link);
  g_hash_table_remove (self->entries, entry->key);
}

static void
forget_quiet (ConfabdAttempts *self,
              gint64           now_us)
{
  while (self->by_age.head)
    {
      Entry *entry = self->by_age.head->data;

      if (self->by_age.length <= self->max_keys && now_us - entry->last_us < self->window_us)
        return;

      remove_entry (self, entry);
    }
}

static Entry *
add_entry (ConfabdAttempts *self,
           const char      *key)
{
  Entry *entry = g_malloc0 (sizeof *entry + self->max_per_window * sizeof entry->times_us[0]);

  entry->key = g_strdup (key);
  entry->link.data = entry;
  g_queue_push_tail_link (&self->by_age, &entry->link);
  g_hash_table_insert (self->entries, entry->key, entry);

  return entry;
}

/**
 * confabd_attempts_begin:
 * @self: a counter
 * @key: whose attempt
 * @now_us: monotonic
 * @wait_us: (out): after how long to try again, when it is refused
 *
 * Counts an attempt, unless there were too many.
 *
 * Returns: whether it may be made
 */
gboolean
confabd_attempts_begin (ConfabdAttempts *self,
                        const char      *key,
                        gint64           now_us,
                        gint64          *wait_us)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (!entry)
    entry = add_entry (self, key);

  /* Once the ring is full, the next to be overwritten is the oldest. */
  if (entry->n == self->max_per_window && now_us - entry->times_us[entry->next] < self->window_us)
    {
      *wait_us = entry->times_us[entry->next] + self->window_us - now_us;
      return FALSE;
    }

  entry->times_us[entry->next] = now_us;
  entry->next = (entry->next + 1) % self->max_per_window;
  entry->n = MIN (entry->n + 1, self->max_per_window);
  entry->last_us = now_us;

  g_queue_unlink (&self->by_age, &entry->link);
  g_queue_push_tail_link (&self->by_age, &entry->link);
  forget_quiet (self, now_us);

  return TRUE;
}

/**
 * confabd_attempts_forgive:
 * @self: a counter
 * @key: whose attempt succeeded
 */
void
confabd_attempts_forgive (ConfabdAttempts *self,
                          const char      *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry)
    remove_entry (self, entry);
}

guint
confabd_attempts_get_n (ConfabdAttempts *self)
{
  return g_hash_table_size (self->entries);
}
