/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-uuid.h"

#include <glib.h>

G_BEGIN_DECLS

#define BASE_DB_ERROR (base_db_error_quark ())

typedef enum {
  BASE_DB_ERROR_FAILED,
  BASE_DB_ERROR_FULL,            /* no space left, or over a quota */
  BASE_DB_ERROR_IO,              /* the disk failed */
  BASE_DB_ERROR_BUSY,            /* another connection held it for longer than busy_ms */
  BASE_DB_ERROR_CORRUPT,
  BASE_DB_ERROR_NOT_A_DATABASE,  /* the file is something else */
  BASE_DB_ERROR_TOO_NEW,         /* made by a later version of us */
  BASE_DB_ERROR_CONSTRAINT,      /* a UNIQUE, CHECK, NOT NULL or FOREIGN KEY was violated */
  BASE_DB_ERROR_CANNOT_OPEN,     /* no such folder, or no right to it */
  BASE_DB_ERROR_INTERRUPTED,     /* base_db_interrupt() */
} BaseDbError;

typedef enum {
  BASE_DB_STEP_FAILED,
  BASE_DB_STEP_ROW,
  BASE_DB_STEP_DONE,
} BaseDbStep;

typedef struct _BaseDb BaseDb;
typedef struct _BaseDbStatement BaseDbStatement;

typedef struct
{
  const char *vfs;         /* NULL: the system's */
  gboolean    read_only;
  gboolean    durable;     /* a commit returns after its fsync (synchronous=FULL) */
  guint       busy_ms;     /* how long to wait for another connection's lock */
  guint       cache_kib;   /* 0: SQLite's own choice */
} BaseDbOptions;

/* One step of a schema's history: from the version before it to the next. */
typedef struct
{
  const char   *sql;
  gboolean    (*migrate) (BaseDb  *db,
                          GError **error);  /* NULL, or run after sql */
} BaseDbMigration;

GQuark           base_db_error_quark      (void);

BaseDb          *base_db_open             (const char            *path,
                                           const BaseDbOptions   *options,
                                           GError               **error);
void             base_db_close            (BaseDb                *self);
gboolean         base_db_migrate          (BaseDb                *self,
                                           guint32                application_id,
                                           const BaseDbMigration *migrations,
                                           guint                  n_migrations,
                                           GError               **error);
gboolean         base_db_check            (BaseDb                *self,
                                           GError               **error);
void             base_db_interrupt        (BaseDb                *self);

gboolean         base_db_exec             (BaseDb                *self,
                                           const char            *sql,
                                           GError               **error);
gboolean         base_db_begin            (BaseDb                *self,
                                           GError               **error);
gboolean         base_db_begin_read       (BaseDb                *self,
                                           GError               **error);
gboolean         base_db_commit           (BaseDb                *self,
                                           GError               **error);
void             base_db_roll_back        (BaseDb                *self);
gboolean         base_db_in_transaction   (BaseDb                *self);
gboolean         base_db_save             (BaseDb                *self,
                                           GError               **error);
gboolean         base_db_release          (BaseDb                *self,
                                           GError               **error);
gboolean         base_db_roll_back_to_save (BaseDb               *self,
                                            GError               **error);
gint64           base_db_get_n_changes    (BaseDb                *self);
gint64           base_db_get_last_row_id  (BaseDb                *self);

BaseDbStatement *base_db_prepare          (BaseDb                *self,
                                           const char            *sql,
                                           GError               **error) G_GNUC_WARN_UNUSED_RESULT;
void             base_db_statement_done   (BaseDbStatement       *self);
void             base_db_statement_reset  (BaseDbStatement       *self);
BaseDbStep       base_db_statement_step   (BaseDbStatement       *self,
                                           GError               **error);
gboolean         base_db_statement_run    (BaseDbStatement       *self,
                                           GError               **error);

void             base_db_bind_null        (BaseDbStatement       *self,
                                           guint                  parameter);
void             base_db_bind_int64       (BaseDbStatement       *self,
                                           guint                  parameter,
                                           gint64                 value);
void             base_db_bind_text        (BaseDbStatement       *self,
                                           guint                  parameter,
                                           const char            *value);
void             base_db_bind_blob        (BaseDbStatement       *self,
                                           guint                  parameter,
                                           const void            *value,
                                           gsize                  length);
void             base_db_bind_bytes       (BaseDbStatement       *self,
                                           guint                  parameter,
                                           GBytes                *value);
void             base_db_bind_uuid        (BaseDbStatement       *self,
                                           guint                  parameter,
                                           const BaseUuid        *value);

gboolean         base_db_column_is_null   (BaseDbStatement       *self,
                                           guint                  column);
gint64           base_db_column_int64     (BaseDbStatement       *self,
                                           guint                  column);
const char      *base_db_column_text      (BaseDbStatement       *self,
                                           guint                  column);
char            *base_db_column_dup_text  (BaseDbStatement       *self,
                                           guint                  column);
const void      *base_db_column_blob      (BaseDbStatement       *self,
                                           guint                  column,
                                           gsize                 *length);
GBytes          *base_db_column_dup_bytes (BaseDbStatement       *self,
                                           guint                  column);
gboolean         base_db_column_uuid      (BaseDbStatement       *self,
                                           guint                  column,
                                           BaseUuid              *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseDb, base_db_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseDbStatement, base_db_statement_done)

G_END_DECLS
