/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-devices"

#include "config.h"

#include "confab-devices-private.h"

#include "confab-call-error.h"
#include "confab-portal-private.h"

#include <glib-unix.h>
#include <glib/gstdio.h>

#define N_KINDS 3u

/**
 * ConfabDevices:
 *
 * The microphones, speakers and cameras of this computer.
 *
 * Looks for them from confab_devices_start() on, and follows what is plugged in and out. Of the
 * several ways to the same device one is listed; what no person would choose is not. The choice of
 * a device is remembered by the application: bind #ConfabDevices:microphone, #ConfabDevices:speaker
 * and #ConfabDevices:camera to its settings. Opens no device by itself.
 */
struct _ConfabDevices
{
  GObject           parent_instance;

  GListStore       *lists[N_KINDS];
  char             *choices[N_KINDS];
  ConfabDevice     *current[N_KINDS];  /* as last announced */

  GstDeviceMonitor *monitor;
  guint             bus_watch;
  int               monitor_fd;        /* where PipeWire is; -1: where it always is */
  gboolean          looking;           /* a thread is about to start the monitor */
  gboolean          ready;

  /* where cameras are behind a portal */
  enum { NOT_ASKED, ASKING, ALLOWED, REFUSED, BROKEN } camera;
  int               camera_fd;         /* to PipeWire; -1 without */
  guint             camera_watch;      /* for its end */
};

G_DEFINE_FINAL_TYPE (ConfabDevices, confab_devices, G_TYPE_OBJECT)

typedef enum {
  PROP_MICROPHONES = 1,
  PROP_SPEAKERS,
  PROP_CAMERAS,
  PROP_MICROPHONE,
  PROP_SPEAKER,
  PROP_CAMERA,
  PROP_READY,
} ConfabDevicesProperty;

static GParamSpec *properties[PROP_READY + 1];

enum {
  CURRENT_CHANGED,
};

static guint signals[CURRENT_CHANGED + 1];

static gboolean
is_same (ConfabDevice *a,
         ConfabDevice *b)
{
  if (!a || !b)
    return a == b;

  return g_str_equal (confab_device_get_id (a), confab_device_get_id (b));
}

/* Announces where the device that a call uses is another one now. */
static void
check_current (ConfabDevices    *self,
               ConfabDeviceKind  kind)
{
  g_autoptr(ConfabDevice) now = confab_devices_dup_current (self, kind);
  gboolean same = is_same (now, self->current[kind]);

  g_set_object (&self->current[kind], now);
  if (!same)
    g_signal_emit (self, signals[CURRENT_CHANGED], 0, kind);
}

/* Whether @a is told in the place of @b: from the better source, then by its name. */
static int
compare_devices (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  ConfabDevice *left = CONFAB_DEVICE ((gpointer) a);
  ConfabDevice *right = CONFAB_DEVICE ((gpointer) b);
  int by_name = g_utf8_collate (confab_device_get_name (left), confab_device_get_name (right));

  return by_name ? by_name : g_strcmp0 (confab_device_get_id (left), confab_device_get_id (right));
}

/* PulseAudio knows microphones and speakers best (it runs on PipeWire too), PipeWire cameras. */
static ConfabDeviceApi
rank_api (ConfabDevice *device)
{
  ConfabDeviceApi api = confab_device_get_api (device);

  if (confab_device_get_kind (device) == CONFAB_DEVICE_KIND_CAMERA &&
      api == CONFAB_DEVICE_API_PULSE)
    return CONFAB_DEVICE_API_OTHER;

  return api;
}

static GPtrArray *
list_useful (ConfabDevices *self)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  GList *devices = gst_device_monitor_get_devices (self->monitor);

  for (GList *link = devices; link; link = link->next)
    if (confab_device_is_useful (link->data))
      g_ptr_array_add (found, confab_device_new (link->data));
  g_list_free_full (devices, g_object_unref);

  return found;
}

