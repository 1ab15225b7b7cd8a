/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-endpoint-policy.h"
#include "confabd-push-request.h"
#include "confabd-vapid.h"
#include "confabd-web-push.h"

G_BEGIN_DECLS

/* A push service: connections to it, and whose turn is next. */
typedef struct
{
  char        *origin;
  SoupSession *session;
  GQueue       ready;       /* of PushTarget, borrowed */
  guint        n_targets;
  guint        n_requests;
  gboolean     queued;      /* in ConfabdWebPush.ready */
} PushService;

/* A subscription for which something waits. */
typedef struct
{
  ConfabdWebPush      *owner;         /* borrowed */
  ConfabdSubscription *subscription;
  GUri                *uri;
  PushService         *service;       /* borrowed */
  ConfabdPushQueue     queue;
  GSource             *timer;         /* until it may be tried again */
  gboolean             in_flight;
  gboolean             queued;        /* in PushService.ready */
} PushTarget;

/* A notification whose receivers are being looked up. */
typedef struct
{
  ConfabdNotification *notification;
  guint                next_user;
  char                *after;         /* of everybody's subscriptions: where the next page starts */
} PushJob;

struct _ConfabdWebPush
{
  GObject                parent_instance;

  ConfabdVapid          *vapid;
  ConfabdEndpointPolicy *policy;
  GTlsDatabase          *trust;
  const BaseClock       *clock;
  BaseMailbox           *mailbox;
  ConfabdStore          *store;
  ConfabdWebPushLimits   limits;

  GQueue                 jobs;        /* of PushJob */
  GHashTable            *targets;     /* endpoint → PushTarget */
  GHashTable            *services;    /* origin → PushService */
  GQueue                 ready;       /* of PushService, borrowed */
  GCancellable          *lifetime;
  ConfabdWebPushStats    stats;
  gboolean               asking;      /* a page of subscriptions is on its way */
};

void     confabd_web_push_add       (ConfabdWebPush            *self,
                                     const ConfabdSubscription *subscription,
                                     const ConfabdNotification *notification);
gboolean confabd_web_push_make_room (ConfabdWebPush            *self);
void     confabd_web_push_look_up   (ConfabdWebPush            *self);
void     confabd_push_target_free   (gpointer                   data);
void     confabd_push_service_free  (gpointer                   data);

G_END_DECLS
