/*
 * SPEX bins: from transforms to the term that explains most of each bin.
 *
 * Formulas: the signs of a bin's numbers U_0..U_P against U_0 are the parity bits of a BCH code
 * word, and the term k is the error pattern that explains them. Syndromes S_j = sum of alpha^(p j)
 * over the bits that are set; Berlekamp-Massey gives the locator; x^(2^m) = x modulo it tells
 * whether it splits; traces Tr(alpha^b x), idempotents modulo the locator, part its roots. Chase:
 * sign patterns in order of total |U_p| over the 2t weakest numbers. A term must fall in the bin
 * that it was read from; among the patterns' terms the one with the largest fit
 * (sum_p (-1)^<d_p,k> U_p)^2 / (P + 1) stays.
 *
 * Arithmetic: doubles, added in the order of the delays as HostPeeling and HostBinDecoder do, so
 * numbers that agree give results that agree to the last bit, for any group size. Bins are kept as
 * doubles even where transforms are floats: what peeling leaves then carries the rounding of the
 * input alone, and one code decides for both. Field elements are multiplied by integer products
 * with holes between the bits (no tables, no divergence); logarithms, inverses and roots of
 * y^2 + y = c are tables in global memory, read a few times a pattern.
 *
 * Grid mapping: gather: a group a tile of TILE bins; decode: a group a bin, an item a pattern.
 * Macros: ERRORS, the most errors t that a code corrects (5); WIDE, 1 for fields above GF(2^16) (0).
 * Source: Kang et al., arXiv 2502.13870; Chase, IEEE Trans. Inf. Theory 18(1), 1972; Berlekamp,
 * Math. Comp. 24, 1970; the products: Pornin, BearSSL. Tolerance: none against HostDecoding.
 */
#include "device.h"

#ifndef ERRORS
#define ERRORS 5
#endif
#ifndef WIDE
#define WIDE 0
#endif

/*
 * Where OpenCL calls instead of inlining: compilers that run a group on a CPU otherwise spread each
 * of these long bodies over all items of a group, which takes them minutes.
 */
#if defined(ABLATE_OPENCL)
#define OUTLINE static __attribute__((noinline))
#else
#define OUTLINE FUNCTION
#endif

#define TILE 32u
/* Patterns decoded between two looks at whether one of them is certain. */
#define CHUNK 64u
/* Most weak numbers whose signs are flipped, and the largest degree of a field. */
#define MOST_WEAK 30u
#define MOST_DEGREE 20u
#define NONE 0xFFFFFFFFu
/* A term that leaves less of the bin's energy ends the search. */
#define CERTAIN 0.25

#if WIDE
typedef u64 product_bits;
#define HOLES(k) ((u64)0x9249249249249249 << (k))
#else
typedef u32 product_bits;
#define HOLES(k) (0x49249249u << (k))
#endif

/*
 * GF(2^degree): order = 2^degree - 1; alpha^degree = 1 + alpha^s1 + alpha^s2 + alpha^s3, where
 * s2 = s3 cancel in a trinomial; four: whether a product takes four foldings instead of two.
 */
typedef struct {
  u32 degree;
  u32 order;
  u32 s1;
  u32 s2;
  u32 s3;
  u32 four;
} Field;

FUNCTION Field field_of(u32 degree, u32 shifts, u32 four) {
  Field field;
  field.degree = degree;
  field.order = (1u << degree) - 1u;
  field.s1 = shifts & 255u;
  field.s2 = shifts >> 8 & 255u;
  field.s3 = shifts >> 16;
  field.four = four;
  return field;
}

FUNCTION product_bits field_fold(Field field, product_bits z) {
  product_bits high = z >> field.degree;
  return (z & (product_bits)field.order) ^ high ^ (high << field.s1) ^ (high << field.s2)
      ^ (high << field.s3);
}

FUNCTION u32 field_reduce(Field field, product_bits z) {
  z = field_fold(field, field_fold(field, z));
  if (field.four != 0u) {
    z = field_fold(field, field_fold(field, z));
  }
  return (u32)z;
}

/*
 * Every third bit of a times every third bit of b: a column gets at most 7 ones, which 3 bits hold,
 * so the lowest bit of each column is the sum modulo 2.
 */
