/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-check.h"

G_BEGIN_DECLS

ConfabCheckResult *confab_check_result_new (const char         *subject,
                                            ConfabCheckProblem  problem);

/* Of a trial call, with the reasons why something stood in for the microphone and the camera. */
ConfabCheckResult *confab_check_result_new_trial (ConfabCheckProblem  problem,
                                                  ConfabMissing       microphone,
                                                  ConfabMissing       camera);

/* confab-ice-probe.c: asks one server for what a call would ask it. */
void               confab_ice_probe_async  (const char         *uri,
                                            const char         *user,
                                            const char         *password,
                                            GCancellable       *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer            user_data);
ConfabCheckResult *confab_ice_probe_finish (GAsyncResult       *result,
                                            GError            **error);

G_END_DECLS
