/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

int   confabd_data_lock_take    (const char  *data_dir,
                                 GError     **error);
void  confabd_data_lock_release (int          fd);

G_END_DECLS
