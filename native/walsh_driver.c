#include "driver.h"

#include "../kernels/walsh.cl"

/* The same source again for doubles, under other names. */
#define WALSH_DOUBLE 1
#define REAL REAL64
#define place place64
#define chunk_base chunk_base64
#define padded padded64
#define walsh_tiles walsh_tiles64
#define walsh_by_output walsh_by_output64
#include "../kernels/walsh.cl"
#undef REAL
#undef walsh_tiles

/* The definition, in place, on small integers: every sum is exact. */
static void expect(const double *x, double *t, u32 length) {
  for (u32 j = 0; j < length; j++) {
    t[j] = 0;
    for (u32 l = 0; l < length; l++) {
      t[j] += (POPCOUNT32(l & j) & 1u) == 0 ? x[l] : -x[l];
    }
  }
}

/* A contiguous pass of `low` stages, then strips of 2^column_bits columns, in floats and doubles. */
static void transform(u32 rows, u32 bits, u32 low, u32 tile_bits, u32 column_bits, u32 groups) {
  u32 length = 1u << bits;
  u32 total = rows * length;
  double *x = BUFFER(double, total);
  double *expected = BUFFER(double, total);
  double *doubles = BUFFER(double, total);
  float *floats = BUFFER(float, total);
  for (u32 i = 0; i < total; i++) {
    x[i] = (double)(random_bits() % 17u) - 8.0;
    doubles[i] = x[i];
    floats[i] = (float)x[i];
  }
  for (u32 r = 0; r < rows; r++) expect(x + r * length, expected + r * length, length);
  u32 high = bits - low;
  u32 largest = tile_bits > column_bits + high ? tile_bits : column_bits + high;
  void *local = buffer(WALSH_TILES_LOCAL(largest, sizeof(float)));
  void *local64 = buffer(WALSH_TILES_LOCAL(largest, sizeof(double)));
  LAUNCH(groups, walsh_tiles(floats, total, tile_bits, 0, 0, 0, low, high == 0 ? 0.5f : 1, local));
  LAUNCH(groups, walsh_tiles64(doubles, total, tile_bits, 0, 0, 0, low, high == 0 ? 0.5 : 1, local64));
  if (high > 0) {
    u32 strip = column_bits + high;
    LAUNCH(groups, walsh_tiles(floats, total, strip, column_bits, low, column_bits, strip, 0.5f, local));
    LAUNCH(groups, walsh_tiles64(doubles, total, strip, column_bits, low, column_bits, strip, 0.5, local64));
  }
  for (u32 i = 0; i < total; i++) {
    CHECK(floats[i] == (float)(0.5 * expected[i]), "float %u of %u rows of 2^%u", i, rows, bits);
    CHECK(doubles[i] == 0.5 * expected[i], "double %u of %u rows of 2^%u", i, rows, bits);
  }
  free(x);
  free(expected);
  free(doubles);
  free(floats);
  free(local);
  free(local64);
}

static void by_output(u32 rows, u32 outputs, u32 columns, u32 height, u32 groups) {
  double *values = BUFFER(double, rows * outputs);
  float *moved = BUFFER(float, rows * outputs);
  void *local = buffer(WALSH_BY_OUTPUT_LOCAL(columns, height));
  for (u32 i = 0; i < rows * outputs; i++) values[i] = random_number();
  LAUNCH(groups, walsh_by_output(values, moved, rows, outputs, columns, height, local));
  for (u32 r = 0; r < rows; r++) {
    for (u32 o = 0; o < outputs; o++) {
      CHECK(moved[o * rows + r] == (float)values[r * outputs + o], "row %u output %u", r, o);
    }
  }
  free(values);
  free(moved);
  free(local);
}

int main(void) {
  for (u32 bits = 0; bits <= 8; bits++) {
    transform(1, bits, bits, bits < 4 ? 4 : bits, 0, 1);
    transform(5, bits, bits, 8, 0, 3);
  }
  transform(0, 3, 3, 8, 0, 1);
  transform(33, 0, 0, 4, 0, 2);
  transform(3, 9, 5, 5, 4, 7);
  transform(2, 10, 6, 6, 2, 3);
  transform(1, 11, 6, 7, 5, 2);
  by_output(0, 3, 3, 4, 1);
  by_output(1, 1, 1, 8, 2);
  by_output(37, 5, 5, 6, 3);
  by_output(33, 31, 8, 4, 5);
  return 0;
}
