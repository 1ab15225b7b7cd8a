/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-export.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* The types of the library, so that its headers need not include each other in circles. */
typedef struct _ConfabCall ConfabCall;
typedef struct _ConfabCallPeer ConfabCallPeer;
typedef struct _ConfabCallStats ConfabCallStats;
typedef struct _ConfabCalls ConfabCalls;
typedef struct _ConfabDataChannel ConfabDataChannel;
typedef struct _ConfabDevice ConfabDevice;
typedef struct _ConfabDevices ConfabDevices;
typedef struct _ConfabRtc ConfabRtc;
typedef struct _ConfabRtcPort ConfabRtcPort;

G_END_DECLS
