/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-device"

#include "config.h"

#include "confab-device-private.h"

/**
 * ConfabDevice:
 *
 * A microphone, a speaker or a camera.
 *
 * Immutable: a device that changes is another object with the same id. Holding one keeps nothing
 * open.
 */
struct _ConfabDevice
{
  GObject           parent_instance;

  GstDevice        *gst_device;
  ConfabDeviceKind  kind;
  ConfabDeviceApi   api;
  char             *id;
  char             *name;
  gboolean          is_default;
};

G_DEFINE_FINAL_TYPE (ConfabDevice, confab_device, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (ConfabDeviceKind, confab_device_kind,
                    G_DEFINE_ENUM_VALUE (CONFAB_DEVICE_KIND_MICROPHONE, "microphone"),
                    G_DEFINE_ENUM_VALUE (CONFAB_DEVICE_KIND_SPEAKER, "speaker"),
                    G_DEFINE_ENUM_VALUE (CONFAB_DEVICE_KIND_CAMERA, "camera"))

typedef enum {
  PROP_KIND = 1,
  PROP_ID,
  PROP_NAME,
  PROP_IS_DEFAULT,
} ConfabDeviceProperty;

static GParamSpec *properties[PROP_IS_DEFAULT + 1];

/* The first of these that a device has names it for good; a number that counts devices does not. */
static const char *const id_keys[] = {
  "confab.id",
  "node.name",
  "v4l2.device.bus_info",
  "api.v4l2.cap.bus_info",
  "device.bus_path",
  "device.serial",
  "api.v4l2.path",
  "device.path",
};

static ConfabDeviceApi
find_api (GstDevice *device)
{
  const char *type = G_OBJECT_TYPE_NAME (device);

  if (g_str_has_prefix (type, "ConfabTest"))
    return CONFAB_DEVICE_API_TEST;
  if (g_str_has_prefix (type, "GstPulse"))
    return CONFAB_DEVICE_API_PULSE;
  if (g_ascii_strncasecmp (type, "GstPipeWire", 11) == 0)
    return CONFAB_DEVICE_API_PIPEWIRE;
  if (g_str_has_prefix (type, "GstV4l2"))
    return CONFAB_DEVICE_API_V4L2;
  if (g_str_has_prefix (type, "GstAlsa"))
    return CONFAB_DEVICE_API_ALSA;

  return CONFAB_DEVICE_API_OTHER;
}

static ConfabDeviceKind
find_kind (GstDevice *device)
{
  if (gst_device_has_classes (device, "Audio/Sink"))
    return CONFAB_DEVICE_KIND_SPEAKER;

  return gst_device_has_classes (device, "Video") ? CONFAB_DEVICE_KIND_CAMERA
                                                  : CONFAB_DEVICE_KIND_MICROPHONE;
}

static char *
make_id (GstDevice       *device,
         ConfabDeviceApi  api,
         const char      *name)
{
  static const char *const apis[] = { "test", "pulse", "pipewire", "v4l2", "alsa", "other" };
  g_autoptr(GstStructure) details = gst_device_get_properties (device);
  g_autofree char *internal = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (device), "internal-name"))
    g_object_get (device, "internal-name", &internal, NULL);

  if (internal)
    return g_strdup_printf ("%s:%s", apis[api], internal);

  for (gsize i = 0; details && i < G_N_ELEMENTS (id_keys); i++)
    {
      const char *value = gst_structure_get_string (details, id_keys[i]);

      if (value && *value)
        return g_strdup_printf ("%s:%s", apis[api], value);
    }

  return g_strdup_printf ("%s:%s", apis[api], name);
}

static gboolean
find_is_default (GstDevice *device)
{
  g_autoptr(GstStructure) details = gst_device_get_properties (device);
  gboolean is_default = FALSE;

  if (details)
    gst_structure_get_boolean (details, "is-default", &is_default);

  return is_default;
}

static void
confab_device_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  ConfabDevice *self = CONFAB_DEVICE (object);

  switch ((ConfabDeviceProperty) property_id)
    {
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_IS_DEFAULT:
      g_value_set_boolean (value, self->is_default);
      break;
    }
}

