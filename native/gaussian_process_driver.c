#include "driver.h"

#include "../kernels/cholesky.cl"
#include "../kernels/gaussian_process.cl"

#define OUTPUTS 2u
#define MOST 4u

/* Blocks of one call: counts[b] rows from row b on, overlapping. */
typedef struct {
  u32 blocks, features, words, rows, size, gradient;
  u32 counts[MOST];
  u64 table[TABLE * MOST], elements, vectors, tiles;
  u64 *masks;
  double *values, *decays, *priors, *matrices, *inverses, *logs, *weights, *partial, *results;
  i32 *failed;
} Call;

static Call make(u32 blocks, const u32 *counts, u32 features, u32 gradient) {
  Call c;
  memset(&c, 0, sizeof c);
  c.blocks = blocks;
  c.features = features;
  c.words = WORDS64(features);
  c.gradient = gradient;
  for (u32 b = 0; b < blocks; b++) {
    u32 size = WORDS64(counts[b]) * 64u;
    u32 panels = size / PANEL;
    u64 row[TABLE] = {size, c.elements, c.vectors, gradient, counts[b], b, b % OUTPUTS, c.tiles};
    memcpy(c.table + TABLE * b, row, sizeof row);
    c.counts[b] = counts[b];
    c.elements += (u64)(size + 1u + gradient * size) * size;
    c.vectors += size;
    c.tiles += panels * (panels + 1u) / 2u;
    if (size > c.size) c.size = size;
    if (b + counts[b] > c.rows) c.rows = b + counts[b];
  }
  c.masks = BUFFER(u64, c.rows * c.words);
  u64 last = features % 64u == 0 ? ~(u64)0 : ((u64)1 << features % 64u) - 1u;
  for (u32 t = 0; t < c.rows * c.words; t++) c.masks[t] = random_bits() & (t % c.words == c.words - 1u ? last : ~(u64)0);
  c.values = BUFFER(double, c.rows * OUTPUTS);
  for (u32 t = 0; t < c.rows * OUTPUTS; t++) c.values[t] = random_number();
  c.decays = BUFFER(double, blocks * features);
  for (u32 t = 0; t < blocks * features; t++) c.decays[t] = (1.1 + random_number()) / features;
  c.priors = BUFFER(double, PRIOR * blocks);
  for (u32 b = 0; b < blocks; b++) {
    double prior[PRIOR] = {1.5 + random_number(), 0.1, 0.0, 1.0, 0.0, 0.0};
    /* The first block is one product in any case. */
    if (SHAPED != 0 && (b > 0 || blocks == 1)) {
      prior[2] = 0.6 + 0.5 * random_number();
      prior[3] = 3.0 + random_number();
      prior[4] = random_number() / features;
      prior[5] = (b + 1u) % 2u * 0.8 / features;
    }
    memcpy(c.priors + PRIOR * b, prior, sizeof prior);
  }
  c.matrices = BUFFER(double, c.elements);
  if (gradient) memset(c.matrices, 0, 8 * c.elements);
  c.inverses = BUFFER(double, c.vectors * PANEL);
  c.logs = BUFFER(double, c.vectors);
  c.weights = BUFFER(double, c.vectors);
  c.failed = BUFFER(i32, blocks);
  memset(c.failed, 0, 4 * blocks);
  c.partial = BUFFER(double, c.tiles * (64u * c.words + SUMS));
  c.results = BUFFER(double, blocks * (features + 1u + SLOPES));
  return c;
}

static void drop(Call *c) {
  free(c->masks);
  free(c->values);
  free(c->decays);
  free(c->priors);
  free(c->matrices);
  free(c->inverses);
  free(c->logs);
  free(c->weights);
  free(c->failed);
  free(c->partial);
  free(c->results);
}

