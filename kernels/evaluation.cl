/*
 * Sparse spectra on masks: f(m) = sum_S F(S) (-1)^popcount(m and S), for several spectra over the
 * same sets.
 *
 * Masks are turned into bit columns: word b of a feature's column has that feature's bit of the
 * masks 32 b .. 32 b + 31. The xor of the columns of a set's members is its parity for 32 masks at
 * once, and an item adds the coefficient to the sums of those masks whose parity is odd:
 *
 *   f(m) = sum_S F(S) - 2 sum_{S odd on m} F(S)
 *
 * which is a test of a bit and a predicated addition a mask and term; a parity costs a few
 * operations for 32 masks. Sums are in double precision, in the order of the sets. The sets may be
 * cut into slices, so that few masks keep a device busy too; slices depend on the numbers of masks,
 * sets and outputs alone, and their sums are added in order. So results depend neither on the size
 * of groups nor on their number.
 *
 *   evaluation_columns  an item makes 32 words of 32 columns from 32 masks
 *   evaluation_sums     an item takes 32 masks, one slice and one output
 *   evaluation_combine  an item adds the slices of one value
 *
 * No local memory, any group size. Tolerance: (sets + 2) * 2^-53 * 3 * sum_S |F(S)| in the worst case,
 * the rounding of the sums of all and of odd terms.
 */
#include "device.h"

/* Masks of a word of a column. */
#define BLOCK 32u

/* Bit i of x[k] becomes bit k of x[i] (Warren, Hacker's Delight, section 7-3, lowest bit first). */
FUNCTION void transpose32(u32 *x) {
  UNROLL
  for (u32 s = 0; s < 5u; s++) {
    u32 j = 16u >> s;
    u32 low = 0xFFFFFFFFu / ((1u << j) + 1u);
    UNROLL
    for (u32 k = 0; k < 32u; k++) {
      if ((k & j) == 0u) {
        u32 swapped = ((x[k] >> j) ^ x[k | j]) & low;
        x[k | j] ^= swapped;
        x[k] ^= swapped << j;
      }
    }
  }
}

/*
 * masks: (any, words) row-major; this launch takes `rows` of them from row `first` on.
 * columns: (columns, blocks) row-major, blocks = ceil(rows / BLOCK); bits past the last mask are 0.
 * halves: (tiles, 3) row-major: which 32 bits of a mask, which of these are used, and the column
 * that the first used one becomes; the others follow. across: neighbouring items take neighbouring
 * halves (wide masks) and not neighbouring masks.
 */
KERNEL void evaluation_columns(
    GLOBAL const u64 *masks,
    GLOBAL u32 *columns,
    GLOBAL const u32 *halves,
    u64 first,
    u32 rows,
    u32 words,
    u32 blocks,
    u32 tiles,
    u32 across,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)tiles * blocks) {
    u32 t = (u32)(across != 0u ? i % tiles : i / blocks);
    u32 b = (u32)(across != 0u ? i / tiles : i % blocks);
    u32 part = halves[3u * t];
    u32 used = halves[3u * t + 1u];
    GLOBAL const u64 *from = masks + (first + BLOCK * (u64)b) * words + (part >> 1);
    u32 shift = 32u * (part & 1u);
    u32 count = rows - BLOCK * b;
    u32 x[BLOCK];
    UNROLL
    for (u32 r = 0; r < BLOCK; r++) {
      x[r] = r < count ? (u32)(from[(u64)r * words] >> shift) : 0u;
    }
    transpose32(x);
    u64 c = halves[3u * t + 2u];
    UNROLL
    for (u32 f = 0; f < 32u; f++) {
      if ((used >> f & 1u) != 0u) {
        columns[c * blocks + b] = x[f];
        c++;
      }
    }
  }
}

#ifdef ABLATE_CUDA
/*
 * A test of one bit and one predicated addition. The branch is what makes the compiler predicate the
 * addition; from a condition it adds always and then selects both halves of the sum.
 */