static gboolean
has_id (GPtrArray  *devices,
        const char *id)
{
  for (guint i = 0; i < devices->len; i++)
    if (g_str_equal (confab_device_get_id (devices->pdata[i]), id))
      return TRUE;

  return FALSE;
}

/* The devices of one kind from the best source that has any, each once. */
static GPtrArray *
pick_kind (GPtrArray        *found,
           ConfabDeviceKind  kind)
{
  GPtrArray *picked = g_ptr_array_new_with_free_func (g_object_unref);
  ConfabDeviceApi best = CONFAB_DEVICE_API_OTHER;

  for (guint i = 0; i < found->len; i++)
    if (confab_device_get_kind (found->pdata[i]) == kind)
      best = MIN (best, rank_api (found->pdata[i]));

  for (guint i = 0; i < found->len; i++)
    {
      ConfabDevice *device = found->pdata[i];

      if (confab_device_get_kind (device) == kind && rank_api (device) == best &&
          !has_id (picked, confab_device_get_id (device)))
        g_ptr_array_add (picked, g_object_ref (device));
    }
  g_ptr_array_sort_values_with_data (picked, compare_devices, NULL);

  return picked;
}

static gboolean
looks_same (ConfabDevice *a,
            ConfabDevice *b)
{
  return compare_devices (a, b, NULL) == 0 &&
         confab_device_get_is_default (a) == confab_device_get_is_default (b);
}

/* Brings @list to what is in @wanted, both in the same order, and touches only what differs. */
static void
update_list (GListStore *list,
             GPtrArray  *wanted)
{
  guint at = 0;

  for (guint i = 0; i < wanted->len; i++)
    {
      for (;;)
        {
          g_autoptr(ConfabDevice) old = g_list_model_get_item (G_LIST_MODEL (list), at);

          if (!old || compare_devices (old, wanted->pdata[i], NULL) > 0)
            {
              g_list_store_insert (list, at, wanted->pdata[i]);
              break;
            }
          if (looks_same (old, wanted->pdata[i]))
            break;

          g_list_store_remove (list, at);
        }
      at++;
    }

  while (g_list_model_get_n_items (G_LIST_MODEL (list)) > at)
    g_list_store_remove (list, at);
}

static void
refresh (ConfabDevices *self)
{
  g_autoptr(GPtrArray) found = list_useful (self);

  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      g_autoptr(GPtrArray) picked = pick_kind (found, kind);

      update_list (self->lists[kind], picked);
      check_current (self, kind);
    }
}

static gboolean
monitor_message_cb (GstBus     *bus,
                    GstMessage *message,
                    gpointer    user_data)
{
  ConfabDevices *self = user_data;
  GstMessageType type = GST_MESSAGE_TYPE (message);

  if (self->ready && (type == GST_MESSAGE_DEVICE_ADDED || type == GST_MESSAGE_DEVICE_REMOVED ||
                      type == GST_MESSAGE_DEVICE_CHANGED))
    refresh (self);

  return G_SOURCE_CONTINUE;
}

static GstDeviceMonitor *
make_monitor (void)
{
  GstDeviceMonitor *monitor = gst_device_monitor_new ();

  if (confab_test_devices_register ())
    {
      gst_device_monitor_add_filter (monitor, "Audio/Source/" CONFAB_TEST_DEVICE_CLASS, NULL);
      gst_device_monitor_add_filter (monitor, "Audio/Sink/" CONFAB_TEST_DEVICE_CLASS, NULL);
      gst_device_monitor_add_filter (monitor, "Video/Source/" CONFAB_TEST_DEVICE_CLASS, NULL);
    }
  else
    {
      gst_device_monitor_add_filter (monitor, "Audio/Source", NULL);
      gst_device_monitor_add_filter (monitor, "Audio/Sink", NULL);
      gst_device_monitor_add_filter (monitor, "Video/Source", NULL);
      /* Else one provider hides the other, and not always the worse one. */
      gst_device_monitor_set_show_all_devices (monitor, TRUE);
    }

  return monitor;
}

