/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-time-private.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define CONFAB_REQUESTS_DEADLINE_MS (20 * 1000)
#define CONFAB_REQUESTS_MAX_IN_FLIGHT 64
#define CONFAB_REQUESTS_MAX_QUEUED 4096

typedef struct _ConfabRequests ConfabRequests;

/* Hands one request to the socket. */
typedef void (*ConfabRequestsSendFunc) (const char *text,
                                        gpointer    user_data);

ConfabRequests *confab_requests_new             (ConfabTime             *time,
                                                 ConfabRequestsSendFunc  send,
                                                 gpointer                user_data);
void            confab_requests_free            (ConfabRequests         *self);
/* Takes @task, which ends with the JsonObject of `#ok`. */
void            confab_requests_add             (ConfabRequests         *self,
                                                 GTask                  *task,
                                                 JsonObject             *request,
                                                 guint                   deadline_ms);
/* FALSE if @frame is no answer; an answer to nothing is taken and ignored. */
gboolean        confab_requests_answer          (ConfabRequests         *self,
                                                 JsonObject             *frame);
void            confab_requests_fail_all        (ConfabRequests         *self,
                                                 const GError           *error);
guint           confab_requests_get_n_in_flight (ConfabRequests         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabRequests, confab_requests_free)

G_END_DECLS
