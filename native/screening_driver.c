#include "driver.h"

#include "../kernels/screening.cl"

#include "screening_products.h"

/* Prefixes come each once, ascending within. */
static void members(u32 features, u32 size) {
  u32 last[MOST_SIZE] = {0};
  for (u64 n = 0; n < choose(features, size); n++) {
    u32 set[MOST_SIZE];
    screening_members(n, size, features, set);
    u64 number = 0;
    for (u32 i = 0; i < size; i++) {
      CHECK(set[i] < features && (i == 0 || set[i - 1u] < set[i]), "prefix %d", (int)n);
      number += choose(set[i], i + 1u);
    }
    CHECK(number == n, "prefix %d is number %d", (int)n, (int)number);
    memcpy(last, set, sizeof set);
  }
  (void)last;
}

static void screen(u32 rows, u32 features, u32 plane_count, u32 size, u32 stretch, u32 groups, u64 limit) {
  u32 words = WORDS64(rows);
  u64 *columns = BUFFER(u64, features * words);
  u64 *planes = BUFFER(u64, plane_count * words);
  memset(columns, 0, 8u * features * words);
  memset(planes, 0, 8u * plane_count * words);
  i64 *y = BUFFER(i64, rows);
  for (u32 r = 0; r < rows; r++) {
    u64 u = random_bits() & (((u64)1 << plane_count) - 1u);
    y[r] = 2 * (i64)u - (((i64)1 << plane_count) - 1);
    for (u32 b = 0; b < plane_count; b++) planes[b * words + r / 64u] |= (u >> b & 1u) << (r % 64u);
    for (u32 f = 0; f < features; f++) columns[f * words + r / 64u] |= (random_bits() & 1u) << (r % 64u);
  }
  u32 prefixes = (u32)choose(features, size);
  u32 most = (u32)choose(features, size + 1u) + 1u;
  i32 *hits = BUFFER(i32, most * (size + 1u));
  u32 *found = BUFFER(u32, 1);
  u64 *local = buffer(SCREENING_PREFIXES_LOCAL(plane_count, stretch));
  *found = 0;
  LAUNCH(groups, screening_prefixes(hits, found, columns, planes, 0, prefixes, size, features, words,
                                    stretch, plane_count, rows, limit, most, local));
  u32 expected = 0;
  for (u64 n = 0; n < choose(features, size + 1u); n++) {
    u32 set[MOST_SIZE + 1u];
    screening_members(n, size + 1u, features, set);
    i64 sum = 0;
    for (u32 r = 0; r < rows; r++) {
      u32 odd = 0;
      for (u32 m = 0; m <= size; m++) odd ^= (u32)(columns[set[m] * words + r / 64u] >> (r % 64u) & 1u);
      sum += odd ? -y[r] : y[r];
    }
    int hit = (u64)(sum < 0 ? -sum : sum) >= limit;
    expected += (u32)hit;
    u32 times = 0;
    for (u32 h = 0; h < *found; h++) {
      int same = 1;
      for (u32 m = 0; m <= size; m++) same &= hits[h * (size + 1u) + m] == (i32)set[m];
      times += (u32)same;
    }
    CHECK(times == (u32)hit, "set %d of %u rows found %u times, sum %d", (int)n, rows, times, (int)sum);
  }
  CHECK(*found == expected, "%u instead of %u", *found, expected);
  free(columns);
  free(planes);
  free(y);
  free(hits);
  free(found);
  free(local);
}

static void planes(u32 rows, u32 outputs, u32 plane_count, u32 groups) {
  u32 words = WORDS64(rows);
  double *values = BUFFER(double, rows * outputs);
  u64 *bits = BUFFER(u64, plane_count * words);
  double *spread = BUFFER(double, 2);
  double *local = buffer(SCREENING_SPREAD_LOCAL);
  for (u32 i = 0; i < rows * outputs; i++) values[i] = random_number();
  for (u32 o = 0; o < outputs; o++) {
    LAUNCH(1, screening_spread(spread, values, rows, outputs, o, (u64 *)local));
    double largest = 0, squares = 0;
    for (u32 r = 0; r < rows; r++) {
      largest = fmax(largest, fabs(values[r * outputs + o]));
      squares += values[r * outputs + o] * values[r * outputs + o];
    }
    CHECK(spread[0] == largest && fabs(spread[1] - squares) <= 1e-13 * squares, "%g %g", spread[0], spread[1]);
    double highest = (double)((1u << plane_count) - 1u);
    double step = 2 * largest / highest;
    LAUNCH(groups, screening_planes(bits, values, rows, words, plane_count, outputs, o, step, NULL));
    for (u32 r = 0; r < 64u * words; r++) {
      u64 u = 0;
      for (u32 b = 0; b < plane_count; b++) u |= (bits[b * words + r / 64u] >> (r % 64u) & 1u) << b;
      double back = step * ((double)u - highest / 2);
      CHECK(r < rows ? fabs(back - values[r * outputs + o]) <= 0.501 * step : u == 0, "row %u: %g", r, back);
    }
  }
  free(values);
  free(bits);
  free(spread);
  free(local);
}

static void run_products(u32 *hits, u32 *found, u64 *left, i32 *left_totals, i32 *left_edges, u64 *right,
                         i32 *right_totals, i32 *right_edges, u32 *bytes, u64 *starts, u32 left_tiles,
                         u32 left_count, u32 right_count, u32 words32, u64 limit, u32 most) {
  u64 *local = buffer(SCREENING_PRODUCTS_LOCAL);
  LAUNCH(3, screening_products(hits, found, (u32 *)left, left_totals, left_edges, (u32 *)right, right_totals,
                               right_edges, bytes, starts, left_tiles, left_count, right_count, words32, limit,
                               most, local));
  free(local);
}

int main(void) {
  planes(1, 1, 1, 1);
  planes(63, 2, 7, 3);
  planes(200, 3, 16, 2);
  members(1, 0);
  members(1, 1);
  members(9, 4);
  members(12, 12);
  members(40, 2);
  screen(1, 1, 1, 0, 1, 1, 0);
  screen(63, 7, 6, 0, 1, 3, 100);
  screen(64, 8, 7, 2, 1, 5, 400);
  screen(130, 6, 16, 3, 3, 2, 100000);
  screen(100, 5, 3, 4, 2, 9, 0);
  screen(300, 7, 6, 1, 2, 3, 500);
  screen(300, 6, 7, 2, 1, 2, 900);
  products(1, 2, 1, 1, 1, 0);
  products(63, 9, 8, 1, 1, 700);
  products(64, 30, 7, 2, 1, 900);
  products(300, 12, 8, 2, 2, 6000);
  products(100, 11, 5, 3, 3, 300);
  products(70, 26, 8, 1, 2, 500);
  return 0;
}
