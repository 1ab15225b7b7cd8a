/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-db.h"
#include "confabd-log.h"
#include "confabd-store.h"

G_BEGIN_DECLS

typedef enum {
  CONFABD_JOB_APPEND,
  CONFABD_JOB_TAIL,
  CONFABD_JOB_QUERY,
} ConfabdJobKind;

/* Something that a store was asked for. */
typedef struct
{
  ConfabdJobKind  kind;
  union
  {
    ConfabdAppend *append;
    ConfabdTail   *tail;
    ConfabdQuery  *query;
  };
} ConfabdJob;

gsize     confabd_job_get_size   (const ConfabdJob  *self);
void      confabd_job_post       (const ConfabdJob  *self);
void      confabd_job_fail       (const ConfabdJob  *self,
                                  const GError      *error);
void      confabd_job_run_read   (const ConfabdJob  *self,
                                  BaseDb            *db,
                                  guint64            now_ms);
gboolean  confabd_jobs_run_batch (const ConfabdJob  *jobs,
                                  guint              n_jobs,
                                  BaseDb            *db,
                                  guint64            now_ms,
                                  GError           **error);

G_END_DECLS
