/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-missing"

#include "config.h"

#include "confab-missing-private.h"

#include "confab-call-error.h"
#include "confab-devices.h"

#include <gst/gst.h>

/* Why sound or picture is missing: from an error, on the wire, and in plain words. */

static const struct {
  GQuark      (*get_domain) (void);
  int           code;
  ConfabMissing missing;
} reasons[] = {
  { gst_resource_error_quark, GST_RESOURCE_ERROR_BUSY, CONFAB_MISSING_BUSY },
  { gst_resource_error_quark, GST_RESOURCE_ERROR_NOT_AUTHORIZED, CONFAB_MISSING_NO_PERMISSION },
  { gst_resource_error_quark, GST_RESOURCE_ERROR_NOT_FOUND, CONFAB_MISSING_NO_DEVICE },
  { gst_resource_error_quark, GST_RESOURCE_ERROR_READ, CONFAB_MISSING_LOST },
  { gst_core_error_quark, GST_CORE_ERROR_MISSING_PLUGIN, CONFAB_MISSING_NO_PLUGIN },
  { confab_call_error_quark, CONFAB_CALL_ERROR_DEVICE_NOT_FOUND, CONFAB_MISSING_NO_DEVICE },
  { confab_call_error_quark, CONFAB_CALL_ERROR_PERMISSION, CONFAB_MISSING_NO_PERMISSION },
  { confab_call_error_quark, CONFAB_CALL_ERROR_BUSY, CONFAB_MISSING_BUSY },
  { confab_call_error_quark, CONFAB_CALL_ERROR_NO_PLUGIN, CONFAB_MISSING_NO_PLUGIN },
};

ConfabMissing
confab_missing_from_error (const GError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_error_matches (error, reasons[i].get_domain (), reasons[i].code))
      return reasons[i].missing;

  return CONFAB_MISSING_FAILED;
}

const char *
confab_missing_get_nick (ConfabMissing missing)
{
  GEnumClass *klass = g_type_class_get (CONFAB_TYPE_MISSING);

  return missing == CONFAB_MISSING_NONE ? NULL : g_enum_get_value (klass, missing)->value_nick;
}

ConfabMissing
confab_missing_from_nick (const char *nick)
{
  GEnumClass *klass = g_type_class_get (CONFAB_TYPE_MISSING);
  const GEnumValue *value = nick ? g_enum_get_value_by_nick (klass, nick) : NULL;

  if (!nick)
    return CONFAB_MISSING_NONE;

  return value ? (ConfabMissing) value->value : CONFAB_MISSING_FAILED;
}

char *
confab_devices_explain_missing (ConfabDeviceKind kind,
                                ConfabMissing    missing)
{
  static const char *const names[] = { "microphone", "speaker", "camera" };
  const char *name;

  g_return_val_if_fail (kind < G_N_ELEMENTS (names), NULL);

  name = names[kind];
  switch (missing)
    {
    case CONFAB_MISSING_NONE:
      return NULL;
    case CONFAB_MISSING_NO_DEVICE:
      return g_strdup_printf ("There is no %s.", name);
    case CONFAB_MISSING_NO_PERMISSION:
      return g_strdup_printf ("The %s may not be used.", name);
    case CONFAB_MISSING_BUSY:
      return g_strdup_printf ("Another program uses the %s.", name);
    case CONFAB_MISSING_NO_PLUGIN:
      return g_strdup_printf ("A GStreamer plugin for the %s is missing.", name);
    case CONFAB_MISSING_FAILED:
      return g_strdup_printf ("The %s does not work.", name);
    case CONFAB_MISSING_LOST:
      return g_strdup_printf ("The %s was unplugged.", name);
    }

  g_assert_not_reached ();
}
