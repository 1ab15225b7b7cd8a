/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a profile remembers of an account, besides its secrets and its messages. */
typedef struct
{
  char *id;            /* of the folder */
  char *space_url;
  char *space_name;
  char *user_id;
  char *name;
  char *display_name;
} ConfabAccount;

ConfabAccount *confab_account_new       (void);
ConfabAccount *confab_account_copy      (const ConfabAccount  *self);
void           confab_account_free      (ConfabAccount        *self);

/* The folder of a profile. All but the one that says async block; they are for worker threads. */
/* Takes the folder for this process: a descriptor to be closed, or -1. */
int            confab_accounts_lock     (const char           *data_dir,
                                         GError              **error);
/* The name of the profile among the secrets; made on first use. */
char          *confab_accounts_get_id   (const char           *data_dir,
                                         GError              **error);
/* (element-type ConfabAccount) */
GPtrArray     *confab_accounts_list     (const char           *data_dir,
                                         GError              **error);
gboolean       confab_accounts_save     (const char           *data_dir,
                                         const ConfabAccount  *account,
                                         GError              **error);
/* In a thread of its own, with copies of what it needs. */
void           confab_accounts_save_async  (const char          *data_dir,
                                            const ConfabAccount *account,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
gboolean       confab_accounts_save_finish (GAsyncResult        *result,
                                            GError             **error);
gboolean       confab_accounts_remove   (const char           *data_dir,
                                         const char           *id,
                                         GError              **error);
char          *confab_accounts_get_path (const char           *data_dir,
                                         const char           *id,
                                         const char           *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAccount, confab_account_free)

G_END_DECLS
