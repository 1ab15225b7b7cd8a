/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-outcome"

#include "config.h"

#include "app-call-outcome.h"

/**
 * app_call_outcome_read:
 * @call: a call that has ended
 * @outcome: (out): what is written of it into the conversation
 *
 * Returns: whether there is something to write
 */
gboolean
app_call_outcome_read (ConfabCall     *call,
                       AppCallOutcome *outcome)
{
  if (confab_call_get_started_at (call) > 0)
    {
      *outcome = APP_CALL_OUTCOME_ANSWERED;
      return TRUE;
    }

  switch (confab_call_get_end_reason (call))
    {
    case CONFAB_CALL_END_REASON_CANCELLED:
    case CONFAB_CALL_END_REASON_HUNG_UP:
    case CONFAB_CALL_END_REASON_PEER_HUNG_UP:
      *outcome = APP_CALL_OUTCOME_CANCELLED;
      return TRUE;
    case CONFAB_CALL_END_REASON_PEER_DECLINED:
      *outcome = APP_CALL_OUTCOME_DECLINED;
      return TRUE;
    case CONFAB_CALL_END_REASON_BUSY:
      *outcome = APP_CALL_OUTCOME_BUSY;
      return TRUE;
    case CONFAB_CALL_END_REASON_NO_ANSWER:
    case CONFAB_CALL_END_REASON_OFFLINE:
      *outcome = APP_CALL_OUTCOME_MISSED;
      return TRUE;
    case CONFAB_CALL_END_REASON_NO_WAY:
    case CONFAB_CALL_END_REASON_PEER_LOST:
    case CONFAB_CALL_END_REASON_INSECURE:
    case CONFAB_CALL_END_REASON_PEER_FAILED:
    case CONFAB_CALL_END_REASON_FAILED:
      *outcome = APP_CALL_OUTCOME_FAILED;
      return TRUE;
    case CONFAB_CALL_END_REASON_NONE:
    case CONFAB_CALL_END_REASON_PEER_CANCELLED:
    case CONFAB_CALL_END_REASON_DECLINED:
    case CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE:
    case CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE:
    case CONFAB_CALL_END_REASON_FULL:
    case CONFAB_CALL_END_REASON_NO_PLUGIN:
      break;
    }

  return FALSE;
}

/**
 * app_call_outcome_is_missed:
 * @call: a call that has ended
 *
 * Returns: whether somebody has called in vain
 */
gboolean
app_call_outcome_is_missed (ConfabCall *call)
{
  if (confab_call_get_outgoing (call) || confab_call_get_started_at (call) > 0)
    return FALSE;

  switch (confab_call_get_end_reason (call))
    {
    case CONFAB_CALL_END_REASON_PEER_CANCELLED:
    case CONFAB_CALL_END_REASON_NO_ANSWER:
    case CONFAB_CALL_END_REASON_OFFLINE:
      return TRUE;
    case CONFAB_CALL_END_REASON_NONE:
    case CONFAB_CALL_END_REASON_HUNG_UP:
    case CONFAB_CALL_END_REASON_PEER_HUNG_UP:
    case CONFAB_CALL_END_REASON_CANCELLED:
    case CONFAB_CALL_END_REASON_DECLINED:
    case CONFAB_CALL_END_REASON_PEER_DECLINED:
    case CONFAB_CALL_END_REASON_BUSY:
    case CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE:
    case CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE:
    case CONFAB_CALL_END_REASON_NO_WAY:
    case CONFAB_CALL_END_REASON_PEER_LOST:
    case CONFAB_CALL_END_REASON_FULL:
    case CONFAB_CALL_END_REASON_NO_PLUGIN:
    case CONFAB_CALL_END_REASON_INSECURE:
    case CONFAB_CALL_END_REASON_PEER_FAILED:
    case CONFAB_CALL_END_REASON_FAILED:
      break;
    }

  return FALSE;
}

/**
 * app_call_outcome_is_declined:
 * @call: a call that has ended
 *
 * Returns: whether the person here has decided about it without talking here
 */
gboolean
app_call_outcome_is_declined (ConfabCall *call)
{
  switch (confab_call_get_end_reason (call))
    {
    case CONFAB_CALL_END_REASON_DECLINED:
    case CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE:
    case CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE:
      return TRUE;
    case CONFAB_CALL_END_REASON_NONE:
    case CONFAB_CALL_END_REASON_HUNG_UP:
    case CONFAB_CALL_END_REASON_PEER_HUNG_UP:
    case CONFAB_CALL_END_REASON_CANCELLED:
    case CONFAB_CALL_END_REASON_PEER_CANCELLED:
    case CONFAB_CALL_END_REASON_PEER_DECLINED:
    case CONFAB_CALL_END_REASON_BUSY:
    case CONFAB_CALL_END_REASON_NO_ANSWER:
    case CONFAB_CALL_END_REASON_OFFLINE:
    case CONFAB_CALL_END_REASON_NO_WAY:
    case CONFAB_CALL_END_REASON_PEER_LOST:
    case CONFAB_CALL_END_REASON_FULL:
    case CONFAB_CALL_END_REASON_NO_PLUGIN:
    case CONFAB_CALL_END_REASON_INSECURE:
    case CONFAB_CALL_END_REASON_PEER_FAILED:
    case CONFAB_CALL_END_REASON_FAILED:
      break;
    }

  return FALSE;
}
