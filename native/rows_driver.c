#include "driver.h"

#include "../kernels/rows.cl"

static int close_to(double a, double b) { return fabs(a - b) <= 1e-12 * (1.0 + fabs(a) + fabs(b)); }

static void positions(u32 groups, u32 rows, u32 parts) {
  u32 words = WORDS64(rows);
  u64 *bits = BUFFER(u64, parts * words), *local = BUFFER(u64, (ROWS_POSITIONS_LOCAL(1u) + 7u) / 8u);
  i32 *starts = BUFFER(i32, parts + 1), *found = BUFFER(i32, rows), *expected = BUFFER(i32, rows);
  u8 *part = BUFFER(u8, rows);
  memset(bits, 0, sizeof(u64) * parts * words);
  for (u32 r = 0; r < rows; r++) {
    part[r] = (u8)(random_bits() % parts);
    bits[part[r] * words + r / 64] |= (u64)1 << r % 64;
  }
  i32 at = 0;
  for (u32 p = 0; p < parts; p++) {
    starts[p] = at;
    for (u32 r = 0; r < rows; r++) {
      if (part[r] == p) expected[at++] = (i32)r;
    }
  }
  starts[parts] = at;
  LAUNCH(groups, rows_positions(found, bits, starts, parts, words, local));
  for (u32 r = 0; r < rows; r++) CHECK(found[r] == expected[r], "position %u of %u rows", r, rows);
  LAUNCH(groups, rows_ranges(bits, starts, parts, words, NULL));
  for (u32 p = 0; p < parts; p++) {
    for (u32 r = 0; r < 64 * words; r++) {
      u64 bit = bits[p * words + r / 64] >> r % 64 & 1;
      CHECK(bit == ((i32)r >= starts[p] && (i32)r < starts[p + 1]), "row %u of part %u", r, p);
    }
  }
  free(bits); free(local); free(starts); free(found); free(expected); free(part);
}

static void gather(u32 groups, u32 count, u32 width) {
  u64 *rows = BUFFER(u64, count * width), *out = BUFFER(u64, count * width);
  i32 *order = BUFFER(i32, count);
  for (u32 i = 0; i < count * width; i++) rows[i] = random_bits();
  for (u32 i = 0; i < count; i++) order[i] = (i32)(random_bits() % count);
  LAUNCH(groups, rows_gather(out, rows, order, count, width, NULL));
  for (u32 i = 0; i < count * width; i++) {
    u64 expected = rows[(u32)order[i / width] * width + i % width];
    CHECK(out[i] == expected, "word %u", i);
  }
  free(rows); free(out); free(order);
}

static void columns(u32 groups, u32 rows, u32 outputs) {
  u32 count = outputs + 1;
  double *values = BUFFER(double, rows * outputs), *out = BUFFER(double, rows * count);
  double *offsets = BUFFER(double, count), *others = BUFFER(double, rows), *expected = BUFFER(double, rows * count);
  i32 *picks = BUFFER(i32, count);
  for (u32 i = 0; i < rows * outputs; i++) values[i] = random_number();
  for (u32 i = 0; i < rows; i++) others[i] = random_number();
  for (u32 k = 0; k < count; k++) {
    picks[k] = (i32)(random_bits() % (outputs + 1)) - 1;
    offsets[k] = random_number();
  }
  LAUNCH(groups, rows_columns(out, values, picks, rows, outputs, count, NULL));
  for (u32 i = 0; i < rows * count; i++) {
    i32 pick = picks[i % count];
    expected[i] = pick < 0 ? 0.0 : values[i / count * outputs + (u32)pick];
    CHECK(out[i] == expected[i], "number %u", i);
    expected[i] += offsets[i % count];
  }
  LAUNCH(groups, rows_shift(out, offsets, rows, count, NULL));
  LAUNCH(groups, rows_add(out, others, rows, count, count - 1, -1.0, NULL));
  for (u32 i = 0; i < rows * count; i++) {
    double number = i % count == count - 1 ? expected[i] - others[i / count] : expected[i];
    CHECK(out[i] == number, "changed number %u", i);
  }
  free(values); free(out); free(offsets); free(others); free(expected); free(picks);
}

