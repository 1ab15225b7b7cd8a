/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"
#include "base-mailbox.h"
#include "confabd-accounts.h"
#include "confabd-core.h"
#include "confabd-doorway.h"
#include "confabd-eio.h"
#include "confabd-push.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* The HTTP API of PROTOCOL.md and the WebSocket handshake. Of the main thread. */
typedef struct _ConfabdHttp ConfabdHttp;

/**
 * ConfabdHttpMetricsDone:
 * @text: in Prometheus' text format
 */
typedef void (*ConfabdHttpMetricsDone) (const char *text,
                                        gpointer    done_data);

/* What the HTTP API asks of the rest of the server. */
typedef struct
{
  ConfabdEioHooks sockets;
  /* Calls @done, perhaps later, on the main thread. */
  void     (*collect_metrics) (ConfabdHttpMetricsDone  done,
                               gpointer                done_data,
                               gpointer                user_data);
  /* Runs @letter on the core's thread. */
  void     (*post_to_core)    (BaseMailboxFunc         letter,
                               gpointer                letter_data,
                               gpointer                user_data);
  gboolean (*is_healthy)      (gpointer                user_data);
} ConfabdHttpHooks;

typedef struct
{
  const char             *name;
  const char             *service;
  const char             *owner;
  const char             *public_url;      /* or NULL: as the client called us */
  ConfabdRegistration     registration;
  const char             *limits_json;     /* an object */
  const char * const     *allowed_origins; /* "*" for any; or NULL */
  const char * const     *admins;          /* folded names of users; or NULL */
  gboolean                metrics_for_all;
  gboolean                tls;
  guint                   eio_ping_interval_ms;
  guint                   eio_ping_timeout_ms;
  gsize                   eio_max_payload_bytes;
  const BaseClock        *clock;
  BaseMailbox            *mailbox;         /* of the main thread */
  ConfabdAccounts        *accounts;
  ConfabdStore           *store;
  ConfabdPush            *push;            /* or NULL */
  const ConfabdHttpHooks *hooks;
  gpointer                hooks_data;
} ConfabdHttpOptions;

ConfabdHttp *confabd_http_new          (const ConfabdHttpOptions *options);
gboolean     confabd_http_is_busy      (ConfabdHttp              *self);
void         confabd_http_shut_down    (ConfabdHttp              *self);
void         confabd_http_free         (ConfabdHttp              *self);
SoupServer  *confabd_http_get_server   (ConfabdHttp              *self);
void         confabd_http_set_doorway  (ConfabdHttp              *self,
                                        ConfabdDoorway           *doorway);
void         confabd_http_set_core     (ConfabdHttp              *self,
                                        ConfabdCore              *core);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdHttp, confabd_http_free)

G_END_DECLS
