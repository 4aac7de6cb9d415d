/* Random problems for the drivers of the paths. */
#ifndef ABLATE_PATHS_PROBLEMS_H
#define ABLATE_PATHS_PROBLEMS_H

#include "driver.h"

/* Problems of a call, one after another. */
typedef struct {
  u32 problems;
  u64 table[6 * 8];
  u64 total, elements, penalty_count, weights;
  double *gram, *products, *penalties, *path;
  u8 *unpenalised;
} Call;

/* Random regressions on columns of signs; every seventh column repeats the one before it. */
static Call make(u32 problems, const u32 *sizes, const u32 *rows, u32 penalty_count) {
  Call c;
  memset(&c, 0, sizeof c);
  c.problems = problems;
  for (u32 p = 0; p < problems; p++) {
    u64 row[6] = {sizes[p], c.elements, c.total, c.penalty_count, penalty_count, c.weights};
    memcpy(c.table + 6 * p, row, sizeof row);
    c.elements += (u64)sizes[p] * sizes[p];
    c.total += sizes[p];
    c.penalty_count += penalty_count;
    c.weights += (u64)penalty_count * sizes[p];
  }
  c.gram = BUFFER(double, c.elements);
  c.products = BUFFER(double, c.total);
  c.unpenalised = BUFFER(u8, c.total);
  c.penalties = BUFFER(double, c.penalty_count);
  c.path = BUFFER(double, c.weights);
  for (u32 p = 0; p < problems; p++) {
    u32 k = sizes[p];
    double *phi = BUFFER(double, (u64)k * rows[p]);
    double *y = BUFFER(double, rows[p]);
    for (u32 r = 0; r < rows[p]; r++) y[r] = random_number();
    for (u32 j = 0; j < k; j++) {
      double weight = j % 4u == 0 ? random_number() : 0.0;
      for (u32 r = 0; r < rows[p]; r++) {
        double x = j == 0 || (random_bits() & 1u) != 0 ? 1.0 : -1.0;
        if (j % 7u == 6u) x = phi[(j - 1u) * rows[p] + r];
        phi[j * rows[p] + r] = x;
        y[r] += weight * x;
      }
      c.unpenalised[c.table[6 * p + 2] + j] = j == 0;
    }
    double largest = 0.0;
    for (u32 i = 0; i < k; i++) {
      double b = 0.0;
      for (u32 r = 0; r < rows[p]; r++) b += phi[i * rows[p] + r] * y[r];
      c.products[c.table[6 * p + 2] + i] = b;
      largest = fmax(largest, fabs(b));
      for (u32 j = 0; j < k; j++) {
        double g = 0.0;
        for (u32 r = 0; r < rows[p]; r++) g += phi[i * rows[p] + r] * phi[j * rows[p] + r];
        c.gram[c.table[6 * p + 1] + (u64)i * k + j] = g;
      }
    }
    for (u32 q = 0; q < penalty_count; q++) {
      c.penalties[c.table[6 * p + 3] + q] = largest * pow(0.5, q + 1.0);
    }
    free(phi);
    free(y);
  }
  return c;
}

static void drop(Call *c) {
  free(c->gram);
  free(c->products);
  free(c->unpenalised);
  free(c->penalties);
  free(c->path);
}

#endif
