/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The whole of libconfab-call-1. Include this and nothing else of it. */

#include "confab-call-check.h"
#include "confab-call-enums.h"
#include "confab-call-error.h"
#include "confab-call-peer.h"
#include "confab-call-stats.h"
#include "confab-call-types.h"
#include "confab-call.h"
#include "confab-calls.h"
#include "confab-data-channel.h"
#include "confab-device.h"
#include "confab-devices.h"
#include "confab-rtc.h"
