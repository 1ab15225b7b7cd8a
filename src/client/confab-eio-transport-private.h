/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "wire-eio.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a server may send in one piece: a WebSocket message, or the body of a poll. */
#define CONFAB_EIO_MAX_INCOMING_BYTES (16 * 1024 * 1024)

/* A packet that waits to be sent. */
typedef struct
{
  WireEioType  type;
  gboolean     binary;
  GBytes      *data;
} ConfabEioMessage;

ConfabEioMessage *confab_eio_message_new      (WireEioType             type,
                                               gboolean                binary,
                                               GBytes                 *data);
ConfabEioMessage *confab_eio_message_new_text (WireEioType             type,
                                               const char             *text);
void              confab_eio_message_free     (ConfabEioMessage       *self);
void              confab_eio_message_peek     (const ConfabEioMessage *self,
                                               WireEioPacket          *packet);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabEioMessage, confab_eio_message_free)

#define CONFAB_TYPE_EIO_TRANSPORT (confab_eio_transport_get_type ())

G_DECLARE_INTERFACE (ConfabEioTransport, confab_eio_transport, CONFAB, EIO_TRANSPORT, GObject)

/**
 * ConfabEioTransport:
 * @open: begins; "opened" or "closed" follow
 * @is_writable: whether @send would take something now
 * @send: takes from the head of the queue what may go now; "drained" follows when more may
 * @set_paused: takes nothing more from the server; "paused" follows when nothing is under way. It
 *   must not be called while there is something to send
 * @close: lets go of the server; no signal follows
 *
 * One way for Engine.IO packets to a server and back: opened once, closed once.
 *
 * Signals: opened (); packet (const WireEioPacket *), whose data is the transport's; drained ();
 * paused (); closed (const GError *), without an error if the server said goodbye. None is emitted
 * from within a function, and none after "closed".
 */
struct _ConfabEioTransportInterface
{
  GTypeInterface parent_iface;

  void     (*open)        (ConfabEioTransport *self);
  gboolean (*is_writable) (ConfabEioTransport *self);
  void     (*send)        (ConfabEioTransport *self,
                           GQueue             *outbox);
  void     (*set_paused)  (ConfabEioTransport *self,
                           gboolean            paused);
  void     (*close)       (ConfabEioTransport *self);
};

void     confab_eio_transport_open         (ConfabEioTransport  *self);
gboolean confab_eio_transport_is_writable  (ConfabEioTransport  *self);
void     confab_eio_transport_send         (ConfabEioTransport  *self,
                                            GQueue              *outbox);
void     confab_eio_transport_send_one     (ConfabEioTransport  *self,
                                            WireEioType          type,
                                            const char          *text);
void     confab_eio_transport_set_paused   (ConfabEioTransport  *self,
                                            gboolean             paused);
void     confab_eio_transport_close        (ConfabEioTransport  *self);

/* For those who implement it. */
void     confab_eio_transport_call_soon    (ConfabEioTransport  *self,
                                            GSourceFunc          callback);
void     confab_eio_transport_emit_opened  (ConfabEioTransport  *self);
void     confab_eio_transport_emit_packet  (ConfabEioTransport  *self,
                                            const WireEioPacket *packet);
void     confab_eio_transport_emit_drained (ConfabEioTransport  *self);
void     confab_eio_transport_emit_paused  (ConfabEioTransport  *self);
void     confab_eio_transport_emit_closed  (ConfabEioTransport  *self,
                                            const GError        *error);

G_END_DECLS
