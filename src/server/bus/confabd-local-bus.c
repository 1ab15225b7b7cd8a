/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-local-bus"

#include "config.h"

#include "confabd-local-bus.h"

/**
 * ConfabdLocalBus:
 *
 * The bus of a space that is one process.
 *
 * What is published is heard at once, before publish returns, on the thread that
 * published it: the order in which the core speaks is the order in which it is
 * heard.
 */
struct _ConfabdLocalBus
{
  GObject         parent_instance;

  ConfabdBusFunc  handler;
  gpointer        user_data;
};

static void confabd_local_bus_bus_init (ConfabdBusInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdLocalBus, confabd_local_bus, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_BUS, confabd_local_bus_bus_init))

static void
confabd_local_bus_publish (ConfabdBus *bus,
                           const char *subject,
                           GBytes     *payload)
{
  ConfabdLocalBus *self = CONFABD_LOCAL_BUS (bus);

  if (self->handler)
    self->handler (subject, payload, self->user_data);
}

static void
confabd_local_bus_set_handler (ConfabdBus     *bus,
                               ConfabdBusFunc  handler,
                               gpointer        user_data)
{
  ConfabdLocalBus *self = CONFABD_LOCAL_BUS (bus);

  self->handler = handler;
  self->user_data = user_data;
}

static void
confabd_local_bus_bus_init (ConfabdBusInterface *iface)
{
  iface->publish = confabd_local_bus_publish;
  iface->set_handler = confabd_local_bus_set_handler;
}

static void
confabd_local_bus_class_init (ConfabdLocalBusClass *klass)
{
}

static void
confabd_local_bus_init (ConfabdLocalBus *self)
{
}

/**
 * confabd_local_bus_new:
 *
 * Returns: (transfer full): a bus that nobody listens to yet
 */
ConfabdBus *
confabd_local_bus_new (void)
{
  return g_object_new (CONFABD_TYPE_LOCAL_BUS, NULL);
}