FUNCTION u32 field_multiply(Field field, u32 a, u32 b) {
  product_bits a0 = a & 0x49249249u;
  product_bits a1 = a & 0x92492492u;
  product_bits a2 = a & 0x24924924u;
  product_bits b0 = b & 0x49249249u;
  product_bits b1 = b & 0x92492492u;
  product_bits b2 = b & 0x24924924u;
  product_bits z0 = (a0 * b0) ^ (a1 * b2) ^ (a2 * b1);
  product_bits z1 = (a0 * b1) ^ (a1 * b0) ^ (a2 * b2);
  product_bits z2 = (a0 * b2) ^ (a1 * b1) ^ (a2 * b0);
  return field_reduce(field, (z0 & HOLES(0)) | (z1 & HOLES(1)) | (z2 & HOLES(2)));
}

/* Squaring puts a 0 between the bits. */
FUNCTION u32 field_square(Field field, u32 a) {
  product_bits z = a;
#if WIDE
  z = (z | (z << 16)) & (u64)0x0000FFFF0000FFFF;
  z = (z | (z << 8)) & (u64)0x00FF00FF00FF00FF;
  z = (z | (z << 4)) & (u64)0x0F0F0F0F0F0F0F0F;
  z = (z | (z << 2)) & (u64)0x3333333333333333;
  z = (z | (z << 1)) & (u64)0x5555555555555555;
#else
  z = (z | (z << 8)) & 0x00FF00FFu;
  z = (z | (z << 4)) & 0x0F0F0F0Fu;
  z = (z | (z << 2)) & 0x33333333u;
  z = (z | (z << 1)) & 0x55555555u;
#endif
  return field_reduce(field, z);
}

/*
 * Berlekamp-Massey for binary codes, where every second discrepancy is 0. odd: (errors) S_1, S_3;
 * f: (ERRORS) receives the monic polynomial whose roots are alpha^position, lowest coefficient
 * first, without the leading one. Returns its degree, or NONE when it cannot have that many roots.
 */
FUNCTION u32 locate(
    Field field, u32 errors, const u32 *odd, u32 *f, GLOBAL const u32 *inverses) {
  u32 s[2 * ERRORS + 1];
  u32 c[ERRORS + 1];
  // The polynomial before the last growth, already times x^shift.
  u32 b[ERRORS + 1];
  s[0] = 0;
  UNROLL
  for (u32 j = 0; j < ERRORS; j++) {
    s[2u * j + 1u] = odd[j];
  }
  UNROLL
  for (u32 j = 1; j <= ERRORS; j++) {
    s[2u * j] = field_square(field, s[j]);
  }
  UNROLL
  for (u32 i = 0; i <= ERRORS; i++) {
    c[i] = i == 0u;
    b[i] = i == 1u;
  }
  u32 length = 0;
  u32 last = 1;
  UNROLL
  for (u32 j = 0; j < ERRORS; j++) {
    if (j >= errors) {
      continue;
    }
    u32 discrepancy = s[2u * j + 1u];
    UNROLL
    for (u32 i = 1; i <= ERRORS; i++) {
      if (i <= 2u * j) {
        discrepancy ^= field_multiply(field, c[i], s[2u * j + 1u - i]);
      }
    }
    u32 grow = discrepancy != 0u && length <= j;
    u32 factor = field_multiply(field, discrepancy, last);
    // Downwards, so that what a coefficient is made of has its old value. Indices are constants
    // once the loops are unrolled: the arrays stay in registers.
    UNROLL
    for (u32 k = 0; k < ERRORS; k++) {
      u32 i = ERRORS - k;
      c[i] ^= field_multiply(field, factor, b[i]);
      b[i] = i < 2u ? 0u : grow ? c[i < 2u ? 0u : i - 2u] : b[i < 2u ? 0u : i - 2u];
    }
    if (grow) {
      length = 2u * j + 1u - length;
      last = inverses[discrepancy];
    }
  }
  u32 lowest = 0;
  UNROLL
  for (u32 d = 1; d <= ERRORS; d++) {
    if (length == d) {
      lowest = c[d];
      UNROLL
      for (u32 i = 0; i < ERRORS; i++) {
        f[i] = i < d ? c[i < d ? d - i : 0u] : 0u;
      }
    }
  }
  return length == 0u ? 0u : lowest == 0u || length > errors ? NONE : length;
}

/* h = x h modulo the polynomial f of a degree. */
FUNCTION void times_x(Field field, const u32 *f, u32 degree, u32 *h) {
  u32 top = 0;
  UNROLL
  for (u32 i = 0; i < ERRORS; i++) {
    top = i + 1u == degree ? h[i] : top;
  }
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    u32 i = ERRORS - 1u - k;
    u32 below = i > 0u && i < degree ? h[i > 0u ? i - 1u : 0u] : 0u;
    h[i] = top == 0u ? below : below ^ field_multiply(field, top, f[i]);
  }
}

