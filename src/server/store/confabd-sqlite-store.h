/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"
#include "confabd-log.h"
#include "confabd-store.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_SQLITE_STORE (confabd_sqlite_store_get_type ())

G_DECLARE_FINAL_TYPE (ConfabdSqliteStore, confabd_sqlite_store, CONFABD, SQLITE_STORE, GObject)

ConfabdSqliteStore *confabd_sqlite_store_new          (const char          *data_dir,
                                                       const BaseClock     *clock,
                                                       GError             **error);
ConfabdSqliteStore *confabd_sqlite_store_new_with_vfs (const char          *data_dir,
                                                       const BaseClock     *clock,
                                                       const char          *vfs,
                                                       GError             **error);
void                confabd_sqlite_store_close        (ConfabdSqliteStore  *self);

G_END_DECLS
