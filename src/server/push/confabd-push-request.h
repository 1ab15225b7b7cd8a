/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"
#include "confabd-endpoint-policy.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What a push service's answer means for the message and the subscription. */
typedef enum {
  CONFABD_PUSH_DELIVERED,
  CONFABD_PUSH_GONE,          /* the subscription is over */
  CONFABD_PUSH_UNAUTHORIZED,  /* our token was not taken */
  CONFABD_PUSH_REFUSED,       /* this message will never be taken */
  CONFABD_PUSH_LATER,         /* try again */
} ConfabdPushOutcome;

typedef struct
{
  ConfabdPushOutcome  outcome;
  guint               status;         /* 0: there was no answer */
  gint64              retry_after_s;  /* -1: not said */
  char               *reason;         /* why there was no answer, or NULL */
} ConfabdPushAnswer;

/* One message on its way. */
typedef struct
{
  GUri       *uri;
  GBytes     *body;
  const char *authorization;
  const char *urgency;
  const char *topic;       /* NULL: none */
  guint       ttl_s;
} ConfabdPushLetter;

SoupSession *confabd_push_session_new          (GUri                     *uri,
                                                ConfabdEndpointPolicy    *policy,
                                                GTlsDatabase             *trust,
                                                guint                     timeout_s,
                                                guint                     n_connections);
void         confabd_push_request_send_async   (SoupSession              *session,
                                                ConfabdEndpointPolicy    *policy,
                                                const ConfabdPushLetter  *letter,
                                                guint                     deadline_ms,
                                                GCancellable             *cancellable,
                                                GAsyncReadyCallback       callback,
                                                gpointer                  user_data);
gboolean     confabd_push_request_send_finish  (SoupSession              *session,
                                                GAsyncResult             *result,
                                                gint64                    now_s,
                                                ConfabdPushAnswer        *answer,
                                                GError                  **error);
void         confabd_push_answer_clear         (ConfabdPushAnswer        *self);

ConfabdPushOutcome confabd_push_judge_status   (guint                     status);
gint64             confabd_push_read_retry_after (const char             *value,
                                                  gint64                  now_s);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfabdPushAnswer, confabd_push_answer_clear)

G_END_DECLS
