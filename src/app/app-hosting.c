/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-hosting"

#include "config.h"

#include "app-hosting.h"

#include "app-name.h"

#include <glib/gi18n.h>

#define MAX_NAMES 9

typedef enum {
  STEP_START_SERVER,
  STEP_FIND_PASSWORD,
  STEP_KEEP_PASSWORD,
  STEP_SIGN_UP,
  STEP_SIGN_IN,
} Step;

/* The way from a name to a person who writes in a space of their own. Each
 * step may find that an earlier attempt got that far already: then it goes on
 * from there.
 */
typedef struct
{
  ConfabProfile *profile;
  char          *display_name;
  char          *space_name;
  char          *password;
  gboolean       on_lan;
  guint          n_names;
  Step           step;
} Hosting;

static void advance (GTask *task);

static void
hosting_free (gpointer data)
{
  Hosting *self = data;

  g_object_unref (self->profile);
  g_free (self->display_name);
  g_free (self->space_name);
  g_free (self->password);
  g_free (self);
}

static void
go_on (GTask *task,
       Step   step)
{
  Hosting *self = g_task_get_task_data (task);

  self->step = step;
  advance (task);
}

static char *
make_account (Hosting *self)
{
  g_autofree char *account = app_name_to_account (self->display_name);

  if (!*account)
    g_set_str (&account, "host");
  if (self->n_names == 0)
    return g_steal_pointer (&account);

  return g_strdup_printf ("%s%u", account, self->n_names + 1);
}

static void
server_started_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  AppHost *host = APP_HOST (object);
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (app_host_start_finish (host, result, &error) ||
      (g_error_matches (error, APP_HOST_ERROR, APP_HOST_ERROR_BUSY) && app_host_get_url (host)))
    go_on (g_steal_pointer (&task), STEP_FIND_PASSWORD);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
password_found_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Hosting *self = g_task_get_task_data (task);

  self->password = confab_profile_look_up_secret_finish (CONFAB_PROFILE (object), result, NULL);

  if (self->password)
    {
      go_on (g_steal_pointer (&task), STEP_SIGN_UP);
      return;
    }

  self->password = app_name_password ();
  go_on (g_steal_pointer (&task), STEP_KEEP_PASSWORD);
}

static void
password_kept_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (confab_profile_store_secret_finish (CONFAB_PROFILE (object), result, &error))
    go_on (g_steal_pointer (&task), STEP_SIGN_UP);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
signed_up_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ConfabSession *session;

  session = confab_profile_sign_up_finish (CONFAB_PROFILE (object), result, &error);

  if (session)
    g_task_return_pointer (task, session, g_object_unref);
  else if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NAME_TAKEN))
    go_on (g_steal_pointer (&task), STEP_SIGN_IN);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
signed_in_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Hosting *self = g_task_get_task_data (task);
  ConfabSession *session;

  session = confab_profile_sign_in_finish (CONFAB_PROFILE (object), result, &error);

  if (session)
    g_task_return_pointer (task, session, g_object_unref);
  else if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_CREDENTIALS) &&
           ++self->n_names < MAX_NAMES)
    go_on (g_steal_pointer (&task), STEP_SIGN_UP);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Takes the task on to its current step; the step's callback owns it. */
static void
advance (GTask *task)
{
  AppHost *host = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  Hosting *self = g_task_get_task_data (task);
  g_autofree char *account = make_account (self);

  switch (self->step)
    {
    case STEP_START_SERVER:
      app_host_start_async (host, self->space_name, self->on_lan, cancellable, server_started_cb,
                            task);
      break;
    case STEP_FIND_PASSWORD:
      confab_profile_look_up_secret_async (self->profile, APP_HOSTING_SECRET, cancellable,
                                           password_found_cb, task);
      break;
    case STEP_KEEP_PASSWORD:
      confab_profile_store_secret_async (self->profile, APP_HOSTING_SECRET,
                                         _("Confab: password for your own space"), self->password,
                                         cancellable, password_kept_cb, task);
      break;
    case STEP_SIGN_UP:
      confab_profile_sign_up_async (self->profile, app_host_get_url (host), account,
                                    self->password, self->display_name, cancellable, signed_up_cb,
                                    task);
      break;
    case STEP_SIGN_IN:
      confab_profile_sign_in_async (self->profile, app_host_get_url (host), account,
                                    self->password, cancellable, signed_in_cb, task);
      break;
    }
}

/**
 * app_hosting_begin_async:
 * @host: a host that is off
 * @profile: the profile it belongs to
 * @display_name: the name of who hosts
 * @space_name: what the space shall be called
 * @on_lan: whether other computers of the network may connect
 * @cancellable: (nullable): ends the operation
 * @callback: (scope async): called with the session
 * @user_data: data for @callback
 *
 * Starts a space on this computer and signs its host up, with a password that
 * nobody has to type: it is kept with the profile's secrets and shown in the
 * preferences.
 */
void
app_hosting_begin_async (AppHost             *host,
                         ConfabProfile       *profile,
                         const char          *display_name,
                         const char          *space_name,
                         gboolean             on_lan,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Hosting *self = g_new0 (Hosting, 1);

  task = g_task_new (host, cancellable, callback, user_data);
  g_task_set_source_tag (task, app_hosting_begin_async);
  self->profile = g_object_ref (profile);
  self->display_name = g_strdup (display_name);
  self->space_name = g_strdup (space_name);
  self->on_lan = on_lan;
  g_task_set_task_data (task, self, hosting_free);

  advance (g_steal_pointer (&task));
}

/**
 * app_hosting_begin_finish:
 * @host: the host
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the session of who hosts
 */
ConfabSession *
app_hosting_begin_finish (AppHost       *host,
                          GAsyncResult  *result,
                          GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
