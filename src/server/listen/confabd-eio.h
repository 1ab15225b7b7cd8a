/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"
#include "confabd-core.h"
#include "confabd-doorway.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Engine.IO over HTTP: the sessions that poll, and their upgrade to a WebSocket. Of the main
 * thread. */
typedef struct _ConfabdEio ConfabdEio;

/* What is asked of the hub. */
typedef struct
{
  /* confabd_hub_adopt(), confabd_hub_flush_adopted() */
  guint64 (*adopt) (int                    fd,
                    SSL                   *tls,
                    GBytes                *early,
                    const ConfabdIdentity *identity,
                    gpointer               user_data);
  /* confabd_hub_move() */
  void    (*move)  (guint64                ticket,
                    int                    fd,
                    SSL                   *tls,
                    GBytes                *early,
                    GBytes                *unread,
                    gpointer               user_data);
} ConfabdEioHooks;

typedef struct
{
  guint                  ping_interval_ms;          /* as the hub's */
  guint                  ping_timeout_ms;
  gsize                  max_payload_bytes;
  guint                  max_sessions;              /* that poll */
  guint                  max_sessions_per_address;
  const BaseClock       *clock;
  const ConfabdEioHooks *hooks;
  gpointer               hooks_data;
} ConfabdEioOptions;

ConfabdEio *confabd_eio_new         (const ConfabdEioOptions *options,
                                     ConfabdDoorway          *doorway);
void        confabd_eio_free        (ConfabdEio              *self);
void        confabd_eio_begin       (ConfabdEio              *self,
                                     SoupServerMessage       *message);
void        confabd_eio_request     (ConfabdEio              *self,
                                     SoupServerMessage       *message);
void        confabd_eio_refuse      (SoupServerMessage       *message,
                                     guint                    refusal);
gboolean    confabd_eio_is_busy     (ConfabdEio              *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdEio, confabd_eio_free)

G_END_DECLS