/* rows: (ERRORS, ERRORS), row i >= 2 is x^(2i) modulo f, of degree at least 3. */
FUNCTION void even_powers(Field field, const u32 *f, u32 degree, u32 rows[ERRORS][ERRORS]) {
  u32 h[ERRORS];
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    h[k] = k == 2u;
  }
  UNROLL
  for (u32 i = 2; i < ERRORS; i++) {
    times_x(field, f, degree, h);
    times_x(field, f, degree, h);
    UNROLL
    for (u32 k = 0; k < ERRORS; k++) {
      rows[i][k] = h[k];
    }
  }
}

/* h = h^2 modulo f: the squares of the coefficients times the even powers of x. */
FUNCTION void square_modulo(Field field, u32 degree, u32 rows[ERRORS][ERRORS], u32 *h) {
  u32 out[ERRORS];
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    out[k] = 0;
  }
  UNROLL
  for (u32 i = 0; i < ERRORS; i++) {
    u32 square = field_square(field, h[i]);
    if (2u * i < degree) {
      if (2u * i < ERRORS) {
        out[2u * i < ERRORS ? 2u * i : 0u] ^= square;
      }
    } else if (i < degree && i >= 2u) {
      UNROLL
      for (u32 k = 0; k < ERRORS; k++) {
        out[k] ^= field_multiply(field, square, rows[i][k]);
      }
    }
  }
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    h[k] = out[k];
  }
}

/* Whether f has degree distinct roots. */
FUNCTION u32 splits(Field field, const u32 *f, u32 degree) {
  u32 rows[ERRORS][ERRORS];
  u32 h[ERRORS];
  even_powers(field, f, degree, rows);
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    h[k] = k == 1u;
  }
  for (u32 i = 0; i < field.degree; i++) {
    square_modulo(field, degree, rows, h);
  }
  u32 same = 1;
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    same &= h[k] == (k == 1u ? 1u : 0u);
  }
  return same;
}

/* The roots of a polynomial of degree 0, 1 or 2, or NONE unless they are distinct. */
FUNCTION u32 closed_form(
    Field field, const u32 *f, u32 degree, GLOBAL const u32 *tables, LOCAL u32 *roots) {
  u32 middle = ERRORS > 1 ? f[ERRORS > 1 ? 1 : 0] : 0u;
  if (degree == 1u) {
    roots[0] = f[0];
  } else if (degree == 2u) {
    if (middle == 0u) {
      return NONE;
    }
    u32 inverse = tables[(field.order + 1u) + middle];
    u32 y = tables[2u * (field.order + 1u)
        + field_multiply(field, f[0], field_square(field, inverse))];
    if (y == NONE) {
      return NONE;
    }
    roots[0] = field_multiply(field, middle, y);
    roots[ERRORS > 1 ? 1 : 0] = field_multiply(field, middle, y ^ 1u);
  }
  return degree;
}

/* Where a group keeps what its items share while they decode a bin. */
typedef struct {
  LOCAL double *numbers;   /* (delays) */
  LOCAL double *weights;   /* (MOST_WEAK), ascending */
  LOCAL double *totals;    /* (patterns + 2), of the heap's subsets */
  LOCAL double *sums;      /* (CHUNK), of the numbers under the signs of a pattern's term */
  LOCAL u32 *heap;         /* (patterns + 2) */
  LOCAL u32 *flips;        /* (CHUNK) subsets of the weak numbers */
  LOCAL u32 *sizes;        /* (CHUNK), NONE where a pattern gives no term */
  LOCAL u32 *pending;      /* (CHUNK) patterns whose polynomial is not yet split */
  LOCAL u32 *weak;         /* (MOST_WEAK) delays */
  LOCAL u32 *weak_rows;    /* (MOST_WEAK, ERRORS) syndromes of the weak numbers */
  LOCAL u32 *base;         /* (ERRORS) syndromes as received */
  LOCAL u32 *sets;         /* (CHUNK, ERRORS) polynomial, then roots, then features */
  LOCAL u32 *traces;       /* (MOST_DEGREE, ERRORS) */
  LOCAL u32 *parts;        /* (ERRORS, ERRORS) idempotents */
  LOCAL u32 *best;         /* (ERRORS) */
  LOCAL u32 *state;        /* see below */
} Shared;

#define STATE_PRODUCED 0
#define STATE_PENDING 1
#define STATE_PARTS 2
#define STATE_DONE 3
#define STATE_HEAP 4
#define STATE_BEST 5
#define STATE_HITS 6

