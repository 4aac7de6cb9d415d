/*
 * Every interaction of some orders, tested outright:
 *
 *   c(S) = (1/rows) sum_r y(r) chi_S(m_r)
 *
 * Values are rounded to step (u - (2^planes - 1)/2) with u a whole number of `planes` bits, kept as
 * bit planes: flipping all bits of u changes its sign exactly, so a parity is applied by XOR. With
 * u' the numbers times the parity of a prefix, a candidate adds feature k to it:
 *
 *   rows c / step = (T - 2 V) / 2,  T = sum over all rows, V = over rows with k, of 2 u' - (2^planes - 1)
 *
 * Shapes, row-major: columns U64 (features, words), bit r of word w = mask 64 w + r keeps the
 * feature; planes U64 (planes, words); both 0 past the last row. Prefixes of `size` features,
 * ascending, are numbered in the order of their largest members (combinatorial number system):
 * number n = sum_i C(p_i, i + 1).
 *
 * Grid mapping: group: a prefix, whose planes lie in local memory, a stretch of rows at a time;
 * item: the features above it, one after another.
 * Tolerance: integers, exact but for the rounding of the values; hits are summed again elsewhere.
 * Group sizes have no effect on results; the order of hits is that of an atomic counter.
 * Assumptions: at most 16 planes, size at most 15, fewer than 2^31 rows, 2^63 prefixes of a size.
 */
#include "device.h"
#include "group.h"

#define MOST_SIZE 15u

/* The members of prefix n of `size` features: the largest p with C(p, size) <= n comes first. */
FUNCTION void screening_members(u64 n, u32 size, u32 features, u32 *members) {
  for (u32 i = size; i > 0u; i--) {
    u32 p = i - 1u;
    u64 ways = 0; /* C(p, i) */
    u64 next = 1; /* C(p + 1, i) */
    while (next <= n && p + 1u < features) {
      p++;
      ways = next;
      /* C(p + 1, i) = C(p, i) (p + 1) / (p + 1 - i): the product is divisible. */
      next = ways * (p + 1u) / (p + 1u - i);
    }
    n -= ways;
    members[i - 1u] = p;
  }
}

/* Bytes of local memory: the largest values and squares of the lanes; planes of a stretch, counts. */
#define SCREENING_SPREAD_LOCAL (2u * LANES_LOCAL)
#define SCREENING_PREFIXES_LOCAL(plane_count, stretch) \
  (8u * (plane_count) * (stretch) + 4u * ((plane_count) + 2u))
/* Bytes of planes in a stretch, so that several groups share the memory of a multiprocessor. */
#define SCREENING_STRETCH (1u << 15)

/*
 * spread: F64 (2), the largest magnitude and the sum of squares of one output's values. One group.
 * values: F64 (rows, outputs). Local memory: 2 LANES doubles.
 */
KERNEL void screening_spread(
    GLOBAL double *RESTRICT spread,
    GLOBAL const double *RESTRICT values,
    u32 rows,
    u32 outputs,
    u32 output,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, largest);
  LOCAL double *squares = largest + LANES;
  FOR_LOCAL(lane, LANES) {
    double most = 0.0;
    double sum = 0.0;
    for (u32 r = lane; r < rows; r += LANES) {
      double value = values[(u64)r * outputs + output];
      most = fmax(most, fabs(value));
      sum = ADD64(sum, MUL64(value, value));
    }
    largest[lane] = most;
    squares[lane] = sum;
  }
  BARRIER();
  if (GROUP_ID == 0u && LOCAL_ID == 0u) {
    double most = 0.0;
    double sum = 0.0;
    for (u32 lane = 0; lane < LANES; lane++) {
      most = fmax(most, largest[lane]);
      sum = ADD64(sum, squares[lane]);
    }
    spread[0] = most;
    spread[1] = sum;
  }
}

