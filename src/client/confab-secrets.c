/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-secrets"

#include "config.h"

#include "confab-secrets-private.h"

#include "confab-error-private.h"
#include "confab-json-private.h"
#include "confab-object-private.h"

#include <errno.h>
#include <libsecret/secret.h>
#include <string.h>

#define PROBE_SECONDS 5
#define STORE_SECONDS 60 /* a person may have to unlock the keyring */

/**
 * ConfabSecrets:
 *
 * Keeps tokens and other small secrets of a profile.
 *
 * They go to the Secret Service, which inside a Flatpak is reached through the portal. Where there
 * is none, or where it fails, they go to a file that only its owner can read, and
 * #ConfabSecrets:in-file says so. What is in the file is found before what is in the service.
 */
struct _ConfabSecrets
{
  GObject     parent_instance;

  char       *path;
  char       *profile_id;
  gboolean    in_file;

  GMutex      lock;    /* the file and what it holds: written by one thread at a time */
  GHashTable *secrets; /* key → secret: what the file holds */
};

G_DEFINE_FINAL_TYPE (ConfabSecrets, confab_secrets, G_TYPE_OBJECT)

typedef enum {
  PROP_IN_FILE = 1,
} ConfabSecretsProperty;

static GParamSpec *properties[PROP_IN_FILE + 1];

static const SecretSchema schema = {
  "io.github.confab_chat.Confab.Secret",
  SECRET_SCHEMA_NONE,
  {
    { "profile", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "key", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL },
  },
};

/* One call of the service, which may never answer. */
typedef struct
{
  char         *key;
  char         *label;
  char         *secret;       /* NULL: remove */
  GCancellable *cancellable;
  GSource      *deadline;
} Errand;

static void
errand_free (Errand *errand)
{
  if (errand->deadline)
    g_source_destroy (errand->deadline);
  g_clear_pointer (&errand->deadline, g_source_unref);
  g_clear_object (&errand->cancellable);
  g_free (errand->key);
  g_free (errand->label);
  secret_password_free (errand->secret);
  g_free (errand);
}

static gboolean
deadline_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);

  return G_SOURCE_REMOVE;
}

static Errand *
errand_new (const char *key,
            guint       seconds)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->key = g_strdup (key);
  errand->cancellable = g_cancellable_new ();
  errand->deadline = g_timeout_source_new_seconds (seconds);
  g_source_set_callback (errand->deadline, deadline_cb, g_object_ref (errand->cancellable),
                         g_object_unref);
  g_source_attach (errand->deadline, g_main_context_get_thread_default ());

  return errand;
}

static void
confab_secrets_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  ConfabSecrets *self = CONFAB_SECRETS (object);

  switch ((ConfabSecretsProperty) property_id)
    {
    case PROP_IN_FILE:
      g_value_set_boolean (value, self->in_file);
      break;
    }
}

static void
confab_secrets_finalize (GObject *object)
{
  ConfabSecrets *self = CONFAB_SECRETS (object);

  g_free (self->path);
  g_free (self->profile_id);
  g_hash_table_unref (self->secrets);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (confab_secrets_parent_class)->finalize (object);
}

static void
confab_secrets_class_init (ConfabSecretsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_secrets_get_property;
  object_class->finalize = confab_secrets_finalize;

  properties[PROP_IN_FILE] =
    g_param_spec_boolean ("in-file", NULL, NULL, FALSE, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
free_secret (gpointer secret)
{
  secret_password_free (secret);
}

static void
confab_secrets_init (ConfabSecrets *self)
{
  g_mutex_init (&self->lock);
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_secret);
}

ConfabSecrets *
confab_secrets_new (const char *path,
                    const char *profile_id)
{
  ConfabSecrets *self = g_object_new (CONFAB_TYPE_SECRETS, NULL);

  self->path = g_strdup (path);
  self->profile_id = g_strdup (profile_id);

  return self;
}

gboolean
confab_secrets_get_in_file (ConfabSecrets *self)
{
  return self->in_file;
}

void
confab_secrets_set_in_file (ConfabSecrets *self,
                            gboolean       in_file)
{
  if (self->in_file == in_file)
    return;

  self->in_file = in_file;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IN_FILE]);
}

static GHashTable *
make_attributes (ConfabSecrets *self,
                 const char    *key)
{
  GHashTable *attributes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  g_hash_table_insert (attributes, (char *) "profile", g_strdup (self->profile_id));
  g_hash_table_insert (attributes, (char *) "key", g_strdup (key));

  return attributes;
}

