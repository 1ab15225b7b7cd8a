/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confabcall.h>

G_BEGIN_DECLS

/* Sentences for what a check has found. */

char       *app_call_problem_describe_tone    (ConfabCheckProblem  problem);
char       *app_call_problem_describe_server  (ConfabCheckProblem  problem,
                                               const char         *uri);
char       *app_call_problem_describe_trial   (ConfabCheckProblem  problem,
                                               ConfabMissing       microphone,
                                               ConfabMissing       camera);
const char *app_call_problem_describe_missing (ConfabDeviceKind    kind,
                                               ConfabMissing       missing);

G_END_DECLS
