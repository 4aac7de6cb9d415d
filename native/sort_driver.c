#include "driver.h"

#include "../kernels/sort.cl"

static void pass(u64 *to, i32 *numbers_to, const u64 *from, const i32 *numbers_from, u32 count,
    u32 shift, u32 mask, u32 run, u32 per_block, u32 groups) {
  u32 blocks = (count + per_block - 1u) / per_block;
  i32 *counts = BUFFER(i32, DIGITS * blocks);
  i32 *totals = BUFFER(i32, DIGITS);
  u32 *found = buffer(SORT_COUNT_LOCAL);
  u64 *sums = buffer(SORT_SCAN_LOCAL(1u));
  u32 *local = buffer(SORT_SCATTER_LOCAL(1u, run));
  LAUNCH(groups, sort_count(counts, from, count, per_block, blocks, shift, mask, (u64 *)found));
  LAUNCH(groups, sort_offsets(counts, totals, blocks, sums));
  LAUNCH(groups,
      sort_scatter(to, numbers_to, from, numbers_from, counts, totals, count, per_block, blocks, shift,
          mask, run, (u64 *)local));
  free(counts);
  free(totals);
  free(found);
  free(sums);
  free(local);
}

/* One pass: a stable order by the digit. */
static void passes(u32 count, u32 distinct, u32 shift, u32 mask, u32 run, u32 per_block, u32 groups) {
  u64 *keys = BUFFER(u64, count);
  u64 *sorted = BUFFER(u64, count);
  i32 *numbers = BUFFER(i32, count);
  i32 *order = BUFFER(i32, count);
  for (u32 i = 0; i < count; i++) keys[i] = (random_bits() % distinct) << shift | (random_bits() & ((1u << shift) - 1u));
  LAUNCH(groups, sort_iota(numbers, count, NULL));
  pass(sorted, order, keys, numbers, count, shift, mask, run, per_block, groups);
  for (u32 i = 0; i < count; i++) {
    CHECK(sorted[i] == keys[order[i]], "pair %u of %u", i, count);
    if (i > 0) {
      u64 a = sorted[i - 1] >> shift & mask;
      u64 b = sorted[i] >> shift & mask;
      CHECK(a < b || (a == b && order[i - 1] < order[i]), "order at %u of %u", i, count);
    }
  }
  LAUNCH(groups, sort_gather(keys, sorted, 0, numbers, count, NULL));
  CHECK(memcmp(keys, sorted, 8u * count) == 0, "gather of %u", count);
  free(keys);
  free(sorted);
  free(numbers);
  free(order);
}

static void prefix(u32 count, u32 per_block, u32 groups) {
  i32 *values = BUFFER(i32, count);
  u64 *sums = BUFFER(u64, count + 1u);
  u32 blocks = (count + per_block - 1u) / per_block;
  u64 *of_blocks = BUFFER(u64, blocks);
  u64 *local = buffer(SORT_SCAN_LOCAL(1u));
  for (u32 i = 0; i < count; i++) values[i] = (i32)(random_bits() & 0x7FFFFFFFu);
  LAUNCH(groups, sort_prefix_blocks(of_blocks, values, count, per_block, blocks, local));
  LAUNCH(groups, sort_prefix_apply(sums, values, of_blocks, count, per_block, blocks, local));
  u64 sum = 0;
  for (u32 i = 0; i <= count; i++) {
    CHECK(sums[i] == sum, "prefix %u of %u", i, count);
    if (i < count) sum += (u64)values[i];
  }
  free(values);
  free(sums);
  free(of_blocks);
  free(local);
}

int main(void) {
  passes(1, 1, 0, 255, 1, 1, 1);
  passes(2, 2, 3, 1, 1, 2, 3);
  passes(255, 256, 0, 255, 7, 21, 4);
  passes(1000, 3, 5, 255, 11, 110, 2);
  passes(5000, 1000, 8, 15, 13, 1300, 3);
  passes(4097, 256, 8, 255, 512, 1024, 9);
  prefix(1, 1, 1);
  prefix(2, 1, 1);
  prefix(1001, 64, 5);
  prefix(4096, 512, 3);
  return 0;
}
