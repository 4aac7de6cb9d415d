#include "driver.h"

#include "../kernels/sampling.cl"

/* The known answers of the reference implementation for counter and key 0, and all ones. */
static void known_answers(void) {
  u32 zeros[4] = {0, 0, 0, 0};
  philox(zeros, 0, 0);
  CHECK(zeros[0] == 0x6627e8d5u && zeros[3] == 0x9b00dbd8u, "philox of zeros");
  u32 ones[4] = {~0u, ~0u, ~0u, ~0u};
  philox(ones, ~0u, ~0u);
  CHECK(ones[0] == 0x408f276du && ones[3] == 0x6d5451fdu, "philox of ones");
}

static void uniform(u64 rows, u32 features, u32 groups) {
  u32 words = WORDS64(features);
  u64 *masks = BUFFER(u64, rows * words);
  LAUNCH(groups, sampling_uniform(masks, 7, 1, 3, rows, features, NULL));
  u64 *later = BUFFER(u64, words);
  for (u64 r = 0; r < rows; r++) {
    LAUNCH(1, sampling_uniform(later, 7, 1, 3 + r, 1, features, NULL));
    CHECK(memcmp(later, masks + r * words, 8u * words) == 0, "row %d of %u features", (int)r, features);
    if ((features & 63u) != 0u) {
      CHECK(later[words - 1] >> (features & 63u) == 0, "bits past %u features", features);
    }
  }
  free(later);
  free(masks);
}

static void subspaces(u32 groups, u32 dimension, u32 delays, u32 words, u32 launched) {
  u64 *columns = BUFFER(u64, groups * dimension * words);
  u64 *shifts = BUFFER(u64, delays * words);
  u64 rows = (u64)groups * delays << dimension;
  u64 *masks = BUFFER(u64, rows * words);
  for (u32 i = 0; i < groups * dimension * words; i++) columns[i] = random_bits();
  for (u32 i = 0; i < delays * words; i++) shifts[i] = random_bits();
  LAUNCH(launched, sampling_subspaces(masks, columns, shifts, groups, dimension, delays, words, NULL));
  for (u64 row = 0; row < rows; row++) {
    u64 l = row & (((u64)1 << dimension) - 1);
    u64 p = (row >> dimension) % delays;
    u64 g = (row >> dimension) / delays;
    for (u32 w = 0; w < words; w++) {
      u64 expected = shifts[p * words + w];
      for (u32 k = 0; k < dimension; k++) {
        if (l >> k & 1u) expected ^= columns[(g * dimension + k) * words + w];
      }
      CHECK(masks[row * words + w] == expected, "row %d word %u", (int)row, w);
    }
  }
  free(columns);
  free(shifts);
  free(masks);
}

int main(void) {
  known_answers();
  u32 sizes[] = {1, 2, 63, 64, 65, 127, 128, 129, 200};
  for (u32 s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    uniform(0, sizes[s], 1);
    uniform(1, sizes[s], 1);
    uniform(17, sizes[s], 5);
  }
  subspaces(1, 0, 1, 1, 1);
  subspaces(3, 4, 5, 2, 7);
  subspaces(2, 6, 1, 3, 1);
  return 0;
}
