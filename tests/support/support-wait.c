/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "support-wait"

#include "config.h"

#include "support-wait.h"

#include <glib/gstdio.h>

#define LOOK_EVERY_MS 50

gint64
support_wait_begin (void)
{
  return g_get_monotonic_time () + SUPPORT_WAIT_MS * G_TIME_SPAN_MILLISECOND;
}

static gboolean
look_again_cb (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

void
support_wait_step (gint64      end_us,
                   const char *condition,
                   const char *file,
                   int         line)
{
  g_autoptr(GSource) timer = NULL;

  if (g_get_monotonic_time () > end_us)
    g_error ("%s:%d: waited too long until %s", file, line, condition);

  timer = g_timeout_source_new (LOOK_EVERY_MS);
  g_source_set_callback (timer, look_again_cb, NULL, NULL);
  g_source_attach (timer, NULL);
  g_main_context_iteration (NULL, TRUE);
  g_source_destroy (timer);
}

void
support_run_pending (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

void
support_take_result_cb (GObject      *source,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  GAsyncResult **place = user_data;

  g_assert_null (*place);
  *place = g_object_ref (result);
}

char *
support_make_folder (void)
{
  g_autoptr(GError) error = NULL;
  char *path = g_dir_make_tmp ("confab-test-XXXXXX", &error);

  g_assert_no_error (error);

  return path;
}

void
support_remove_folder (const char *path)
{
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder && (name = g_dir_read_name (folder)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        support_remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}
