/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "wire-json.h"

G_BEGIN_DECLS

int wire_json_read_hex4 (const char *next,
                         const char *end);

G_END_DECLS
