#include "driver.h"

#define REAL_BITS 64
#include "../kernels/coded_regression.cl"

/* One regression on random terms and transforms. */
typedef struct {
  u32 groups, delays, points, terms, words;
  u64 offset;
  real *transforms;
  i32 *bins;
  u64 *signatures;
  i32 *members, *first, *starts, *order, *tiles;
  u32 tile_count;
} problem;

static int sign(const problem *p, u32 s, u32 delay) {
  return p->signatures[s * p->words + delay / 64] >> (delay % 64) & 1 ? -1 : 1;
}

static double value(const problem *p, u32 c, u32 delay, u32 bin) {
  return p->transforms[p->offset + ((u64)c * p->delays + delay) * p->points + bin];
}

/* Terms sorted by bin, and tiles by trying one after another. */
static void arrange(problem *p, u32 lane_bits) {
  u32 size = p->terms, at = 0, entry = 0;
  p->members = BUFFER(i32, p->groups * size);
  p->first = BUFFER(i32, size * p->groups);
  p->starts = BUFFER(i32, size * p->groups + 1);
  for (u32 c = 0; c < p->groups; c++) {
    for (u32 bin = 0; bin < p->points; bin++) {
      u32 begin = at;
      for (u32 s = 0; s < size; s++) {
        if (p->bins[c * size + s] == (i32)bin) {
          p->members[at++] = (i32)s;
          p->first[s * p->groups + c] = (i32)begin;
        }
      }
    }
  }
  for (u32 s = 0; s < size; s++) {
    for (u32 c = 0; c < p->groups; c++) {
      p->starts[s * p->groups + c] = (i32)entry;
      for (u32 t = 0; t < size; t++) entry += t != s && p->bins[c * size + s] == p->bins[c * size + t];
    }
  }
  p->starts[size * p->groups] = (i32)entry;
  i32 *done = BUFFER(i32, size);
  p->order = BUFFER(i32, size);
  p->tiles = BUFFER(i32, size + 1);
  p->tile_count = 0;
  p->tiles[0] = 0;
  memset(done, 0, 4u * size);
  for (u32 sorted = 0; sorted < size; p->tile_count++) {
    u32 begin = sorted;
    for (u32 s = 0; s < size && sorted - begin < PARTS >> lane_bits; s++) {
      int fits = !done[s];
      for (u32 k = begin; k < sorted && fits; k++) {
        for (u32 c = 0; c < p->groups; c++) {
          fits &= p->bins[c * size + s] != p->bins[c * size + (u32)p->order[k]];
        }
      }
      if (fits) {
        done[s] = 1;
        p->order[sorted++] = (i32)s;
      }
    }
    p->tiles[p->tile_count + 1] = (i32)sorted;
  }
  free(done);
}

static problem make(u32 groups, u32 delays, u32 points, u32 terms, u32 lane_bits) {
  problem p = {groups, delays, points, terms, WORDS64(delays), 5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0};
  u64 size = (u64)groups * delays * points;
  p.transforms = BUFFER(real, p.offset + size);
  p.bins = BUFFER(i32, groups * terms);
  p.signatures = BUFFER(u64, terms * p.words);
  for (u64 i = 0; i < p.offset + size; i++) p.transforms[i] = random_number();
  for (u32 i = 0; i < groups * terms; i++) p.bins[i] = (i32)(random_bits() % points);
  for (u32 i = 0; i < terms * p.words; i++) p.signatures[i] = random_bits();
  for (u32 w = 0; w < p.words && terms > 0; w++) p.signatures[w] = 0;
  for (u32 c = 0; c < groups && terms > 0; c++) p.bins[c * terms] = 0;
  arrange(&p, lane_bits);
  return p;
}

static void drop(problem *p) {
  free(p->transforms);
  free(p->bins);
  free(p->signatures);
  free(p->members);
  free(p->first);
  free(p->starts);
  free(p->order);
  free(p->tiles);
}

static double naive_product(const problem *p, u32 s, const u64 *mask) {
  double sum = 0;
  for (u32 d = 0; d < p->delays; d++) {
    for (u32 c = 0; c < p->groups && (mask[d / 64] >> (d % 64) & 1); c++) {
      sum += sign(p, s, d) * value(p, c, d, (u32)p->bins[c * p->terms + s]) * p->points;
    }
  }
  return sum;
}

