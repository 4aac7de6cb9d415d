/*
 * Parity columns and their products.
 *
 *   columns   bit r of c_s is |m_r and S_s| mod 2, so chi_s(r) = 1 - 2 bit
 *   gram      G_k(s,t) = |k| - 2 popcount((c_s xor c_t) and k)
 *   products  b_k(s,o) = sum_{r in k} y(r,o) - 2 sum_{r in k, bit r of c_s} y(r,o)
 *
 * k is a part, a subset of the rows. A part costs the range of words from its first row to its
 * last, so parts that are ranges of rows cost no more together than all rows at once.
 *
 * Assumptions: bits past the last row are 0 in columns and parts; fewer than 2^31 sets and rows.
 * Tolerance: columns and Gram matrices are exact. Products add in the order of HostParity (sums of
 * four rows, then a word's even and odd fours, then words), so they are the same bits on every
 * backend, for every group size.
 */
#include "device.h"

/* Words of each column that a group holds at once. */
#define GRAM_WORDS 16u
#define PRODUCT_WORDS 8u
/* Sets an item holds in registers: independent sums hide the latency of local memory. */
#define PRODUCT_SETS 2u

/* Bytes of local memory: squares; two tiles of columns, odd strides; tables of four rows and a */
/* tile of columns; the numbers of a part. */
#define PARITY_TRANSPOSE_LOCAL(tiles) (8u * 64u * (tiles))
#define PARITY_GRAM_LOCAL(side) (8u * 2u * GRAM_WORDS * (4u * (side) + 1u))
#define PARITY_PRODUCTS_LOCAL(items) \
  (8u * (256u * PRODUCT_WORDS + PRODUCT_SETS * (items) * (PRODUCT_WORDS + 1u)))
#define PARITY_RANGES_LOCAL (4u * 3u)

/*
 * Feature columns of masks.
 *   bits   U64 (64 mask_words, words) row-major: bit r of word w of row f is feature f of mask
 *          64 w + r; 0 past the last mask
 *   masks  U64 (rows, mask_words) row-major
 * A group transposes `tiles` squares of 64 x 64 bits at once, neighbours in the rows, by swapping
 * ever smaller quarters (Warren, Hacker's Delight, 7-3); an item swaps one pair of words.
 * Local memory: 64 tiles words.
 */
KERNEL void parity_transpose(
    GLOBAL u64 *RESTRICT bits,
    GLOBAL const u64 *RESTRICT masks,
    u32 rows,
    u32 words,
    u32 mask_words,
    u32 tiles,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, square);
  u32 blocks = (words + tiles - 1u) / tiles;
  FOR_GROUP(task, blocks * mask_words) {
    u32 m = task % mask_words;
    u32 first = task / mask_words * tiles;
    FOR_LOCAL(i, 64u * tiles) {
      u64 row = (u64)64u * first + i;
      square[i] = row < rows ? masks[row * mask_words + m] : 0;
    }
    BARRIER();
    u64 low = 0x00000000FFFFFFFFu;
    for (u32 reach = 32u; reach > 0u; reach >>= 1) {
      FOR_LOCAL(i, 32u * tiles) {
        u32 r = (i & (reach - 1u)) | (i & ~(reach - 1u)) << 1;
        u64 swap = (square[r] >> reach ^ square[r + reach]) & low;
        square[r] ^= swap << reach;
        square[r + reach] ^= swap;
      }
      low ^= low << (reach >> 1);
      BARRIER();
    }
    /* Neighbouring items write neighbouring words of a feature. */
    FOR_LOCAL(i, 64u * tiles) {
      u32 f = i / tiles;
      u32 w = first + i % tiles;
      if (w < words) {
        bits[(u64)(64u * m + f) * words + w] = square[64u * (i % tiles) + f];
      }
    }
    BARRIER();
  }
}

/*
 * Parity columns of sets.
 *   columns   U64 (sets, words) row-major
 *   bits      U64 (features, words) row-major, feature columns
 *   starts    I32 (sets + 1), members I32: set s is members[starts[s]..starts[s+1])
 * A group takes `block` sets at a time, an item a word of one of them: reads and writes coalesce.
 */