/* What the thread does that looks for devices. */
typedef struct {
  GstDeviceMonitor *old;      /* to be stopped before; or NULL */
  GstDeviceMonitor *monitor;  /* made by it */
  int               fd;       /* where PipeWire is; -1: where it always is */
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_clear_object (&look->old);
  g_clear_object (&look->monitor);
  g_free (look);
}

static void
stop_old (Look *look)
{
  g_autoptr(GstDeviceProvider) provider =
    gst_device_provider_factory_get_by_name ("pipewiredeviceprovider");

  gst_device_monitor_stop (look->old);
  /* GStreamer tells one monitor at a time what happens. */
  g_clear_object (&look->old);
  if (provider && g_object_class_find_property (G_OBJECT_GET_CLASS (provider), "fd"))
    g_object_set (provider, "fd", look->fd, NULL);
}

static void
look_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Look *look = task_data;

  /* Asks sound servers and opens each camera once: this may take a second, and half a minute where
   * one of them has just died. */
  if (look->old)
    stop_old (look);
  look->monitor = make_monitor ();
  gst_device_monitor_start (look->monitor);
  g_task_return_boolean (task, TRUE);
}

static void look (ConfabDevices *self);

static void
looked_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(ConfabDevices) self = user_data;
  Look *data = g_task_get_task_data (G_TASK (result));
  g_autoptr(GstBus) bus = gst_device_monitor_get_bus (data->monitor);

  self->looking = FALSE;
  self->monitor = g_steal_pointer (&data->monitor);
  self->bus_watch = gst_bus_add_watch (bus, monitor_message_cb, self);
  if (data->fd != self->monitor_fd)
    {
      look (self);
      return;
    }

  refresh (self);
  if (self->ready)
    {
      /* The second time, for cameras: whoever asked waits for an answer, even if there is none. */
      if (!self->current[CONFAB_DEVICE_KIND_CAMERA])
        g_signal_emit (self, signals[CURRENT_CHANGED], 0, CONFAB_DEVICE_KIND_CAMERA);
      return;
    }

  self->ready = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
}

/* Begins to look, or begins anew. */
static void
look (ConfabDevices *self)
{
  g_autoptr(GTask) task = NULL;
  Look *data;

  if (self->looking)
    return;

  self->looking = TRUE;
  g_clear_handle_id (&self->bus_watch, g_source_remove);
  data = g_new0 (Look, 1);
  data->old = g_steal_pointer (&self->monitor);
  data->fd = self->monitor_fd;
  /* Not with us as its source: the thread might be the last to let go of it. */
  task = g_task_new (NULL, NULL, looked_cb, g_object_ref (self));
  g_task_set_source_tag (task, look);
  g_task_set_task_data (task, data, look_free);
  g_task_run_in_thread (task, look_in_thread);
}

static void
look_behind (ConfabDevices *self,
             int            fd)
{
  self->monitor_fd = fd;
  look (self);
}

/* PipeWire has ended, and does not say so to those who look for devices. When there is another one
 * its cameras are had by whoever asks: the portal knows the answer of the person. */
static gboolean
camera_lost_cb (int          fd,
                GIOCondition condition,
                gpointer     user_data)
{
  ConfabDevices *self = user_data;

  self->camera_watch = 0;
  self->camera = NOT_ASKED;
  g_list_store_remove_all (self->lists[CONFAB_DEVICE_KIND_CAMERA]);
  g_clear_object (&self->current[CONFAB_DEVICE_KIND_CAMERA]);
  look_behind (self, -1);
  g_signal_emit (self, signals[CURRENT_CHANGED], 0, CONFAB_DEVICE_KIND_CAMERA);

  return G_SOURCE_REMOVE;
}

static void
take_camera (ConfabDevices *self,
             int            fd)
{
  g_autofd int old = g_steal_fd (&self->camera_fd);

  /* The old one was kept until here: GStreamer knows connections by this number. */
  self->camera_fd = fd;
  self->camera_watch = g_unix_fd_add (fd, G_IO_HUP | G_IO_ERR, camera_lost_cb, self);
  self->camera = ALLOWED;
  look_behind (self, fd);
}