#define STATE_NUMBERS 8

/* Bytes of local memory of decoding_decode: Shared, member by member. */
#define DECODING_DECODE_LOCAL(delays, patterns)                                       \
  (8u * ((delays) + MOST_WEAK + (patterns) + 2u + CHUNK) +                            \
   4u * ((patterns) + 2u + 3u * CHUNK + MOST_WEAK +                                   \
         (MOST_WEAK + 1u + CHUNK + MOST_DEGREE + ERRORS + 1u) * ERRORS + STATE_NUMBERS))

FUNCTION Shared shared_of(LOCAL double *memory, u32 delays, u32 patterns) {
  Shared shared;
  shared.numbers = memory;
  shared.weights = shared.numbers + delays;
  shared.totals = shared.weights + MOST_WEAK;
  shared.sums = shared.totals + patterns + 2u;
  shared.heap = (LOCAL u32 *)(shared.sums + CHUNK);
  shared.flips = shared.heap + patterns + 2u;
  shared.sizes = shared.flips + CHUNK;
  shared.pending = shared.sizes + CHUNK;
  shared.weak = shared.pending + CHUNK;
  shared.weak_rows = shared.weak + MOST_WEAK;
  shared.base = shared.weak_rows + MOST_WEAK * ERRORS;
  shared.sets = shared.base + ERRORS;
  shared.traces = shared.sets + CHUNK * ERRORS;
  shared.parts = shared.traces + MOST_DEGREE * ERRORS;
  shared.best = shared.parts + ERRORS * ERRORS;
  shared.state = shared.best + ERRORS;
  return shared;
}

/* Whether a subset comes before the j-th of the heap. */
FUNCTION u32 before(Shared shared, u32 subset, double total, u32 j) {
  return total < shared.totals[j] || (total == shared.totals[j] && subset < shared.heap[j]);
}

FUNCTION void heap_push(Shared shared, u32 subset, double total) {
  u32 i = shared.state[STATE_HEAP]++;
  while (i > 0u && before(shared, subset, total, (i - 1u) / 2u)) {
    shared.heap[i] = shared.heap[(i - 1u) / 2u];
    shared.totals[i] = shared.totals[(i - 1u) / 2u];
    i = (i - 1u) / 2u;
  }
  shared.heap[i] = subset;
  shared.totals[i] = total;
}

FUNCTION void heap_pop(Shared shared) {
  u32 size = --shared.state[STATE_HEAP];
  u32 subset = shared.heap[size];
  double total = shared.totals[size];
  u32 i = 0;
  while (2u * i + 1u < size) {
    u32 child = 2u * i + 1u;
    if (child + 1u < size
        && before(shared, shared.heap[child + 1u], shared.totals[child + 1u], child)) {
      child++;
    }
    if (before(shared, subset, total, child)) {
      break;
    }
    shared.heap[i] = shared.heap[child];
    shared.totals[i] = shared.totals[child];
    i = child;
  }
  shared.heap[i] = subset;
  shared.totals[i] = total;
}

/*
 * The next subsets of the weak numbers in order of total weight, as ChasePatterns gives them: the
 * successors of a subset move its last item up by one or add the next. For one item of the group;
 * the totals are rounded along the way, so only this order of steps gives the host's order.
 */
FUNCTION void next_patterns(Shared shared, u32 first, u32 patterns, u32 items) {
  u32 produced = 0;
  if (first == 0u) {
    shared.flips[produced++] = 0;
    shared.state[STATE_HEAP] = 0;
    if (items > 0u) {
      heap_push(shared, 1u, shared.weights[0]);
    }
  }
  while (produced < CHUNK && first + produced < patterns && shared.state[STATE_HEAP] > 0u) {
    u32 subset = shared.heap[0];
    double total = shared.totals[0];
    heap_pop(shared);
    u32 last = 31u - CLZ32(subset);
    if (last + 1u < items) {
      double next = shared.weights[last + 1u];
      heap_push(shared, subset | 2u << last, ADD64(total, next));
      heap_push(shared, subset ^ 3u << last, ADD64(ADD64(total, -shared.weights[last]), next));
    }
    shared.flips[produced++] = subset;
  }
  shared.state[STATE_PRODUCED] = produced;
  shared.state[STATE_PENDING] = 0;
  shared.state[STATE_HITS] = 0;
}

