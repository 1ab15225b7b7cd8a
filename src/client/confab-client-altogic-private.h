/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-altogic-private.h"
#include "confab-client-altogic.h"

G_BEGIN_DECLS

/* Called once, from the class's initialisation. */
void          confab_client_altogic_install_signals   (GType           client_type);
/* With a clock of the test's. */
ConfabClient *confab_client_new_altogic_with_time     (ConfabTime     *time,
                                                       const char     *env_url,
                                                       const char     *client_key,
                                                       GError        **error);

G_END_DECLS
