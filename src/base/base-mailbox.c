/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "base-mailbox"

#include "config.h"

#include "base-mailbox.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct _Letter Letter;

struct _Letter
{
  Letter         *next;
  BaseMailboxFunc func;
  gpointer        data;
};

/**
 * BaseMailbox:
 *
 * A queue from any number of threads to one.
 *
 * Posting pushes onto a list with one compare-and-exchange and writes to the
 * eventfd only when the list was empty; draining takes the whole list with one
 * exchange and runs it in the order of posting. What is posted while a drain
 * runs waits for the next one, so that a drain always ends.
 *
 * The mailbox does not know how to free what was posted: whoever takes it down
 * stops the posters first and drains a last time. Letters that are still there at
 * the last unref are neither run nor is their data freed.
 */
struct _BaseMailbox
{
  gatomicrefcount ref_count;
  int             fd;
  gpointer        newest;   /* atomic; a list of Letter from the newest to the oldest */
};

typedef struct
{
  GSource      source;
  BaseMailbox *mailbox;
  gpointer     fd_tag;
} MailboxSource;

static void
ring (BaseMailbox *self)
{
  const guint64 one = 1;

  /* The counter cannot overflow: it grows by one per emptying. */
  while (write (self->fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

static void
silence (BaseMailbox *self)
{
  guint64 count;

  while (read (self->fd, &count, sizeof count) < 0 && errno == EINTR)
    ;
}

static Letter *
take_in_order (BaseMailbox *self)
{
  Letter *letter = g_atomic_pointer_exchange (&self->newest, NULL);
  Letter *oldest = NULL;

  while (letter)
    {
      Letter *next = letter->next;

      letter->next = oldest;
      oldest = letter;
      letter = next;
    }

  return oldest;
}

static gboolean
mailbox_source_prepare (GSource *source,
                        int     *timeout_ms)
{
  MailboxSource *self = (MailboxSource *) source;

  *timeout_ms = -1;

  return g_atomic_pointer_get (&self->mailbox->newest) != NULL;
}

static gboolean
mailbox_source_check (GSource *source)
{
  MailboxSource *self = (MailboxSource *) source;

  return g_source_query_unix_fd (source, self->fd_tag) != 0;
}

static gboolean
mailbox_source_dispatch (GSource     *source,
                         GSourceFunc  callback,
                         gpointer     user_data)
{
  MailboxSource *self = (MailboxSource *) source;
  g_autoptr(BaseMailbox) mailbox = base_mailbox_ref (self->mailbox);

  base_mailbox_drain (mailbox);

  return G_SOURCE_CONTINUE;
}

static void
mailbox_source_finalize (GSource *source)
{
  MailboxSource *self = (MailboxSource *) source;

  g_clear_pointer (&self->mailbox, base_mailbox_unref);
}

static GSourceFuncs mailbox_source_funcs = {
  .prepare = mailbox_source_prepare,
  .check = mailbox_source_check,
  .dispatch = mailbox_source_dispatch,
  .finalize = mailbox_source_finalize,
};

/**
 * base_mailbox_new:
 *
 * Makes an empty mailbox. Without a file descriptor to wake the reader no server
 * can run, so running out of them here ends the process.
 *
 * Returns: (transfer full): a mailbox
 */
BaseMailbox *
base_mailbox_new (void)
{
  BaseMailbox *self = g_new0 (BaseMailbox, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);

  if (self->fd < 0)
    g_error ("Cannot make an eventfd: %s", g_strerror (errno));

  return self;
}

/**
 * base_mailbox_ref:
 * @self: a mailbox
 *
 * Returns: (transfer full): @self
 */
BaseMailbox *
base_mailbox_ref (BaseMailbox *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * base_mailbox_unref:
 * @self: (transfer full): a mailbox
 *
 * Lets go of @self. The last one to do so closes it; see the class comment about
 * letters that are still in it.
 */
void
base_mailbox_unref (BaseMailbox *self)
{
  Letter *letter;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  letter = g_atomic_pointer_exchange (&self->newest, NULL);

  while (letter)
    {
      Letter *next = letter->next;

      g_free (letter);
      letter = next;
    }

  close (self->fd);
  g_free (self);
}

/**
 * base_mailbox_post:
 * @self: a mailbox
 * @func: what to run on the reader's thread
 * @data: (transfer full) (nullable): passed to @func, which owns it
 *
 * Puts a letter into the mailbox; any thread may. Two letters posted by one thread
 * are run in that order. Never blocks.
 */
void
base_mailbox_post (BaseMailbox     *self,
                   BaseMailboxFunc  func,
                   gpointer         data)
{
  Letter *letter = g_new (Letter, 1);
  gpointer before = g_atomic_pointer_get (&self->newest);

  letter->func = func;
  letter->data = data;

  do
    letter->next = before;
  while (!g_atomic_pointer_compare_and_exchange_full (&self->newest, letter->next, letter,
                                                      &before));

  /* From here on the letter is the reader's, and may be gone.
   *
   * Only the one who found it empty wakes the reader: the others know that it is
   * awake, or about to be. */
  if (before == NULL)
    ring (self);
}

/**
 * base_mailbox_get_fd:
 * @self: a mailbox
 *
 * Returns: a descriptor that is readable while there may be letters; for poll or
 *   epoll, never to be read by the caller
 */
int
base_mailbox_get_fd (BaseMailbox *self)
{
  return self->fd;
}

/**
 * base_mailbox_drain:
 * @self: a mailbox
 *
 * Runs what was in the mailbox when it was called. Only ever on one thread, and
 * not from within a letter.
 *
 * Returns: how many letters were run
 */
guint
base_mailbox_drain (BaseMailbox *self)
{
  Letter *letter;
  guint n_run = 0;

  /* Silence before taking: a letter that arrives in between rings again, at worst
   * once too often; the other way round it could be missed. */
  silence (self);
  letter = take_in_order (self);

  while (letter)
    {
      Letter *next = letter->next;

      letter->func (letter->data);
      g_free (letter);
      letter = next;
      n_run++;
    }

  return n_run;
}

/**
 * base_mailbox_create_source:
 * @self: a mailbox
 *
 * Returns: (transfer full): a source that drains @self on the thread of the context
 *   it is attached to, and keeps a reference to it
 */
GSource *
base_mailbox_create_source (BaseMailbox *self)
{
  GSource *source = g_source_new (&mailbox_source_funcs, sizeof (MailboxSource));
  MailboxSource *mailbox_source = (MailboxSource *) source;

  g_source_set_static_name (source, "[confab] mailbox");
  mailbox_source->mailbox = base_mailbox_ref (self);
  mailbox_source->fd_tag = g_source_add_unix_fd (source, self->fd, G_IO_IN);

  return source;
}