FUNCTION void add_if(double *sum, u32 condition, double term) {
  asm volatile(
      "{ .reg .pred odd; setp.ne.u32 odd, %1, 0; @!odd bra EVEN; add.rn.f64 %0, %0, %2; EVEN: }"
      : "+d"(*sum)
      : "r"(condition), "d"(term));
}
#else
FUNCTION void add_if(double *sum, u32 condition, double term) {
  if (condition != 0u) {
    *sum += term;
  }
}
#endif

/*
 * columns: (columns, blocks) row-major, bits. members: (quads, 4) row-major: the columns of the sets'
 * members, each set filled up with a column of zeros to at least one and whole quads; the first
 * number of a set's last quad has its top bit set. starts: (slices + 1), the first quad of each slice
 * of slice_sets sets. coefficients: (outputs, sets) row-major.
 * values: (slices, rows, outputs) row-major from element `first` of it on; slices lie `stride` apart.
 */
KERNEL void GROUP_AT_MOST(128) evaluation_sums(
    GLOBAL const u32 *RESTRICT columns,
    GLOBAL const u32 *RESTRICT members,
    GLOBAL const u32 *RESTRICT starts,
    GLOBAL const double *RESTRICT coefficients,
    GLOBAL double *RESTRICT values,
    u64 first,
    u64 stride,
    u32 rows,
    u32 blocks,
    u32 sets,
    u32 slices,
    u32 slice_sets,
    u32 outputs,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)outputs * slices * blocks) {
    u32 b = (u32)(i % blocks);
    u32 z = (u32)(i / blocks % slices);
    u32 o = (u32)(i / blocks / slices);
    GLOBAL const double *coefficient = coefficients + (u64)o * sets + (u64)z * slice_sets;
    GLOBAL const u32 *block = columns + b;
    u32 end = starts[z + 1u];
    double total = 0;
    double odd[BLOCK];
    UNROLL
    for (u32 k = 0; k < BLOCK; k++) {
      odd[k] = 0;
    }
    u32 parity = 0;
    for (u32 q = starts[z]; q < end; q++) {
      GLOBAL const u32 *quad = members + 4u * (u64)q;
#ifdef ABLATE_CUDA
      uint4 m = *(const uint4 *)quad;
      u32 m0 = m.x, m1 = m.y, m2 = m.z, m3 = m.w;
#else
      u32 m0 = quad[0], m1 = quad[1], m2 = quad[2], m3 = quad[3];
#endif
      /* Four independent loads, neighbours across a warp. */
      u32 w0 = block[(u64)(m0 & 0x7FFFFFFFu) * blocks];
      u32 w1 = block[(u64)m1 * blocks];
      u32 w2 = block[(u64)m2 * blocks];
      u32 w3 = block[(u64)m3 * blocks];
      parity ^= w0 ^ w1 ^ w2 ^ w3;
      if (m0 >> 31 != 0u) {
        double c = *coefficient++;
        total += c;
        /* A bit test and a predicated addition a mask; the 32 additions are independent. */
        UNROLL
        for (u32 k = 0; k < BLOCK; k++) {
          add_if(odd + k, parity & 1u << k, c);
        }
        parity = 0;
      }
    }
    GLOBAL double *to = values + z * stride + first + BLOCK * (u64)b * outputs + o;
    UNROLL
    for (u32 k = 0; k < BLOCK; k++) {
      if (BLOCK * b + k < rows) {
        to[(u64)k * outputs] = total - 2.0 * odd[k];
      }
    }
  }
}

/* partial: (slices, count) row-major; values: count numbers from element `first` on. */
KERNEL void evaluation_combine(
    GLOBAL const double *partial,
    GLOBAL double *values,
    u64 first,
    u64 count,
    u32 slices,
    LOCAL_PARAMETER) {
  FOR_EACH(i, count) {
    double sum = partial[i];
    for (u32 z = 1; z < slices; z++) {
      sum += partial[z * count + i];
    }
    values[first + i] = sum;
  }
}