static void
camera_opened_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(ConfabDevices) self = user_data;
  g_autoptr(GError) error = NULL;
  int fd = confab_portal_open_camera_finish (result, &error);

  if (fd >= 0)
    {
      take_camera (self, fd);
      return;
    }

  g_debug ("No camera from the portal: %s", error->message);
  /* A sandbox without such a portal allows no camera. */
  self->camera =
    g_error_matches (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_PERMISSION) ||
    g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED) ? REFUSED : BROKEN;
  g_signal_emit (self, signals[CURRENT_CHANGED], 0, CONFAB_DEVICE_KIND_CAMERA);
}

gboolean
confab_devices_ask_for_camera (ConfabDevices *self)
{
  if (!confab_portal_is_needed ())
    return FALSE;

  if (self->camera == NOT_ASKED)
    {
      self->camera = ASKING;
      confab_portal_open_camera_async (NULL, camera_opened_cb, g_object_ref (self));
    }

  return self->camera == ASKING;
}

void
confab_devices_forget_refusal (ConfabDevices *self)
{
  if (self->camera == REFUSED || self->camera == BROKEN)
    self->camera = NOT_ASKED;
}

ConfabMissing
confab_devices_explain_no_camera (ConfabDevices *self)
{
  if (self->camera == REFUSED)
    return CONFAB_MISSING_NO_PERMISSION;

  return self->camera == BROKEN ? CONFAB_MISSING_FAILED : CONFAB_MISSING_NO_DEVICE;
}

static void
confab_devices_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  ConfabDevices *self = CONFAB_DEVICES (object);

  switch ((ConfabDevicesProperty) property_id)
    {
    case PROP_MICROPHONES:
    case PROP_SPEAKERS:
    case PROP_CAMERAS:
      g_value_set_object (value, self->lists[property_id - PROP_MICROPHONES]);
      break;
    case PROP_MICROPHONE:
    case PROP_SPEAKER:
    case PROP_CAMERA:
      g_value_set_string (value, self->choices[property_id - PROP_MICROPHONE]);
      break;
    case PROP_READY:
      g_value_set_boolean (value, self->ready);
      break;
    }
}

static void
confab_devices_set_property (GObject      *object,
                             guint         property_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  ConfabDevices *self = CONFAB_DEVICES (object);

  switch ((ConfabDevicesProperty) property_id)
    {
    case PROP_MICROPHONE:
    case PROP_SPEAKER:
    case PROP_CAMERA:
      confab_devices_set_choice (self, property_id - PROP_MICROPHONE, g_value_get_string (value));
      break;
    case PROP_MICROPHONES:
    case PROP_SPEAKERS:
    case PROP_CAMERAS:
    case PROP_READY:
      g_assert_not_reached ();
    }
}

static void
confab_devices_dispose (GObject *object)
{
  ConfabDevices *self = CONFAB_DEVICES (object);

  g_clear_handle_id (&self->bus_watch, g_source_remove);
  if (self->monitor)
    gst_device_monitor_stop (self->monitor);
  g_clear_object (&self->monitor);
  g_clear_handle_id (&self->camera_watch, g_source_remove);

  G_OBJECT_CLASS (confab_devices_parent_class)->dispose (object);
}

static void
confab_devices_finalize (GObject *object)
{
  ConfabDevices *self = CONFAB_DEVICES (object);

  g_clear_fd (&self->camera_fd, NULL);
  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      g_clear_object (&self->lists[kind]);
      g_clear_object (&self->current[kind]);
      g_clear_pointer (&self->choices[kind], g_free);
    }

  G_OBJECT_CLASS (confab_devices_parent_class)->finalize (object);
}

