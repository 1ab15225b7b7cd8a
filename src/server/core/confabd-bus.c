/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-bus"

#include "config.h"

#include "confabd-bus.h"

/**
 * ConfabdBus:
 *
 * Carries transient frames between the nodes of a space.
 */
G_DEFINE_INTERFACE (ConfabdBus, confabd_bus, G_TYPE_OBJECT)

static void
confabd_bus_default_init (ConfabdBusInterface *iface)
{
}

/**
 * confabd_bus_publish:
 * @self: a bus
 * @subject: whom it concerns
 * @payload: the bytes
 *
 * Gives @payload to the handler of every node, this one included.
 */
void
confabd_bus_publish (ConfabdBus *self,
                     const char *subject,
                     GBytes     *payload)
{
  g_return_if_fail (CONFABD_IS_BUS (self));
  g_return_if_fail (subject != NULL);
  g_return_if_fail (payload != NULL);

  CONFABD_BUS_GET_IFACE (self)->publish (self, subject, payload);
}

/**
 * confabd_bus_set_handler:
 * @self: a bus
 * @handler: (nullable) (scope forever): hears what is published; %NULL: nobody does
 * @user_data: data for @handler
 *
 * Says who hears what comes over the bus. There is one handler, the core.
 */
void
confabd_bus_set_handler (ConfabdBus     *self,
                         ConfabdBusFunc  handler,
                         gpointer        user_data)
{
  g_return_if_fail (CONFABD_IS_BUS (self));

  CONFABD_BUS_GET_IFACE (self)->set_handler (self, handler, user_data);
}
