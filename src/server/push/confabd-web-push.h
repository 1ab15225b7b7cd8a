/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"
#include "base-mailbox.h"
#include "confabd-push-queue.h"
#include "confabd-push.h"
#include "confabd-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFABD_TYPE_WEB_PUSH (confabd_web_push_get_type ())

G_DECLARE_FINAL_TYPE (ConfabdWebPush, confabd_web_push, CONFABD, WEB_PUSH, GObject)

/* What it may use up. */
typedef struct
{
  guint               max_jobs;           /* notifications whose receivers are still to be found */
  guint               max_pending;        /* messages, before no more receivers are looked for */
  guint               max_queued;         /* messages for one subscription */
  guint               max_requests;       /* at a time */
  guint               max_requests_each;  /* of those to one push service */
  guint               max_services;       /* whose connections are kept */
  guint               timeout_s;          /* of a silent push service */
  guint               deadline_ms;        /* of one request */
  ConfabdPushPatience patience;
} ConfabdWebPushLimits;

extern const ConfabdWebPushLimits confabd_web_push_limits;   /* the usual ones */

typedef struct
{
  const char                 *key_path;         /* of the VAPID key, made when it is not there */
  const char                 *contact;          /* "mailto:…" or "https://…", or NULL */
  const char * const         *allowed_networks; /* beside the public ones; or NULL */
  GTlsDatabase               *trust;            /* NULL: the system's authorities */
  const BaseClock            *clock;
  BaseMailbox                *mailbox;          /* of the main thread */
  ConfabdStore               *store;
  const ConfabdWebPushLimits *limits;
} ConfabdWebPushOptions;

typedef struct
{
  guint64 n_delivered;
  guint64 n_retried;
  guint64 n_refused;    /* by the push service, or because they must not be sent */
  guint64 n_gone;       /* subscriptions that are over */
  guint64 n_dropped;    /* too many, too late, or given up */
  guint   n_jobs;
  guint   n_pending;
  guint   n_requests;
} ConfabdWebPushStats;

ConfabdWebPush *confabd_web_push_new       (const ConfabdWebPushOptions *options,
                                            GError                     **error);
void            confabd_web_push_shut_down (ConfabdWebPush              *self);
void            confabd_web_push_get_stats (ConfabdWebPush              *self,
                                            ConfabdWebPushStats         *stats);

G_END_DECLS
