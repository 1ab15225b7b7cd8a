/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call"

#include "config.h"

#include "confab-call-private.h"

#define MAY(state) (1u << CONFAB_CALL_STATE_ ## state)

/* The one table of legal moves. */
static const guint moves[] = {
  [CONFAB_CALL_STATE_IDLE] = MAY (RINGING_OUT) | MAY (RINGING_IN) | MAY (CONNECTING) | MAY (ENDED),
  [CONFAB_CALL_STATE_RINGING_OUT] = MAY (CONNECTING) | MAY (ENDED),
  [CONFAB_CALL_STATE_RINGING_IN] = MAY (CONNECTING) | MAY (ENDED),
  [CONFAB_CALL_STATE_CONNECTING] = MAY (ACTIVE) | MAY (ENDED),
  [CONFAB_CALL_STATE_ACTIVE] = MAY (ENDED),
  [CONFAB_CALL_STATE_ENDED] = 0,
};

gboolean
confab_call_state_may_follow (ConfabCallState state,
                              ConfabCallState next)
{
  return (moves[state] & 1u << next) != 0;
}