/* Syndromes of the received signs and the weakest numbers, ascending, the first delay first. */
FUNCTION void receive(Shared shared, GLOBAL const u32 *rows, u32 delays, u32 items) {
  FOR_LOCAL(j, ERRORS) {
    u32 syndrome = 0;
    u32 first = shared.numbers[0] < 0.0;
    for (u32 p = 1; p < delays; p++) {
      u32 row = rows[p * ERRORS + j];
      syndrome ^= (shared.numbers[p] < 0.0) != first ? row : 0u;
    }
    shared.base[j] = syndrome;
  }
  // The place of a number is how many come before it: the same for any number of items.
  FOR_LOCAL(p, items == 0u ? 0u : delays) {
    double weight = fabs(shared.numbers[p]);
    u32 rank = 0;
    for (u32 q = 0; q < delays; q++) {
      double other = fabs(shared.numbers[q]);
      rank += other < weight || (other == weight && q < p);
    }
    if (rank < items) {
      shared.weak[rank] = p;
      shared.weights[rank] = weight;
      for (u32 j = 0; j < ERRORS; j++) {
        shared.weak_rows[rank * ERRORS + j] = rows[p * ERRORS + j];
      }
    }
  }
}

/* Decodes one pattern up to its polynomial's roots, or up to its polynomial for three and more. */
OUTLINE void decode_pattern(
    Shared shared, Field field, u32 errors, GLOBAL const u32 *tables, u32 slot) {
  u32 odd[ERRORS];
  u32 f[ERRORS];
  UNROLL
  for (u32 j = 0; j < ERRORS; j++) {
    odd[j] = shared.base[j];
    f[j] = 0;
  }
  for (u32 rest = shared.flips[slot]; rest != 0u; rest &= rest - 1u) {
    u32 item = 31u - CLZ32(rest & (0u - rest));
    UNROLL
    for (u32 j = 0; j < ERRORS; j++) {
      odd[j] ^= shared.weak_rows[item * ERRORS + j];
    }
  }
  u32 degree = locate(field, errors, odd, f, tables + field.order + 1u);
  LOCAL u32 *set = shared.sets + slot * ERRORS;
  if (degree == NONE || degree <= 2u) {
    shared.sizes[slot] = degree == NONE ? NONE : closed_form(field, f, degree, tables, set);
  } else if (splits(field, f, degree)) {
    UNROLL
    for (u32 j = 0; j < ERRORS; j++) {
      set[j] = f[j];
    }
    shared.sizes[slot] = degree;
    shared.pending[LOCAL_ADD_U32(&shared.state[STATE_PENDING], 1u)] = slot;
  } else {
    shared.sizes[slot] = NONE;
  }
}

/* Row b of the traces: Tr(alpha^b x) modulo the polynomial of a pattern. */
OUTLINE void trace_row(Shared shared, Field field, u32 slot, u32 b) {
  u32 degree = shared.sizes[slot];
  u32 f[ERRORS];
  u32 rows[ERRORS][ERRORS];
  u32 h[ERRORS];
  u32 sum[ERRORS];
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    f[k] = shared.sets[slot * ERRORS + k];
    h[k] = k == 1u ? 1u << b : 0u;
    sum[k] = h[k];
  }
  even_powers(field, f, degree, rows);
  for (u32 i = 1; i < field.degree; i++) {
    square_modulo(field, degree, rows, h);
    UNROLL
    for (u32 k = 0; k < ERRORS; k++) {
      sum[k] ^= h[k];
    }
  }
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    shared.traces[b * ERRORS + k] = sum[k];
  }
}

/* Parts an idempotent into its products with trace b and with 1 + trace b, if neither is 0. */
OUTLINE void split_part(Shared shared, Field field, u32 slot, u32 part, u32 b) {
  LOCAL u32 *old = shared.parts + part * ERRORS;
  u32 degree = shared.sizes[slot];
  u32 f[ERRORS];
  u32 h[ERRORS];
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    f[k] = shared.sets[slot * ERRORS + k];
    h[k] = 0;
  }
  for (u32 i = degree; i-- > 0u;) {
    times_x(field, f, degree, h);
    UNROLL
    for (u32 k = 0; k < ERRORS; k++) {
      h[k] ^= field_multiply(field, old[i], shared.traces[b * ERRORS + k]);
    }
  }
  u32 some = 0;
  u32 other = 0;
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    some |= h[k];
    other |= h[k] ^ old[k];
  }
  if (some != 0u && other != 0u) {
    u32 at = LOCAL_ADD_U32(&shared.state[STATE_PARTS], 1u);
    UNROLL
    for (u32 k = 0; k < ERRORS; k++) {
      shared.parts[at * ERRORS + k] = h[k];
      old[k] ^= h[k];
    }
  }
}