KERNEL void parity_columns(
    GLOBAL u64 *RESTRICT columns,
    GLOBAL const u64 *RESTRICT bits,
    GLOBAL const i32 *RESTRICT starts,
    GLOBAL const i32 *RESTRICT members,
    u32 sets,
    u32 words,
    u32 block,
    LOCAL_PARAMETER) {
  FOR_GROUP(task, (sets + block - 1u) / block) {
    u32 first = task * block;
    u32 here = sets - first < block ? sets - first : block;
    FOR_LOCAL(i, here * words) {
      u32 s = first + i / words;
      u32 w = i % words;
      u64 parity = 0;
      for (i32 k = starts[s]; k < starts[s + 1u]; k++) {
        parity ^= bits[(u64)members[k] * words + w];
      }
      columns[(u64)first * words + i] = parity;
    }
  }
}

/*
 * Where parts lie.
 *   ranges  I32 (part_count, 3): first word with a row, one past the last, number of rows
 *   parts   U64 (part_count, words) row-major
 * A group takes a part. Local memory: 3 u32.
 */
KERNEL void parity_ranges(
    GLOBAL i32 *RESTRICT ranges,
    GLOBAL const u64 *RESTRICT parts,
    u32 words,
    u32 part_count,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u32, found);
  FOR_GROUP(p, part_count) {
    FOR_LOCAL(i, 3u) { found[i] = 0; }
    BARRIER();
    u32 before = 0; /* words from the first with a row to the last word */
    u32 end = 0;
    u32 rows = 0;
    FOR_LOCAL(w, words) {
      u64 part = parts[(u64)p * words + w];
      if (part != 0) {
        before = words - w > before ? words - w : before;
        end = w + 1u;
        rows += POPCOUNT64(part);
      }
    }
    if (end != 0) {
      LOCAL_MAX_U32(found, before);
      LOCAL_MAX_U32(found + 1, end);
      LOCAL_ADD_U32(found + 2, rows);
    }
    BARRIER();
    if (LOCAL_ID == 0u) {
      ranges[3u * p] = (i32)(found[1] == 0 ? 0 : words - found[0]);
      ranges[3u * p + 1u] = (i32)found[1];
      ranges[3u * p + 2u] = (i32)found[2];
    }
    BARRIER();
  }
}

/* The words [base, base + GRAM_WORDS) of a tile's columns, word by word, on the rows of a part. */
FUNCTION void stage_columns(
    LOCAL u64 *tile,
    GLOBAL const u64 *RESTRICT columns,
    GLOBAL const u64 *RESTRICT part,
    u32 first,
    u32 edge,
    u32 sets,
    u32 words,
    u32 base,
    u32 end) {
  FOR_LOCAL(i, edge * GRAM_WORDS) {
    u32 s = first + i / GRAM_WORDS;
    u32 w = base + i % GRAM_WORDS;
    u64 word = 0;
    if (s < sets && w < end) {
      word = columns[(u64)s * words + w] & part[w];
    }
    /* The odd stride puts the words of one column in different banks. */
    tile[i % GRAM_WORDS * (edge + 1u) + i / GRAM_WORDS] = word;
  }
}

/*
 * Gram matrices.
 *   gram     F64 (part_count, sets, sets) row-major
 *   columns  U64 (sets, words) row-major
 *   parts    U64 (part_count, words) row-major, ranges as parity_ranges gives them
 * A group takes a tile of edge x edge pairs of sets with edge = 4 side, on or below the diagonal,
 * of one part; an item takes 4 x 4 pairs, `side` apart. The tile above the diagonal is the same one
 * mirrored. A carry-save adder joins two words before they are counted: counting bits has a quarter
 * of the rate of logic.
 * Assumptions: side^2 <= group size; part_count times pairs of tiles below 2^32.
 * Local memory: 2 GRAM_WORDS (4 side + 1) words, which hold the 4 side (4 side + 1) results too
 * while side <= 16.
 */
