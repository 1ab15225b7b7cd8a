/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>

G_BEGIN_DECLS

GMenuModel *app_space_menu_new (GListModel *sessions);

G_END_DECLS