/* planes: U64 (planes, words) of one output's values. An item makes a word of every plane. */
KERNEL void screening_planes(
    GLOBAL u64 *RESTRICT planes,
    GLOBAL const double *RESTRICT values,
    u32 rows,
    u32 words,
    u32 plane_count,
    u32 outputs,
    u32 output,
    double step,
    LOCAL_PARAMETER) {
  double highest = (double)(((u32)1 << plane_count) - 1u);
  FOR_EACH(w, words) {
    for (u32 b = 0; b < plane_count; b++) {
      planes[(u64)b * words + w] = 0;
    }
    u32 end = rows - (u32)w * 64u < 64u ? rows - (u32)w * 64u : 64u;
    for (u32 r = 0; r < end; r++) {
      double value = values[((u64)w * 64u + r) * outputs + output];
      double u = floor(ADD64(value / step, 0.5 * highest) + 0.5);
      u64 bits = (u64)fmin(fmax(u, 0.0), highest);
      for (u32 b = 0; b < plane_count; b++) {
        planes[(u64)b * words + w] |= (bits >> b & 1u) << r;
      }
    }
  }
}

/*
 * hits: I32 (most, size + 1), positions among the features; found: (1) how many there are, also
 * beyond most. first: number of the first prefix; limit: least |T - 2 V| of a hit, a whole number.
 * stretch: words of each plane that are in local memory at once. Where they are not all of them,
 * they come anew for each LOCAL_SIZE features, which costs little beside their use.
 * Local memory: (planes stretch) u64 and planes + 2 u32.
 */
KERNEL void screening_prefixes(
    GLOBAL i32 *RESTRICT hits,
    GLOBAL u32 *RESTRICT found,
    GLOBAL const u64 *RESTRICT columns,
    GLOBAL const u64 *RESTRICT planes,
    u64 first,
    u32 prefixes,
    u32 size,
    u32 features,
    u32 words,
    u32 stretch,
    u32 plane_count,
    u32 rows,
    u64 limit,
    u32 most,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, signed_planes);
  LOCAL u32 *counts = (LOCAL u32 *)(signed_planes + (u64)plane_count * stretch);
  i64 highest = ((i64)1 << plane_count) - 1;
  FOR_GROUP(task, prefixes) {
    u32 members[MOST_SIZE];
    screening_members(first + task, size, features, members);
    FOR_LOCAL(b, plane_count) { counts[b] = 0; }
    u32 above = size == 0u ? 0u : members[size - 1u] + 1u;
    for (u32 base = above; base < features; base += LOCAL_SIZE) {
      u32 k = base + LOCAL_ID;
      i64 with = 0;
      u32 kept = 0;
      for (u32 from = 0; from < words; from += stretch) {
        u32 here = words - from < stretch ? words - from : stretch;
        if (base == above || stretch < words) {
          BARRIER();
          FOR_LOCAL(i, plane_count * here) {
            u32 w = from + i % here;
            u64 word = planes[(u64)(i / here) * words + w];
            for (u32 m = 0; m < size; m++) {
              word ^= columns[(u64)members[m] * words + w];
            }
            signed_planes[i] = word;
            if (base == above) {
              LOCAL_ADD_U32(counts + i / here, POPCOUNT64(word));
            }
          }
          BARRIER();
        }
        if (k < features) {
          GLOBAL const u64 *column = columns + (u64)k * words + from;
          for (u32 w = 0; w < here; w++) {
            u64 bits = column[w];
            kept += POPCOUNT64(bits);
            /* All items read the same word of local memory: a broadcast. */
            for (u32 b = 0; b < plane_count; b++) {
              with += (i64)POPCOUNT64(bits & signed_planes[b * here + w]) << (b + 1u);
            }
          }
        }
      }
      i64 total = -highest * (i64)rows;
      for (u32 b = 0; b < plane_count; b++) {
        total += (i64)counts[b] << (b + 1u);
      }
      i64 sum = total - 2 * (with - highest * (i64)kept);
      u64 magnitude = (u64)(sum < 0 ? -sum : sum);
      if (k < features && magnitude >= limit) {
        u32 place = ATOMIC_ADD_U32(found, 1u);
        if (place < most) {
          for (u32 m = 0; m < size; m++) {
            hits[(u64)place * (size + 1u) + m] = (i32)members[m];
          }
          hits[(u64)place * (size + 1u) + size] = (i32)k;
        }
      }
    }
    BARRIER();
  }
}

#include "screening_tiles.h"
