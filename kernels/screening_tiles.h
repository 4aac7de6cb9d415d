#ifndef ABLATE_SCREENING_TILES_H
#define ABLATE_SCREENING_TILES_H

/*
 * Every set of an order as a matrix product of bytes, for at most 8 planes; see screening.cl. A set
 * is a left part of its smallest members and a right part of the others: left sets are numbered in
 * the order of their largest member, so that those below any feature come first, right sets in the
 * order of their smallest from the last feature down, so that those above any feature come first. A
 * tile is a stretch of left sets times a stretch of right ones; pairs in it that do not lie left
 * and right of each other are passed over.
 *
 *   2 rows c / step = T - 4 P - 2 K,  T = sum of 2 l + 1 over all rows, P = sum of l over the rows
 *   with an odd right part, K = how many these are, with l = u' - 2^(planes - 1) from the numbers
 *   u' times the parity of the left part: 8 bits with sign, whose complement is -l - 1.
 *
 * So a left entry is the byte of its row, complemented where the left part is odd, and a right
 * entry is 0 or 1: products of bytes in 32 bits, exact for fewer than 2^21 rows.
 */

#define TILE_LEFT 128u
#define TILE_RIGHT 256u
#define TILE_WORDS 8u  /* words of 32 rows that a tile takes at a time */
#define TILE_STRIDE 9u /* odd, so that rows of a tile lie in different banks */
#define TILE_ITEMS 256u
#define LOW_BITS 0x01010101u
/* Bits of a value that fit a byte, and rows whose sums fit 32 bits, less one. */
#define PRODUCT_PLANES 8u
#define PRODUCT_ROWS (1u << 21)
/* Bytes of local memory: words of the left and right sets, bytes of the values. */
#define SCREENING_PRODUCTS_LOCAL \
  (4u * ((TILE_LEFT + TILE_RIGHT) * TILE_STRIDE + 8u * TILE_WORDS))

/*
 * members: U32 (count, size), the sets from number `first` on; edges: I32 (count), their largest
 * member, or for reversed ones their smallest. An item makes a set.
 */
KERNEL void screening_parts(
    GLOBAL u32 *RESTRICT members,
    GLOBAL i32 *RESTRICT edges,
    u64 first,
    u32 count,
    u32 size,
    u32 features,
    u32 reversed,
    LOCAL_PARAMETER) {
  FOR_EACH(n, count) {
    u32 set[MOST_SIZE];
    screening_members(first + n, size, features, set);
    for (u32 m = 0; m < size; m++) {
      members[n * size + m] = reversed ? features - 1u - set[m] : set[m];
    }
    edges[n] = (i32)(reversed ? features - 1u - set[size - 1u] : set[size - 1u]);
  }
}

/* parities: U64 (count, words) of the sets `members`. An item makes a word. */
KERNEL void screening_parities(
    GLOBAL u64 *RESTRICT parities,
    GLOBAL const u32 *RESTRICT members,
    GLOBAL const u64 *RESTRICT columns,
    u32 count,
    u32 size,
    u32 words,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)count * words) {
    u64 n = i / words;
    u32 w = (u32)(i - n * words);
    u64 word = 0;
    for (u32 m = 0; m < size; m++) {
      word ^= columns[(u64)members[n * size + m] * words + w];
    }
    parities[i] = word;
  }
}

/* sums: I32 (count), T of left sets, K of right ones. An item sums a set. */
KERNEL void screening_totals(
    GLOBAL i32 *RESTRICT sums,
    GLOBAL const u64 *RESTRICT parities,
    GLOBAL const u64 *RESTRICT planes,
    u32 count,
    u32 words,
    u32 plane_count,
    u32 rows,
    u32 right,
    LOCAL_PARAMETER) {
  i32 highest = ((i32)1 << plane_count) - 1;
  FOR_EACH(n, count) {
    GLOBAL const u64 *parity = parities + n * words;
    i32 sum = right ? 0 : -highest * (i32)rows;
    for (u32 w = 0; w < words; w++) {
      if (right) {
        sum += (i32)POPCOUNT64(parity[w]);
      }
      for (u32 b = 0; b < plane_count && !right; b++) {
        sum += (i32)POPCOUNT64(planes[(u64)b * words + w] ^ parity[w]) << (b + 1u);
      }
    }
    sums[n] = sum;
  }
}

/*
 * bytes: U32 (2 words, 8), the numbers l of 32 rows: byte i of entry j is row 8 i + j, so that bit
 * 8 i + j of a parity word comes to its byte by one shift and one AND. An item makes an entry.
 */
