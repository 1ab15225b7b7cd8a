/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a data directory is called for good: made up once, kept beside the data. */
typedef struct
{
  char *service;
  char *owner;
} ConfabdSpace;

ConfabdSpace *confabd_space_load (const char    *data_dir,
                                  const char    *service,
                                  GError       **error);
void          confabd_space_free (ConfabdSpace  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdSpace, confabd_space_free)

G_END_DECLS