/* The root that belongs to an idempotent e: x e = root e in every coefficient. */
OUTLINE u32 root_of(
    Shared shared, Field field, GLOBAL const u32 *inverses, u32 slot, u32 part) {
  u32 f[ERRORS];
  u32 h[ERRORS];
  u32 above = 0;
  u32 below = 1;
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    f[k] = shared.sets[slot * ERRORS + k];
    h[k] = shared.parts[part * ERRORS + k];
  }
  times_x(field, f, shared.sizes[slot], h);
  UNROLL
  for (u32 k = 0; k < ERRORS; k++) {
    u32 e = shared.parts[part * ERRORS + k];
    above = e != 0u ? h[k] : above;
    below = e != 0u ? e : below;
  }
  return field_multiply(field, above, inverses[below]);
}

/*
 * The roots of a polynomial that splits into three or more, by the whole group. Modulo it, the
 * trace of alpha^b x is 0 or 1 at each root: an idempotent. Products with them part 1 into one
 * idempotent a root.
 */
FUNCTION void find_roots(Shared shared, Field field, GLOBAL const u32 *inverses, u32 slot) {
  u32 degree = shared.sizes[slot];
  FOR_LOCAL(b, field.degree) {
    trace_row(shared, field, slot, b);
  }
  FOR_LOCAL(k, ERRORS) {
    shared.parts[k] = k == 0u;
  }
  if (LOCAL_ID == 0u) {
    shared.state[STATE_PARTS] = 1;
  }
  BARRIER();
  u32 parts = 1;
  for (u32 b = 0; b < field.degree && parts < degree; b++) {
    FOR_LOCAL(part, parts) {
      split_part(shared, field, slot, part, b);
    }
    BARRIER();
    parts = shared.state[STATE_PARTS];
    // All have read the count before one of them adds to it.
    BARRIER();
  }
  // The traces are done with: their place takes the roots until all have read the polynomial.
  FOR_LOCAL(part, degree) {
    shared.traces[part] = root_of(shared, field, inverses, slot, part);
  }
  BARRIER();
  FOR_LOCAL(part, degree) {
    shared.sets[slot * ERRORS + part] = shared.traces[part];
  }
  BARRIER();
}

/* What decode is told about the design: one struct would need one layout in three dialects. */
typedef struct {
  u32 features;
  u32 delays;
  u32 words;
  u32 parity;
} Code;

/*
 * From roots to features: the term must be one of the code, fall in this bin, and then has the sum
 * of the bin's numbers under its signs.
 */
FUNCTION void check_pattern(
    Shared shared,
    Code code,
    GLOBAL const u32 *logs,
    GLOBAL const u32 *hashes,
    GLOBAL const u64 *signatures,
    u32 bin,
    u32 slot) {
  LOCAL u32 *set = shared.sets + slot * ERRORS;
  u32 size = shared.sizes[slot];
  if (size == NONE) {
    return;
  }
  u32 kept = 0;
  u32 hash = 0;
  u32 outside = 0;
  for (u32 r = 0; r < size; r++) {
    u32 position = logs[set[r]];
    if (position >= code.parity + code.features) {
      outside = 1;
    } else if (position >= code.parity) {
      set[kept++] = position - code.parity;
      hash ^= hashes[position - code.parity];
    }
  }
  if (outside != 0u || hash != bin) {
    shared.sizes[slot] = NONE;
    return;
  }
  double sum = 0;
  for (u32 w = 0; w < code.words; w++) {
    u64 signs = 0;
    for (u32 k = 0; k < kept; k++) {
      signs ^= signatures[(u64)set[k] * code.words + w];
    }
    u32 last = code.delays - 64u * w < 64u ? code.delays - 64u * w : 64u;
    for (u32 p = 0; p < last; p++) {
      double number = shared.numbers[64u * w + p];
      sum = ADD64(sum, (signs >> p & 1u) != 0u ? -number : number);
    }
  }
  shared.sizes[slot] = kept;
  shared.sums[slot] = sum;
  LOCAL_ADD_U32(&shared.state[STATE_HITS], 1u);
}

