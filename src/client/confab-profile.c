/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-profile"

#include "config.h"

#include "confab-profile-private.h"

#include "confab-error-private.h"
#include "confab-object-private.h"
#include "confab-space-lookup-private.h"

#include <unistd.h>

/**
 * ConfabProfile:
 *
 * Everything that one profile of an application knows: a list of #ConfabSession, one for each
 * account at a space.
 *
 * It lives in one folder, which it takes for one process at a time. Load it, connect what should be
 * online, and close it before the program ends.
 */
static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabProfile, confab_profile, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

typedef enum {
  PROP_SECRETS_IN_FILE = 1,
} ConfabProfileProperty;

static GParamSpec *properties[PROP_SECRETS_IN_FILE + 1];

static GType
confab_profile_get_item_type (GListModel *model)
{
  return CONFAB_TYPE_SESSION;
}

static guint
confab_profile_get_n_items (GListModel *model)
{
  return CONFAB_PROFILE (model)->sessions->len;
}

static gpointer
confab_profile_get_item (GListModel *model,
                         guint       position)
{
  ConfabProfile *self = CONFAB_PROFILE (model);

  if (position >= self->sessions->len)
    return NULL;

  return g_object_ref (g_ptr_array_index (self->sessions, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = confab_profile_get_item_type;
  iface->get_n_items = confab_profile_get_n_items;
  iface->get_item = confab_profile_get_item;
}

static void
confab_profile_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  ConfabProfile *self = CONFAB_PROFILE (object);

  switch ((ConfabProfileProperty) property_id)
    {
    case PROP_SECRETS_IN_FILE:
      g_value_set_boolean (value, confab_profile_get_secrets_in_file (self));
      break;
    }
}

static void
let_go_of_folder (ConfabProfile *self)
{
  /* The lock goes with the descriptor. */
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}

static void
confab_profile_dispose (GObject *object)
{
  ConfabProfile *self = CONFAB_PROFILE (object);

  if (self->secrets)
    g_signal_handlers_disconnect_by_data (self->secrets, self);
  for (guint i = 0; i < self->sessions->len; i++)
    {
      ConfabSession *session = g_ptr_array_index (self->sessions, i);

      if (session->user)
        g_signal_handlers_disconnect_by_data (session->user, self);
    }
  g_ptr_array_set_size (self->sessions, 0);
  g_clear_object (&self->secrets);
  g_clear_object (&self->http);
  let_go_of_folder (self);

  G_OBJECT_CLASS (confab_profile_parent_class)->dispose (object);
}

static void
confab_profile_finalize (GObject *object)
{
  ConfabProfile *self = CONFAB_PROFILE (object);

  g_ptr_array_unref (self->sessions);
  g_free (self->data_dir);

  G_OBJECT_CLASS (confab_profile_parent_class)->finalize (object);
}

static void
confab_profile_class_init (ConfabProfileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_profile_get_property;
  object_class->dispose = confab_profile_dispose;
  object_class->finalize = confab_profile_finalize;

  /**
   * ConfabProfile:secrets-in-file:
   *
   * Whether tokens are kept in a file, because no Secret Service could be reached.
   */
  properties[PROP_SECRETS_IN_FILE] =
    g_param_spec_boolean ("secrets-in-file", NULL, NULL, FALSE, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_profile_init (ConfabProfile *self)
{
  g_autoptr(ConfabTime) time = confab_time_new ();

  self->http = confab_http_new (time);
  self->sessions = g_ptr_array_new_with_free_func (g_object_unref);
  self->lock_fd = -1;
}

ConfabProfile *
confab_profile_new (const char *data_dir)
{
  ConfabProfile *self;

  g_return_val_if_fail (data_dir, NULL);

  self = g_object_new (CONFAB_TYPE_PROFILE, NULL);
  self->data_dir = g_strdup (data_dir);

  return self;
}

gboolean
confab_profile_get_secrets_in_file (ConfabProfile *self)
{
  g_return_val_if_fail (CONFAB_IS_PROFILE (self), FALSE);

  return self->secrets && confab_secrets_get_in_file (self->secrets);
}

ConfabSession *
confab_profile_get_session (ConfabProfile *self,
                            const char    *id)
{
  g_return_val_if_fail (CONFAB_IS_PROFILE (self), NULL);
  g_return_val_if_fail (id, NULL);

  for (guint i = 0; i < self->sessions->len; i++)
    {
      ConfabSession *session = g_ptr_array_index (self->sessions, i);

      if (g_str_equal (confab_session_get_id (session), id))
        return session;
    }

  return NULL;
}

ConfabSession *
confab_profile_make_session (ConfabProfile       *self,
                             const ConfabAccount *account)
{
  g_autofree char *path = confab_accounts_get_path (self->data_dir, account->id, "store.sqlite");
  g_autofree char *key = g_strconcat ("account:", account->id, NULL);
  g_autofree char *label = g_strdup_printf ("Confab: %s at %s", account->name, account->space_url);
  g_autoptr(ConfabCredentials) credentials =
    confab_credentials_new_kept (self->http, account->space_url, self->secrets, key, label);
  g_autoptr(ConfabStore) store = confab_store_new (path);

  return confab_session_new (account->id, account->space_name, account->user_id, account->name,
                             account->display_name, credentials, store);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!confab_accounts_save_finish (result, &error))
    g_debug ("An account was not saved: %s", error->message);
}

/* So that it is shown under its new name before there is a connection the next time. */
static void
renamed_cb (ConfabUser *user,
            GParamSpec *pspec,
            gpointer    user_data)
{
  ConfabProfile *self = user_data;

  for (guint i = 0; i < self->sessions->len; i++)
    {
      ConfabSession *session = g_ptr_array_index (self->sessions, i);
      g_autoptr(ConfabAccount) account = NULL;

      if (session->user != user)
        continue;

      account = confab_account_new ();
      account->id = g_strdup (session->id);
      account->space_url = g_strdup (session->space_url);
      account->space_name = g_strdup (session->space_name);
      account->user_id = g_strdup (confab_user_get_user_id (user));
      account->name = g_strdup (confab_user_get_name (user));
      account->display_name = g_strdup (confab_user_get_display_name (user));
      confab_accounts_save_async (self->data_dir, account, saved_cb, NULL);
      return;
    }
}

void
confab_profile_add (ConfabProfile *self,
                    ConfabSession *session)
{
  g_signal_connect (session->user, "notify::display-name", G_CALLBACK (renamed_cb), self);
  g_ptr_array_add (self->sessions, g_object_ref (session));
  g_list_model_items_changed (G_LIST_MODEL (self), self->sessions->len - 1, 0, 1);
}

void
confab_profile_drop (ConfabProfile *self,
                     ConfabSession *session)
{
  guint position;

  if (!g_ptr_array_find (self->sessions, session, &position))
    return;

  g_signal_handlers_disconnect_by_data (session->user, self);
  g_ptr_array_remove_index (self->sessions, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

typedef struct
{
  char      *data_dir;
  int        lock_fd;
  char      *id;
  GPtrArray *accounts;   /* of ConfabAccount */
  guint      n_pending;  /* sessions that read their store */
} Loading;

static void
loading_free (gpointer data)
{
  Loading *loading = data;

  if (loading->lock_fd >= 0)
    close (loading->lock_fd);
  g_clear_pointer (&loading->accounts, g_ptr_array_unref);
  g_free (loading->data_dir);
  g_free (loading->id);
  g_free (loading);
}

static void
load_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Loading *loading = task_data;
  GError *error = NULL;

  loading->lock_fd = confab_accounts_lock (loading->data_dir, &error);
  if (loading->lock_fd >= 0)
    loading->id = confab_accounts_get_id (loading->data_dir, &error);
  if (loading->id)
    loading->accounts = confab_accounts_list (loading->data_dir, &error);

  if (loading->accounts)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
load_finish_one (GTask *task)
{
  ConfabProfile *self = g_task_get_source_object (task);
  Loading *loading = g_task_get_task_data (task);

  if (--loading->n_pending > 0)
    return;

  self->loaded = TRUE;
  g_task_return_boolean (task, TRUE);
}

static void
load_session_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabSession *session = CONFAB_SESSION (source);
  g_autoptr(GError) error = NULL;

  /* The session says it by its last-error, and goes on with what the server has. */
  if (!confab_session_load_finish (session, result, &error))
    g_debug ("The store of an account cannot be used: %s", error->message);
  confab_profile_add (g_task_get_source_object (task), session);
  load_finish_one (task);
}

static void
secrets_moved_cb (ConfabSecrets *secrets,
                  GParamSpec    *pspec,
                  gpointer       user_data)
{
  g_object_notify_by_pspec (user_data, properties[PROP_SECRETS_IN_FILE]);
}

static void
load_secrets_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabProfile *self = g_task_get_source_object (task);
  Loading *loading = g_task_get_task_data (task);
  GError *error = NULL;

  if (!confab_secrets_open_finish (CONFAB_SECRETS (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  if (confab_secrets_get_in_file (self->secrets))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SECRETS_IN_FILE]);
  g_signal_connect (self->secrets, "notify::in-file", G_CALLBACK (secrets_moved_cb), self);

  self->lock_fd = loading->lock_fd;
  loading->lock_fd = -1;
  loading->n_pending = 1;
  for (guint i = 0; i < loading->accounts->len; i++)
    {
      g_autoptr(ConfabSession) session =
        confab_profile_make_session (self, g_ptr_array_index (loading->accounts, i));

      loading->n_pending++;
      confab_session_load_async (session, load_session_cb, g_object_ref (task));
    }
  load_finish_one (task);
}

static void
load_listed_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabProfile *self = g_task_get_source_object (task);
  Loading *loading = g_task_get_task_data (G_TASK (result));
  g_autofree char *path = NULL;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }

  /* The inner task ends here; what it found goes on with the outer one. */
  g_task_set_task_data (task, g_memdup2 (loading, sizeof *loading), loading_free);
  loading->lock_fd = -1;
  loading->data_dir = NULL;
  loading->accounts = NULL;
  path = g_build_filename (self->data_dir, "secrets.json", NULL);
  self->secrets = confab_secrets_new (path, loading->id);
  loading->id = NULL;
  confab_secrets_open_async (self->secrets, NULL, load_secrets_cb,
                             g_steal_pointer (&task));
}

void
confab_profile_load_async (ConfabProfile       *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GTask) listing = NULL;
  Loading *loading;

  g_return_if_fail (CONFAB_IS_PROFILE (self));
  g_return_if_fail (!self->secrets);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_profile_load_async);
  loading = g_new0 (Loading, 1);
  loading->data_dir = g_strdup (self->data_dir);
  loading->lock_fd = -1;

  listing = g_task_new (NULL, cancellable, load_listed_cb, g_steal_pointer (&task));
  g_task_set_task_data (listing, loading, loading_free);
  g_task_run_in_thread (listing, load_thread);
}

