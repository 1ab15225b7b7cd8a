/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-accounts"

#include "config.h"

#include "confab-accounts-private.h"

#include "confab-error-private.h"

#include "base-uuid.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* DATA_DIR/lock               held for as long as a process uses the profile
 * DATA_DIR/profile.ini        the id of the profile
 * DATA_DIR/secrets.json       where there is no Secret Service
 * DATA_DIR/accounts/ID/account.ini
 * DATA_DIR/accounts/ID/store.sqlite */

#define GROUP "account"

ConfabAccount *
confab_account_new (void)
{
  return g_new0 (ConfabAccount, 1);
}

ConfabAccount *
confab_account_copy (const ConfabAccount *self)
{
  ConfabAccount *copy = confab_account_new ();

  copy->id = g_strdup (self->id);
  copy->space_url = g_strdup (self->space_url);
  copy->space_name = g_strdup (self->space_name);
  copy->user_id = g_strdup (self->user_id);
  copy->name = g_strdup (self->name);
  copy->display_name = g_strdup (self->display_name);

  return copy;
}

void
confab_account_free (ConfabAccount *self)
{
  g_free (self->id);
  g_free (self->space_url);
  g_free (self->space_name);
  g_free (self->user_id);
  g_free (self->name);
  g_free (self->display_name);
  g_free (self);
}

static gboolean
make_folder (const char  *path,
             GError     **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;

  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_STORE, "Cannot make the folder “%s”: %s", path,
               g_strerror (errno));

  return FALSE;
}

int
confab_accounts_lock (const char  *data_dir,
                      GError     **error)
{
  g_autofree char *path = g_build_filename (data_dir, "lock", NULL);
  int fd;

  if (!make_folder (data_dir, error))
    return -1;

  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_STORE, "Cannot open “%s”: %s", path,
                   g_strerror (errno));
      return -1;
    }

  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_STORE,
                   errno == EWOULDBLOCK ? "Another process uses the profile in “%s”"
                                        : "Cannot lock the profile in “%s”",
                   data_dir);
      close (fd);
      return -1;
    }

  return fd;
}

static gboolean
save_key_file (GKeyFile    *file,
               const char  *path,
               GError     **error)
{
  g_autofree char *text = g_key_file_to_data (file, NULL, NULL);

  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
    return TRUE;

  (*error)->domain = CONFAB_ERROR;
  (*error)->code = CONFAB_ERROR_STORE;

  return FALSE;
}

char *
confab_accounts_get_id (const char  *data_dir,
                        GError     **error)
{
  g_autofree char *path = g_build_filename (data_dir, "profile.ini", NULL);
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) local_error = NULL;
  char text[BASE_UUID_STRING_LENGTH + 1];
  BaseUuid uuid;
  char *id = NULL;

  if (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    id = g_key_file_get_string (file, "profile", "id", NULL);
  if (id)
    return id;

  base_uuid_make_v4 (&uuid);
  base_uuid_format (&uuid, text);
  g_key_file_set_string (file, "profile", "id", text);
  if (!save_key_file (file, path, &local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_strdup (text);
}

char *
confab_accounts_get_path (const char *data_dir,
                          const char *id,
                          const char *file)
{
  return g_build_filename (data_dir, "accounts", id, file, NULL);
}

static ConfabAccount *
read_account (const char *data_dir,
              const char *id)
{
  g_autofree char *path = confab_accounts_get_path (data_dir, id, "account.ini");
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(ConfabAccount) account = confab_account_new ();

  /* A folder without it is what an interrupted removal or sign-up left. */
  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return NULL;

  account->id = g_strdup (id);
  account->space_url = g_key_file_get_string (file, GROUP, "space-url", NULL);
  account->space_name = g_key_file_get_string (file, GROUP, "space-name", NULL);
  account->user_id = g_key_file_get_string (file, GROUP, "user-id", NULL);
  account->name = g_key_file_get_string (file, GROUP, "name", NULL);
  account->display_name = g_key_file_get_string (file, GROUP, "display-name", NULL);
  if (!account->space_url || !account->user_id || !account->name ||
      !g_str_has_prefix (account->space_url, "http"))
    return NULL;

  return g_steal_pointer (&account);
}

static int
compare_id (gconstpointer a,
            gconstpointer b)
{
  return strcmp ((*(ConfabAccount *const *) a)->id, (*(ConfabAccount *const *) b)->id);
}

GPtrArray *
confab_accounts_list (const char  *data_dir,
                      GError     **error)
{
  g_autoptr(GPtrArray) accounts =
    g_ptr_array_new_with_free_func ((GDestroyNotify) confab_account_free);
  g_autofree char *path = g_build_filename (data_dir, "accounts", NULL);
  g_autoptr(GDir) folder = NULL;
  const char *id;

  if (!make_folder (path, error))
    return NULL;

  folder = g_dir_open (path, 0, NULL);
  while (folder && (id = g_dir_read_name (folder)))
    {
      ConfabAccount *account = read_account (data_dir, id);

      if (account)
        g_ptr_array_add (accounts, account);
    }
  /* Ids grow with time: in the order of signing in. */
  g_ptr_array_sort (accounts, compare_id);

  return g_steal_pointer (&accounts);
}

gboolean
confab_accounts_save (const char           *data_dir,
                      const ConfabAccount  *account,
                      GError              **error)
{
  g_autofree char *folder = confab_accounts_get_path (data_dir, account->id, NULL);
  g_autofree char *path = confab_accounts_get_path (data_dir, account->id, "account.ini");
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) local_error = NULL;

  if (!make_folder (folder, error))
    return FALSE;

  g_key_file_set_string (file, GROUP, "space-url", account->space_url);
  g_key_file_set_string (file, GROUP, "space-name", account->space_name ? account->space_name : "");
  g_key_file_set_string (file, GROUP, "user-id", account->user_id);
  g_key_file_set_string (file, GROUP, "name", account->name);
  g_key_file_set_string (file, GROUP, "display-name",
                         account->display_name ? account->display_name : account->name);
  if (save_key_file (file, path, &local_error))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

typedef struct
{
  char          *data_dir;
  ConfabAccount *account;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  g_free (saving->data_dir);
  confab_account_free (saving->account);
  g_free (saving);
}

static void
save_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Saving *saving = task_data;
  GError *error = NULL;

  if (confab_accounts_save (saving->data_dir, saving->account, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
confab_accounts_save_async (const char          *data_dir,
                            const ConfabAccount *account,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  /* Work for a thread holds nothing that belongs to this one. */
  g_autoptr(GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Saving *saving = g_new0 (Saving, 1);

  saving->data_dir = g_strdup (data_dir);
  saving->account = confab_account_copy (account);
  g_task_set_task_data (task, saving, saving_free);
  g_task_run_in_thread (task, save_thread);
}

gboolean
confab_accounts_save_finish (GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
confab_accounts_remove (const char  *data_dir,
                        const char  *id,
                        GError     **error)
{
  g_autofree char *path = confab_accounts_get_path (data_dir, id, NULL);
  g_autofree char *account = confab_accounts_get_path (data_dir, id, "account.ini");
  g_autoptr(GDir) folder = NULL;
  const char *name;

  /* First, so that what is interrupted does not come back as an account. */
  g_unlink (account);
  folder = g_dir_open (path, 0, NULL);
  while (folder && (name = g_dir_read_name (folder)))
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }

  if (g_rmdir (path) == 0 || errno == ENOENT)
    return TRUE;

  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_STORE, "Cannot remove “%s”: %s", path,
               g_strerror (errno));

  return FALSE;
}
