/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"
#include "base-mailbox.h"
#include "confabd-core.h"
#include "confabd-peers.h"
#include "confabd-trace.h"
#include "wire-request.h"
#include "wire-sio.h"

#include <openssl/ssl.h>

G_BEGIN_DECLS

#define CONFABD_TYPE_HUB (confabd_hub_get_type ())

G_DECLARE_FINAL_TYPE (ConfabdHub, confabd_hub, CONFABD, HUB, GObject)

/* What the hub tells the core; called on the core's thread with the core_data of the options.
 * Each peer that is opened is closed exactly once, and nothing comes from it after that. */
typedef struct
{
  void (*opened)      (gpointer               core_data,
                       ConfabdPeer            peer,
                       const ConfabdIdentity *identity);
  void (*closed)      (gpointer               core_data,
                       ConfabdPeer            peer);
  void (*request)     (gpointer               core_data,
                       ConfabdPeer            peer,
                       WireRequest           *request);   /* (transfer full) */
  void (*packet)      (gpointer               core_data,
                       ConfabdPeer            peer,
                       WireSioPacket         *packet);    /* (transfer full) */
  /* Instead of packet, for who wants Engine.IO alone: what its message packets carry. Or NULL. */
  void (*message)     (gpointer               core_data,
                       ConfabdPeer            peer,
                       gboolean               binary,
                       GBytes                *bytes);
  void (*bad_request) (gpointer               core_data,
                       ConfabdPeer            peer,
                       const char            *ref,
                       const GError          *error);
} ConfabdHubEvents;

typedef struct
{
  guint                   n_threads;          /* 0: one for each core of the machine */
  guint                   ping_ms;
  guint                   close_ms;           /* for the other side of a close handshake */
  guint                   slow_close_ms;      /* the same for one who did not read */
  guint                   stall_ms;           /* without progress, then 3008 */
  gsize                   max_queue_bytes;    /* to one peer */
  guint                   max_queue_frames;
  gsize                   max_message_bytes;  /* from one peer, as are the rest */
  guint                   max_fragments;
  guint                   frames_per_second;
  guint                   frames_burst;
  gsize                   bytes_per_second;   /* of requests; above it the peer is read slowly */
  gsize                   bytes_burst;
  guint                   max_refusals;       /* in a row, then 3009 */
  guint                   max_in_core;        /* requests on their way to the core; then not read */
  gsize                   max_partial_bytes;  /* of messages half received, on one thread */
  guint                   eio_ping_interval_ms;
  guint                   eio_ping_timeout_ms;
  const BaseClock        *clock;
  BaseMailbox            *core_mailbox;
  const ConfabdHubEvents *events;
  ConfabdTrace           *trace;              /* or NULL */
} ConfabdHubOptions;

typedef struct
{
  guint64 n_peers;
  guint64 n_frames_in;
  guint64 n_frames_out;
  guint64 n_bytes_in;
  guint64 n_bytes_out;
  guint64 n_writes;
  guint64 n_slow_closed;
  guint64 n_silent_closed;
  guint64 n_flood_closed;
  guint64 n_dropped;
} ConfabdHubStats;

/**
 * ConfabdHubStatsFunc:
 * @stats: the sum over all threads
 */
typedef void (*ConfabdHubStatsFunc) (const ConfabdHubStats *stats,
                                     gpointer               user_data);

void        confabd_hub_options_init  (ConfabdHubOptions       *options);

ConfabdHub *confabd_hub_new           (const ConfabdHubOptions *options);
void        confabd_hub_start         (ConfabdHub              *self,
                                       gpointer                 core_data);
guint64     confabd_hub_adopt         (ConfabdHub              *self,
                                       int                      fd,
                                       SSL                     *tls,
                                       GBytes                  *early,
                                       const ConfabdIdentity   *identity);
void        confabd_hub_move          (ConfabdHub              *self,
                                       guint64                  ticket,
                                       int                      fd,
                                       SSL                     *tls,
                                       GBytes                  *early,
                                       GBytes                  *unread);
void        confabd_hub_flush_adopted (ConfabdHub            *self);
void        confabd_hub_flush         (ConfabdHub              *self);
void        confabd_hub_quiesce       (ConfabdHub              *self,
                                       BaseMailboxFunc          done,
                                       gpointer                 data);
void        confabd_hub_collect_stats (ConfabdHub              *self,
                                       BaseMailbox             *reply_to,
                                       ConfabdHubStatsFunc      func,
                                       gpointer                 user_data);
void        confabd_hub_stop          (ConfabdHub              *self,
                                       guint                    grace_ms);

G_END_DECLS
