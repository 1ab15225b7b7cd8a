/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-service-private.h"

G_BEGIN_DECLS

/* So many bytes of the body of the question (`upload`) or of its answer (`download`) have passed;
 * @total is 0 where nobody knows. */
typedef void (*ConfabQuestionProgress) (const char *status,
                                        guint64     loaded,
                                        guint64     total,
                                        gpointer    user_data);

/* Asks one of the record endpoints of @service; who it is about is added to @parameters.
 * @progress may be NULL, and gets the same @user_data. */
void      confab_question_ask_async  (ConfabService           *service,
                                      const char              *endpoint,
                                      JsonObject              *parameters,
                                      ConfabQuestionProgress   progress,
                                      GCancellable            *cancellable,
                                      GAsyncReadyCallback      callback,
                                      gpointer                 user_data);
/* Text that is no JSON comes as a string. */
JsonNode *confab_question_ask_finish (ConfabService           *service,
                                      GAsyncResult            *result,
                                      GError                 **error);
/* The error that an answer of this status is. */
GError   *confab_question_error_new  (guint                    status,
                                      const char              *text,
                                      gsize                    length);

G_END_DECLS
