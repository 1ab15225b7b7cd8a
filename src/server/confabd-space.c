/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd"

#include "config.h"

#include "confabd-space.h"

#include "base-random.h"
#include "base-uuid.h"

#include <gio/gio.h>

#define FILE_NAME "space.ini"
#define GROUP     "space"

/* The first four characters are Skapi's region; the rest tells spaces apart. */
#define REGION       "cf01"
#define RANDOM_BYTES 8

static char *
make_service (void)
{
  guint8 bytes[RANDOM_BYTES];
  GString *service = g_string_new (REGION);

  base_random_fill (bytes, sizeof bytes);
  for (gsize i = 0; i < sizeof bytes; i++)
    g_string_append_printf (service, "%02x", bytes[i]);

  return g_string_free_and_steal (service);
}

static char *
make_owner (void)
{
  char text[BASE_UUID_STRING_LENGTH + 1];
  BaseUuid uuid;

  base_uuid_make_v4 (&uuid);
  base_uuid_format (&uuid, text);

  return g_strdup (text);
}

static ConfabdSpace *
create (const char  *path,
        const char  *service,
        GError     **error)
{
  g_autoptr(ConfabdSpace) self = g_new0 (ConfabdSpace, 1);
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length;

  self->service = service ? g_strdup (service) : make_service ();
  self->owner = make_owner ();
  g_key_file_set_string (file, GROUP, "service", self->service);
  g_key_file_set_string (file, GROUP, "owner", self->owner);
  text = g_key_file_to_data (file, &length, NULL);

  if (!g_file_set_contents_full (path, text, length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                 0600, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * confabd_space_load:
 * @data_dir: where everything is
 * @service: (nullable): what the space has to be called
 * @error: return location for an error
 *
 * Reads who this space is, or makes it up when it is new.
 *
 * Returns: (transfer full) (nullable): the space; %NULL also when it is called otherwise than
 * @service
 */
ConfabdSpace *
confabd_space_load (const char  *data_dir,
                    const char  *service,
                    GError     **error)
{
  g_autofree char *path = g_build_filename (data_dir, FILE_NAME, NULL);
  g_autoptr(ConfabdSpace) self = g_new0 (ConfabdSpace, 1);
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) wrong = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &wrong))
    {
      if (g_error_matches (wrong, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return create (path, service, error);

      g_propagate_prefixed_error (error, g_steal_pointer (&wrong), "Cannot read %s: ", path);
      return NULL;
    }

  self->service = g_key_file_get_string (file, GROUP, "service", NULL);
  self->owner = g_key_file_get_string (file, GROUP, "owner", NULL);
  if (!self->service || !self->owner)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s is damaged", path);
      return NULL;
    }

  if (service && !g_str_equal (service, self->service))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "The space in %s is called %s, not %s", data_dir, self->service, service);
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
confabd_space_free (ConfabdSpace *self)
{
  g_free (self->service);
  g_free (self->owner);
  g_free (self);
}