gboolean
confab_profile_load_finish (ConfabProfile  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  guint   n_pending;
  GError *error;      /* the first */
} Closing;

static void
closing_free (gpointer data)
{
  Closing *closing = data;

  g_clear_error (&closing->error);
  g_free (closing);
}

static void
close_finish_one (GTask *task)
{
  ConfabProfile *self = g_task_get_source_object (task);
  Closing *closing = g_task_get_task_data (task);

  if (--closing->n_pending > 0)
    return;

  let_go_of_folder (self);
  if (closing->error)
    g_task_return_error (task, g_steal_pointer (&closing->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
close_session_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Closing *closing = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!confab_session_close_finish (CONFAB_SESSION (source), result, &error) && !closing->error)
    closing->error = g_steal_pointer (&error);
  close_finish_one (task);
}

void
confab_profile_close_async (ConfabProfile       *self,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Closing *closing;

  g_return_if_fail (CONFAB_IS_PROFILE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, confab_profile_close_async);
  closing = g_new0 (Closing, 1);
  closing->n_pending = self->sessions->len + 1;
  g_task_set_task_data (task, closing, closing_free);
  for (guint i = 0; i < self->sessions->len; i++)
    confab_session_close_async (g_ptr_array_index (self->sessions, i), close_session_cb,
                                g_object_ref (task));
  close_finish_one (task);
}

gboolean
confab_profile_close_finish (ConfabProfile  *self,
                             GAsyncResult   *result,
                             GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static char *
make_secret_key (const char *key)
{
  return g_strconcat ("app:", key, NULL);
}

static gboolean
check_loaded (ConfabProfile *self,
              GTask         *task)
{
  if (self->loaded)
    return TRUE;

  g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_STORE, "The profile is not loaded");

  return FALSE;
}

static void
secret_stored_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (confab_secrets_store_finish (CONFAB_SECRETS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
confab_profile_store_secret_async (ConfabProfile       *self,
                                   const char          *key,
                                   const char          *label,
                                   const char          *secret,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autofree char *full_key = NULL;

  g_return_if_fail (CONFAB_IS_PROFILE (self));
  g_return_if_fail (key && label);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_profile_store_secret_async);
  if (!check_loaded (self, task))
    return;

  full_key = make_secret_key (key);
  confab_secrets_store_async (self->secrets, full_key, label, secret, cancellable,
                              secret_stored_cb, g_steal_pointer (&task));
}

gboolean
confab_profile_store_secret_finish (ConfabProfile  *self,
                                    GAsyncResult   *result,
                                    GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
secret_found_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  char *secret = confab_secrets_look_up_finish (CONFAB_SECRETS (source), result, &error);

  if (secret)
    g_task_return_pointer (task, secret, g_free);
  else
    g_task_return_error (task, error);
}

void
confab_profile_look_up_secret_async (ConfabProfile       *self,
                                     const char          *key,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autofree char *full_key = NULL;

  g_return_if_fail (CONFAB_IS_PROFILE (self));
  g_return_if_fail (key);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_profile_look_up_secret_async);
  if (!check_loaded (self, task))
    return;

  full_key = make_secret_key (key);
  confab_secrets_look_up_async (self->secrets, full_key, cancellable, secret_found_cb,
                                g_steal_pointer (&task));
}

char *
confab_profile_look_up_secret_finish (ConfabProfile  *self,
                                      GAsyncResult   *result,
                                      GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
space_found_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  ConfabSpaceInfo *info = confab_space_lookup_finish (CONFAB_HTTP (source), result, &error);

  if (info)
    g_task_return_pointer (task, info, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
confab_profile_look_up_space_async (ConfabProfile       *self,
                                    const char          *address,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (CONFAB_IS_PROFILE (self));
  g_return_if_fail (address);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_profile_look_up_space_async);
  confab_space_lookup_async (self->http, address, cancellable, space_found_cb, task);
}

ConfabSpaceInfo *
confab_profile_look_up_space_finish (ConfabProfile  *self,
                                     GAsyncResult   *result,
                                     GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
