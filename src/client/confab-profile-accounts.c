/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-profile"

#include "config.h"

#include "confab-error-private.h"
#include "confab-json-private.h"
#include "confab-profile-private.h"
#include "confab-space-lookup-private.h"

#include "base-uuid.h"

#include <string.h>

/* Accounts come and go: signing up, signing in, removing. */

typedef enum {
  LOOK_UP,        /* is there a space, and what is it called? */
  ENTER,          /* sign up or in */
  SAVE_ACCOUNT,   /* on the disk, before anything refers to it */
  KEEP_TOKENS,
  LOAD,           /* the store of the new session */
} Step;

typedef struct
{
  Step           step;
  const char    *path;
  JsonObject    *body;
  ConfabAccount *account;
  char          *access_token;
  char          *refresh_token;
  ConfabSession *session;
  gboolean       known;    /* the profile has a session of that account already */
} Entering;

static void
entering_free (gpointer data)
{
  Entering *entering = data;

  json_object_unref (entering->body);
  confab_account_free (entering->account);
  g_free (entering->access_token);
  g_free (entering->refresh_token);
  g_clear_object (&entering->session);
  g_free (entering);
}

static void advance (GTask *task);

static void
go_on (GTask *task,
       Step   step)
{
  Entering *entering = g_task_get_task_data (task);

  entering->step = step;
  advance (task);
}

static ConfabSession *
find_session (ConfabProfile       *self,
              const ConfabAccount *account)
{
  for (guint i = 0; i < self->sessions->len; i++)
    {
      ConfabSession *session = g_ptr_array_index (self->sessions, i);

      if (strcmp (session->space_url, account->space_url) == 0 &&
          confab_session_is_own (session, account->user_id))
        return session;
    }

  return NULL;
}

static void
looked_up_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Entering *entering = g_task_get_task_data (task);
  g_autoptr(ConfabSpaceInfo) info = NULL;
  GError *error = NULL;

  info = confab_space_lookup_finish (CONFAB_HTTP (source), result, &error);
  if (!info)
    {
      g_task_return_error (task, error);
      return;
    }

  g_set_str (&entering->account->space_name, confab_space_info_get_name (info));
  g_set_str (&entering->account->space_url, confab_space_info_get_url (info));
  go_on (task, ENTER);
}

static gboolean
read_session (Entering    *entering,
              JsonObject  *answer,
              GError     **error)
{
  ConfabAccount *account = entering->account;
  const char *name = confab_json_get_string (answer, "name");
  char id[BASE_UUID_STRING_LENGTH + 1];
  BaseUuid uuid;

  account->user_id = confab_event_normalize_uuid (confab_json_get_string (answer, "user_id"));
  entering->access_token = g_strdup (confab_json_get_string (answer, "access_token"));
  entering->refresh_token = g_strdup (confab_json_get_string (answer, "refresh_token"));
  if (!account->user_id || !name || !entering->access_token || !entering->refresh_token)
    {
      g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
                           "The answer is no session");
      return FALSE;
    }

  g_set_str (&account->name, name);
  g_set_str (&account->display_name, confab_json_get_string (answer, "display_name"));
  base_uuid_make_v7 (&uuid, (guint64) g_get_real_time () / 1000);
  base_uuid_format (&uuid, id);
  account->id = g_strdup (id);

  return TRUE;
}

static void
entered_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabProfile *self = g_task_get_source_object (task);
  Entering *entering = g_task_get_task_data (task);
  g_autoptr(JsonObject) answer = NULL;
  GError *error = NULL;

  answer = confab_http_send_finish (CONFAB_HTTP (source), result, &error);
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED))
    error->code = CONFAB_ERROR_REGISTRATION_CLOSED;
  if (!answer || !read_session (entering, answer, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  if (g_set_object (&entering->session, find_session (self, entering->account)))
    {
      entering->known = TRUE;
      go_on (task, KEEP_TOKENS);
    }
  else
    {
      go_on (task, SAVE_ACCOUNT);
    }
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Entering *entering = g_task_get_task_data (task);
  GError *error = NULL;

  if (!confab_accounts_save_finish (result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  entering->session =
    confab_profile_make_session (g_task_get_source_object (task), entering->account);
  go_on (task, KEEP_TOKENS);
}

static void
finish_entering (GTask *task)
{
  ConfabProfile *self = g_task_get_source_object (task);
  Entering *entering = g_task_get_task_data (task);

  if (entering->known)
    confab_session_go_offline (entering->session);
  else
    confab_profile_add (self, entering->session);
  confab_session_go_online (entering->session);
  g_task_return_pointer (task, g_object_ref (entering->session), g_object_unref);
}

static void
kept_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Entering *entering = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  /* They hold until the program ends; the person can sign in again then. */
  if (!confab_credentials_keep_finish (CONFAB_CREDENTIALS (source), result, &error))
    g_debug ("The tokens could not be stored: %s", error->message);
  if (entering->known)
    finish_entering (task);
  else
    go_on (task, LOAD);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_session_load_finish (CONFAB_SESSION (source), result, &error))
    g_debug ("The store of the new account cannot be used: %s", error->message);
  finish_entering (task);
}

static void
advance (GTask *task)
{
  ConfabProfile *self = g_task_get_source_object (task);
  Entering *entering = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  switch (entering->step)
    {
    case LOOK_UP:
      confab_space_lookup_async (self->http, entering->account->space_url, cancellable,
                                 looked_up_cb, g_object_ref (task));
      break;
    case ENTER:
      confab_http_send_async (self->http, "POST", entering->account->space_url, entering->path,
                              entering->body, NULL, cancellable, entered_cb,
                              g_object_ref (task));
      break;
    case SAVE_ACCOUNT:
      confab_accounts_save_async (self->data_dir, entering->account, saved_cb,
                                  g_object_ref (task));
      break;
    case KEEP_TOKENS:
      confab_credentials_keep_async (confab_session_get_credentials (entering->session),
                                     entering->access_token, entering->refresh_token, NULL,
                                     kept_cb, g_object_ref (task));
      break;
    case LOAD:
      confab_session_load_async (entering->session, loaded_cb, g_object_ref (task));
      break;
    }
}

/* Takes @body. */
static void
enter (ConfabProfile *self,
       const char    *path,
       const char    *space_url,
       JsonObject    *body,
       GTask         *task)
{
  Entering *entering = g_new0 (Entering, 1);

  entering->path = path;
  entering->body = body;
  entering->account = confab_account_new ();
  entering->account->space_url = g_strdup (space_url);
  g_task_set_task_data (task, entering, entering_free);
  if (!self->loaded)
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_STORE,
                             "The profile is not loaded");
  else
    go_on (task, LOOK_UP);
  g_object_unref (task);
}

