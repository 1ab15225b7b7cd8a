/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-client"

#include "config.h"

#include "confab-client-private.h"

#include "confab-client-altogic-private.h"
#include "confab-client-error-private.h"
#include "confab-object-private.h"
#include "confab-realtime-event-private.h"
#include "confab-realtime-private.h"

/**
 * ConfabClient:
 *
 * A client of a realtime service: of Skapi, of Altogic, or of any other server that speaks like
 * one of these, as every Confab space does.
 *
 * Its functions, events and errors have the names and the words of the services' own documents,
 * so that what they describe can be done in C, Python or JavaScript alike. Which service it is, is
 * said when the client is made: confab_client_new() makes one for Skapi's functions,
 * confab_client_new_altogic() one for Altogic's; the functions of the other end with
 * %CONFAB_CLIENT_ERROR_NOT_SUPPORTED or do nothing.
 *
 * Nothing is stored, and what is not delivered while there is no connection is lost. An
 * application that shows conversations wants #ConfabSession instead.
 */

G_DEFINE_FINAL_TYPE (ConfabClient, confab_client, G_TYPE_OBJECT)

typedef enum {
  PROP_USER_ID = 1,
  PROP_GROUP,
} ConfabClientProperty;

typedef enum {
  SIGNAL_REALTIME_EVENT,
  SIGNAL_PROGRESS,
} ConfabClientSignal;

static GParamSpec *properties[PROP_GROUP + 1];
static guint signals[SIGNAL_PROGRESS + 1];

static void
confab_client_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  ConfabClient *self = CONFAB_CLIENT (object);

  switch ((ConfabClientProperty) property_id)
    {
    case PROP_USER_ID:
      g_value_set_string (value, confab_client_get_user_id (self));
      break;
    case PROP_GROUP:
      g_value_set_string (value, confab_client_get_group (self));
      break;
    }
}

static void
event_cb (ConfabRealtime      *realtime,
          ConfabRealtimeEvent *event,
          gpointer             user_data)
{
  g_autoptr(ConfabClient) self = g_object_ref (user_data);

  g_signal_emit (self, signals[SIGNAL_REALTIME_EVENT],
                 g_quark_from_static_string (confab_realtime_event_type_name (event)), event);
}

static void
confab_client_dispose (GObject *object)
{
  ConfabClient *self = CONFAB_CLIENT (object);

  if (self->realtime)
    {
      g_signal_handlers_disconnect_by_data (self->realtime, self);
      confab_realtime_close (self->realtime);
    }
  g_clear_object (&self->realtime);
  g_clear_object (&self->service);
  g_clear_object (&self->altogic);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (confab_client_parent_class)->dispose (object);
}

static void
confab_client_finalize (GObject *object)
{
  ConfabClient *self = CONFAB_CLIENT (object);

  g_clear_pointer (&self->pages, g_hash_table_unref);
  g_clear_pointer (&self->time, confab_time_unref);

  G_OBJECT_CLASS (confab_client_parent_class)->finalize (object);
}

static void
confab_client_class_init (ConfabClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_client_get_property;
  object_class->dispose = confab_client_dispose;
  object_class->finalize = confab_client_finalize;

  /**
   * ConfabClient:user-id:
   *
   * The id of the user who is logged in.
   */
  properties[PROP_USER_ID] =
    g_param_spec_string ("user-id", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabClient:group:
   *
   * The group that was joined.
   */
  properties[PROP_GROUP] =
    g_param_spec_string ("group", NULL, NULL, NULL, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * ConfabClient::realtime-event:
   * @self: the client
   * @event: what has happened
   *
   * Something has happened on the realtime connection. This is what Skapi's documents call the
   * callback of `connectRealtime`. The detail is the type of the event: `realtime-event::message`
   * hears of messages to the group only.
   */
  signals[SIGNAL_REALTIME_EVENT] =
    g_signal_new ("realtime-event", G_TYPE_FROM_CLASS (klass),
                  G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  CONFAB_TYPE_REALTIME_EVENT);
  /**
   * ConfabClient::progress:
   * @self: the client
   * @status: `upload` or `download`
   * @loaded: so many bytes have been sent, or have come
   * @total: of so many; 0 if nobody knows
   *
   * A list of groups or users is being asked for, or comes. This is what Skapi's documents call the
   * `progress` of the fetch options.
   */
  signals[SIGNAL_PROGRESS] =
    g_signal_new ("progress", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_UINT64, G_TYPE_UINT64);
  confab_client_altogic_install_signals (G_TYPE_FROM_CLASS (klass));
}

static void
confab_client_init (ConfabClient *self)
{
}

ConfabClient *
confab_client_new_with_time (ConfabTime *time)
{
  ConfabClient *self = g_object_new (CONFAB_TYPE_CLIENT, NULL);

  self->time = confab_time_ref (time);
  self->http = confab_http_new (time);

  return self;
}

void
confab_client_set_service (ConfabClient  *self,
                           ConfabService *service)
{
  self->service = g_object_ref (service);
  self->realtime = confab_realtime_new (service);
  self->pages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_ptr_array_unref);
  g_signal_connect (self->realtime, "event", G_CALLBACK (event_cb), self);
}

ConfabClient *
confab_client_new (const char *url,
                   const char *service,
                   const char *owner)
{
  g_autoptr(ConfabTime) time = confab_time_new ();
  g_autoptr(ConfabService) place = NULL;
  ConfabClient *self;

  g_return_val_if_fail (url && g_str_has_prefix (url, "http"), NULL);
  g_return_val_if_fail (!service == !owner, NULL);

  self = confab_client_new_with_time (time);
  place = confab_service_new (self->http, url, service, owner);
  confab_client_set_service (self, place);

  return self;
}

ConfabClient *
confab_client_new_for_endpoints (const char *service,
                                 const char *owner,
                                 const char *record_url,
                                 const char *realtime_url)
{
  g_autoptr(ConfabTime) time = confab_time_new ();
  g_autoptr(ConfabService) place = NULL;
  ConfabClient *self;

  g_return_val_if_fail (service && owner, NULL);
  g_return_val_if_fail (record_url && g_str_has_prefix (record_url, "http"), NULL);
  g_return_val_if_fail (realtime_url && g_str_has_prefix (realtime_url, "ws"), NULL);

  self = confab_client_new_with_time (time);
  place = confab_service_new (self->http, NULL, service, owner);
  confab_service_set_endpoints (place, record_url, realtime_url);
  confab_client_set_service (self, place);

  return self;
}

const char *
confab_client_get_user_id (ConfabClient *self)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), NULL);

  return self->service ? confab_service_get_user_id (self->service) : NULL;
}