/* Takes the best term of a chunk in the order of its patterns; returns its sum. */
FUNCTION double best_of_chunk(Shared shared, u32 delays, double energy, double best_sum) {
  double best_fit = MUL64(best_sum, best_sum) / (double)delays;
  u32 produced = shared.state[STATE_HITS] == 0u ? 0u : shared.state[STATE_PRODUCED];
  for (u32 slot = 0; slot < produced; slot++) {
    if (shared.sizes[slot] == NONE) {
      continue;
    }
    double sum = shared.sums[slot];
    double fit = MUL64(sum, sum) / (double)delays;
    if (fit > best_fit) {
      best_fit = fit;
      best_sum = sum;
      shared.state[STATE_BEST] = shared.sizes[slot];
      for (u32 k = 0; k < ERRORS; k++) {
        shared.best[k] = shared.sets[slot * ERRORS + k];
      }
      if (ADD64(energy, -fit) < MUL64(CERTAIN, energy)) {
        shared.state[STATE_DONE] = 1;
        break;
      }
    }
  }
  return best_sum;
}

/* Where candidates go: one place a bin, those of a problem next to each other. */
typedef struct {
  GLOBAL double *left;
  GLOBAL u32 *where;
  GLOBAL u32 *sets;
  GLOBAL u32 *places;
} Candidates;

/* Sorts the best term and writes it with its bins: size first, then the features. */
FUNCTION void emit(
    Shared shared, Candidates out, GLOBAL const u32 *hashes, u32 features, u32 groups, u32 points,
    u32 bin, double left, u64 at) {
  u32 size = shared.state[STATE_BEST];
  for (u32 i = 1; i < size; i++) {
    u32 feature = shared.best[i];
    u32 j = i;
    for (; j > 0u && shared.best[j - 1u] > feature; j--) {
      shared.best[j] = shared.best[j - 1u];
    }
    shared.best[j] = feature;
  }
  out.left[at] = left;
  out.where[at] = bin;
  out.sets[at * (ERRORS + 1)] = size;
  for (u32 k = 0; k < ERRORS; k++) {
    out.sets[at * (ERRORS + 1) + 1u + k] = k < size ? shared.best[k] : 0u;
  }
  for (u32 c = 0; c < groups; c++) {
    u32 hash = 0;
    for (u32 k = 0; k < size; k++) {
      hash ^= hashes[(u64)c * features + shared.best[k]];
    }
    out.places[at * groups + c] = c * points + hash;
  }
}

/*
 * Brings the numbers of each bin together and adds their squares.
 *
 * doubles, singles: the same buffer, (problems, groups, delays, points) row-major, read as what
 * single says, from number from on; numbers: (problems, groups, points, delays) row-major;
 * energies: (problems, groups, points); largest: (problems) bits of the largest energy, 0 before.
 * Local memory: TILE * (TILE + 2) doubles.
 */
#define DECODING_GATHER_LOCAL (8u * TILE * (TILE + 2u))
KERNEL void decoding_gather(
    GLOBAL const double *doubles,
    GLOBAL const float *singles,
    u32 single,
    u64 from,
    GLOBAL double *numbers,
    GLOBAL double *energies,
    GLOBAL u64 *largest,
    u32 blocks,
    u32 groups,
    u32 delays,
    u32 points,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, tile);
  LOCAL double *sums = tile + TILE * (TILE + 1u);
  u32 tiles = (points + TILE - 1u) / TILE;
  FOR_GROUP(t, blocks * tiles) {
    u32 block = t / tiles;
    u32 first = (t - block * tiles) * TILE;
    u32 width = points - first < TILE ? points - first : TILE;
    // Neighbours read neighbouring bins; the tiles below find the numbers in the cache.
    FOR_LOCAL(j, width) {
      double sum = 0;
      for (u32 p = 0; p < delays; p++) {
        u64 at = from + ((u64)block * delays + p) * points + first + j;
        double u = single != 0u ? (double)singles[at] : doubles[at];
        sum = ADD64(sum, MUL64(u, u));
      }
      sums[j] = sum;
      energies[(u64)block * points + first + j] = sum;
    }
    for (u32 low = 0; low < delays; low += TILE) {
      u32 height = delays - low < TILE ? delays - low : TILE;
      // Rows of the tile are read along the bins and written along the delays: both coalesced.
      FOR_LOCAL(i, height * TILE) {
        u32 p = i / TILE;
        u32 j = i % TILE;
        if (j < width) {
          u64 at = from + ((u64)block * delays + low + p) * points + first + j;
          tile[p * (TILE + 1u) + j] = single != 0u ? (double)singles[at] : doubles[at];
        }
      }
      BARRIER();
      FOR_LOCAL(i, width * TILE) {
        u32 j = i / TILE;
        u32 p = i % TILE;
        if (p < height) {
          numbers[((u64)block * points + first + j) * delays + low + p] =
              tile[p * (TILE + 1u) + j];
        }
      }
      BARRIER();
    }
    if (LOCAL_ID == 0u) {
      double most = 0;
      for (u32 j = 0; j < width; j++) {
        most = sums[j] > most ? sums[j] : most;
      }
      ATOMIC_MAX_U64(&largest[block / groups], DOUBLE_BITS(most));
    }
    BARRIER();
  }
}

