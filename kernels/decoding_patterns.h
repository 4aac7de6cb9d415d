#ifndef ABLATE_DECODING_PATTERNS_H
#define ABLATE_DECODING_PATTERNS_H

/*
 * From a pattern of flipped signs to a term and what it leaves of the bin. See decoding.cl.
 */

#include "decoding_shared.h"

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

#endif