/* Solves rows for a panel and subtracts its products: of the matrices, or of rows that lie apart. */
static void step(const Call *c, double *targets, u32 panel, u32 apart, u32 groups) {
  u32 rows = apart > 0 ? apart : c->size + 1u + c->gradient * c->size;
  u64 *strip = buffer(CHOLESKY_SOLVE_LOCAL);
  LAUNCH(groups, cholesky_solve(targets, c->inverses, c->table, c->blocks, panel, apart, (rows + STRIP - 1u) / STRIP, strip));
  free(strip);
  u64 *chunks = buffer(CHOLESKY_CHUNKS_LOCAL);
  u32 columns = c->size - (panel + 1u) * PANEL;
  if (columns > 0) {
    LAUNCH(groups, cholesky_update(targets, c->matrices, c->table, c->blocks, panel, apart, (rows + 3u) / 4u, columns / 4u, 1, chunks));
  }
  free(chunks);
}

static void solve(Call *c, u32 groups) {
  u64 *local = buffer(GAUSSIAN_PROCESS_COVARIANCE_LOCAL(1));
  u32 tiles = c->size / 4u;
  LAUNCH(groups, gaussian_process_covariance(c->matrices, c->masks, c->values, c->decays, c->priors, c->table, c->features,
                                             c->words, OUTPUTS, c->blocks, tiles, 1, local));
  free(local);
  local = buffer(CHOLESKY_PANEL_LOCAL);
  for (u32 p = 0; p < c->size / PANEL; p++) {
    LAUNCH(groups, cholesky_panel(c->matrices, c->inverses, c->logs, c->failed, c->table, c->blocks, p, local));
    step(c, c->matrices, p, 0, groups);
  }
  free(local);
  local = buffer(CHOLESKY_BACKWARD_LOCAL);
  for (u32 p = c->size / PANEL; p-- > 0;) {
    LAUNCH(groups, cholesky_backward(c->matrices, c->weights, c->inverses, c->table, c->blocks, p, 3, local));
  }
  free(local);
}

static void finish(Call *c, u32 groups) {
  u64 *local = buffer(CHOLESKY_CHUNKS_LOCAL);
  u32 panels = c->size / PANEL;
  if (c->gradient) {
    LAUNCH(groups, cholesky_inverse(c->matrices, c->table, c->blocks, c->size / 4u, 1, local));
    u64 *tile = buffer(GAUSSIAN_PROCESS_SLOPES_LOCAL);
    LAUNCH(groups, gaussian_process_slopes(c->partial, c->matrices, c->weights, c->masks, c->priors, c->table, c->features,
                                            c->words, c->blocks, panels, tile));
    free(tile);
  }
  LAUNCH(groups, gaussian_process_finish(c->results, c->partial, c->matrices, c->weights, c->logs, c->values, c->decays,
                                         c->priors, c->table, c->features, c->words, OUTPUTS, c->blocks, local));
  free(local);
}

static u32 differ(const Call *c, u64 i, u64 j, u32 f) {
  return (u32)((c->masks[i * c->words + f / 64u] ^ c->masks[j * c->words + f / 64u]) >> f % 64u & 1u);
}

static u32 kept(const u64 *mask, u32 features) {
  u32 size = 0;
  for (u32 f = 0; f < features; f++) size += (u32)(mask[f / 64u] >> f % 64u & 1u);
  return size;
}

/* Covariances without noise of two masks, and what they have for slopes. */
typedef struct {
  double k, rough, exponent, sum, apart;
} Pair;

static Pair pair(const Call *c, u32 b, const u64 *left, const u64 *right) {
  const double *prior = c->priors + PRIOR * b;
  Pair p = {0, 0, 0, 0, 0};
  for (u32 f = 0; f < c->features; f++) {
    if (((left[f / 64u] ^ right[f / 64u]) >> f % 64u & 1u) != 0) p.exponent -= 2 * c->decays[b * c->features + f];
  }
  double x = kept(left, c->features), y = kept(right, c->features);
  p.sum = (x + y - c->features) / c->features;
  p.apart = (x - y) * (x - y) / c->features;
  double bent = exp(prior[4] * c->features * p.sum - prior[5] * c->features * p.apart);
  p.rough = prior[0] * prior[2] * exp(prior[3] * p.exponent) * bent;
  p.k = prior[0] * exp(p.exponent) * bent + p.rough;
  return p;
}

static Pair pair_of(const Call *c, u32 b, u32 i, u32 j) {
  return pair(c, b, c->masks + (b + i) * c->words, c->masks + (b + j) * c->words);
}

