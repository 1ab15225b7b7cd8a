/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-db.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_OUTGOING_QUEUED,
  CONFAB_OUTGOING_ACKNOWLEDGED,  /* stored by the server; its event is still to come */
  CONFAB_OUTGOING_FAILED,
} ConfabOutgoingState;

typedef struct
{
  char                *id;
  char                *rid;
  gint64               at_us;
  char                *content;       /* JSON */
  ConfabOutgoingState  state;
  guint64              seq;           /* once acknowledged */
  int                  error_code;    /* of a failed one: a ConfabError */
  char                *error_message;
  gboolean             retryable;
} ConfabOutgoingRow;

ConfabOutgoingRow *confab_outgoing_row_new      (const char               *id,
                                                 const char               *rid,
                                                 gint64                    at_us,
                                                 const char               *content);
void               confab_outgoing_row_free     (ConfabOutgoingRow        *self);

/* (element-type ConfabOutgoingRow): in the order of queueing */
GPtrArray         *confab_store_outbox_load     (BaseDb                   *db,
                                                 GError                  **error);
gboolean           confab_store_outbox_add      (BaseDb                   *db,
                                                 const ConfabOutgoingRow  *row,
                                                 GError                  **error);
/* Writes the state, with seq or error, of the row with that id. */
gboolean           confab_store_outbox_update   (BaseDb                   *db,
                                                 const ConfabOutgoingRow  *row,
                                                 GError                  **error);
gboolean           confab_store_outbox_remove   (BaseDb                   *db,
                                                 const char               *id,
                                                 GError                  **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabOutgoingRow, confab_outgoing_row_free)

G_END_DECLS