static void
confab_devices_class_init (ConfabDevicesClass *klass)
{
  static const char *const list_names[N_KINDS] = { "microphones", "speakers", "cameras" };
  static const char *const choice_names[N_KINDS] = { "microphone", "speaker", "camera" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_devices_get_property;
  object_class->set_property = confab_devices_set_property;
  object_class->dispose = confab_devices_dispose;
  object_class->finalize = confab_devices_finalize;

  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      properties[PROP_MICROPHONES + kind] =
        g_param_spec_object (list_names[kind], NULL, NULL, G_TYPE_LIST_MODEL,
                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
      properties[PROP_MICROPHONE + kind] =
        g_param_spec_string (choice_names[kind], NULL, NULL, NULL,
                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                             G_PARAM_EXPLICIT_NOTIFY);
    }

  /**
   * ConfabDevices:ready:
   *
   * Whether the lists are filled, with what there is.
   */
  properties[PROP_READY] =
    g_param_spec_boolean ("ready", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * ConfabDevices::current-changed:
   * @self: the devices
   * @kind: what for
   *
   * Another device is used now: by choice, because one came or went, or because the desktop has
   * another default.
   */
  signals[CURRENT_CHANGED] =
    g_signal_new ("current-changed", CONFAB_TYPE_DEVICES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, CONFAB_TYPE_DEVICE_KIND);
}

static void
confab_devices_init (ConfabDevices *self)
{
  self->camera_fd = -1;
  self->monitor_fd = -1;
  for (guint kind = 0; kind < N_KINDS; kind++)
    self->lists[kind] = g_list_store_new (CONFAB_TYPE_DEVICE);
}

ConfabDevices *
confab_devices_new (void)
{
  return g_object_new (CONFAB_TYPE_DEVICES, NULL);
}

void
confab_devices_start (ConfabDevices *self)
{
  g_return_if_fail (CONFAB_IS_DEVICES (self));

  if (self->monitor)
    return;

  gst_init (NULL, NULL);
  look (self);
}

gboolean
confab_devices_get_ready (ConfabDevices *self)
{
  g_return_val_if_fail (CONFAB_IS_DEVICES (self), FALSE);

  return self->ready;
}

GListModel *
confab_devices_get_list (ConfabDevices    *self,
                         ConfabDeviceKind  kind)
{
  g_return_val_if_fail (CONFAB_IS_DEVICES (self), NULL);
  g_return_val_if_fail (kind < N_KINDS, NULL);

  return G_LIST_MODEL (self->lists[kind]);
}

const char *
confab_devices_get_choice (ConfabDevices    *self,
                           ConfabDeviceKind  kind)
{
  g_return_val_if_fail (CONFAB_IS_DEVICES (self), NULL);
  g_return_val_if_fail (kind < N_KINDS, NULL);

  return self->choices[kind];
}

void
confab_devices_set_choice (ConfabDevices    *self,
                           ConfabDeviceKind  kind,
                           const char       *id)
{
  g_return_if_fail (CONFAB_IS_DEVICES (self));
  g_return_if_fail (kind < N_KINDS);

  /* Settings have no null. */
  if (id && !*id)
    id = NULL;

  if (!g_set_str (&self->choices[kind], id))
    return;

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MICROPHONE + kind]);
  check_current (self, kind);
}

ConfabDevice *
confab_devices_dup_current (ConfabDevices    *self,
                            ConfabDeviceKind  kind)
{
  g_autoptr(ConfabDevice) fallback = NULL;
  GListModel *list;

  g_return_val_if_fail (CONFAB_IS_DEVICES (self), NULL);
  g_return_val_if_fail (kind < N_KINDS, NULL);

  list = G_LIST_MODEL (self->lists[kind]);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr(ConfabDevice) device = g_list_model_get_item (list, i);

      if (g_strcmp0 (confab_device_get_id (device), self->choices[kind]) == 0)
        return g_steal_pointer (&device);
      if (!fallback || (confab_device_get_is_default (device) &&
                        !confab_device_get_is_default (fallback)))
        g_set_object (&fallback, device);
    }

  return g_steal_pointer (&fallback);
}