/* What a parameter's logarithm, or the parameter itself, does to the covariance of two rows. */
static double derivative(const Call *c, u32 b, u32 i, u32 j, u32 parameter) {
  Pair p = pair_of(c, b, i, j);
  double stretch = c->priors[PRIOR * b + 3u];
  if (parameter < c->features) {
    return differ(c, b + i, b + j, parameter) ? -2 * c->decays[b * c->features + parameter] * (p.k + (stretch - 1) * p.rough) : 0.0;
  }
  double by[SLOPES] = {p.k, i == j ? c->priors[PRIOR * b + 1u] : 0.0, p.rough, p.rough * stretch * p.exponent, p.k * p.sum, -p.k * p.apart};
  return by[parameter - c->features];
}

/* Gauss-Jordan; returns the logarithm of the determinant. */
static double invert(double *a, u32 n) {
  double determinant = 0.0;
  for (u32 p = 0; p < n; p++) {
    double pivot = a[p * n + p];
    determinant += log(pivot);
    a[p * n + p] = 1.0;
    for (u32 j = 0; j < n; j++) a[p * n + j] /= pivot;
    for (u32 i = 0; i < n; i++) {
      double factor = a[i * n + p];
      if (i == p) continue;
      a[i * n + p] = 0.0;
      for (u32 j = 0; j < n; j++) a[i * n + j] -= factor * a[p * n + j];
    }
  }
  return determinant;
}

static void close_to(double expected, double found, const char *what, u32 b, u32 k) {
  CHECK(fabs(expected - found) <= 1e-9 * (1.0 + fabs(expected)), "%s %u of block %u: %g, not %g", what, k, b, found, expected);
}

/* Weights, likelihood and slopes from the inverse of the whole matrix. */
static double *check_block(const Call *c, u32 b) {
  u32 n = c->counts[b];
  double *inverse = BUFFER(double, n * n);
  double *w = BUFFER(double, n);
  for (u32 t = 0; t < n * n; t++) inverse[t] = pair_of(c, b, t / n, t % n).k + (t / n == t % n ? c->priors[PRIOR * b + 1u] : 0.0);
  double form = invert(inverse, n);
  for (u32 i = 0; i < n; i++) {
    w[i] = 0.0;
    for (u32 j = 0; j < n; j++) w[i] += inverse[i * n + j] * c->values[(b + j) * OUTPUTS + b % OUTPUTS];
    close_to(w[i], c->weights[c->table[TABLE * b + 2] + i], "weight", b, i);
    form += w[i] * c->values[(b + i) * OUTPUTS + b % OUTPUTS];
  }
  const double *result = c->results + b * (c->features + 1u + SLOPES);
  close_to(-0.5 * (form + n * log(2 * acos(-1.0))), result[0], "likelihood", b, 0);
  for (u32 p = 0; c->gradient && p < c->features + SLOPES; p++) {
    double slope = 0.0;
    for (u32 i = 0; i < n; i++) {
      for (u32 j = 0; j < n; j++) slope += 0.5 * (w[i] * w[j] - inverse[i * n + j]) * derivative(c, b, i, j, p);
    }
    close_to(slope, result[1u + p], "slope", b, p);
  }
  free(w);
  return inverse;
}

static void evidence(u32 groups, u32 blocks, const u32 *counts, u32 features) {
  Call c = make(blocks, counts, features, 1);
  solve(&c, groups);
  finish(&c, groups);
  for (u32 b = 0; b < blocks; b++) {
    CHECK(c.failed[b] == 0, "block %u", b);
    free(check_block(&c, b));
  }
  drop(&c);
}

/* The diagonal of A^-1 from rows of the identity, from one in the middle on. */
static void diagonal(const Call *c, u32 groups, u32 rows, const double *inverse) {
  u32 first = rows / 2u, count = rows - first;
  double *units = BUFFER(double, (u64)count * c->size);
  double *forms = BUFFER(double, rows);
  u64 *local = buffer(LANES_LOCAL);
  LAUNCH(groups, gaussian_process_units(units, first, count, c->size, NULL));
  for (u32 p = first / PANEL; p < c->size / PANEL; p++) step(c, units, p, count, groups);
  LAUNCH(groups, gaussian_process_squares(forms, units, first, count, c->size, local));
  for (u32 r = first; r < rows; r++) close_to(inverse[r * rows + r], forms[r], "diagonal", 0, r);
  free(units);
  free(forms);
  free(local);
}

