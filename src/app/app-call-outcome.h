/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confabcall.h>

#include "app-call-entry.h"

G_BEGIN_DECLS

gboolean app_call_outcome_read        (ConfabCall     *call,
                                       AppCallOutcome *outcome);
gboolean app_call_outcome_is_missed   (ConfabCall     *call);
gboolean app_call_outcome_is_declined (ConfabCall     *call);

G_END_DECLS
