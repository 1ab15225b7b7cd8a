/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * ConfabdBusFunc:
 * @subject: what was published
 * @payload: its bytes
 *
 * Hears a transient frame; called on the core's thread.
 */
typedef void (*ConfabdBusFunc) (const char *subject,
                                GBytes     *payload,
                                gpointer    user_data);

#define CONFABD_TYPE_BUS (confabd_bus_get_type ())

G_DECLARE_INTERFACE (ConfabdBus, confabd_bus, CONFABD, BUS, GObject)

/* Transient frames between the nodes of a space: presence, typing, read markers, calls. One node
 * hears itself at once. */
struct _ConfabdBusInterface
{
  GTypeInterface parent_iface;

  void (*publish)     (ConfabdBus     *self,
                       const char     *subject,
                       GBytes         *payload);
  void (*set_handler) (ConfabdBus     *self,
                       ConfabdBusFunc  handler,
                       gpointer        user_data);
};

void confabd_bus_publish     (ConfabdBus     *self,
                              const char     *subject,
                              GBytes         *payload);
void confabd_bus_set_handler (ConfabdBus     *self,
                              ConfabdBusFunc  handler,
                              gpointer        user_data);

G_END_DECLS
