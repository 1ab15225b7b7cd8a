/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-db.h"

#include <sqlite3.h>

G_BEGIN_DECLS

struct _BaseDb
{
  sqlite3    *handle;
  GHashTable *statements;     /* SQL → BaseDbStatement, those that stay prepared */
};

void base_db_set_error (BaseDb  *self,
                        int      result,
                        GError **error);
void base_db_statement_destroy (BaseDbStatement *self);

G_END_DECLS
