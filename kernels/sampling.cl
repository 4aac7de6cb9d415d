/*
 * Masks from seeds: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011) and affine subspaces.
 *
 * The same arguments give the same bits as HostSampling. Tolerance: none, all results are bits.
 * Parameters: group size, no effect on results. Grid mapping: one item a Philox output or a word.
 */
#include "device.h"

FUNCTION void philox(u32 *c, u32 key0, u32 key1) {
  for (u32 round = 0; round < 10u; round++) {
    u32 hi0 = MUL_HI32(0xD2511F53u, c[0]);
    u32 lo0 = 0xD2511F53u * c[0];
    u32 hi1 = MUL_HI32(0xCD9E8D57u, c[2]);
    u32 lo1 = 0xCD9E8D57u * c[2];
    c[0] = hi1 ^ c[1] ^ key0;
    c[1] = lo1;
    c[2] = hi0 ^ c[3] ^ key1;
    c[3] = lo0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

/*
 * masks: (rows, words) row-major, words = ceil(features / 64). Words 2k and 2k + 1 of row r are the
 * output for key seed and counter (k, r mod 2^32, r div 2^32, stream); bits past the last feature
 * are 0.
 */
KERNEL void sampling_uniform(
    GLOBAL u64 *masks, u64 seed, u32 stream, u64 first, u64 rows, u32 features, LOCAL_PARAMETER) {
  u32 words = WORDS64(features);
  u32 pairs = (words + 1u) >> 1;
  u64 last = (features & 63u) == 0u ? ~(u64)0 : ((u64)1 << (features & 63u)) - 1u;
  FOR_EACH(i, rows * pairs) {
    u64 r = i / pairs;
    u32 k = (u32)(i - r * pairs);
    u64 row = first + r;
    u32 c[4];
    c[0] = k;
    c[1] = (u32)row;
    c[2] = (u32)(row >> 32);
    c[3] = stream;
    philox(c, (u32)seed, (u32)(seed >> 32));
    u32 w = 2u * k;
    u64 even = (u64)c[1] << 32 | c[0];
    masks[r * words + w] = w + 1u == words ? even & last : even;
    if (w + 1u < words) {
      u64 odd = (u64)c[3] << 32 | c[2];
      masks[r * words + w + 1u] = w + 2u == words ? odd & last : odd;
    }
  }
}

/*
 * masks: (groups, delays, 2^dimension, words) row-major; row (g, p, l) is M_g l xor d_p.
 * columns: (groups, dimension, words), the columns of each M_g; delays: (delay_count, words).
 * An item makes one word.
 */
KERNEL void sampling_subspaces(
    GLOBAL u64 *masks,
    GLOBAL const u64 *columns,
    GLOBAL const u64 *delays,
    u32 groups,
    u32 dimension,
    u32 delay_count,
    u32 words,
    LOCAL_PARAMETER) {
  u64 points = (u64)1 << dimension;
  FOR_EACH(i, groups * points * delay_count * words) {
    u32 w = (u32)(i % words);
    u64 row = i / words;
    u64 l = row & (points - 1u);
    u64 block = row >> dimension;
    u32 p = (u32)(block % delay_count);
    u32 g = (u32)(block / delay_count);
    u64 word = delays[(u64)p * words + w];
    for (u32 k = 0; k < dimension; k++) {
      if ((l >> k & 1u) != 0u) {
        word ^= columns[((u64)g * dimension + k) * words + w];
      }
    }
    masks[i] = word;
  }
}
