/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"
#include "confabd-jobs-private.h"

G_BEGIN_DECLS

typedef struct _ConfabdStoreWorker ConfabdStoreWorker;

ConfabdStoreWorker *confabd_store_worker_new           (const char         *name,
                                                        BaseDb             *db,
                                                        gboolean            writes,
                                                        const BaseClock    *clock);
void                confabd_store_worker_stop          (ConfabdStoreWorker *self);
void                confabd_store_worker_take          (ConfabdStoreWorker *self,
                                                        const ConfabdJob   *job);
guint               confabd_store_worker_get_n_waiting (ConfabdStoreWorker *self);

G_END_DECLS
