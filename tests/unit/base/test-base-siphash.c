/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base-siphash.h"

/* What CPython 3.13, whose bytes are hashed with SipHash-1-3, answers with PYTHONHASHSEED=0 (a key of zeros) for hash (bytes (range (n))). */
static const struct
{
  gsize   length;
  guint64 hash;
} vectors[] = {
  { 1, G_GUINT64_CONSTANT (0x58df58c3cb4a37da) },
  { 7, G_GUINT64_CONSTANT (0x843eb7e367327735) },
  { 8, G_GUINT64_CONSTANT (0xd550b421c0a78873) },
  { 9, G_GUINT64_CONSTANT (0x8ccfdf7a1272277b) },
  { 15, G_GUINT64_CONSTANT (0xfe5617abc6b08ac9) },
  { 16, G_GUINT64_CONSTANT (0x41be9a548b22ece9) },
  { 63, G_GUINT64_CONSTANT (0xafd0e1df3eddcff8) },
  { 64, G_GUINT64_CONSTANT (0x64304c4a5c8a8c99) },
};

static void
test_agrees_with_another_implementation (void)
{
  BaseSiphashKey key = { { 0, 0 } };
  guint8 data[64];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = i;

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_assert_cmphex (base_siphash (&key, data, vectors[i].length), ==, vectors[i].hash);
}

static void
test_depends_on_the_key (void)
{
  BaseSiphashKey one = { { 1, 2 } };
  BaseSiphashKey other = { { 1, 3 } };

  g_assert_cmphex (base_siphash (&one, "room", 4), !=, base_siphash (&other, "room", 4));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/siphash/agrees-with-another-implementation",
                   test_agrees_with_another_implementation);
  g_test_add_func ("/base/siphash/depends-on-the-key", test_depends_on_the_key);

  return g_test_run ();
}
