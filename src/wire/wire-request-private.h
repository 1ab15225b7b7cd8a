/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "wire-request.h"

G_BEGIN_DECLS

/* What an action is called, which fields mean something to it and which it cannot do
 * without. */
typedef struct
{
  const char *name;
  WireField   fields;
  WireField   required;
} WireActionInfo;

const WireActionInfo *wire_action_get_info (WireAction action);

G_END_DECLS