/*
 * Decodes the bins of a list; terms that leave less than residual of their bin's energy become
 * candidates of their problem.
 *
 * numbers, energies: as decoding_gather leaves them; todo: bins over all problems; counters: from
 * number counter on length of todo, then candidates of each problem so far; rows: (delays, ERRORS) what a
 * changed sign adds to S_1, S_3, ..., row 0 for all parity bits at once, 0 past errors; tables: (3, 2^degree)
 * logarithms, inverses, roots of y^2 + y = c or NONE; shifts: s1 | s2 << 8 | s3 << 16; hashes:
 * (groups, features); signatures: (features, words) bit p = <d_p, i>.
 * Candidates of problem q from place q * groups * points on: left: share of the energy that is
 * left; where: bin in the problem; sets: (places, 1 + ERRORS) size and features; places: (places,
 * groups) the term's bins. Local memory: DECODING_DECODE_LOCAL.
 */
KERNEL void decoding_decode(
    GLOBAL const double *numbers,
    GLOBAL const double *energies,
    GLOBAL const u32 *todo,
    GLOBAL u32 *counters,
    u32 counter,
    GLOBAL const u32 *rows,
    GLOBAL const u32 *tables,
    u32 errors,
    u32 degree,
    u32 shifts,
    u32 four,
    GLOBAL const u32 *hashes,
    GLOBAL const u64 *signatures,
    u32 features,
    u32 groups,
    u32 delays,
    u32 points,
    u32 words,
    u32 patterns,
    u32 items,
    double residual,
    GLOBAL double *left,
    GLOBAL u32 *where,
    GLOBAL u32 *sets,
    GLOBAL u32 *places,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, memory);
  Shared shared = shared_of(memory, delays, patterns);
  Field field = field_of(degree, shifts, four);
  Code code;
  code.features = features;
  code.delays = delays;
  code.words = words;
  code.parity = delays - 1u;
  Candidates out;
  out.left = left;
  out.where = where;
  out.sets = sets;
  out.places = places;
  u32 count = counters[counter];
  FOR_GROUP(i, count) {
    u32 bin = todo[i];
    double energy = energies[bin];
    double best_sum = 0;
    GLOBAL const u32 *group_hashes = hashes + (u64)(bin / points % groups) * features;
    FOR_LOCAL(p, delays) {
      shared.numbers[p] = numbers[(u64)bin * delays + p];
    }
    if (LOCAL_ID == 0u) {
      shared.state[STATE_DONE] = 0;
      shared.state[STATE_BEST] = NONE;
    }
    BARRIER();
    receive(shared, rows, delays, items);
    BARRIER();
    u32 more = 1;
    for (u32 first = 0; first < patterns && more != 0u; first += CHUNK) {
      if (LOCAL_ID == 0u) {
        next_patterns(shared, first, patterns, items);
      }
      BARRIER();
      u32 produced = shared.state[STATE_PRODUCED];
      FOR_LOCAL(slot, produced) {
        decode_pattern(shared, field, errors, tables, slot);
      }
      BARRIER();
      u32 pending = shared.state[STATE_PENDING];
      for (u32 q = 0; q < pending; q++) {
        find_roots(shared, field, tables + field.order + 1u, shared.pending[q]);
      }
      FOR_LOCAL(slot, produced) {
        check_pattern(
            shared, code, tables, group_hashes, signatures, bin % points, slot);
      }
      BARRIER();
      if (LOCAL_ID == 0u) {
        best_sum = best_of_chunk(shared, delays, energy, best_sum);
      }
      BARRIER();
      more = shared.state[STATE_DONE] == 0u && produced == CHUNK;
    }
    if (LOCAL_ID == 0u && shared.state[STATE_BEST] != NONE) {
      double share =
          ADD64(1.0, -(MUL64(best_sum, best_sum) / MUL64((double)delays, energy)));
      if (share < residual) {
        u32 bins = groups * points;
        u32 problem = bin / bins;
        u32 at = ATOMIC_ADD_U32(&counters[counter + 1u + problem], 1u);
        emit(shared, out, hashes, features, groups, points, bin - problem * bins, share,
            (u64)problem * bins + at);
      }
    }
    BARRIER();
  }
}