static void
confab_device_finalize (GObject *object)
{
  ConfabDevice *self = CONFAB_DEVICE (object);

  g_clear_object (&self->gst_device);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->name, g_free);

  G_OBJECT_CLASS (confab_device_parent_class)->finalize (object);
}

static void
confab_device_class_init (ConfabDeviceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_device_get_property;
  object_class->finalize = confab_device_finalize;

  /**
   * ConfabDevice:kind:
   *
   * What it is for.
   */
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, CONFAB_TYPE_DEVICE_KIND, CONFAB_DEVICE_KIND_MICROPHONE,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ConfabDevice:id:
   *
   * The name that stays the same when it is unplugged and plugged in again.
   */
  properties[PROP_ID] =
    g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ConfabDevice:name:
   *
   * The name for people.
   */
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ConfabDevice:is-default:
   *
   * Whether the desktop uses it when nothing else is said.
   */
  properties[PROP_IS_DEFAULT] =
    g_param_spec_boolean ("is-default", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_device_init (ConfabDevice *self)
{
}

ConfabDevice *
confab_device_new (GstDevice *gst_device)
{
  ConfabDevice *self = g_object_new (CONFAB_TYPE_DEVICE, NULL);

  self->gst_device = g_object_ref (gst_device);
  self->kind = find_kind (gst_device);
  self->api = find_api (gst_device);
  self->name = gst_device_get_display_name (gst_device);
  self->id = make_id (gst_device, self->api, self->name);
  self->is_default = find_is_default (gst_device);

  return self;
}

/* A grey picture is that of an infra-red camera beside the real one. */
static gboolean
is_grey_only (GstCaps *caps)
{
  gboolean any = FALSE;

  for (guint i = 0; i < gst_caps_get_size (caps); i++)
    {
      const GstStructure *structure = gst_caps_get_structure (caps, i);
      const char *format = gst_structure_get_string (structure, "format");

      if (!format || !g_str_has_prefix (format, "GRAY"))
        return FALSE;
      any = TRUE;
    }

  return any;
}

/* Whether a person would choose this: neither what is played, heard as a microphone, nor a camera
 * that sees only heat. */
gboolean
confab_device_is_useful (GstDevice *gst_device)
{
  g_autoptr(GstStructure) details = gst_device_get_properties (gst_device);
  g_autoptr(GstCaps) caps = gst_device_get_caps (gst_device);
  const char *device_class = details ? gst_structure_get_string (details, "device.class") : NULL;
  const char *name = details ? gst_structure_get_string (details, "node.name") : NULL;

  if (g_strcmp0 (device_class, "monitor") == 0 || (name && g_str_has_suffix (name, ".monitor")))
    return FALSE;

  return !gst_device_has_classes (gst_device, "Video") || !caps || !is_grey_only (caps);
}

ConfabDeviceKind
confab_device_get_kind (ConfabDevice *self)
{
  g_return_val_if_fail (CONFAB_IS_DEVICE (self), CONFAB_DEVICE_KIND_MICROPHONE);

  return self->kind;
}

const char *
confab_device_get_id (ConfabDevice *self)
{
  g_return_val_if_fail (CONFAB_IS_DEVICE (self), NULL);

  return self->id;
}

const char *
confab_device_get_name (ConfabDevice *self)
{
  g_return_val_if_fail (CONFAB_IS_DEVICE (self), NULL);

  return self->name;
}

gboolean
confab_device_get_is_default (ConfabDevice *self)
{
  g_return_val_if_fail (CONFAB_IS_DEVICE (self), FALSE);

  return self->is_default;
}

GstDevice *
confab_device_get_gst_device (ConfabDevice *self)
{
  return self->gst_device;
}

ConfabDeviceApi
confab_device_get_api (ConfabDevice *self)
{
  return self->api;
}

/* A new source or sink for it, floating; NULL when its plugin is missing. */
GstElement *
confab_device_create_element (ConfabDevice *self)
{
  return gst_device_create_element (self->gst_device, NULL);
}
