/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-host"

#include "config.h"

#include "app-host.h"

#include "app-files.h"
#include "app-host-config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define READY_PREFIX "confabd ready "
#define READY_TIMEOUT_S 20
#define STOP_TIMEOUT_S 5
#define MAX_RESTART_DELAY_MS (30 * 1000)
/* A server that ran this long had nothing wrong with its start. */
#define HEALTHY_AFTER_US (30 * G_TIME_SPAN_SECOND)

/**
 * AppHost:
 *
 * The space that this profile hosts: a server run as a child process.
 *
 * It remembers name and port, so that the address others were given stays
 * good. A server that ends by itself is started again, with growing pauses;
 * one that was told to stop stays stopped. The server watches its parent, so
 * that it ends with the app even where the app is killed.
 *
 * It knows nothing of accounts: who signs up on the space is AppHosting's
 * matter.
 */
struct _AppHost
{
  GObject        parent_instance;

  char          *program;
  char          *data_dir;
  AppHostConfig *config;

  AppHostState   state;
  char          *url;
  GSubprocess   *process;
  gboolean       wanted;          /* to run: from loading or starting until it is stopped */
  GTask         *starting;
  GPtrArray     *stopping;        /* of GTask: who waits for its end */
  guint          ready_timeout;
  guint          stop_timeout;
  guint          restart_timeout;
  guint          n_restarts;
  gint64         ready_since_us;
  gboolean       restart_at_once;
};

G_DEFINE_FINAL_TYPE (AppHost, app_host, G_TYPE_OBJECT)

typedef enum {
  PROP_STATE = 1,
  PROP_URL,
  PROP_SPACE_NAME,
  PROP_PORT,
  PROP_ON_LAN,
} AppHostProperty;

static GParamSpec *properties[PROP_ON_LAN + 1];

static void spawn (AppHost *self);

G_DEFINE_QUARK (app-host-error, app_host_error)

G_DEFINE_ENUM_TYPE (AppHostState, app_host_state,
                    G_DEFINE_ENUM_VALUE (APP_HOST_OFF, "off"),
                    G_DEFINE_ENUM_VALUE (APP_HOST_STARTING, "starting"),
                    G_DEFINE_ENUM_VALUE (APP_HOST_RUNNING, "running"),
                    G_DEFINE_ENUM_VALUE (APP_HOST_WAITING, "waiting"))

static void
set_state (AppHost      *self,
           AppHostState  state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_url (AppHost    *self,
         const char *url)
{
  if (g_set_str (&self->url, url))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_URL]);
}

static void
take_config (AppHost       *self,
             AppHostConfig *config)
{
  g_clear_pointer (&self->config, app_host_config_free);
  self->config = config;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPACE_NAME]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PORT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ON_LAN]);
}

static GFile *
get_config_file (AppHost *self)
{
  return g_file_new_build_filename (self->data_dir, "host.ini", NULL);
}

static void
config_saved_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(AppHost) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    g_warning ("Cannot remember the space hosted by %s: %s", self->data_dir, error->message);
}

static void
save_config (AppHost *self)
{
  g_autoptr(GFile) file = get_config_file (self);
  g_autoptr(GBytes) bytes = app_host_config_serialize (self->config);

  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                       NULL, config_saved_cb, g_object_ref (self));
}

static void
restart_cb (gpointer user_data)
{
  AppHost *self = user_data;

  self->restart_timeout = 0;
  spawn (self);
}

static void
restart_later (AppHost *self)
{
  guint delay_ms = MIN (250u << MIN (self->n_restarts, 10), MAX_RESTART_DELAY_MS);

  self->n_restarts++;
  self->restart_timeout = g_timeout_add_once (delay_ms, restart_cb, self);
  set_state (self, APP_HOST_WAITING);
}

static void
answer_stopping (AppHost *self)
{
  g_autoptr(GPtrArray) stopping = g_steal_pointer (&self->stopping);

  self->stopping = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < stopping->len; i++)
    g_task_return_boolean (g_ptr_array_index (stopping, i), TRUE);
}

