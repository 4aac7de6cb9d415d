#include "driver.h"

#include "../kernels/evaluation.cl"

static void transposed(void) {
  u32 x[32], y[32];
  for (u32 i = 0; i < 32; i++) y[i] = x[i] = (u32)random_bits();
  transpose32(y);
  for (u32 i = 0; i < 32; i++) {
    for (u32 k = 0; k < 32; k++) {
      CHECK((x[k] >> i & 1u) == (y[i] >> k & 1u), "bit %u of row %u", i, k);
    }
  }
}

/* Every feature is a column; sets of up to 6 random features, the empty one too. */
static void evaluate(u32 rows, u32 features, u32 sets, u32 outputs, u32 slice_sets, u32 first, u32 groups) {
  u32 words = WORDS64(features);
  u32 blocks = (rows + BLOCK - 1u) / BLOCK;
  u32 tiles = (features + 31u) / 32u;
  u32 slices = (sets + slice_sets - 1u) / slice_sets;
  u64 *masks = BUFFER(u64, (first + rows) * words);
  for (u32 i = 0; i < (first + rows) * words; i++) masks[i] = random_bits();
  u32 *halves = BUFFER(u32, 3u * tiles);
  for (u32 t = 0; t < tiles; t++) {
    halves[3u * t] = t;
    halves[3u * t + 1u] = 32u * t + 32u <= features ? ~0u : (1u << (features & 31u)) - 1u;
    halves[3u * t + 2u] = 32u * t;
  }
  u32 *columns = BUFFER(u32, (features + 1u) * blocks);
  memset(columns + features * blocks, 0, 4u * blocks);
  for (u32 across = 0; across < 2u; across++) {
    LAUNCH(groups, evaluation_columns(masks, columns, halves, first, rows, words, blocks, tiles, across, NULL));
  }
  u32 *order = BUFFER(u32, sets);
  u32 *starts = BUFFER(u32, slices + 1u);
  u32 quads = 0;
  for (u32 s = 0; s < sets; s++) {
    if (s % slice_sets == 0) starts[s / slice_sets] = quads;
    order[s] = (u32)(random_bits() % 7u);
    quads += order[s] > 4u ? 2u : 1u;
  }
  starts[slices] = quads;
  u32 *members = BUFFER(u32, 4u * quads);
  u32 at = 0;
  for (u32 s = 0; s < sets; s++) {
    u32 width = order[s] > 4u ? 8u : 4u;
    for (u32 k = 0; k < width; k++) {
      members[at + k] = k < order[s] ? (u32)(random_bits() % features) : features;
    }
    members[at + width - 4u] |= 0x80000000u;
    at += width;
  }
  double *coefficients = BUFFER(double, outputs * sets);
  for (u32 i = 0; i < outputs * sets; i++) coefficients[i] = random_number();
  u64 count = (u64)rows * outputs;
  double *partial = BUFFER(double, slices * count);
  double *values = BUFFER(double, 2u + count);
  LAUNCH(groups, evaluation_sums(columns, members, starts, coefficients, partial, 0, count, rows, blocks,
                                 sets, slices, slice_sets, outputs, NULL));
  LAUNCH(groups, evaluation_combine(partial, values, 2, count, slices, NULL));
  for (u32 r = 0; r < rows; r++) {
    for (u32 o = 0; o < outputs; o++) {
      double expected = 0;
      at = 0;
      for (u32 s = 0; s < sets; s++) {
        u32 odd = 0;
        for (u32 k = 0; k < (order[s] > 4u ? 8u : 4u); k++, at++) {
          u32 f = members[at] & 0x7FFFFFFFu;
          if (f < features) odd ^= (u32)(masks[(first + r) * words + f / 64u] >> (f & 63u)) & 1u;
        }
        expected += odd != 0u ? -coefficients[o * sets + s] : coefficients[o * sets + s];
      }
      double found = values[2u + r * outputs + o];
      /* Sums of at most 200 terms of size at most 1. */
      CHECK(fabs(found - expected) < 1e-11, "mask %u output %u: %g, not %g", r, o, found, expected);
    }
  }
  free(masks);
  free(halves);
  free(columns);
  free(order);
  free(starts);
  free(members);
  free(coefficients);
  free(partial);
  free(values);
}

int main(void) {
  transposed();
  evaluate(1, 1, 1, 1, 1, 0, 1);
  evaluate(31, 32, 5, 1, 5, 3, 2);
  evaluate(32, 33, 64, 2, 10, 0, 1);
  evaluate(33, 64, 17, 1, 4, 1, 3);
  evaluate(100, 65, 200, 3, 64, 7, 5);
  evaluate(65, 200, 90, 1, 90, 0, 7);
  evaluate(0, 5, 3, 1, 2, 0, 1);
  return 0;
}
