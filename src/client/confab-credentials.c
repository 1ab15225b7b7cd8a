/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-credentials"

#include "config.h"

#include "confab-credentials-private.h"

#include "confab-error-private.h"
#include "confab-json-private.h"
#include "confab-object-private.h"
#include "confab-token-private.h"

#include <string.h>

/* A token is renewed when this share of its life is left, but no longer before its end. */
#define RENEW_SHARE 10
#define RENEW_AT_MOST_S (10 * 60)

/**
 * ConfabCredentials:
 *
 * The tokens of one account at one space.
 *
 * An access token that is about to expire is renewed with the refresh token, which that uses up;
 * the new one is stored before the new access token is handed to anybody. One refresh runs at a
 * time, whoever asks: a refresh token that is used twice ends the session.
 */
struct _ConfabCredentials
{
  GObject        parent_instance;

  ConfabHttp    *http;
  char          *space_url;
  char          *access_token;   /* NULL: none */
  char          *refresh_token;  /* NULL: none */

  ConfabSecrets *secrets;        /* NULL: kept in memory only */
  char          *key;
  char          *label;
  gboolean       loaded;

  GPtrArray     *waiting;        /* of GTask: they share what is under way */
};

G_DEFINE_FINAL_TYPE (ConfabCredentials, confab_credentials, G_TYPE_OBJECT)

typedef enum {
  PROP_ACCESS_TOKEN = 1,
  PROP_REFRESH_TOKEN,
} ConfabCredentialsProperty;

static GParamSpec *properties[PROP_REFRESH_TOKEN + 1];

static void
confab_credentials_get_property (GObject    *object,
                                 guint       property_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  ConfabCredentials *self = CONFAB_CREDENTIALS (object);

  switch ((ConfabCredentialsProperty) property_id)
    {
    case PROP_ACCESS_TOKEN:
      g_value_set_string (value, self->access_token);
      break;
    case PROP_REFRESH_TOKEN:
      g_value_set_string (value, self->refresh_token);
      break;
    }
}

static void
confab_credentials_dispose (GObject *object)
{
  ConfabCredentials *self = CONFAB_CREDENTIALS (object);

  g_clear_object (&self->http);
  g_clear_object (&self->secrets);

  G_OBJECT_CLASS (confab_credentials_parent_class)->dispose (object);
}

static void
confab_credentials_finalize (GObject *object)
{
  ConfabCredentials *self = CONFAB_CREDENTIALS (object);

  g_free (self->space_url);
  g_free (self->access_token);
  g_free (self->refresh_token);
  g_free (self->key);
  g_free (self->label);
  g_ptr_array_unref (self->waiting);

  G_OBJECT_CLASS (confab_credentials_parent_class)->finalize (object);
}

