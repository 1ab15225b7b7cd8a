/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-accounts-private.h"
#include "confab-http-private.h"
#include "confab-profile.h"
#include "confab-secrets-private.h"
#include "confab-session-private.h"

G_BEGIN_DECLS

/* Shared by the files of this class only. */
struct _ConfabProfile
{
  GObject        parent_instance;

  char          *data_dir;
  ConfabHttp    *http;
  ConfabSecrets *secrets;    /* NULL until loaded */
  GPtrArray     *sessions;   /* of ConfabSession */
  int            lock_fd;    /* -1: not taken */
  gboolean       loaded;
};

/* A session of the account, not in the list yet. */
ConfabSession *confab_profile_make_session (ConfabProfile       *self,
                                            const ConfabAccount *account);
void           confab_profile_add          (ConfabProfile       *self,
                                            ConfabSession       *session);
void           confab_profile_drop         (ConfabProfile       *self,
                                            ConfabSession       *session);

G_END_DECLS
