/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-client-altogic.h"

G_BEGIN_DECLS

/* Called once, from the class's initialisation. */
void confab_client_altogic_install_signals (GType client_type);

G_END_DECLS
