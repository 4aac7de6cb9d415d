#include "driver.h"

#include "../kernels/parity_regression.cl"

static int close_to(double a, double b) { return fabs(a - b) <= 1e-10 * (1.0 + fabs(a) + fabs(b)); }

static void problems(u32 groups, u32 size, u32 folds, u32 penalties) {
  u32 square = size * size;
  double *fold_gram = BUFFER(double, folds * square), *gram = BUFFER(double, square);
  double *fold_products = BUFFER(double, folds * size), *products = BUFFER(double, size);
  double *scales = BUFFER(double, size);
  for (u32 i = 0; i < folds * square; i++) fold_gram[i] = random_number();
  for (u32 i = 0; i < folds * size; i++) fold_products[i] = random_number();
  for (u32 i = 0; i < size; i++) scales[i] = 1.5 + random_number();
  LAUNCH(groups, parity_regression_total(gram, fold_gram, square, folds, NULL));
  LAUNCH(groups, parity_regression_total(products, fold_products, size, folds, NULL));
  for (u32 first = 0; first < folds; first++) {
    u32 count = folds - first;
    double *g = BUFFER(double, count * square), *b = BUFFER(double, count * size);
    LAUNCH(groups, parity_regression_problems(g, b, gram, products, fold_gram, fold_products, scales, size, first, count, 1, NULL));
    for (u32 n = 0; n < count; n++) {
      for (u32 i = 0; i < size; i++) {
        double rest = products[i] - fold_products[(first + n) * size + i];
        CHECK(b[n * size + i] == rest / scales[i], "product %u", i);
        for (u32 j = 0; j < size; j++) {
          rest = gram[i * size + j] - fold_gram[(first + n) * square + i * size + j];
          CHECK(g[n * square + i * size + j] == rest / (scales[i] * scales[j]), "entry %u %u", i, j);
        }
      }
    }
    free(g);
    free(b);
  }
  double *path = BUFFER(double, folds * penalties * size), *plain = BUFFER(double, folds * penalties * size);
  double *energies = BUFFER(double, folds), *errors = BUFFER(double, folds * penalties);
  u64 *local = buffer(LANES_LOCAL);
  for (u32 i = 0; i < folds * penalties * size; i++) path[i] = plain[i] = random_number();
  for (u32 f = 0; f < folds; f++) energies[f] = 100.0 * size;
  LAUNCH(groups, parity_regression_unscale(path, scales, folds * penalties, size, NULL));
  LAUNCH(groups, parity_regression_errors(errors, path, fold_gram, fold_products, energies, size, penalties, 0, folds, local));
  for (u32 n = 0; n < folds * penalties; n++) {
    u32 f = n / penalties;
    double error = energies[f];
    for (u32 i = 0; i < size; i++) {
      CHECK(path[n * size + i] == plain[n * size + i] / scales[i], "weight %u", i);
      error -= 2.0 * path[n * size + i] * fold_products[f * size + i];
      for (u32 j = 0; j < size; j++) {
        error += path[n * size + i] * path[n * size + j] * fold_gram[f * square + i * size + j];
      }
    }
    CHECK(close_to(errors[n], error > 0.0 ? error : 0.0), "error %u: %g, expected %g", n, errors[n], error);
  }
  u32 picked = size / 2;
  i32 *columns = BUFFER(i32, picked);
  double *g = BUFFER(double, picked * picked), *b = BUFFER(double, picked);
  for (u32 i = 0; i < picked; i++) columns[i] = (i32)(2 * i);
  LAUNCH(groups, parity_regression_select(g, b, gram, products, columns, picked, size, NULL));
  for (u32 i = 0; i < picked * picked; i++) {
    double expected = gram[2 * (i / picked) * size + 2 * (i % picked)];
    CHECK(g[i] == expected, "selected %u", i);
  }
  free(fold_gram); free(gram); free(fold_products); free(products); free(scales); free(path); free(plain);
  free(energies); free(errors); free(local); free(columns); free(g); free(b);
}

static void energies(u32 groups, const i32 *starts, u32 folds) {
  u32 rows = (u32)starts[folds];
  double *values = BUFFER(double, rows), *sums = BUFFER(double, folds);
  u64 *local = buffer(LANES_LOCAL);
  for (u32 r = 0; r < rows; r++) values[r] = random_number();
  LAUNCH(groups, parity_regression_energies(sums, values, starts, folds, local));
  for (u32 f = 0; f < folds; f++) {
    double sum = 0.0;
    for (i32 r = starts[f]; r < starts[f + 1]; r++) sum += values[r] * values[r];
    CHECK(close_to(sum, sums[f]), "fold %u", f);
  }
  free(values);
  free(sums);
  free(local);
}

static void hits(u32 groups, u32 count, double threshold) {
  double *products = BUFFER(double, count), *coefficients = BUFFER(double, count);
  i32 *positions = BUFFER(i32, count), *found = BUFFER(i32, 1);
  u32 *local = buffer(PARITY_REGRESSION_HITS_LOCAL(1));
  for (u32 i = 0; i < count; i++) products[i] = 10.0 * random_number();
  LAUNCH(groups, parity_regression_hits(positions, coefficients, found, products, count, 10.0, threshold, (u64 *)local));
  i32 at = 0;
  for (u32 i = 0; i < count; i++) {
    if (fabs(products[i] / 10.0) > threshold) {
      CHECK(at < found[0] && positions[at] == (i32)i && coefficients[at] == products[i] / 10.0, "hit %u", i);
      at++;
    }
  }
  CHECK(at == found[0], "%d hits of %d", found[0], at);
  free(products);
  free(coefficients);
  free(positions);
  free(found);
  free(local);
}

int main(void) {
  for (u32 size = 1; size < 20; size++) problems(1 + size % 3, size, 1 + size % 4, 1 + size % 5);
  problems(7, 300, 2, 3);
  energies(2, (i32[]){0, 5, 5, 300, 301}, 4);
  for (u32 count = 0; count < 70; count += 23) {
    hits(1, count, -1.0);
    hits(2, count, 0.5);
    hits(1, count, 2.0);
  }
  return 0;
}
