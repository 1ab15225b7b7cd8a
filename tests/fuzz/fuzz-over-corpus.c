/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Stands in for libFuzzer in an ordinary build: runs the target over every
 * file of the folder it is given, and over nothing at all.
 */

#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include <glib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         n_bytes);

static void
test_file (gconstpointer user_data)
{
  const char *path = user_data;
  g_autofree char *bytes = NULL;
  g_autoptr(GError) error = NULL;
  gsize n_bytes;

  g_file_get_contents (path, &bytes, &n_bytes, &error);
  g_assert_no_error (error);

  LLVMFuzzerTestOneInput ((const uint8_t *) bytes, n_bytes);
}

static void
test_nothing (void)
{
  LLVMFuzzerTestOneInput ((const uint8_t *) "", 0);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GDir) folder = NULL;
  g_autoptr(GError) error = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);

  folder = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);

  g_test_add_func ("/corpus/nothing", test_nothing);
  while ((name = g_dir_read_name (folder)))
    {
      g_autofree char *test_path = g_strconcat ("/corpus/", name, NULL);

      g_test_add_data_func_full (test_path, g_build_filename (argv[1], name, NULL),
                                 test_file, g_free);
    }

  return g_test_run ();
}
