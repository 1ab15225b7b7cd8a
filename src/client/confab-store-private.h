/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-db.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFAB_TYPE_STORE (confab_store_get_type ())

G_DECLARE_FINAL_TYPE (ConfabStore, confab_store, CONFAB, STORE, GObject)

/**
 * ConfabStoreFunc:
 * @db: the database, in a transaction
 * @data: what was handed over; questions and answers
 * @error: return location for an error
 *
 * A piece of work on a thread of the store.
 *
 * Returns: %FALSE if it failed; what it wrote is then undone
 */
typedef gboolean (*ConfabStoreFunc) (BaseDb    *db,
                                     gpointer   data,
                                     GError   **error);

typedef enum {
  CONFAB_STORE_READ,
  CONFAB_STORE_WRITE,
  CONFAB_STORE_WRITE_DURABLY,  /* over a power cut as well */
} ConfabStoreMode;

ConfabStore  *confab_store_new          (const char           *path);
/* (transfer full) of @data; the callback borrows it from confab_store_run_finish(). */
void          confab_store_run_async    (ConfabStore          *self,
                                         ConfabStoreMode       mode,
                                         ConfabStoreFunc       func,
                                         gpointer              data,
                                         GDestroyNotify        free_data,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gpointer      confab_store_run_finish   (ConfabStore          *self,
                                         GAsyncResult         *result,
                                         GError              **error);
/* Everything that was asked for before is done when this is. */
void          confab_store_close_async  (ConfabStore          *self,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gboolean      confab_store_close_finish (ConfabStore          *self,
                                         GAsyncResult         *result,
                                         GError              **error);
/* What is wrong with it, or NULL. */
const GError *confab_store_get_error    (ConfabStore          *self);

G_END_DECLS
