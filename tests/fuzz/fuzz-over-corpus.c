/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Stands in for libFuzzer in an ordinary build: runs the target over nothing at all, over every
 * file of the folder it is given, and over some hundred variations of each, which are the same
 * at every run.
 */

#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#define N_VARIATIONS 400
#define MAX_EDITS    6

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         n_bytes);

/* Bytes that mean something to parsers. */
static const char *const pieces[] = {
  "", "\"", "\\", "\\u", "\\ud800", "{", "}", "[", "]", "[[[[[[[[", ":", ",", "%", "%00", "%2f", "/..",
  "*", "_", "`", "```", "\n", "http://", "www.", "mailto:", "@", "null", "-", "1e9", "99999999999999999999",
  "\xc3", "\xf0\x9f\x8e\x89", "\xed\xa0\x80", "\xff", "\x80", "\x81", "\x88", "\x89", "\x7f",
};

static void
run (const GByteArray *input)
{
  /* A block of its own size, so that a sanitizer sees a read past the end. */
  g_autofree uint8_t *exact = g_memdup2 (input->data, input->len);

  LLVMFuzzerTestOneInput (exact ? exact : (const uint8_t *) "", input->len);
}

static guint
pick (GRand            *dice,
      const GByteArray *input)
{
  return input->len > 0 ? (guint) g_rand_int_range (dice, 0, (gint32) input->len) : 0;
}

static void
insert (GByteArray   *input,
        guint         at,
        const guint8 *bytes,
        guint         n_bytes)
{
  guint n_after = input->len - at;

  /* An empty array has no data to point at. */
  if (n_bytes == 0)
    return;

  g_byte_array_set_size (input, input->len + n_bytes);
  memmove (input->data + at + n_bytes, input->data + at, n_after);
  memcpy (input->data + at, bytes, n_bytes);
}

static void
edit (GRand      *dice,
      GByteArray *input)
{
  guint at = pick (dice, input);
  guint wanted = 1 + pick (dice, input);
  guint length = MIN (wanted, input->len - at);
  const char *piece = pieces[g_rand_int_range (dice, 0, G_N_ELEMENTS (pieces))];
  g_autofree guint8 *copy = NULL;

  switch (g_rand_int_range (dice, 0, 6))
    {
    case 0:
      if (input->len > 0)
        input->data[at] ^= (guint8) (1u << g_rand_int_range (dice, 0, 8));
      break;
    case 1:
      if (input->len > 0)
        input->data[at] = (guint8) g_rand_int_range (dice, 0, 256);
      break;
    case 2:
      g_byte_array_set_size (input, at);
      break;
    case 3:
      if (length > 0)
        g_byte_array_remove_range (input, at, length);
      break;
    case 4:
      if (length > 0)
        {
          copy = g_memdup2 (input->data + at, length);
          insert (input, pick (dice, input), copy, length);
        }
      break;
    default:
      insert (input, at, (const guint8 *) piece, (guint) strlen (piece));
      break;
    }
}

static void
test_file (gconstpointer user_data)
{
  const char *path = user_data;
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr(GRand) dice = g_rand_new_with_seed (g_str_hash (name));
  g_autofree char *bytes = NULL;
  g_autoptr(GError) error = NULL;
  gsize n_bytes;

  g_file_get_contents (path, &bytes, &n_bytes, &error);
  g_assert_no_error (error);

  for (guint i = 0; i <= N_VARIATIONS; i++)
    {
      g_autoptr(GByteArray) input = g_byte_array_new ();

      g_byte_array_append (input, (const guint8 *) bytes, (guint) n_bytes);

      /* The first time as it is. */
      for (guint n_edits = i == 0 ? 0 : 1 + i % MAX_EDITS; n_edits > 0; n_edits--)
        edit (dice, input);

      run (input);
    }
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
