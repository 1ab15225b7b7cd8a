/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-space-info.h"

G_BEGIN_DECLS

ConfabSpaceInfo *confab_space_info_new (const char         *name,
                                        const char         *url,
                                        ConfabRegistration  registration,
                                        const char         *version);

G_END_DECLS