static gboolean
read_file (ConfabSecrets  *self,
           GError        **error)
{
  g_autoptr(JsonObject) object = NULL;
  g_autoptr(GList) keys = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (self->path, &text, &length, error))
    {
      if (!g_error_matches (*error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return FALSE;
      g_clear_error (error);
      return TRUE;
    }

  /* Whatever is wrong with it, the person can sign in again. */
  object = confab_json_parse (text, length, NULL);
  keys = object ? json_object_get_members (object) : NULL;
  for (GList *l = keys; l; l = l->next)
    {
      const char *secret = confab_json_get_string (object, l->data);

      if (secret)
        g_hash_table_insert (self->secrets, g_strdup (l->data), g_strdup (secret));
    }

  return TRUE;
}

static gboolean
write_file (ConfabSecrets  *self,
            GError        **error)
{
  g_autoptr(JsonObject) object = json_object_new ();
  g_autofree char *text = NULL;
  GHashTableIter iter;
  gpointer key, secret;

  g_hash_table_iter_init (&iter, self->secrets);
  while (g_hash_table_iter_next (&iter, &key, &secret))
    json_object_set_string_member (object, key, secret);
  text = confab_json_print_object (object);

  return g_file_set_contents_full (self->path, text, -1,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

static void
open_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  ConfabSecrets *self = source_object;
  g_autoptr(GError) error = NULL;
  gboolean done;

  g_mutex_lock (&self->lock);
  done = read_file (self, &error);
  g_mutex_unlock (&self->lock);

  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, confab_error_translate (error));
}

static void
store_thread (GTask        *task,
              gpointer      source_object,
              gpointer      task_data,
              GCancellable *cancellable)
{
  ConfabSecrets *self = source_object;
  Errand *errand = task_data;
  g_autoptr(GError) error = NULL;
  gboolean done;

  g_mutex_lock (&self->lock);
  if (errand->secret)
    g_hash_table_insert (self->secrets, g_strdup (errand->key), g_strdup (errand->secret));
  else
    g_hash_table_remove (self->secrets, errand->key);
  done = write_file (self, &error);
  g_mutex_unlock (&self->lock);

  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, confab_error_translate (error));
}

static char *
look_up_in_file (ConfabSecrets *self,
                 const char    *key)
{
  char *secret;

  g_mutex_lock (&self->lock);
  secret = g_strdup (g_hash_table_lookup (self->secrets, key));
  g_mutex_unlock (&self->lock);

  return secret;
}

static void
open_probed_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabSecrets *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  char *secret = secret_password_lookup_finish (result, &error);

  secret_password_free (secret);
  if (error)
    {
      g_debug ("No Secret Service: %s", error->message);
      confab_secrets_set_in_file (self, TRUE);
    }
  g_task_run_in_thread (task, open_thread);
}

/* Finds out whether there is a Secret Service, and reads the file. */
void
confab_secrets_open_async (ConfabSecrets       *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(GHashTable) attributes = make_attributes (self, "probe");
  Errand *errand = errand_new ("probe", PROBE_SECONDS);

  g_task_set_source_tag (task, confab_secrets_open_async);
  g_task_set_task_data (task, errand, (GDestroyNotify) errand_free);

  if (self->in_file)
    g_task_run_in_thread (task, open_thread);
  else
    secret_password_lookupv (&schema, attributes, errand->cancellable, open_probed_cb,
                             g_steal_pointer (&task));
}

gboolean
confab_secrets_open_finish (ConfabSecrets  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
finish_in_service (GTask        *task,
                   const GError *error)
{
  ConfabSecrets *self = g_task_get_source_object (task);
  Errand *errand = g_task_get_task_data (task);
  g_autofree char *stale = look_up_in_file (self, errand->key);

  if (error)
    {
      g_debug ("The Secret Service failed: %s", error->message);
      confab_secrets_set_in_file (self, TRUE);
      g_task_run_in_thread (task, store_thread);
      return;
    }

  if (!stale)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  /* The service has it now; the file must not say otherwise. */
  g_clear_pointer (&errand->secret, secret_password_free);
  g_task_run_in_thread (task, store_thread);
}

static void
store_stored_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  secret_password_store_finish (result, &error);
  finish_in_service (task, error);
}

static void
store_cleared_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  secret_password_clear_finish (result, &error);
  finish_in_service (task, error);
}

/* @secret may be NULL, which removes it. */
void
confab_secrets_store_async (ConfabSecrets       *self,
                            const char          *key,
                            const char          *label,
                            const char          *secret,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(GHashTable) attributes = make_attributes (self, key);
  Errand *errand = errand_new (key, STORE_SECONDS);

  errand->label = g_strdup (label);
  errand->secret = g_strdup (secret);
  g_task_set_source_tag (task, confab_secrets_store_async);
  g_task_set_task_data (task, errand, (GDestroyNotify) errand_free);

  if (self->in_file)
    g_task_run_in_thread (task, store_thread);
  else if (secret)
    secret_password_storev (&schema, attributes, SECRET_COLLECTION_DEFAULT, label, secret,
                            errand->cancellable, store_stored_cb, g_steal_pointer (&task));
  else
    secret_password_clearv (&schema, attributes, errand->cancellable, store_cleared_cb,
                            g_steal_pointer (&task));
}

gboolean
confab_secrets_store_finish (ConfabSecrets  *self,
                             GAsyncResult   *result,
                             GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
look_up_found_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  char *secret = secret_password_lookup_finish (result, &error);

  if (secret)
    g_task_return_pointer (task, g_strdup (secret), free_secret);
  else if (error)
    g_task_return_error (task, confab_error_translate (error));
  else
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_EXISTS,
                             "There is no such secret");
  secret_password_free (secret);
}

void
confab_secrets_look_up_async (ConfabSecrets       *self,
                              const char          *key,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(GHashTable) attributes = make_attributes (self, key);
  char *secret = look_up_in_file (self, key);

  g_task_set_source_tag (task, confab_secrets_look_up_async);

  if (secret)
    g_task_return_pointer (task, secret, free_secret);
  else if (self->in_file)
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_EXISTS,
                             "There is no such secret");
  else
    /* A person may have to unlock the keyring: as long as it takes. */
    secret_password_lookupv (&schema, attributes, cancellable, look_up_found_cb,
                             g_steal_pointer (&task));
}

char *
confab_secrets_look_up_finish (ConfabSecrets  *self,
                               GAsyncResult   *result,
                               GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
