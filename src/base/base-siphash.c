/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "base-siphash"

#include "config.h"

#include "base-siphash.h"

#include <string.h>

#define N_WORD_ROUNDS 1
#define N_END_ROUNDS  3

static inline guint64
rotate (guint64 word,
        guint   n_bits)
{
  return (word << n_bits) | (word >> (64 - n_bits));
}

static inline void
mix (guint64 v[4],
     guint   n_rounds)
{
  for (guint i = 0; i < n_rounds; i++)
    {
      v[0] += v[1];
      v[1] = rotate (v[1], 13) ^ v[0];
      v[0] = rotate (v[0], 32);
      v[2] += v[3];
      v[3] = rotate (v[3], 16) ^ v[2];
      v[0] += v[3];
      v[3] = rotate (v[3], 21) ^ v[0];
      v[2] += v[1];
      v[1] = rotate (v[1], 17) ^ v[2];
      v[2] = rotate (v[2], 32);
    }
}

static inline guint64
read_word (const guint8 *bytes,
           gsize         n_bytes)
{
  guint64 word = 0;

  memcpy (&word, bytes, n_bytes);

  return GUINT64_FROM_LE (word);
}

/**
 * base_siphash:
 * @key: a secret, from base_random_fill()
 * @data: (array length=length): what to hash
 * @length: its bytes
 *
 * SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF"), the variant for hash
 * tables.
 *
 * Returns: the hash
 */
guint64
base_siphash (const BaseSiphashKey *key,
              const void           *data,
              gsize                 length)
{
  const guint8 *bytes = data;
  gsize n_whole = length & ~(gsize) 7;
  guint64 last = (guint64) length << 56 | read_word (bytes + n_whole, length - n_whole);
  guint64 v[4] = {
    key->words[0] ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
    key->words[1] ^ G_GUINT64_CONSTANT (0x646f72616e646f6d),
    key->words[0] ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
    key->words[1] ^ G_GUINT64_CONSTANT (0x7465646279746573),
  };

  for (gsize i = 0; i < n_whole; i += 8)
    {
      guint64 word = read_word (bytes + i, 8);

      v[3] ^= word;
      mix (v, N_WORD_ROUNDS);
      v[0] ^= word;
    }

  v[3] ^= last;
  mix (v, N_WORD_ROUNDS);
  v[0] ^= last;
  v[2] ^= 0xff;
  mix (v, N_END_ROUNDS);

  return v[0] ^ v[1] ^ v[2] ^ v[3];
}
