/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-session"

#include "config.h"

#include "confab-error-private.h"
#include "confab-json-private.h"
#include "confab-session-private.h"

/* What the user does to the account itself, over HTTP. */

typedef struct
{
  const char *path;
  JsonObject *body;     /* NULL: none */
  gboolean    renewed;  /* the token was refused once already */
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_clear_pointer (&call->body, json_object_unref);
  g_free (call);
}

static void call_with_token (ConfabSession *self,
                             gboolean       renew,
                             GTask         *task);

static void
call_answered_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabSession *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  g_autoptr(JsonObject) answer = NULL;
  GError *error = NULL;

  answer = confab_http_send_finish (CONFAB_HTTP (source), result, &error);
  if (answer)
    {
      g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) json_object_unref);
      return;
    }

  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_TOKEN) && !call->renewed &&
      self->credentials)
    {
      g_error_free (error);
      call->renewed = TRUE;
      call_with_token (self, TRUE, g_steal_pointer (&task));
      return;
    }

  g_task_return_error (task, error);
}

static void
call_token_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabSession *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *token =
    confab_credentials_get_token_finish (CONFAB_CREDENTIALS (source), result, &error);

  if (!token)
    {
      g_task_return_error (task, error);
      return;
    }

  confab_http_send_async (confab_credentials_get_http (CONFAB_CREDENTIALS (source)), "POST",
                          self->space_url, call->path, call->body, token,
                          g_task_get_cancellable (task), call_answered_cb,
                          g_object_ref (task));
}

static void
call_with_token (ConfabSession *self,
                 gboolean       renew,
                 GTask         *task)
{
  confab_credentials_get_token_async (self->credentials, renew, g_task_get_cancellable (task),
                                      call_token_cb, task);
}

/* Takes @body. The task ends with the answer. */
static void
call (ConfabSession       *self,
      const char          *path,
      JsonObject          *body,
      GCancellable        *cancellable,
      GAsyncReadyCallback  callback,
      gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Call *data = g_new0 (Call, 1);

  data->path = path;
  data->body = body;
  g_task_set_source_tag (task, call);
  g_task_set_task_data (task, data, call_free);
  call_with_token (self, FALSE, task);
}

static gboolean
finish (ConfabSession  *self,
        GAsyncResult   *result,
        GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
display_name_set_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  ConfabSession *self = CONFAB_SESSION (source);
  g_autoptr(GTask) task = user_data;
  g_autoptr(JsonObject) answer = NULL;
  g_autoptr(ConfabUser) user = NULL;
  GError *error = NULL;

  answer = g_task_propagate_pointer (G_TASK (result), &error);
  if (!answer)
    {
      g_task_return_error (task, error);
      return;
    }

  if (self->users)
    user = confab_user_cache_take (self->users, answer);
  g_task_return_boolean (task, TRUE);
}

void
confab_session_set_display_name_async (ConfabSession       *self,
                                       const char          *display_name,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  JsonObject *body;
  GTask *task;

  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (display_name);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_session_set_display_name_async);
  body = json_object_new ();
  json_object_set_string_member (body, "display_name", display_name);
  call (self, "/v1/profile", body, cancellable, display_name_set_cb, task);
}

gboolean
confab_session_set_display_name_finish (ConfabSession  *self,
                                        GAsyncResult   *result,
                                        GError        **error)
{
  return finish (self, result, error);
}

static void
password_changed_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(JsonObject) answer = NULL;
  GError *error = NULL;

  answer = g_task_propagate_pointer (G_TASK (result), &error);
  if (answer)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
confab_session_change_password_async (ConfabSession       *self,
                                      const char          *password,
                                      const char          *new_password,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  JsonObject *body;
  GTask *task;

  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (password && new_password);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_session_change_password_async);
  body = json_object_new ();
  json_object_set_string_member (body, "password", password);
  json_object_set_string_member (body, "new_password", new_password);
  call (self, "/v1/password", body, cancellable, password_changed_cb, task);
}

gboolean
confab_session_change_password_finish (ConfabSession  *self,
                                       GAsyncResult   *result,
                                       GError        **error)
{
  return finish (self, result, error);
}

typedef struct
{
  GTask  *task;
  GError *error;  /* why the server could not be told */
} SignOut;

static void
sign_out_forgot_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  SignOut *sign_out = user_data;
  g_autoptr(GTask) task = sign_out->task;
  GError *error = NULL;

  if (!confab_credentials_keep_finish (CONFAB_CREDENTIALS (source), result, &error) ||
      sign_out->error)
    {
      g_task_return_error (task, sign_out->error ? sign_out->error : error);
      if (sign_out->error)
        g_clear_error (&error);
    }
  else
    {
      g_task_return_boolean (task, TRUE);
    }
  g_free (sign_out);
}

static void
sign_out_told_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  ConfabSession *self = CONFAB_SESSION (source);
  SignOut *sign_out = g_new0 (SignOut, 1);
  g_autoptr(JsonObject) answer = NULL;

  sign_out->task = user_data;
  answer = g_task_propagate_pointer (G_TASK (result), &sign_out->error);

  /* A token that is not valid any more is signed out already. */
  if (g_error_matches (sign_out->error, CONFAB_ERROR, CONFAB_ERROR_INVALID_TOKEN))
    g_clear_error (&sign_out->error);
  confab_credentials_keep_async (self->credentials, NULL, NULL, NULL, sign_out_forgot_cb,
                                 sign_out);
}

void
confab_session_sign_out_async (ConfabSession       *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (CONFAB_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_session_sign_out_async);
  confab_connection_close (self->connection);
  call (self, "/v1/sign-out", NULL, cancellable, sign_out_told_cb, task);
}

gboolean
confab_session_sign_out_finish (ConfabSession  *self,
                                GAsyncResult   *result,
                                GError        **error)
{
  return finish (self, result, error);
}
