/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AppHostState:
 * @APP_HOST_OFF: this profile hosts no space, or it was stopped
 * @APP_HOST_STARTING: the server starts
 * @APP_HOST_RUNNING: the server is ready
 * @APP_HOST_WAITING: the server ended by itself and is started again shortly
 */
typedef enum {
  APP_HOST_OFF,
  APP_HOST_STARTING,
  APP_HOST_RUNNING,
  APP_HOST_WAITING,
} AppHostState;

/**
 * AppHostError:
 * @APP_HOST_ERROR_PROGRAM: the server cannot be run
 * @APP_HOST_ERROR_ENDED: the server ended before it was ready
 * @APP_HOST_ERROR_BUSY: this profile already hosts a space
 *
 * Why a space cannot be hosted.
 */
typedef enum {
  APP_HOST_ERROR_PROGRAM,
  APP_HOST_ERROR_ENDED,
  APP_HOST_ERROR_BUSY,
} AppHostError;

#define APP_HOST_ERROR (app_host_error_quark ())
#define APP_TYPE_HOST_STATE (app_host_state_get_type ())
#define APP_TYPE_HOST (app_host_get_type ())

GType  app_host_state_get_type (void);
GQuark app_host_error_quark    (void);
G_DECLARE_FINAL_TYPE (AppHost, app_host, APP, HOST, GObject)

AppHost      *app_host_new            (const char           *program,
                                       const char           *data_dir);
void          app_host_load_async     (AppHost              *self,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean      app_host_load_finish    (AppHost              *self,
                                       GAsyncResult         *result,
                                       GError              **error);
void          app_host_start_async    (AppHost              *self,
                                       const char           *space_name,
                                       gboolean              on_lan,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean      app_host_start_finish   (AppHost              *self,
                                       GAsyncResult         *result,
                                       GError              **error);
void          app_host_set_on_lan     (AppHost              *self,
                                       gboolean              on_lan);
void          app_host_stop_async     (AppHost              *self,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean      app_host_stop_finish    (AppHost              *self,
                                       GAsyncResult         *result,
                                       GError              **error);
void          app_host_forget_async   (AppHost              *self,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean      app_host_forget_finish  (AppHost              *self,
                                       GAsyncResult         *result,
                                       GError              **error);

AppHostState  app_host_get_state      (AppHost              *self);
const char   *app_host_get_url        (AppHost              *self);
const char   *app_host_get_space_name (AppHost              *self);
guint         app_host_get_port       (AppHost              *self);
gboolean      app_host_get_on_lan     (AppHost              *self);
gboolean      app_host_is_home_of     (AppHost              *self,
                                       const char           *space_url);
const char   *app_host_get_server_pid (AppHost              *self);

G_END_DECLS
