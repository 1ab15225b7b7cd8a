/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab.h"

#include "confab-call-json-private.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_CALL_LINE (confab_call_line_get_type ())

G_DECLARE_FINAL_TYPE (ConfabCallLine, confab_call_line, CONFAB, CALL_LINE, GObject)

ConfabCallLine *confab_call_line_new        (ConfabConnection    *connection);
gboolean        confab_call_line_get_online (ConfabCallLine      *self);
/* Takes @content; what is said to one device arrives in order. Without a connection it waits for
 * the next one, but not long. */
void            confab_call_line_say        (ConfabCallLine      *self,
                                             const char          *cid,
                                             JsonObject          *content);
void            confab_call_line_ask_async  (ConfabCallLine      *self,
                                             JsonObject          *request,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
JsonObject     *confab_call_line_ask_finish (ConfabCallLine      *self,
                                             GAsyncResult        *result,
                                             GError             **error);

G_END_DECLS