/* The server is no longer there, whatever the reason. */
static void
server_gone (AppHost *self,
             GError  *error)
{
  g_autoptr(GTask) starting = g_steal_pointer (&self->starting);

  g_clear_object (&self->process);
  g_clear_handle_id (&self->ready_timeout, g_source_remove);
  g_clear_handle_id (&self->stop_timeout, g_source_remove);

  if (self->ready_since_us && g_get_monotonic_time () - self->ready_since_us > HEALTHY_AFTER_US)
    self->n_restarts = 0;
  self->ready_since_us = 0;

  if (starting)
    {
      take_config (self, NULL);
      set_state (self, APP_HOST_OFF);
      g_task_return_error (starting, g_steal_pointer (&error));
      answer_stopping (self);
    }
  else if (!self->wanted)
    {
      set_state (self, APP_HOST_OFF);
      answer_stopping (self);
    }
  else if (self->restart_at_once)
    {
      spawn (self);
    }
  else
    {
      g_message ("The server of this space ended and is started again: %s", error->message);
      restart_later (self);
    }

  g_clear_error (&error);
}

static void
exited_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(AppHost) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_subprocess_wait_check_finish (G_SUBPROCESS (object), result, &error))
    g_debug ("The server ended: %s", error->message);

  if (self->process != G_SUBPROCESS (object))
    return;

  server_gone (self, g_error_new (APP_HOST_ERROR, APP_HOST_ERROR_ENDED, "%s",
                                  error ? error->message : "It ended without an error"));
}

static void
silent_cb (gpointer user_data)
{
  AppHost *self = user_data;

  self->ready_timeout = 0;
  g_message ("The server does not become ready within %d s", READY_TIMEOUT_S);
  g_subprocess_force_exit (self->process);
}

static void
server_ready (AppHost    *self,
              const char *address)
{
  const char *colon = strrchr (address, ':');
  guint64 port = 0;
  g_autofree char *url = NULL;
  g_autoptr(GTask) starting = g_steal_pointer (&self->starting);

  if (colon)
    port = g_ascii_strtoull (colon + 1, NULL, 10);

  g_clear_handle_id (&self->ready_timeout, g_source_remove);
  self->ready_since_us = g_get_monotonic_time ();

  if (self->config->port != port || starting)
    {
      self->config->port = port;
      save_config (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PORT]);
    }

  /* Whatever it listens on, from here it is reached over loopback. */
  url = g_strdup_printf ("http://127.0.0.1:%u", self->config->port);
  set_url (self, url);
  set_state (self, APP_HOST_RUNNING);

  if (starting)
    g_task_return_boolean (starting, TRUE);
}

static void
line_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GDataInputStream *lines = G_DATA_INPUT_STREAM (object);
  g_autoptr(AppHost) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;
  GInputStream *output = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (lines));

  line = g_data_input_stream_read_line_finish_utf8 (lines, result, NULL, &error);

  /* At the end of the output exited_cb() has the reason. */
  if (!line || !self->process || g_subprocess_get_stdout_pipe (self->process) != output)
    return;

  if (g_str_has_prefix (line, READY_PREFIX))
    server_ready (self, line + strlen (READY_PREFIX));
}

static void
watch (AppHost *self)
{
  g_autoptr(GDataInputStream) lines = NULL;

  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, line_cb,
                                       g_object_ref (self));
  g_subprocess_wait_check_async (self->process, NULL, exited_cb, g_object_ref (self));
  self->ready_timeout = g_timeout_add_seconds_once (READY_TIMEOUT_S, silent_cb, self);
}

