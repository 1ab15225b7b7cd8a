/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-files"

#include "config.h"

#include "app-files.h"

static gboolean delete_tree (GFile         *file,
                             GCancellable  *cancellable,
                             GError       **error);

static gboolean
delete_children (GFile         *folder,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr(GFileEnumerator) children = NULL;
  GFile *child = NULL;

  /* A link to a folder is deleted, never followed. */
  children = g_file_enumerate_children (folder, G_FILE_ATTRIBUTE_STANDARD_NAME,
                                        G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, cancellable, error);
  if (!children)
    return FALSE;

  while (g_file_enumerator_iterate (children, NULL, &child, cancellable, error))
    {
      if (!child)
        return TRUE;
      if (!delete_tree (child, cancellable, error))
        return FALSE;
    }

  return FALSE;
}

static gboolean
delete_tree (GFile         *file,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr(GError) local_error = NULL;

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, cancellable) ==
        G_FILE_TYPE_DIRECTORY &&
      !delete_children (file, cancellable, error))
    return FALSE;

  if (g_file_delete (file, cancellable, &local_error) ||
      g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static void
delete_in_thread (GTask        *task,
                  gpointer      source_object,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  char **paths = task_data;

  for (gsize i = 0; paths[i]; i++)
    {
      g_autoptr(GFile) file = g_file_new_for_path (paths[i]);
      GError *error = NULL;

      if (!delete_tree (file, cancellable, &error))
        {
          g_prefix_error (&error, "Deleting %s: ", paths[i]);
          g_task_return_error (task, error);
          return;
        }
    }

  g_task_return_boolean (task, TRUE);
}

/**
 * app_files_delete_async:
 * @paths: (array zero-terminated=1): files and folders
 * @cancellable: (nullable): ends the operation
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Deletes files, and folders with all that is in them. What does not exist
 * counts as deleted.
 */
void
app_files_delete_async (const char * const  *paths,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, app_files_delete_async);
  g_task_set_task_data (task, g_strdupv ((char **) paths), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, delete_in_thread);
}

/**
 * app_files_delete_finish:
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether nothing is left of them
 */
gboolean
app_files_delete_finish (GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