KERNEL void screening_bytes(
    GLOBAL u32 *RESTRICT bytes,
    GLOBAL const u64 *RESTRICT planes,
    u32 words,
    u32 plane_count,
    LOCAL_PARAMETER) {
  FOR_EACH(e, (u64)words * 16u) {
    u32 word = (u32)(e >> 4);
    u32 entry = 0;
    for (u32 i = 0; i < 4u; i++) {
      u32 r = ((u32)e >> 3 & 1u) * 32u + 8u * i + ((u32)e & 7u);
      u32 u = 0;
      for (u32 b = 0; b < plane_count; b++) {
        u |= (u32)(planes[(u64)b * words + word] >> r & 1u) << b;
      }
      entry |= ((u - (1u << (plane_count - 1u))) & 255u) << (8u * i);
    }
    bytes[e] = entry;
  }
}

/* A pair whose sum reaches the limit; pairs that are no set are passed over. */
FUNCTION void screening_pair(
    GLOBAL u32 *RESTRICT hits,
    GLOBAL u32 *RESTRICT found,
    u32 left,
    u32 right,
    GLOBAL const i32 *RESTRICT left_edges,
    GLOBAL const i32 *RESTRICT right_edges,
    u32 most) {
  if (left_edges[left] < right_edges[right]) {
    u32 place = ATOMIC_ADD_U32(found, 1u);
    if (place < most) {
      hits[2u * (u64)place] = left;
      hits[2u * (u64)place + 1u] = right;
    }
  }
}

#if defined(HAS_SHUFFLE)
#if defined(ABLATE_CUDA)
/* d += a b: a is 16 x 32 and b 32 x 8 bytes with sign, d is 16 x 8 in 32 bits. */
FUNCTION void screening_mma(i32 *d, u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
  asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
      : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}
#endif

/* Four bytes of l, complemented where the bits of the parity are 1. */
FUNCTION u32 screening_signed(u32 bytes, u32 bits) {
  u32 ones = bits & LOW_BITS;
  return bytes ^ ((ones << 8) - ones);
}
#endif

/*
 * hits: U32 (most, 2), positions of left and right sets; found: (1) how many there are, also beyond
 * most. left, right: U32 (count, words32) parities; totals and edges as above; bytes: U32 (words32,
 * 8). starts: U64 (left tiles + 1), how many tiles lie before each left tile; the tiles of a left
 * tile are its first right ones. limit: least |T - 4 P - 2 K| of a hit. Groups of TILE_ITEMS.
 * Local memory: ((TILE_LEFT + TILE_RIGHT) TILE_STRIDE + 8 TILE_WORDS) u32.
 */
