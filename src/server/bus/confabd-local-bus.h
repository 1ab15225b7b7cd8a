/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-bus.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_LOCAL_BUS (confabd_local_bus_get_type ())

G_DECLARE_FINAL_TYPE (ConfabdLocalBus, confabd_local_bus, CONFABD, LOCAL_BUS, GObject)

ConfabdBus *confabd_local_bus_new (void);

G_END_DECLS