static void
spawn (AppHost *self)
{
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autofree char *listen = NULL;
  g_autofree char *data_dir = g_build_filename (self->data_dir, "space", NULL);
  GError *error = NULL;
  const char *argv[] = { self->program, "--listen", NULL, "--data", data_dir, "--name",
                         self->config->space_name, "--registration", "open",
                         "--exit-with-parent", NULL };
  const guint exit_with_parent = G_N_ELEMENTS (argv) - 2;

  listen = g_strdup_printf ("%s:%u", self->config->on_lan ? "0.0.0.0" : "127.0.0.1",
                            self->config->port);
  argv[2] = listen;
  /* With the first process of a container everything ends, and it cannot be told from the
   * process that adopts orphans. */
  if (getpid () == 1)
    argv[exit_with_parent] = NULL;
  self->restart_at_once = FALSE;
  set_state (self, APP_HOST_STARTING);

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  self->process = g_subprocess_launcher_spawnv (launcher, argv, &error);

  if (!self->process)
    {
      GError *own = g_error_new (APP_HOST_ERROR, APP_HOST_ERROR_PROGRAM, "Starting %s: %s",
                                 self->program, error->message);

      g_error_free (error);
      server_gone (self, own);
      return;
    }

  watch (self);
}

static void
app_host_get_property (GObject    *object,
                       guint       property_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  AppHost *self = APP_HOST (object);

  switch ((AppHostProperty) property_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_URL:
      g_value_set_string (value, self->url);
      break;
    case PROP_SPACE_NAME:
      g_value_set_string (value, app_host_get_space_name (self));
      break;
    case PROP_PORT:
      g_value_set_uint (value, app_host_get_port (self));
      break;
    case PROP_ON_LAN:
      g_value_set_boolean (value, app_host_get_on_lan (self));
      break;
    }
}

static void
app_host_set_property (GObject      *object,
                       guint         property_id,
                       const GValue *value,
                       GParamSpec   *pspec)
{
  AppHost *self = APP_HOST (object);

  if (property_id == PROP_ON_LAN)
    app_host_set_on_lan (self, g_value_get_boolean (value));
}

static void
app_host_dispose (GObject *object)
{
  AppHost *self = APP_HOST (object);

  g_clear_handle_id (&self->restart_timeout, g_source_remove);
  g_clear_handle_id (&self->ready_timeout, g_source_remove);
  g_clear_handle_id (&self->stop_timeout, g_source_remove);
  g_clear_object (&self->process);

  G_OBJECT_CLASS (app_host_parent_class)->dispose (object);
}

static void
app_host_finalize (GObject *object)
{
  AppHost *self = APP_HOST (object);

  g_clear_pointer (&self->config, app_host_config_free);
  g_ptr_array_unref (self->stopping);
  g_free (self->program);
  g_free (self->data_dir);
  g_free (self->url);

  G_OBJECT_CLASS (app_host_parent_class)->finalize (object);
}

static void
app_host_class_init (AppHostClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_host_get_property;
  object_class->set_property = app_host_set_property;
  object_class->dispose = app_host_dispose;
  object_class->finalize = app_host_finalize;

  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, APP_TYPE_HOST_STATE,
                                              APP_HOST_OFF, readable);
  properties[PROP_URL] = g_param_spec_string ("url", NULL, NULL, NULL, readable);
  properties[PROP_SPACE_NAME] = g_param_spec_string ("space-name", NULL, NULL, NULL, readable);
  properties[PROP_PORT] = g_param_spec_uint ("port", NULL, NULL, 0, G_MAXUINT16, 0, readable);
  properties[PROP_ON_LAN] = g_param_spec_boolean ("on-lan", NULL, NULL, FALSE,
                                                  readable | G_PARAM_WRITABLE);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
