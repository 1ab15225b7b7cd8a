/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-data-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

/* Keeps a second server away from a data directory. The kernel drops the lock with the
 * process, however that ends. */

static void
set_errno_error (GError     **error,
                 int          code,
                 const char  *what,
                 const char  *path)
{
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code), "%s “%s”: %s", what, path,
               g_strerror (code));
}

static void
set_taken_error (GError     **error,
                 int          fd,
                 const char  *data_dir)
{
  char owner[32];
  gssize length = pread (fd, owner, sizeof owner - 1, 0);

  owner[MAX (length, 0)] = '\0';
  g_strchomp (owner);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
               "Another server%s%s uses the data directory “%s”",
               *owner ? ", process " : "", owner, data_dir);
}

static void
write_owner (int fd)
{
  g_autofree char *owner = g_strdup_printf ("%ld\n", (long) getpid ());
  gsize length = strlen (owner);

  /* Only for the message above: without it the lock is as good. */
  if (ftruncate (fd, 0) == 0 && pwrite (fd, owner, length, 0) != (gssize) length)
    g_debug ("Cannot write the lock's owner: %s", g_strerror (errno));
}

/**
 * confabd_data_lock_take:
 * @data_dir: a directory; made if it is not there
 * @error: return location for a %G_IO_ERROR, %G_IO_ERROR_BUSY if another process has it
 *
 * Returns: the lock, or -1
 */
int
confabd_data_lock_take (const char  *data_dir,
                        GError     **error)
{
  g_autofree char *path = g_build_filename (data_dir, "lock", NULL);
  int fd;

  if (g_mkdir_with_parents (data_dir, 0700) < 0)
    {
      set_errno_error (error, errno, "Cannot make the data directory", data_dir);
      return -1;
    }

  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      set_errno_error (error, errno, "Cannot open", path);
      return -1;
    }

  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    {
      write_owner (fd);
      return fd;
    }

  if (errno == EWOULDBLOCK)
    set_taken_error (error, fd, data_dir);
  else
    set_errno_error (error, errno, "Cannot lock", path);

  close (fd);

  return -1;
}

/**
 * confabd_data_lock_release:
 * @fd: a lock, or -1
 *
 * Lets another server have the directory. The file stays: removing it could remove one that
 * another has just locked.
 */
void
confabd_data_lock_release (int fd)
{
  if (fd >= 0)
    close (fd);
}
