/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-db.h"

G_BEGIN_DECLS

#define CONFAB_STORE_APPLICATION_ID 0x436f4e46 /* "CoNF" */

extern const BaseDbMigration confab_store_migrations[];
extern const guint confab_store_n_migrations;

BaseDb   *confab_store_schema_open    (const char  *path,
                                       GError     **error);
/* Moves a damaged database aside, begins a new one and saves the outbox into it. */
BaseDb   *confab_store_schema_recover (const char  *path,
                                       GError     **error);

G_END_DECLS
