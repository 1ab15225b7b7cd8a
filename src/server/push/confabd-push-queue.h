/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-push.h"

G_BEGIN_DECLS

/* One notification for one subscription. */
typedef struct
{
  GBytes         *payload;
  ConfabdUrgency  urgency;
  char           *topic;        /* or NULL */
  gint64          expires_us;   /* monotonic */
  gboolean        reauthorized; /* it was sent again with a new token */
} ConfabdPushMessage;

/* What waits for one subscription, and when it may go. Has no clock and does no I/O. */
typedef struct
{
  GQueue  messages;       /* of ConfabdPushMessage, the oldest first */
  guint   n_failures;     /* since something was delivered */
  gint64  not_before_us;  /* monotonic */
} ConfabdPushQueue;

/* How long to wait between attempts. */
typedef struct
{
  guint base_ms;          /* after the first failure; doubled with each */
  guint max_ms;
  guint max_failures;     /* of one message, then it is given up */
} ConfabdPushPatience;

ConfabdPushMessage *confabd_push_message_new    (const ConfabdNotification *notification,
                                                 gint64                     now_us);
void                confabd_push_message_free   (ConfabdPushMessage        *self);

void                confabd_push_queue_init     (ConfabdPushQueue          *self);
void                confabd_push_queue_clear    (ConfabdPushQueue          *self);
guint               confabd_push_queue_add      (ConfabdPushQueue          *self,
                                                 ConfabdPushMessage        *message,
                                                 guint                      max_messages);
guint               confabd_push_queue_expire   (ConfabdPushQueue          *self,
                                                 gint64                     now_us);
ConfabdPushMessage *confabd_push_queue_peek     (ConfabdPushQueue          *self);
void                confabd_push_queue_done     (ConfabdPushQueue          *self,
                                                 gboolean                   delivered);
gboolean            confabd_push_queue_failed   (ConfabdPushQueue          *self,
                                                 const ConfabdPushPatience *patience,
                                                 gint64                     now_us,
                                                 gint64                     retry_after_s,
                                                 double                     chance);

G_END_DECLS