static void summaries(u32 groups, u32 rows, u32 outputs) {
  double *values = BUFFER(double, rows * outputs), *found = BUFFER(double, 5 * outputs);
  u64 *local = BUFFER(u64, ROWS_SUMMARIES_LOCAL(1u) / 8u);
  for (u32 i = 0; i < rows * outputs; i++) values[i] = random_number();
  LAUNCH(groups, rows_summaries(found, values, rows, outputs, local));
  for (u32 o = 0; o < outputs; o++) {
    double sum = 0, squares = 0, largest = 0, spread = 0;
    for (u32 r = 0; r < rows; r++) {
      double v = values[r * outputs + o];
      sum += v;
      squares += v * v;
      largest = fmax(largest, fabs(v));
      spread = fmax(spread, fabs(v - values[o]));
    }
    double *summary = found + 5 * o;
    CHECK(summary[0] == values[o] && summary[3] == largest && summary[4] == spread, "output %u", o);
    CHECK(close_to(summary[1], sum) && close_to(summary[2], squares), "sums of output %u", o);
  }
  free(values); free(found); free(local);
}

static void errors(u32 rows, double noise) {
  double *values = BUFFER(double, rows), *predictions = BUFFER(double, rows), *found = BUFFER(double, 5);
  double *apart = BUFFER(double, rows);
  u64 *local = BUFFER(u64, ROWS_ERRORS_LOCAL / 8u);
  double mean = 0, residual = 0, total = 0;
  for (u32 r = 0; r < rows; r++) {
    values[r] = random_number();
    predictions[r] = values[r] + noise * random_number();
    mean += values[r] / rows;
  }
  for (u32 r = 0; r < rows; r++) {
    residual += (values[r] - predictions[r]) * (values[r] - predictions[r]);
    total += (values[r] - mean) * (values[r] - mean);
  }
  LAUNCH(1, rows_errors(found, values, predictions, rows, local));
  CHECK(close_to(found[0], mean) && close_to(found[1], residual) && close_to(found[2], total), "%u rows", rows);
  CHECK(found[3] == rows - 1 && (found[4] == 0.0) == (noise == 0.0), "flags of %u rows", rows);
  LAUNCH(2, rows_square_differences(apart, values, predictions, rows, NULL));
  for (u32 r = 0; r < rows; r++) {
    CHECK(apart[r] == values[r] * values[r] - predictions[r] * predictions[r], "difference %u", r);
  }
  free(values); free(predictions); free(found); free(apart); free(local);
}

static void by_distance(u32 groups, u32 rows, u32 features, u32 here) {
  u32 words = WORDS64(features);
  u64 *masks = BUFFER(u64, rows * words), *sums = BUFFER(u64, features + 1), *local = BUFFER(u64, ROWS_BY_DISTANCE_LOCAL(features) / 8u);
  double *values = BUFFER(double, rows), *expected = BUFFER(double, features + 1);
  memset(sums, 0, sizeof(u64) * (features + 1));
  memset(expected, 0, sizeof(double) * (features + 1));
  for (u32 i = 0; i < rows * words; i++) {
    masks[i] = random_bits() & (i % words == words - 1 ? ~(u64)0 >> (64 * words - features) : ~(u64)0);
  }
  for (u32 r = 0; r < rows; r++) values[r] = 3.0 * random_number();
  for (u32 r = 0; r < rows; r++) {
    for (u32 q = 0; q < r; q++) {
      u32 d = 0;
      for (u32 i = 0; i < features; i++) {
        d += (u32)((masks[r * words + i / 64] ^ masks[q * words + i / 64]) >> i % 64 & 1);
      }
      expected[d] += values[r] * values[q];
    }
  }
  double whole = 1099511627776.0;
  LAUNCH(groups, rows_by_distance(sums, masks, values, rows, words, features, 1.0 / 3.0, whole, here, local));
  for (u32 d = 0; d <= features; d++) {
    /* Each product is rounded to 9 / whole. */
    double error = fabs((double)(i64)sums[d] / whole * 9.0 - expected[d]);
    CHECK(error <= 9.0 / whole * rows * rows, "distance %u: %g", d, error);
  }
  free(masks); free(sums); free(local); free(values); free(expected);
}

int main(void) {
  for (u32 rows = 1; rows < 400; rows += 21) {
    positions(1 + rows % 3, rows, 1 + rows % 5);
    gather(1 + rows % 4, rows, 1 + rows % 3);
    columns(1 + rows % 2, rows, 1 + rows % 3);
    summaries(1 + rows % 3, rows, 1 + rows % 3);
    errors(rows, rows % 2 ? 0.0 : 0.1);
  }
  summaries(2, 3000, 2);
  errors(3000, 1.0);
  by_distance(1, 1, 5, 1);
  by_distance(3, 40, 70, 1);
  by_distance(2, 65, 64, 0);
  return 0;
}