static ConfabSession *
finish (ConfabProfile  *self,
        GAsyncResult   *result,
        GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
confab_profile_sign_up_async (ConfabProfile       *self,
                              const char          *space_url,
                              const char          *name,
                              const char          *password,
                              const char          *display_name,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  JsonObject *body;
  GTask *task;

  g_return_if_fail (CONFAB_IS_PROFILE (self));
  g_return_if_fail (space_url && name && password);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_profile_sign_up_async);
  body = json_object_new ();
  json_object_set_string_member (body, "name", name);
  json_object_set_string_member (body, "password", password);
  if (display_name && display_name[0])
    json_object_set_string_member (body, "display_name", display_name);
  enter (self, "/v1/sign-up", space_url, body, task);
}

ConfabSession *
confab_profile_sign_up_finish (ConfabProfile  *self,
                               GAsyncResult   *result,
                               GError        **error)
{
  return finish (self, result, error);
}

void
confab_profile_sign_in_async (ConfabProfile       *self,
                              const char          *space_url,
                              const char          *name,
                              const char          *password,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  JsonObject *body;
  GTask *task;

  g_return_if_fail (CONFAB_IS_PROFILE (self));
  g_return_if_fail (space_url && name && password);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_profile_sign_in_async);
  body = json_object_new ();
  json_object_set_string_member (body, "name", name);
  json_object_set_string_member (body, "password", password);
  enter (self, "/v1/sign-in", space_url, body, task);
}

ConfabSession *
confab_profile_sign_in_finish (ConfabProfile  *self,
                               GAsyncResult   *result,
                               GError        **error)
{
  return finish (self, result, error);
}

typedef struct
{
  char *data_dir;
  char *id;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_free (removal->data_dir);
  g_free (removal->id);
  g_free (removal);
}

static void
remove_thread (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  Removal *removal = task_data;
  GError *error = NULL;

  if (confab_accounts_remove (removal->data_dir, removal->id, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
remove_closed_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  GTask *task = user_data;
  ConfabProfile *self = g_task_get_source_object (task);
  ConfabSession *session = CONFAB_SESSION (source);
  g_autoptr(GTask) removal_task = g_task_new (NULL, NULL, removed_cb, task);
  Removal *removal = g_new0 (Removal, 1);
  g_autoptr(GError) error = NULL;

  if (!confab_session_close_finish (session, result, &error))
    g_debug ("A store did not close: %s", error->message);

  removal->data_dir = g_strdup (self->data_dir);
  removal->id = g_strdup (session->id);
  g_task_set_task_data (removal_task, removal, removal_free);
  g_task_run_in_thread (removal_task, remove_thread);
}

static void
remove_signed_out_cb (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabSession *session = CONFAB_SESSION (source);
  g_autoptr(GError) error = NULL;

  if (!confab_session_sign_out_finish (session, result, &error))
    g_debug ("The server was not told of the sign-out: %s", error->message);
  confab_session_close_async (session, remove_closed_cb, g_steal_pointer (&task));
}

void
confab_profile_remove_async (ConfabProfile       *self,
                             ConfabSession       *session,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr(ConfabSession) held = NULL;
  GTask *task;

  g_return_if_fail (CONFAB_IS_PROFILE (self));
  g_return_if_fail (CONFAB_IS_SESSION (session));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, confab_profile_remove_async);
  /* The profile may be the last to hold it; below, the call under way does. */
  held = g_object_ref (session);
  confab_profile_drop (self, session);
  confab_session_sign_out_async (session, cancellable, remove_signed_out_cb, task);
}

gboolean
confab_profile_remove_finish (ConfabProfile  *self,
                              GAsyncResult   *result,
                              GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