/* Means at random masks, from the second of them on. */
static void means(const Call *c, u32 groups, u32 rows, u32 count) {
  u64 *at = BUFFER(u64, (count + 1u) * c->words);
  u64 last = c->features % 64u == 0 ? ~(u64)0 : ((u64)1 << c->features % 64u) - 1u;
  for (u32 t = 0; t < (count + 1u) * c->words; t++) at[t] = random_bits() & (t % c->words == c->words - 1u ? last : ~(u64)0);
  double *cross = BUFFER(double, (u64)count * rows);
  double *found = BUFFER(double, count + 1u);
  u64 *local = buffer(GAUSSIAN_PROCESS_CROSS_LOCAL(1));
  LAUNCH(groups, gaussian_process_cross(cross, c->masks, at, c->decays, c->priors, c->features, c->words, rows, 1, count, 1, local));
  free(local);
  local = buffer(LANES_LOCAL);
  LAUNCH(groups, gaussian_process_means(found, cross, c->weights, 1, count, rows, local));
  for (u32 m = 1; m <= count; m++) {
    double mean = 0.0;
    for (u32 r = 0; r < rows; r++) mean += c->weights[r] * pair(c, 0, at + m * c->words, c->masks + r * c->words).k;
    close_to(mean, found[m], "mean", 0, m);
  }
  free(at);
  free(cross);
  free(found);
  free(local);
}

static void posterior(u32 groups, u32 rows, u32 features, u32 sets) {
  Call c = make(1, &rows, features, 0);
  solve(&c, groups);
  finish(&c, groups);
  double *inverse = check_block(&c, 0);
  u32 words = WORDS64(rows);
  u64 *columns = BUFFER(u64, (sets + 1u) * words);
  for (u32 t = 0; t < (sets + 1u) * words; t++) {
    columns[t] = random_bits();
    if (t % words == words - 1u && rows % 64u != 0) columns[t] &= ((u64)1 << rows % 64u) - 1u;
  }
  double *signs = BUFFER(double, (u64)sets * c.size);
  double *forms = BUFFER(double, sets + 1u);
  u64 *local = buffer(LANES_LOCAL);
  LAUNCH(groups, gaussian_process_signs(signs, columns, 1, sets, rows, c.size, NULL));
  for (u32 p = 0; p < c.size / PANEL; p++) step(&c, signs, p, sets, groups);
  LAUNCH(groups, gaussian_process_squares(forms, signs, 1, sets, c.size, local));
  for (u32 s = 1; s <= sets; s++) {
    double form = 0.0;
    for (u32 i = 0; i < rows; i++) {
      for (u32 j = 0; j < rows; j++) {
        u64 odd = columns[s * words + i / 64u] >> i % 64u ^ columns[s * words + j / 64u] >> j % 64u;
        form += (odd & 1u) != 0 ? -inverse[i * rows + j] : inverse[i * rows + j];
      }
    }
    close_to(form, forms[s], "form", 0, s);
  }
  diagonal(&c, groups, rows, inverse);
  means(&c, groups, rows, sets + 1u);
  free(inverse);
  free(columns);
  free(signs);
  free(forms);
  free(local);
  drop(&c);
}

/* Equal masks without noise: the second pivot is 0, exactly so at scale 1. */
static void failure(void) {
  Call c = make(2, (u32[]){2, 2}, 3, 1);
  c.masks[1] = c.masks[0];
  c.masks[2] = ~c.masks[0] & 7u;
  c.priors[0] = 1.0;
  c.priors[1] = 0.0;
  solve(&c, 1);
  CHECK(c.failed[0] == 1 && c.failed[1] == 0, "%d %d", c.failed[0], c.failed[1]);
  drop(&c);
}

int main(void) {
  evidence(1, 1, (u32[]){1}, 1);
  evidence(2, 3, (u32[]){64, 5, 65}, 9);
  evidence(3, 2, (u32[]){20, 130}, 70);
  posterior(1, 1, 2, 3);
  posterior(3, 64, 64, 17);
  posterior(2, 129, 10, 40);
  failure();
  return 0;
}