app_host_init (AppHost *self)
{
  self->stopping = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * app_host_new:
 * @program: path of the server
 * @data_dir: where the profile keeps its data
 *
 * Returns: (transfer full): a host that is off
 */
AppHost *
app_host_new (const char *program,
              const char *data_dir)
{
  AppHost *self = g_object_new (APP_TYPE_HOST, NULL);

  self->program = g_strdup (program);
  self->data_dir = g_strdup (data_dir);

  return self;
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  AppHost *self = g_task_get_source_object (task);
  AppHostConfig *config;

  bytes = g_file_load_bytes_finish (G_FILE (object), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  config = bytes ? app_host_config_parse (bytes, &error) : NULL;

  if (!config)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  take_config (self, config);
  if (self->wanted)
    spawn (self);
  g_task_return_boolean (task, TRUE);
}

/**
 * app_host_load_async:
 * @self: a host
 * @cancellable: (nullable): ends the operation
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Starts the space that this profile hosts, if it does. Does not wait until
 * the server is ready.
 */
void
app_host_load_async (AppHost             *self,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GFile) file = NULL;

  g_return_if_fail (APP_IS_HOST (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, app_host_load_async);
  self->wanted = TRUE;
  file = get_config_file (self);
  g_file_load_bytes_async (file, cancellable, loaded_cb, g_steal_pointer (&task));
}

/**
 * app_host_load_finish:
 * @self: a host
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %FALSE where the file that describes the space cannot be read
 */
gboolean
app_host_load_finish (AppHost       *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
folder_made_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(AppHost) self = user_data;
  GError *error = NULL;

  if (!g_file_make_directory_finish (G_FILE (object), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    {
      server_gone (self, error);
      return;
    }

  g_clear_error (&error);
  if (self->wanted)
    spawn (self);
  else
    server_gone (self, g_error_new_literal (APP_HOST_ERROR, APP_HOST_ERROR_ENDED,
                                            "It was stopped before it ran"));
}

/**
 * app_host_start_async:
 * @self: a host that is off
 * @space_name: what the space shall be called
 * @on_lan: whether other computers of the network may connect
 * @cancellable: (nullable): ends the operation
 * @callback: (scope async): called when the server is ready
 * @user_data: data for @callback
 *
 * Starts to host a space, and remembers it for the next time.
 */
void
app_host_start_async (AppHost             *self,
                      const char          *space_name,
                      gboolean             on_lan,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GFile) folder = NULL;

  g_return_if_fail (APP_IS_HOST (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, app_host_start_async);

  if (self->config)
    {
      g_task_return_new_error (task, APP_HOST_ERROR, APP_HOST_ERROR_BUSY,
                               "This profile already hosts a space");
      return;
    }

  self->starting = g_steal_pointer (&task);
  self->wanted = TRUE;
  take_config (self, app_host_config_new (space_name, 0, on_lan));
  set_state (self, APP_HOST_STARTING);

  folder = g_file_new_build_filename (self->data_dir, "space", NULL);
  g_file_make_directory_async (folder, G_PRIORITY_DEFAULT, cancellable, folder_made_cb,
                               g_object_ref (self));
}

/**
 * app_host_start_finish:
 * @self: a host
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether the server runs
 */
gboolean
app_host_start_finish (AppHost       *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * app_host_set_on_lan:
 * @self: a host
 * @on_lan: whether other computers of the network may connect
 *
 * Changes who reaches the space. A running server is restarted for it;
 * connections come back by themselves.
 */
void
app_host_set_on_lan (AppHost  *self,
                     gboolean  on_lan)
{
  g_return_if_fail (APP_IS_HOST (self));

  if (!self->config || self->config->on_lan == on_lan)
    return;

  self->config->on_lan = on_lan;
  save_config (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ON_LAN]);

  if (self->process)
    {
      self->restart_at_once = TRUE;
      set_state (self, APP_HOST_STARTING);
      g_subprocess_send_signal (self->process, SIGTERM);
    }
}

static void
stop_timeout_cb (gpointer user_data)
{
  AppHost *self = user_data;

  self->stop_timeout = 0;
  g_message ("The server does not stop within %d s and is killed", STOP_TIMEOUT_S);
  g_subprocess_force_exit (self->process);
}

/**
 * app_host_stop_async:
 * @self: a host
 * @cancellable: (nullable): ends the operation
 * @callback: (scope async): called when the server has ended
 * @user_data: data for @callback
 *
 * Stops the server in order; one that hangs is killed after five seconds.
 */
void
app_host_stop_async (AppHost             *self,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (APP_IS_HOST (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, app_host_stop_async);
  g_clear_handle_id (&self->restart_timeout, g_source_remove);

  g_ptr_array_add (self->stopping, g_steal_pointer (&task));
  self->wanted = FALSE;

  if (!self->process)
    {
      set_state (self, APP_HOST_OFF);
      /* The folder is being made yet. */
      if (!self->starting)
        answer_stopping (self);
      return;
    }

  if (self->stop_timeout)
    return;

  self->stop_timeout = g_timeout_add_seconds_once (STOP_TIMEOUT_S, stop_timeout_cb, self);
  g_subprocess_send_signal (self->process, SIGTERM);
}

/**
 * app_host_stop_finish:
 * @self: a host
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE
 */
gboolean
app_host_stop_finish (AppHost       *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
forgotten_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (app_files_delete_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
stopped_to_forget_cb (GObject      *object,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  AppHost *self = APP_HOST (object);
  g_autoptr(GTask) task = user_data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autofree char *config = g_build_filename (self->data_dir, "host.ini", NULL);
  g_autofree char *space = g_build_filename (self->data_dir, "space", NULL);
  const char *paths[] = { config, space, NULL };

  app_host_stop_finish (self, result, NULL);
  take_config (self, NULL);
  set_url (self, NULL);
  app_files_delete_async (paths, cancellable, forgotten_cb, g_steal_pointer (&task));
}

/**
 * app_host_forget_async:
 * @self: a host
 * @cancellable: (nullable): ends the operation
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Stops the server and deletes the space with all its accounts and messages.
 */
void
app_host_forget_async (AppHost             *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (APP_IS_HOST (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, app_host_forget_async);
  app_host_stop_async (self, cancellable, stopped_to_forget_cb, g_steal_pointer (&task));
}

/**
 * app_host_forget_finish:
 * @self: a host
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether everything is deleted
 */
gboolean
app_host_forget_finish (AppHost       *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * app_host_get_state:
 * @self: a host
 *
 * Returns: what the server does
 */
AppHostState
app_host_get_state (AppHost *self)
{
  g_return_val_if_fail (APP_IS_HOST (self), APP_HOST_OFF);

  return self->state;
}

/**
 * app_host_get_url:
 * @self: a host
 *
 * Returns: (nullable): where this computer reaches the space; %NULL until it
 *   was ready once
 */
const char *
app_host_get_url (AppHost *self)
{
  g_return_val_if_fail (APP_IS_HOST (self), NULL);

  return self->url;
}

/**
 * app_host_get_space_name:
 * @self: a host
 *
 * Returns: (nullable): the space's name; %NULL where none is hosted
 */
const char *
app_host_get_space_name (AppHost *self)
{
  g_return_val_if_fail (APP_IS_HOST (self), NULL);

  return self->config ? self->config->space_name : NULL;
}

/**
 * app_host_get_port:
 * @self: a host
 *
 * Returns: the TCP port of the server, or 0
 */
guint
app_host_get_port (AppHost *self)
{
  g_return_val_if_fail (APP_IS_HOST (self), 0);

  return self->config ? self->config->port : 0;
}

/**
 * app_host_get_on_lan:
 * @self: a host
 *
 * Returns: whether other computers of the network may connect
 */
gboolean
app_host_get_on_lan (AppHost *self)
{
  g_return_val_if_fail (APP_IS_HOST (self), FALSE);

  return self->config && self->config->on_lan;
}

/**
 * app_host_is_home_of:
 * @self: a host
 * @space_url: the address of a space
 *
 * Returns: whether that space is the one hosted here
 */
gboolean
app_host_is_home_of (AppHost    *self,
                     const char *space_url)
{
  g_autofree char *own = NULL;

  g_return_val_if_fail (APP_IS_HOST (self), FALSE);

  own = g_strdup_printf ("http://127.0.0.1:%u", app_host_get_port (self));

  return self->config && g_strcmp0 (own, space_url) == 0;
}

/**
 * app_host_get_server_pid:
 * @self: a host
 *
 * Returns: (nullable): the process id of the server; %NULL while it does not run
 */
const char *
app_host_get_server_pid (AppHost *self)
{
  g_return_val_if_fail (APP_IS_HOST (self), NULL);

  return self->process ? g_subprocess_get_identifier (self->process) : NULL;
}
