/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>

G_BEGIN_DECLS

GMenuModel *app_message_menu_new (ConfabMessage *message);

G_END_DECLS
