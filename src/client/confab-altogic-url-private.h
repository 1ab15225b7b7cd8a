/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What Altogic's clients read out of the address of an environment. */
typedef struct
{
  char *rest;       /* the address itself, without a slash at its end */
  char *realtime;   /* where /socket.io/ is, likewise */
  char *subdomain;
  char *env_id;
} ConfabAltogicUrl;

gboolean confab_altogic_url_parse (ConfabAltogicUrl  *self,
                                   const char        *env_url,
                                   GError           **error);
void     confab_altogic_url_clear (ConfabAltogicUrl  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfabAltogicUrl, confab_altogic_url_clear)

G_END_DECLS
