#include "driver.h"
#include "paths_problems.h"

#include "../kernels/paths.cl"

static void check_optimal(const Call *c) {
  for (u32 p = 0; p < c->problems; p++) {
    const u64 *row = c->table + 6 * p;
    u32 k = (u32)row[0];
    double slack = 0.0;
    for (u32 j = 0; j < k; j++) slack = fmax(slack, 1e-6 * fabs(c->products[row[2] + j]));
    for (u32 q = 0; q < row[4]; q++) {
      const double *w = c->path + row[5] + (u64)q * k;
      for (u32 j = 0; j < k; j++) {
        double residual = c->products[row[2] + j];
        for (u32 i = 0; i < k; i++) residual -= c->gram[row[1] + (u64)i * k + j] * w[i];
        double limit = c->unpenalised[row[2] + j] ? 0.0 : c->penalties[row[3] + q];
        double breach = w[j] == 0.0 ? fabs(residual) - limit : fabs(residual - copysign(limit, w[j]));
        CHECK(breach <= slack, "problem %u of size %u, penalty %u, column %u: %g > %g", p, k, q, j, breach, slack);
      }
    }
  }
}

static void lasso(u32 groups, u32 problems, const u32 *sizes, const u32 *rows, u32 penalties) {
  Call c = make(problems, sizes, rows, penalties);
  double *compact = BUFFER(double, c.elements);
  double *vectors = BUFFER(double, (8 + SLICES) * c.total);
  i32 *integers = BUFFER(i32, 4 * c.total);
  i32 *states = BUFFER(i32, STATES * problems);
  double *levels = BUFFER(double, LEVELS * problems);
  u64 *local = buffer(PATHS_LASSO_DESCEND_LOCAL(1));
#define STEP_OF(kernel)                                                                               \
  LAUNCH(groups, kernel(c.path, compact, vectors, integers, states, levels, c.gram, c.products,       \
                        c.unpenalised, c.penalties, c.table, problems, c.total, local))
  STEP_OF(paths_lasso_start);
  u32 open = 1, rounds = 0;
  while (open != 0) {
    STEP_OF(paths_lasso_join);
    STEP_OF(paths_lasso_descend);
    STEP_OF(paths_lasso_newton);
    STEP_OF(paths_lasso_finish);
    open = 0;
    for (u32 p = 0; p < problems; p++) open += states[STATES * p + STAGE] != DONE;
    CHECK(++rounds < 10000, "no end");
  }
  check_optimal(&c);
  free(compact);
  free(vectors);
  free(integers);
  free(states);
  free(levels);
  free(local);
  drop(&c);
}

int main(void) {
  for (u32 size = 1; size < 12; size++) lasso(1, 1, &size, (u32[]){20}, 6);
  lasso(1, 1, (u32[]){33}, (u32[]){200}, 5);
  lasso(1, 1, (u32[]){100}, (u32[]){60}, 10);
  lasso(1, 1, (u32[]){150}, (u32[]){500}, 10);
  lasso(2, 5, (u32[]){1, 65, 0, 32, 40}, (u32[]){3, 90, 4, 16, 40}, 8);
  lasso(7, 2, (u32[]){31, 64}, (u32[]){64, 64}, 0);
  return 0;
}