KERNEL void LAUNCH_BOUNDS(TILE_ITEMS, 1) screening_products(
    GLOBAL u32 *RESTRICT hits,
    GLOBAL u32 *RESTRICT found,
    GLOBAL const u32 *RESTRICT left,
    GLOBAL const i32 *RESTRICT left_totals,
    GLOBAL const i32 *RESTRICT left_edges,
    GLOBAL const u32 *RESTRICT right,
    GLOBAL const i32 *RESTRICT right_totals,
    GLOBAL const i32 *RESTRICT right_edges,
    GLOBAL const u32 *RESTRICT bytes,
    GLOBAL const u64 *RESTRICT starts,
    u32 left_tiles,
    u32 left_count,
    u32 right_count,
    u32 words32,
    u64 limit,
    u32 most,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u32, left_words);
  LOCAL u32 *right_words = left_words + TILE_LEFT * TILE_STRIDE;
  LOCAL u32 *some_bytes = right_words + TILE_RIGHT * TILE_STRIDE;
  u32 chunks = (words32 + TILE_WORDS - 1u) / TILE_WORDS;
  for (u64 tile = GROUP_ID; tile < starts[left_tiles]; tile += GROUPS) {
    u32 low = 0;
    u32 high = left_tiles;
    while (high - low > 1u) {
      u32 middle = (low + high) / 2u;
      if (starts[middle] <= tile) {
        low = middle;
      } else {
        high = middle;
      }
    }
    u32 left_first = low * TILE_LEFT;
    u32 right_first = (u32)(tile - starts[low]) * TILE_RIGHT;
#if defined(HAS_SHUFFLE)
    /* Warps in two rows of four; a warp's part is 64 x 64, so that an operand serves 4 or 8 times. */
    u32 lane = LOCAL_ID % 32u;
    u32 row = LOCAL_ID / 32u % 2u * 64u + lane / 4u;
    u32 column = LOCAL_ID / 64u * 64u + lane / 4u;
    u32 entry = lane % 4u;
    i32 sums[4][8][4];
    UNROLL
    for (u32 m = 0; m < 4u; m++) {
      UNROLL
      for (u32 n = 0; n < 8u; n++) {
        UNROLL
        for (u32 i = 0; i < 4u; i++) sums[m][n][i] = 0;
      }
    }
    /* The next words come from memory while these are multiplied. */
    u32 ahead[(TILE_LEFT + TILE_RIGHT) * TILE_WORDS / TILE_ITEMS];
    u32 bytes_ahead = 0;
    for (u32 chunk = 0; chunk <= chunks; chunk++) {
      BARRIER();
      if (chunk > 0) {
        UNROLL
        for (u32 i = 0; i < (TILE_LEFT + TILE_RIGHT) * TILE_WORDS / TILE_ITEMS; i++) {
          u32 e = i * TILE_ITEMS + LOCAL_ID;
          left_words[e / TILE_WORDS * TILE_STRIDE + e % TILE_WORDS] = ahead[i];
        }
        if (LOCAL_ID < 8u * TILE_WORDS) some_bytes[LOCAL_ID] = bytes_ahead;
      }
      BARRIER();
      if (chunk < chunks) {
        UNROLL
        for (u32 i = 0; i < (TILE_LEFT + TILE_RIGHT) * TILE_WORDS / TILE_ITEMS; i++) {
          u32 e = i * TILE_ITEMS + LOCAL_ID;
          u32 set = e / TILE_WORDS;
          u32 w = chunk * TILE_WORDS + e % TILE_WORDS;
          /* Constant for each i: rows of the left tile come first. */
          u32 is_left = i * TILE_ITEMS / TILE_WORDS < TILE_LEFT;
          u32 n = is_left ? left_first + set : right_first + set - TILE_LEFT;
          GLOBAL const u32 *from = is_left ? left : right;
          ahead[i] = n < (is_left ? left_count : right_count) && w < words32
              ? from[(u64)n * words32 + w] : 0u;
        }
        u32 w = chunk * TILE_WORDS + LOCAL_ID / 8u;
        bytes_ahead = LOCAL_ID < 8u * TILE_WORDS && w < words32 ? bytes[w * 8u + LOCAL_ID % 8u] : 0u;
      }
      if (chunk > 0) {
        UNROLL
        for (u32 w = 0; w < TILE_WORDS; w++) {
          u32 b0[8], b1[8];
          u32 low_bytes = some_bytes[w * 8u + entry];
          u32 high_bytes = some_bytes[w * 8u + entry + 4u];
          UNROLL
          for (u32 n = 0; n < 8u; n++) {
            u32 word = right_words[(column + 8u * n) * TILE_STRIDE + w] >> entry;
            b0[n] = word & LOW_BITS;
            b1[n] = word >> 4 & LOW_BITS;
          }
          UNROLL
          for (u32 m = 0; m < 4u; m++) {
            u32 upper = left_words[(row + 16u * m) * TILE_STRIDE + w] >> entry;
            u32 lower = left_words[(row + 16u * m + 8u) * TILE_STRIDE + w] >> entry;
            u32 a0 = screening_signed(low_bytes, upper);
            u32 a1 = screening_signed(low_bytes, lower);
            u32 a2 = screening_signed(high_bytes, upper >> 4);
            u32 a3 = screening_signed(high_bytes, lower >> 4);
            UNROLL
            for (u32 n = 0; n < 8u; n++) screening_mma(sums[m][n], a0, a1, a2, a3, b0[n], b1[n]);
          }
        }
      }
    }
    UNROLL
    for (u32 n = 0; n < 8u; n++) {
      UNROLL
      for (u32 i = 0; i < 2u; i++) {
        /* Columns of a lane's sums are its entry's two. */
        u32 r = right_first + column - lane / 4u + 8u * n + 2u * entry + i;
        i32 twice = r < right_count ? 2 * right_totals[r] : 0;
        UNROLL
        for (u32 m = 0; m < 4u; m++) {
          UNROLL
          for (u32 half = 0; half < 2u; half++) {
            u32 l = left_first + row + 16u * m + 8u * half;
            i32 sum = (l < left_count ? left_totals[l] : 0) - 4 * sums[m][n][2u * half + i] - twice;
            u64 magnitude = (u64)(u32)(sum < 0 ? -sum : sum);
            if (magnitude >= limit && l < left_count && r < right_count) {
              screening_pair(hits, found, l, r, left_edges, right_edges, most);
            }
          }
        }
      }
    }
#else
    (void)right_words;
    (void)some_bytes;
    (void)chunks;
    FOR_LOCAL(e, TILE_LEFT * TILE_RIGHT) {
      u32 l = left_first + e / TILE_RIGHT;
      u32 r = right_first + e % TILE_RIGHT;
      if (l < left_count && r < right_count) {
        i32 products = 0;
        for (u32 w = 0; w < words32; w++) {
          u32 word = left[(u64)l * words32 + w];
          for (u32 odd = right[(u64)r * words32 + w]; odd != 0u; odd &= odd - 1u) {
            u32 bit = 31u - CLZ32(odd & (0u - odd));
            i32 number = (i32)(i8)((bytes[w * 8u + bit % 8u] >> (bit / 8u * 8u)) & 255u);
            products += (word >> bit & 1u) != 0u ? -number - 1 : number;
          }
        }
        i32 sum = left_totals[l] - 4 * products - 2 * right_totals[r];
        u64 magnitude = (u64)(u32)(sum < 0 ? -sum : sum);
        if (magnitude >= limit) {
          screening_pair(hits, found, l, r, left_edges, right_edges, most);
        }
      }
    }
#endif
  }
}

#endif