static double naive_entry(const problem *p, u32 s, u32 t, const u64 *mask) {
  double sum = 0;
  for (u32 c = 0; c < p->groups; c++) {
    for (u32 d = 0; d < p->delays && p->bins[c * p->terms + s] == p->bins[c * p->terms + t]; d++) {
      if (mask[d / 64] >> (d % 64) & 1) sum += sign(p, s, d) * sign(p, t, d) * (double)p->points;
    }
  }
  return sum;
}

static void closed_forms(problem *p, u32 launched) {
  u64 *local = buffer(CODED_REGRESSION_LOCAL);
  double *squares = BUFFER(double, p->delays);
  LAUNCH(launched, coded_regression_squares(squares, p->transforms, p->offset, p->groups, p->delays, p->points, local));
  u64 *every = BUFFER(u64, p->words);
  memset(every, 0xFF, 8u * p->words);
  for (u32 d = 0; d < p->delays; d++) {
    double sum = 0;
    for (u32 c = 0; c < p->groups; c++) {
      for (u32 j = 0; j < p->points; j++) sum += value(p, c, d, j) * value(p, c, d, j) * p->points;
    }
    CHECK(fabs(sum - squares[d]) <= 1e-12 * sum, "squares of delay %u", d);
  }
  double *singles = BUFFER(double, p->terms);
  LAUNCH(launched, coded_regression_singles(singles, p->transforms, p->offset, p->bins, p->signatures, p->groups,
                                      p->delays, p->points, p->terms, p->words, NULL));
  for (u32 s = 0; s < p->terms; s++) {
    double expected = naive_product(p, s, every);
    CHECK(fabs(expected - singles[s]) < 1e-9 * p->points, "product of %u", s);
  }
  double *coefficients = BUFFER(double, p->terms);
  for (u32 s = 0; s < p->terms; s++) coefficients[s] = random_number();
  u64 size = (u64)p->groups * p->delays * p->points;
  real *rest = BUFFER(real, size);
  real *expected = BUFFER(real, size);
  memcpy(rest, p->transforms + p->offset, size * sizeof(real));
  memcpy(expected, rest, size * sizeof(real));
  LAUNCH(launched, coded_regression_subtract(rest, p->bins, p->members, p->signatures, coefficients, p->groups,
                                       p->delays, p->points, p->terms, p->words, NULL));
  for (u32 s = 0; s < p->terms; s++) {
    for (u32 c = 0; c < p->groups; c++) {
      for (u32 d = 0; d < p->delays; d++) {
        expected[((u64)c * p->delays + d) * p->points + (u32)p->bins[c * p->terms + s]] -=
            sign(p, s, d) * coefficients[s];
      }
    }
  }
  CHECK(memcmp(rest, expected, size * sizeof(real)) == 0, "residual");
  free(local);
  free(squares);
  free(every);
  free(singles);
  free(coefficients);
  free(rest);
  free(expected);
}

/* The gradient of half the squared error on the delays of a mask, less that of the ridge. */
static double gradient(const problem *p, u32 s, const u64 *mask, const double *weights, double ridge) {
  double sum = naive_product(p, s, mask) - (s == 0 ? 0 : ridge * weights[s]);
  for (u32 t = 0; t < p->terms; t++) {
    if (weights[t] != 0) sum -= naive_entry(p, s, t, mask) * weights[t];
  }
  return sum;
}

static double naive_error(const problem *p, const u64 *mask, const double *weights) {
  double error = 0;
  for (u32 s = 0; s < p->terms; s++) {
    error -= weights[s] * (naive_product(p, s, mask) + gradient(p, s, mask, weights, 0));
  }
  return error;
}

static void conditions(const problem *p, const u64 *mask, const double *weights, const double *aim, const double *among) {
  double scale = (double)p->delays * p->groups * p->points;
  for (u32 s = 0; s < p->terms; s++) {
    double pull = gradient(p, s, mask, weights, aim[1]);
    double limit = s == 0 ? 0 : aim[0];
    if (among != NULL && s > 0 && among[s] == 0) {
      CHECK(weights[s] == 0, "term %u is outside", s);
    } else if (weights[s] != 0) {
      CHECK(fabs(pull - (weights[s] > 0 ? limit : -limit)) < 1e-7 * scale, "term %u of %u: %g", s, p->terms, pull);
    } else {
      CHECK(fabs(pull) < limit + 1e-7 * scale, "term %u of %u: %g", s, p->terms, pull);
    }
  }
}

