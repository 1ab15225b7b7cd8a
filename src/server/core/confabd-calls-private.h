/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-core-private.h"

G_BEGIN_DECLS

void confabd_calls_init       (ConfabdCore       *self);
void confabd_core_connections (ConfabdCore       *self,
                               ConfabdConnection *connection,
                               WireRequest       *request);
void confabd_core_ice         (ConfabdCore       *self,
                               ConfabdConnection *connection,
                               WireRequest       *request);
void confabd_core_call        (ConfabdCore       *self,
                               ConfabdConnection *connection,
                               WireRequest       *request);
void confabd_core_leave_calls (ConfabdCore       *self,
                               ConfabdConnection *connection);

G_END_DECLS