const char *
confab_client_get_group (ConfabClient *self)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), NULL);

  return self->realtime ? confab_realtime_get_group (self->realtime) : NULL;
}

void
confab_client_notify_group (ConfabClient *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_GROUP]);
}

void
confab_client_tell_progress (ConfabClient *self,
                             const char   *status,
                             guint64       loaded,
                             guint64       total)
{
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, status, loaded, total);
}

/* The task of a function of Skapi's; it has ended already where this client is one of Altogic's. */
GTask *
confab_client_start_task (ConfabClient        *self,
                          gpointer             source_tag,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);
  if (self->service)
    return g_steal_pointer (&task);

  g_task_return_error (task, confab_fault_new (CONFAB_FAULT_NOT_SKAPI, NULL, NULL));

  return NULL;
}

static void
logged_in_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ConfabClient *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;

  if (!confab_service_login_finish (CONFAB_SERVICE (source), result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER_ID]);
  g_task_return_boolean (task, TRUE);
}

void
confab_client_login_async (ConfabClient        *self,
                           const char          *name,
                           const char          *password,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (name);
  g_return_if_fail (password);
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_login_async, cancellable, callback,
                                   user_data);
  if (task)
    confab_service_login_async (self->service, name, password, cancellable, logged_in_cb,
                                g_steal_pointer (&task));
}

gboolean
confab_client_login_finish (ConfabClient  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
confab_client_login_with_token_async (ConfabClient        *self,
                                      const char          *access_token,
                                      const char          *id_token,
                                      const char          *refresh_token,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (access_token);
  g_return_if_fail (id_token);
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_login_with_token_async, cancellable,
                                   callback, user_data);
  if (task)
    confab_service_take_tokens_async (self->service, access_token, id_token, refresh_token,
                                      cancellable, logged_in_cb, g_steal_pointer (&task));
}

gboolean
confab_client_login_with_token_finish (ConfabClient  *self,
                                       GAsyncResult  *result,
                                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* What comes has to be heard by somebody. */
static gboolean
has_callback (ConfabClient *self)
{
  return g_signal_handler_find (self, G_SIGNAL_MATCH_ID, signals[SIGNAL_REALTIME_EVENT], 0, NULL,
                                NULL, NULL) != 0;
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(ConfabWebsocket) socket = NULL;
  g_autoptr(GError) error = NULL;

  socket = confab_realtime_connect_finish (CONFAB_REALTIME (source), result, &error);
  if (!socket)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&socket), g_object_unref);
}

void
confab_client_connect_realtime_async (ConfabClient        *self,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_connect_realtime_async, cancellable,
                                   callback, user_data);
  if (task && !has_callback (self))
    g_task_return_error (task, confab_fault_new (CONFAB_FAULT_NO_CALLBACK, NULL, NULL));
  else if (task)
    confab_realtime_connect_async (self->realtime, cancellable, connected_cb,
                                   g_steal_pointer (&task));
}

ConfabWebsocket *
confab_client_connect_realtime_finish (ConfabClient  *self,
                                       GAsyncResult  *result,
                                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
confab_client_close_realtime_async (ConfabClient        *self,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (!cancellable || G_IS_CANCELLABLE (cancellable));

  task = confab_client_start_task (self, confab_client_close_realtime_async, cancellable,
                                   callback, user_data);
  if (!task)
    return;

  confab_realtime_close (self->realtime);
  confab_client_notify_group (self);
  g_task_return_boolean (task, TRUE);
}

gboolean
confab_client_close_realtime_finish (ConfabClient  *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
