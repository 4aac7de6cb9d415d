#ifndef ABLATE_DECODING_FIELD_H
#define ABLATE_DECODING_FIELD_H

/*
 * The field GF(2^m), polynomials over it, and the sizes that decoding is compiled for; see
 * decoding.cl.
 */

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

#endif