static void
confab_credentials_class_init (ConfabCredentialsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_credentials_get_property;
  object_class->dispose = confab_credentials_dispose;
  object_class->finalize = confab_credentials_finalize;

  /**
   * ConfabCredentials:access-token:
   *
   * The access token, which may have expired.
   */
  properties[PROP_ACCESS_TOKEN] =
    g_param_spec_string ("access-token", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabCredentials:refresh-token:
   *
   * The refresh token. Changes with every refresh.
   */
  properties[PROP_REFRESH_TOKEN] =
    g_param_spec_string ("refresh-token", NULL, NULL, NULL, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_credentials_init (ConfabCredentials *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

ConfabCredentials *
confab_credentials_new (const char *space_url,
                        const char *access_token,
                        const char *refresh_token)
{
  g_autoptr(ConfabTime) time = confab_time_new ();
  ConfabCredentials *self;

  g_return_val_if_fail (space_url, NULL);

  self = g_object_new (CONFAB_TYPE_CREDENTIALS, NULL);
  self->http = confab_http_new (time);
  self->space_url = g_strdup (space_url);
  self->access_token = g_strdup (access_token);
  self->refresh_token = g_strdup (refresh_token);
  self->loaded = TRUE;

  return self;
}

ConfabCredentials *
confab_credentials_new_kept (ConfabHttp    *http,
                             const char    *space_url,
                             ConfabSecrets *secrets,
                             const char    *key,
                             const char    *label)
{
  ConfabCredentials *self = g_object_new (CONFAB_TYPE_CREDENTIALS, NULL);

  self->http = g_object_ref (http);
  self->space_url = g_strdup (space_url);
  g_set_object (&self->secrets, secrets);
  self->key = g_strdup (key);
  self->label = g_strdup (label);
  self->loaded = secrets == NULL;

  return self;
}

const char *
confab_credentials_get_space_url (ConfabCredentials *self)
{
  g_return_val_if_fail (CONFAB_IS_CREDENTIALS (self), NULL);

  return self->space_url;
}

const char *
confab_credentials_get_access_token (ConfabCredentials *self)
{
  g_return_val_if_fail (CONFAB_IS_CREDENTIALS (self), NULL);

  return self->access_token;
}

const char *
confab_credentials_get_refresh_token (ConfabCredentials *self)
{
  g_return_val_if_fail (CONFAB_IS_CREDENTIALS (self), NULL);

  return self->refresh_token;
}

ConfabHttp *
confab_credentials_get_http (ConfabCredentials *self)
{
  return self->http;
}

gboolean
confab_credentials_read_times (const char *token,
                               gint64     *issued_at,
                               gint64     *expires_at)
{
  g_autoptr(JsonObject) claims = confab_token_read_claims (token);
  guint64 iat, exp;

  if (!claims || !confab_json_get_uint (claims, "exp", &exp))
    return FALSE;
  if (!confab_json_get_uint (claims, "iat", &iat) || iat > exp)
    iat = exp;

  *issued_at = (gint64) iat;
  *expires_at = (gint64) exp;

  return TRUE;
}

/* When to renew the access token, in µs since the epoch; 0: it does not say when it ends. */
gint64
confab_credentials_get_renew_at_us (ConfabCredentials *self)
{
  gint64 issued_at, expires_at;

  if (!self->access_token ||
      !confab_credentials_read_times (self->access_token, &issued_at, &expires_at))
    return 0;

  return (expires_at - MIN ((expires_at - issued_at) / RENEW_SHARE, RENEW_AT_MOST_S)) *
         G_USEC_PER_SEC;
}

static gboolean
is_fresh (ConfabCredentials *self)
{
  ConfabTime *time = confab_http_get_time (self->http);
  gint64 renew_at_us = confab_credentials_get_renew_at_us (self);

  return self->access_token && (!renew_at_us || confab_time_get_wall_us (time) < renew_at_us);
}

static void
set_tokens (ConfabCredentials *self,
            const char        *access_token,
            const char        *refresh_token)
{
  if (g_set_str (&self->refresh_token, refresh_token))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REFRESH_TOKEN]);
  if (g_set_str (&self->access_token, access_token))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACCESS_TOKEN]);
}

static GPtrArray *
steal_waiting (ConfabCredentials *self)
{
  GPtrArray *waiting = self->waiting;

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);

  return waiting;
}

static void
answer_waiting (ConfabCredentials *self,
                const GError      *error)
{
  g_autoptr(GPtrArray) waiting = steal_waiting (self);

  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      if (error)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_pointer (task, g_strdup (self->access_token), g_free);
    }
}

static void
refresh_kept_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(ConfabCredentials) self = user_data;
  g_autoptr(GError) error = NULL;

  /* The old refresh token is used up whatever happens here: going on with the new one is the best
   * that is left, though it will be gone when the program ends. */
  if (!confab_credentials_keep_finish (self, result, &error))
    g_debug ("The new refresh token could not be stored: %s", error->message);
  answer_waiting (self, NULL);
}

static void
refresh_answered_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(ConfabCredentials) self = user_data;
  g_autoptr(JsonObject) answer = NULL;
  g_autoptr(GError) error = NULL;
  const char *access_token, *refresh_token;

  answer = confab_http_send_finish (CONFAB_HTTP (source), result, &error);
  if (!answer)
    {
      answer_waiting (self, error);
      return;
    }

  access_token = confab_json_get_string (answer, "access_token");
  refresh_token = confab_json_get_string (answer, "refresh_token");
  if (!access_token || !refresh_token)
    {
      g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
                           "The answer to a refresh has no tokens");
      answer_waiting (self, error);
      return;
    }

  confab_credentials_keep_async (self, access_token, refresh_token, NULL, refresh_kept_cb,
                                 g_object_ref (self));
}

