/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-password"

#include "config.h"

#include "confabd-password.h"

#include <openssl/crypto.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Nicer than everything else: a queue of sign-ins must not slow a message. */
#define NICENESS 10

/**
 * ConfabdPasswordPool:
 *
 * Hashes and verifies passwords on a few threads of low priority.
 *
 * What waits is bounded, and so is the memory that Argon2id takes: 19 MiB for
 * each thread. Answers come through the mailbox that it was made with.
 */
struct _ConfabdPasswordPool
{
  GThreadPool         *threads;
  BaseMailbox         *reply_to;
  ConfabdPasswordCost  cost;
  guint                max_waiting;
  guint                n_waiting;   /* of the thread that asks and drains the mailbox */
};

typedef struct
{
  ConfabdPasswordPool     *pool;
  char                    *password;
  char                    *phc;         /* to verify; or NULL: to hash */
  ConfabdPasswordVerdict   verdict;
  char                    *new_phc;
  ConfabdPasswordHashed    hashed;
  ConfabdPasswordVerified  verified;
  gpointer                 user_data;
} Job;

static void
job_free (Job *job)
{
  OPENSSL_cleanse (job->password, strlen (job->password));
  g_free (job->password);
  g_free (job->phc);
  g_free (job->new_phc);
  g_free (job);
}

static void
answer_cb (gpointer data)
{
  Job *job = data;

  job->pool->n_waiting--;

  if (job->hashed)
    job->hashed (g_steal_pointer (&job->new_phc), job->user_data);
  else
    job->verified (job->verdict, g_steal_pointer (&job->new_phc), job->user_data);

  job_free (job);
}

static void
work (gpointer data,
      gpointer user_data)
{
  Job *job = data;
  ConfabdPasswordPool *self = user_data;

  /* On Linux this is the thread's own; a thread of the pool may be a new one each time. */
  (void) setpriority (PRIO_PROCESS, gettid (), NICENESS);

  if (job->phc)
    job->verdict = confabd_password_verify (job->password, job->phc, &self->cost);

  if (!job->phc || job->verdict == CONFABD_PASSWORD_RIGHT_BUT_WEAK)
    job->new_phc = confabd_password_hash (job->password, &self->cost);

  base_mailbox_post (self->reply_to, answer_cb, job);
}

/**
 * confabd_password_pool_new:
 * @reply_to: where the answers go
 * @cost: of new hashes
 * @n_threads: how many may work at once
 * @max_waiting: how many may wait or work
 *
 * Returns: (transfer full): a pool
 */
ConfabdPasswordPool *
confabd_password_pool_new (BaseMailbox               *reply_to,
                           const ConfabdPasswordCost *cost,
                           guint                      n_threads,
                           guint                      max_waiting)
{
  ConfabdPasswordPool *self = g_new0 (ConfabdPasswordPool, 1);

  self->reply_to = base_mailbox_ref (reply_to);
  self->cost = *cost;
  self->max_waiting = max_waiting;

  /* Exclusive: threads of its own, because they are made nice. */
  self->threads = g_thread_pool_new (work, self, n_threads, TRUE, NULL);

  return self;
}

/**
 * confabd_password_pool_free:
 * @self: (transfer full): a pool
 *
 * Waits for what is under way; the answers are called from here, through a last
 * drain of the mailbox.
 */
void
confabd_password_pool_free (ConfabdPasswordPool *self)
{
  g_thread_pool_free (self->threads, FALSE, TRUE);
  while (self->n_waiting > 0 && base_mailbox_drain (self->reply_to) > 0)
    ;

  base_mailbox_unref (self->reply_to);
  g_free (self);
}

static gboolean
push (ConfabdPasswordPool *self,
      Job                 *job)
{
  if (self->n_waiting >= self->max_waiting)
    {
      job_free (job);
      return FALSE;
    }

  self->n_waiting++;
  g_thread_pool_push (self->threads, job, NULL);

  return TRUE;
}

/**
 * confabd_password_pool_hash:
 * @self: a pool
 * @password: what somebody chose
 * @func: called with the hash
 * @user_data: data for @func
 *
 * Returns: %FALSE when too many wait already; then @func is not called
 */
gboolean
confabd_password_pool_hash (ConfabdPasswordPool   *self,
                            const char            *password,
                            ConfabdPasswordHashed  func,
                            gpointer               user_data)
{
  Job *job = g_new0 (Job, 1);

  job->pool = self;
  job->password = g_strdup (password);
  job->hashed = func;
  job->user_data = user_data;

  return push (self, job);
}

/**
 * confabd_password_pool_verify:
 * @self: a pool
 * @password: what somebody typed
 * @phc: what is stored
 * @func: called with the verdict
 * @user_data: data for @func
 *
 * Returns: %FALSE when too many wait already; then @func is not called
 */
gboolean
confabd_password_pool_verify (ConfabdPasswordPool     *self,
                              const char              *password,
                              const char              *phc,
                              ConfabdPasswordVerified  func,
                              gpointer                 user_data)
{
  Job *job = g_new0 (Job, 1);

  job->pool = self;
  job->password = g_strdup (password);
  job->phc = g_strdup (phc);
  job->verified = func;
  job->user_data = user_data;

  return push (self, job);
}

guint
confabd_password_pool_get_n_waiting (ConfabdPasswordPool *self)
{
  return self->n_waiting;
}
