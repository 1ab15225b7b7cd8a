/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "support-failing-vfs.h"

#include <sqlite3.h>
#include <string.h>

/* One file: SQLite's own file object follows this one in memory. */
typedef struct
{
  sqlite3_file  base;
  sqlite3_file *real;
} File;

static struct
{
  SupportFault fault;
  int          countdown;  /* atomic; fails from 0 down to -n_times + 1 */
  int          n_times;    /* atomic; 0: does not fail */
  int          n_failed;   /* atomic */
} state;

static sqlite3_vfs failing_vfs;

static sqlite3_file *
real (sqlite3_file *file)
{
  return ((File *) file)->real;
}

static gboolean
fails (SupportFault fault)
{
  int n_times = g_atomic_int_get (&state.n_times);
  int turn;

  if (n_times == 0 || state.fault != fault)
    return FALSE;

  turn = g_atomic_int_add (&state.countdown, -1);

  if (turn > 1 || turn <= 1 - n_times)
    return FALSE;

  g_atomic_int_inc (&state.n_failed);

  return TRUE;
}

static int
close_file (sqlite3_file *file)
{
  return real (file)->pMethods->xClose (real (file));
}

static int
read_file (sqlite3_file  *file,
           void          *data,
           int            length,
           sqlite3_int64  offset)
{
  return real (file)->pMethods->xRead (real (file), data, length, offset);
}

static int
write_file (sqlite3_file  *file,
            const void    *data,
            int            length,
            sqlite3_int64  offset)
{
  if (fails (SUPPORT_FAULT_FULL))
    return SQLITE_FULL;

  if (fails (SUPPORT_FAULT_WRITE))
    {
      /* As a real disk would: half of it is there. */
      real (file)->pMethods->xWrite (real (file), data, length / 2, offset);
      return SQLITE_IOERR_WRITE;
    }

  return real (file)->pMethods->xWrite (real (file), data, length, offset);
}

static int
truncate_file (sqlite3_file  *file,
               sqlite3_int64  size)
{
  return real (file)->pMethods->xTruncate (real (file), size);
}

static int
sync_file (sqlite3_file *file,
           int           flags)
{
  return fails (SUPPORT_FAULT_SYNC) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int
get_file_size (sqlite3_file  *file,
               sqlite3_int64 *size)
{
  return real (file)->pMethods->xFileSize (real (file), size);
}

static int
lock_file (sqlite3_file *file,
           int           level)
{
  return real (file)->pMethods->xLock (real (file), level);
}

static int
unlock_file (sqlite3_file *file,
             int           level)
{
  return real (file)->pMethods->xUnlock (real (file), level);
}

static int
check_reserved_lock (sqlite3_file *file,
                     int          *reserved)
{
  return real (file)->pMethods->xCheckReservedLock (real (file), reserved);
}

static int
control_file (sqlite3_file *file,
              int           operation,
              void         *argument)
{
  return real (file)->pMethods->xFileControl (real (file), operation, argument);
}

static int
get_sector_size (sqlite3_file *file)
{
  return real (file)->pMethods->xSectorSize (real (file));
}

static int
get_characteristics (sqlite3_file *file)
{
  return real (file)->pMethods->xDeviceCharacteristics (real (file));
}

static int
map_shared (sqlite3_file   *file,
            int             page,
            int             page_size,
            int             extend,
            void volatile **mapped)
{
  return real (file)->pMethods->xShmMap (real (file), page, page_size, extend, mapped);
}

static int
lock_shared (sqlite3_file *file,
             int           offset,
             int           n,
             int           flags)
{
  return real (file)->pMethods->xShmLock (real (file), offset, n, flags);
}

static void
fence_shared (sqlite3_file *file)
{
  real (file)->pMethods->xShmBarrier (real (file));
}

static int
unmap_shared (sqlite3_file *file,
              int           remove)
{
  return real (file)->pMethods->xShmUnmap (real (file), remove);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = close_file,
  .xRead = read_file,
  .xWrite = write_file,
  .xTruncate = truncate_file,
  .xSync = sync_file,
  .xFileSize = get_file_size,
  .xLock = lock_file,
  .xUnlock = unlock_file,
  .xCheckReservedLock = check_reserved_lock,
  .xFileControl = control_file,
  .xSectorSize = get_sector_size,
  .xDeviceCharacteristics = get_characteristics,
  .xShmMap = map_shared,
  .xShmLock = lock_shared,
  .xShmBarrier = fence_shared,
  .xShmUnmap = unmap_shared,
};

static int
open_file (sqlite3_vfs  *vfs,
           const char   *name,
           sqlite3_file *file,
           int           flags,
           int          *out_flags)
{
  sqlite3_vfs *below = vfs->pAppData;
  File *self = (File *) file;
  int result;

  self->real = (sqlite3_file *) (self + 1);
  result = below->xOpen (below, name, self->real, flags, out_flags);
  self->base.pMethods = self->real->pMethods ? &methods : NULL;

  return result;
}

/**
 * support_failing_vfs_register:
 *
 * Makes %SUPPORT_FAILING_VFS known to SQLite.
 */
void
support_failing_vfs_register (void)
{
  sqlite3_vfs *below = sqlite3_vfs_find (NULL);

  failing_vfs = *below;
  failing_vfs.pNext = NULL;
  failing_vfs.zName = SUPPORT_FAILING_VFS;
  failing_vfs.pAppData = below;
  failing_vfs.szOsFile = (int) sizeof (File) + below->szOsFile;
  failing_vfs.xOpen = open_file;
  g_assert_cmpint (sqlite3_vfs_register (&failing_vfs, 0), ==, SQLITE_OK);
}

/**
 * support_failing_vfs_arm:
 * @fault: what is to fail
 * @first: the how-manieth time from now, from 1
 * @n_times: how often, from then on
 */
void
support_failing_vfs_arm (SupportFault fault,
                         guint        first,
                         guint        n_times)
{
  state.fault = fault;
  g_atomic_int_set (&state.n_failed, 0);
  g_atomic_int_set (&state.countdown, (int) first);
  g_atomic_int_set (&state.n_times, (int) n_times);
}

/**
 * support_failing_vfs_disarm:
 *
 * Makes the disk well again.
 *
 * Returns: how often it has failed
 */
guint
support_failing_vfs_disarm (void)
{
  g_atomic_int_set (&state.n_times, 0);

  return (guint) g_atomic_int_get (&state.n_failed);
}