static void
start_refresh (ConfabCredentials *self)
{
  g_autoptr(JsonObject) body = json_object_new ();
  g_autoptr(GError) error = NULL;

  if (!self->refresh_token)
    {
      g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_INVALID_TOKEN,
                           "There is no refresh token");
      answer_waiting (self, error);
      return;
    }

  json_object_set_string_member (body, "refresh_token", self->refresh_token);
  confab_http_send_async (self->http, "POST", self->space_url, "/v1/refresh", body, NULL, NULL,
                          refresh_answered_cb, g_object_ref (self));
}

static void
load_found_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(ConfabCredentials) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr(JsonObject) tokens = NULL;

  text = confab_secrets_look_up_finish (CONFAB_SECRETS (source), result, &error);
  if (error && !g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_EXISTS))
    {
      answer_waiting (self, error);
      return;
    }

  self->loaded = TRUE;
  tokens = text ? confab_json_parse (text, strlen (text), NULL) : NULL;
  if (tokens)
    set_tokens (self, confab_json_get_string (tokens, "access"),
                confab_json_get_string (tokens, "refresh"));

  if (is_fresh (self))
    answer_waiting (self, NULL);
  else
    start_refresh (self);
}

void
confab_credentials_get_token_async (ConfabCredentials   *self,
                                    gboolean             force,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (CONFAB_IS_CREDENTIALS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_credentials_get_token_async);

  if (self->waiting->len == 0 && self->loaded && !force && is_fresh (self))
    {
      g_task_return_pointer (task, g_strdup (self->access_token), g_free);
      return;
    }

  /* Not the caller's cancellable: a refresh that has reached the server must be followed up. */
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  if (self->waiting->len > 1)
    return;

  if (!self->loaded)
    confab_secrets_look_up_async (self->secrets, self->key, NULL, load_found_cb,
                                  g_object_ref (self));
  else
    start_refresh (self);
}

char *
confab_credentials_get_token_finish (ConfabCredentials  *self,
                                     GAsyncResult       *result,
                                     GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  char *access_token;
  char *refresh_token;
} Tokens;

static void
tokens_free (Tokens *tokens)
{
  g_free (tokens->access_token);
  g_free (tokens->refresh_token);
  g_free (tokens);
}

static char *
print_tokens (const Tokens *tokens)
{
  g_autoptr(JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "access", tokens->access_token);
  json_object_set_string_member (object, "refresh", tokens->refresh_token);

  return confab_json_print_object (object);
}

static void
keep_stored_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabCredentials *self = g_task_get_source_object (task);
  Tokens *tokens = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean done = confab_secrets_store_finish (CONFAB_SECRETS (source), result, &error);

  set_tokens (self, tokens->access_token, tokens->refresh_token);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Stores new tokens, or with NULLs forgets the old ones, and then uses them, stored or not. */
void
confab_credentials_keep_async (ConfabCredentials   *self,
                               const char          *access_token,
                               const char          *refresh_token,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *text = NULL;
  Tokens *tokens = g_new0 (Tokens, 1);

  tokens->access_token = g_strdup (access_token);
  tokens->refresh_token = g_strdup (refresh_token);
  g_task_set_source_tag (task, confab_credentials_keep_async);
  g_task_set_task_data (task, tokens, (GDestroyNotify) tokens_free);
  self->loaded = TRUE;

  if (!self->secrets)
    {
      set_tokens (self, access_token, refresh_token);
      g_task_return_boolean (task, TRUE);
      return;
    }

  text = access_token ? print_tokens (tokens) : NULL;
  confab_secrets_store_async (self->secrets, self->key, self->label, text, cancellable,
                              keep_stored_cb, g_steal_pointer (&task));
}

gboolean
confab_credentials_keep_finish (ConfabCredentials  *self,
                                GAsyncResult       *result,
                                GError            **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