KERNEL void parity_gram(
    GLOBAL double *RESTRICT gram,
    GLOBAL const u64 *RESTRICT columns,
    GLOBAL const u64 *RESTRICT parts,
    GLOBAL const i32 *RESTRICT ranges,
    u32 sets,
    u32 words,
    u32 part_count,
    u32 side,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, left);
  u32 edge = 4u * side;
  u32 stride = edge + 1u;
  LOCAL u64 *right = left + GRAM_WORDS * stride;
  LOCAL i32 *results = (LOCAL i32 *)left;
  u32 tiles = (sets + edge - 1u) / edge;
  u32 pairs = tiles * (tiles + 1u) / 2u;
  /* Items beyond side^2 repeat the first row, so that all take the same way, and keep it back. */
  u32 active = LOCAL_ID < side * side;
  u32 row = active != 0u ? LOCAL_ID / side : 0;
  u32 column = LOCAL_ID % side;
  FOR_GROUP(task, part_count * pairs) {
    u32 p = task / pairs;
    u32 pair = task % pairs;
    /* Pairs count (0,0), (1,0), (1,1), (2,0) and so on. */
    u32 a = (u32)((sqrt(8.0 * pair + 1.0) - 1.0) * 0.5);
    u32 b = pair - a * (a + 1u) / 2u;
    u32 end = (u32)ranges[3u * p + 1u];
    u32 count[4][4];
    u64 ones[4][4];
    UNROLL
    for (u32 i = 0; i < 4u; i++) {
      UNROLL
      for (u32 j = 0; j < 4u; j++) {
        count[i][j] = 0;
        ones[i][j] = 0;
      }
    }
    for (u32 base = (u32)ranges[3u * p]; base < end; base += GRAM_WORDS) {
      stage_columns(left, columns, parts + (u64)p * words, a * edge, edge, sets, words, base, end);
      stage_columns(right, columns, parts + (u64)p * words, b * edge, edge, sets, words, base, end);
      BARRIER();
      u32 here = end - base < GRAM_WORDS ? end - base : GRAM_WORDS;
      for (u32 w = 0; w < here; w += 2u) {
        u64 even[4];
        u64 odd[4];
        UNROLL
        for (u32 i = 0; i < 4u; i++) {
          even[i] = left[w * stride + row + side * i];
          odd[i] = left[(w + 1u) * stride + row + side * i];
        }
        UNROLL
        for (u32 j = 0; j < 4u; j++) {
          u64 other_even = right[w * stride + column + side * j];
          u64 other_odd = right[(w + 1u) * stride + column + side * j];
          UNROLL
          for (u32 i = 0; i < 4u; i++) {
            u64 x = even[i] ^ other_even;
            u64 y = odd[i] ^ other_odd;
            count[i][j] += POPCOUNT64((x & y) | (ones[i][j] & (x ^ y)));
            ones[i][j] ^= x ^ y;
          }
        }
      }
      BARRIER();
    }
    i32 rows = ranges[3u * p + 2u];
    if (active != 0u) {
      UNROLL
      for (u32 i = 0; i < 4u; i++) {
        UNROLL
        for (u32 j = 0; j < 4u; j++) {
          u32 differing = 2u * count[i][j] + POPCOUNT64(ones[i][j]);
          results[(row + side * i) * stride + column + side * j] = rows - 2 * (i32)differing;
        }
      }
    }
    BARRIER();
    /* Through local memory both the tile and its mirror are written along rows. */
    GLOBAL double *out = gram + (u64)p * sets * sets;
    FOR_LOCAL(i, edge * edge) {
      u32 r = i / edge;
      u32 c = i % edge;
      if (a * edge + r < sets && b * edge + c < sets) {
        out[(u64)(a * edge + r) * sets + b * edge + c] = (double)results[r * stride + c];
      }
      if (a != b && b * edge + r < sets && a * edge + c < sets) {
        out[(u64)(b * edge + r) * sets + a * edge + c] = (double)results[c * stride + r];
      }
    }
    BARRIER();
  }
}

#include "parity_products.h"