static void fits(problem *p, u32 lane_bits, u32 launched) {
  u32 entries = (u32)p->starts[p->terms * p->groups];
  i32 *columns = BUFFER(i32, entries);
  u64 *differ = BUFFER(u64, entries * p->words);
  LAUNCH(launched, coded_regression_gram(columns, differ, p->starts, p->first, p->members, p->signatures, p->groups,
                                   p->terms, p->words, NULL));
  u64 *masks = BUFFER(u64, 2 * p->words);
  for (u32 d = 0; d < p->words * 64; d++) {
    u64 bit = (u64)1 << (d % 64);
    masks[d / 64] = (masks[d / 64] & ~bit) | (d < p->delays && d % 5 != 2 ? bit : 0);
    masks[p->words + d / 64] = (masks[p->words + d / 64] & ~bit) | (d < p->delays && d % 5 == 2 ? bit : 0);
  }
  double *products = BUFFER(double, p->delays * p->terms);
  LAUNCH(launched, coded_regression_products(products, p->transforms, p->offset, p->bins, p->signatures, p->groups,
                                       p->delays, p->points, p->terms, p->words, NULL));
  double *sums = BUFFER(double, 2 * p->terms);
  LAUNCH(launched, coded_regression_sums(sums, products, masks, 2, p->delays, p->terms, p->words, NULL));
  double most = 0;
  for (u32 s = 1; s < p->terms; s++) most = fmax(most, fabs(sums[s]));
  enum { FITS = 4 };
  i32 which[3 * FITS] = {0, 1, 0, 0, 1, 0, 0, -1, 1, 0, 1, 1};
  double slack = 1e-10 * most;
  double aims[5 * FITS] = {0.5 * most, 0, slack, slack, 1e9, 0.1 * most, 0, slack, -1, 0,
                           0, 0, -1, slack, 1e9, 0.3 * most, 0.1 * p->points, slack, slack, 0};
  double *start = BUFFER(double, p->terms);
  for (u32 s = 0; s < p->terms; s++) start[s] = s % 3 == 1 ? 0.5 : 0;
  double *lasso = BUFFER(double, FITS * p->terms);
  double *relaxed = BUFFER(double, FITS * p->terms);
  double *results = BUFFER(double, 3 * FITS);
  u64 *local = buffer(CODED_REGRESSION_LOCAL);
  LAUNCH(launched, coded_regression_fit(lasso, relaxed, results, which, aims, start, columns, differ, p->starts, p->order,
                                  p->tiles, masks, sums, FITS, p->terms, p->groups, p->points, p->words,
                                  p->tile_count, lane_bits, 1000, local));
  for (u32 fit = 0; fit < FITS; fit++) {
    double *first = lasso + fit * p->terms, *second = relaxed + fit * p->terms;
    double zeros[5] = {0};
    if (fit == 2) {
      CHECK(memcmp(first, start, 8u * p->terms) == 0, "start");
    } else {
      conditions(p, masks, first, aims + 5 * fit, NULL);
    }
    if (fit % 2 == 0) {
      conditions(p, masks, second, zeros, first);
    } else {
      CHECK(memcmp(first, second, 8u * p->terms) == 0, "fit %u has no second one", fit);
    }
    CHECK(isnan(results[3 * fit]) == (fit == 2), "error of fit %u", fit);
    CHECK(isnan(results[3 * fit + 1]) == (fit > 0), "second error of fit %u", fit);
    double scale = p->points * (1.0 + p->terms);
    if (fit != 2) {
      double expected = naive_error(p, masks + p->words, first);
      CHECK(fabs(results[3 * fit] - expected) < 1e-8 * scale, "error of fit %u: %g %g", fit, results[3 * fit], expected);
    }
    u32 support = 0;
    for (u32 s = 0; s < p->terms; s++) support += s == 0 || first[s] != 0;
    CHECK(results[3 * fit + 2] == support, "support of fit %u", fit);
  }
  free(columns);
  free(differ);
  free(masks);
  free(products);
  free(sums);
  free(start);
  free(lasso);
  free(relaxed);
  free(results);
  free(local);
}

int main(void) {
  u32 shapes[][4] = {{1, 2, 2, 1},   {1, 5, 1, 3},   {3, 11, 8, 20},   {2, 63, 16, 100},
                     {3, 64, 32, 60}, {3, 65, 64, 90}, {4, 130, 16, 70}, {3, 56, 2048, 300}};
  for (u32 i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    problem p = make(shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3], i % 6);
    closed_forms(&p, 1 + i);
    fits(&p, i % 6, 1 + i);
    drop(&p);
  }
  return 0;
}
