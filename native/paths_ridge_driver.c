#include "driver.h"
#include "paths_problems.h"

#include "../kernels/paths_ridge.cl"

/* The gradient of every penalty's objective must vanish. */
static void check_solved(const Call *c, const double *gram, const double *products) {
  for (u32 p = 0; p < c->problems; p++) {
    const u64 *row = c->table + 6 * p;
    u32 k = (u32)row[0];
    double slack = 0.0;
    for (u32 j = 0; j < k; j++) slack = fmax(slack, 1e-10 * fabs(products[row[2] + j]));
    for (u32 q = 0; q < row[4]; q++) {
      const double *w = c->path + row[5] + (u64)q * k;
      for (u32 j = 0; j < k; j++) {
        double left = products[row[2] + j];
        for (u32 i = 0; i < k; i++) left -= gram[row[1] + (u64)i * k + j] * w[i];
        if (!c->unpenalised[row[2] + j]) left -= c->penalties[row[3] + q] * w[j];
        CHECK(fabs(left) <= slack, "problem %u of size %u, penalty %u, column %u: %g", p, k, q, j, left);
      }
    }
  }
}

static void ridge(u32 groups, u32 problems, const u32 *sizes, const u32 *rows, u32 penalties, u32 free_columns) {
  Call c = make(problems, sizes, rows, penalties);
  for (u32 p = 0; p < problems; p++) {
    for (u32 j = 0; j < sizes[p]; j++) c.unpenalised[c.table[6 * p + 2] + j] = j < free_columns;
    if (penalties > 1) c.penalties[c.table[6 * p + 3] + penalties - 1] = 1e-6;
  }
  double *matrix = BUFFER(double, c.elements);
  double *products = BUFFER(double, c.total);
  memcpy(matrix, c.gram, 8 * c.elements);
  memcpy(products, c.products, 8 * c.total);
  i32 *kinds = BUFFER(i32, c.total);
  double *bases = BUFFER(double, c.elements);
  double *diagonals = BUFFER(double, c.total);
  double *beside = BUFFER(double, c.total);
  i32 *steps = BUFFER(i32, problems);
  double *pivots = BUFFER(double, 2 * c.penalty_count);
  double *vectors = BUFFER(double, (3 + SLICES) * c.total);
  double *sums = BUFFER(double, TEAM * c.total);
  i32 *order = BUFFER(i32, c.total);
  double *solutions = BUFFER(double, c.weights);
  double *scratch = BUFFER(double, c.weights);
  u64 *local = buffer(LANES_OR_ITEMS_LOCAL(1));
  LAUNCH(groups,
         paths_ridge_basis(matrix, products, kinds, bases, diagonals, beside, steps, pivots, vectors, sums, order,
                           c.unpenalised, c.penalties, c.table, problems, c.total, local));
  LAUNCH(groups, paths_ridge_tridiagonal(solutions, scratch, diagonals, beside, steps, c.penalties, c.table, problems, NULL));
  LAUNCH(groups, paths_ridge_weights(c.path, solutions, bases, steps, c.table, problems, 3, NULL));
  LAUNCH(groups, paths_ridge_unpenalised(c.path, matrix, products, kinds, c.table, problems, penalties, local));
  check_solved(&c, c.gram, c.products);
  free(matrix);
  free(products);
  free(kinds);
  free(bases);
  free(diagonals);
  free(beside);
  free(steps);
  free(pivots);
  free(vectors);
  free(sums);
  free(order);
  free(solutions);
  free(scratch);
  free(local);
  drop(&c);
}

int main(void) {
  for (u32 size = 1; size < 10; size++) ridge(1, 1, &size, (u32[]){20}, 5, 1);
  ridge(1, 1, (u32[]){20}, (u32[]){9}, 6, 0);
  ridge(2, 1, (u32[]){40}, (u32[]){100}, 7, 9);
  ridge(1, 1, (u32[]){130}, (u32[]){100}, 12, 1);
  ridge(3, 4, (u32[]){1, 65, 0, 33}, (u32[]){3, 90, 4, 16}, 9, 1);
  ridge(2, 2, (u32[]){31, 64}, (u32[]){64, 64}, 0, 2);
  return 0;
}
