/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-peers.h"
#include "wire-ws-frame.h"

G_BEGIN_DECLS

typedef struct _ConfabdTrace ConfabdTrace;

ConfabdTrace *confabd_trace_new       (const char     *path,
                                       GError        **error);
void          confabd_trace_free      (ConfabdTrace   *self);
void          confabd_trace_name      (ConfabdTrace   *self,
                                       ConfabdPeer     peer,
                                       const char     *cid);
void          confabd_trace_received  (ConfabdTrace   *self,
                                       ConfabdPeer     peer,
                                       WireWsOpcode    opcode,
                                       const void     *data,
                                       gsize           length,
                                       guint16         close_code);
void          confabd_trace_sent      (ConfabdTrace   *self,
                                       ConfabdPeer     peer,
                                       const guint8   *frames,
                                       gsize           length);
void          confabd_trace_gone      (ConfabdTrace   *self,
                                       ConfabdPeer     peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdTrace, confabd_trace_free)

G_END_DECLS
