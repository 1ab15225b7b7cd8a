/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base-siphash.h"

/* What CPython 3.13, whose bytes are hashed with SipHash-1-3, answers with PYTHONHASHSEED=0 (a key
 * of zeros) for hash (bytes (range (n))). */
static const struct
{
  gsize   length;
  guint64 hash;
} vectors[] = {
  { 1, G_GUINT64_CONSTANT (0x68a914128e01e473) },
  { 7, G_GUINT64_CONSTANT (0x2f098ab0c751325a) },
  { 8, G_GUINT64_CONSTANT (0xead411e67ebe2eea) },
  { 9, G_GUINT64_CONSTANT (0x75927f9d95124362) },
  { 15, G_GUINT64_CONSTANT (0xf30eb725bb91c9ea) },
  { 16, G_GUINT64_CONSTANT (0x8972188433a5c5b7) },
  { 63, G_GUINT64_CONSTANT (0x385d3e39e5f37359) },
  { 64, G_GUINT64_CONSTANT (0x75e05fd5bbc870c6) },
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
