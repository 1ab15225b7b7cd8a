/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  CONFAB_TRANSPORT_TEXT,
  CONFAB_TRANSPORT_BINARY,
} ConfabTransportType;

#define CONFAB_TYPE_TRANSPORT (confab_transport_get_type ())

G_DECLARE_INTERFACE (ConfabTransport, confab_transport, CONFAB, TRANSPORT, GObject)

/**
 * ConfabTransport:
 *
 * A way for messages to a server and back: once opened, once closed.
 *
 * After confab_transport_open() "closed" is emitted exactly once, and nothing after it, whatever
 * happens: with an error if it never opened or was lost, with NULL if the other side said goodbye,
 * and with NULL soon after confab_transport_close(). No signal is emitted from within one of the
 * functions, and a transport that is released says nothing any more.
 *
 * Signals: opened (), message (ConfabTransportType, GBytes *), closed (const GError *).
 */
struct _ConfabTransportInterface
{
  GTypeInterface parent_iface;

  void     (*open)  (ConfabTransport     *self);
  /* FALSE: not open, and the message is lost. */
  gboolean (*send)  (ConfabTransport     *self,
                     ConfabTransportType  type,
                     GBytes              *message);
  void     (*close) (ConfabTransport     *self);
};

void     confab_transport_open         (ConfabTransport     *self);
gboolean confab_transport_send         (ConfabTransport     *self,
                                        ConfabTransportType  type,
                                        GBytes              *message);
gboolean confab_transport_send_text    (ConfabTransport     *self,
                                        const char          *text);
void     confab_transport_close        (ConfabTransport     *self);

/* For those who implement it. */
void     confab_transport_emit_opened  (ConfabTransport     *self);
void     confab_transport_emit_message (ConfabTransport     *self,
                                        ConfabTransportType  type,
                                        GBytes              *message);
void     confab_transport_emit_closed  (ConfabTransport     *self,
                                        const GError        *error);

G_END_DECLS
