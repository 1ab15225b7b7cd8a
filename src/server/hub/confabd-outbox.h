/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-peers.h"

#include <sys/uio.h>

G_BEGIN_DECLS

typedef struct _ConfabdFrame ConfabdFrame;
typedef struct _ConfabdOutbox ConfabdOutbox;

/* A frame on one hub thread. It counts its queues without atomics: ten thousand of them are
 * counted up and down for one fan-out. */
struct _ConfabdFrame
{
  guint              n_refs;
  ConfabdFrameClass  frame_class;
  gsize              n_bytes;
  const guint8      *data;     /* of bytes */
  GBytes            *bytes;
};

typedef struct
{
  gsize max_bytes;
  guint max_frames;
} ConfabdOutboxLimits;

typedef enum {
  CONFABD_OUTBOX_QUEUED,
  CONFABD_OUTBOX_DROPPED,   /* transient, and the peer is behind */
  CONFABD_OUTBOX_FULL,      /* not queued: the peer is too far behind */
} ConfabdOutboxStatus;

ConfabdFrame        *confabd_frame_new              (GBytes                    *bytes,
                                                     ConfabdFrameClass          frame_class);
void                 confabd_frame_unref            (ConfabdFrame              *self);

ConfabdOutbox       *confabd_outbox_new             (void);
void                 confabd_outbox_free            (ConfabdOutbox             *self);
ConfabdOutboxStatus  confabd_outbox_push            (ConfabdOutbox             *self,
                                                     ConfabdFrame              *frame,
                                                     const ConfabdOutboxLimits *limits);
void                 confabd_outbox_push_last       (ConfabdOutbox             *self,
                                                     ConfabdFrame              *frame);
void                 confabd_outbox_prepend         (ConfabdOutbox             *self,
                                                     GBytes                    *bytes);
void                 confabd_outbox_forget          (ConfabdOutbox             *self);
void                 confabd_outbox_pin             (ConfabdOutbox             *self,
                                                     gsize                      n_bytes);
guint                confabd_outbox_peek            (const ConfabdOutbox       *self,
                                                     struct iovec              *vectors,
                                                     guint                      n_vectors);
void                 confabd_outbox_consume         (ConfabdOutbox             *self,
                                                     gsize                      n_bytes);
guint                confabd_outbox_get_n_frames    (const ConfabdOutbox       *self);
gsize                confabd_outbox_get_n_bytes     (const ConfabdOutbox       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdOutbox, confabd_outbox_free)

G_END_DECLS
