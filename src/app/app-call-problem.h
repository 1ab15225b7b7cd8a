/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confabcall.h>

G_BEGIN_DECLS

/**
 * AppCallPart:
 * @APP_CALL_PART_SPEAKER: what is heard
 * @APP_CALL_PART_LOOP: a call with oneself
 * @APP_CALL_PART_SERVER: a server on the way to others
 *
 * A part of calls that can be checked by itself.
 */
typedef enum {
  APP_CALL_PART_SPEAKER,
  APP_CALL_PART_LOOP,
  APP_CALL_PART_SERVER,
} AppCallPart;

char       *app_call_problem_describe         (AppCallPart         part,
                                               ConfabCheckProblem  problem,
                                               const char         *subject);
const char *app_call_problem_describe_missing (ConfabDeviceKind    kind,
                                               ConfabMissing       missing);

G_END_DECLS
