#include "driver.h"

#include "../kernels/logistic_regression.cl"

/* Rows, what is asked of them, and everything that the searches of some subsets need. */
typedef struct {
  u32 classes, rows, width, groups, subsets, first;
  double penalty;
  double *x, *columns, *inverses;
  i32 *labels, *group_of;
  u64 *kept;
} Problem;

static u32 words(const Problem *p) { return WORDS64(p->groups); }

static u32 is_kept(const Problem *p, u32 subset, u32 r) {
  i32 g = p->group_of[r];
  return (u32)(p->kept[(p->first + subset) * words(p) + (u32)g / 64u] >> ((u32)g % 64u)) & 1u;
}

static Problem make(u32 classes, u32 rows, u32 columns, u32 groups, u32 subsets, u32 first, double penalty) {
  u32 width = columns + 1u;
  Problem p = {classes, rows, width, groups, subsets, first, penalty, NULL, NULL, NULL, NULL, NULL, NULL};
  p.x = BUFFER(double, rows * width);
  p.columns = BUFFER(double, rows * width);
  p.labels = BUFFER(i32, rows);
  p.group_of = BUFFER(i32, rows);
  p.inverses = BUFFER(double, classes * width * width);
  p.kept = BUFFER(u64, (first + subsets) * words(&p));
  for (u32 r = 0; r < rows; r++) {
    p.labels[r] = (i32)(random_bits() % classes);
    p.group_of[r] = (i32)(r % groups);
    for (u32 j = 0; j < width; j++) {
      double v = j == columns ? 1.0 : 2.0 * random_number() + (j % classes == (u32)p.labels[r] ? 1.0 : 0.0);
      p.x[r * width + j] = p.columns[j * rows + r] = v;
    }
  }
  /* Any positive definite matrix does: what it does not know the searches learn. */
  for (u32 i = 0; i < classes * width * width; i++) {
    u32 row = i / width % width;
    p.inverses[i] = row == i % width ? 1.0 / (penalty + 0.2 * rows) : 0.0;
  }
  for (u32 i = 0; i < (first + subsets) * words(&p); i++) p.kept[i] = random_bits();
  for (u32 w = 0; w < words(&p); w++) p.kept[first * words(&p) + w] = 0;
  return p;
}

static void release(Problem *p) {
  free(p->x); free(p->columns); free(p->inverses); free(p->labels); free(p->group_of); free(p->kept);
}

/* The gradient of a subset by a plain loop over its rows. */
static double gradient_norm(const Problem *p, u32 subset, const double *w) {
  u32 size = p->classes * p->width;
  double *g = BUFFER(double, size), *e = BUFFER(double, p->classes);
  for (u32 i = 0; i < size; i++) g[i] = p->penalty * w[i];
  for (u32 r = 0; r < p->rows; r++) {
    if (!is_kept(p, subset, r)) continue;
    double sum = 0.0;
    for (u32 k = 0; k < p->classes; k++) {
      double score = 0.0;
      for (u32 j = 0; j < p->width; j++) score += w[k * p->width + j] * p->x[r * p->width + j];
      e[k] = exp(score);
      sum += e[k];
    }
    for (u32 k = 0; k < p->classes; k++) {
      double left = e[k] / sum - (k == (u32)p->labels[r] ? 1.0 : 0.0);
      for (u32 j = 0; j < p->width; j++) g[k * p->width + j] += left * p->x[r * p->width + j];
    }
  }
  double squares = 0.0;
  for (u32 i = 0; i < size; i++) squares += g[i] * g[i];
  free(g);
  free(e);
  return sqrt(squares);
}

/* Scores of the models of all subsets for the rows themselves, by row. */
static void check_scores(const Problem *p, const double *memory, u32 groups) {
  u32 size = p->classes * p->width;
  double *said = BUFFER(double, p->subsets * p->rows * p->classes);
  i32 *which = BUFFER(i32, p->subsets);
  u64 *local = buffer(LOGISTIC_REGRESSION_TILE_LOCAL(1, 1));
  for (u32 s = 0; s < p->subsets; s++) which[s] = (i32)(p->subsets - 1u - s);
  u32 tiles = (p->rows + PER - 1u) / PER;
  LAUNCH(groups, logistic_regression_scores(said, memory, p->x, which, p->subsets, (u64)VECTORS * size, p->classes, p->width, p->rows, 1, tiles, 1, 1, local));
  for (u32 i = 0; i < p->subsets * p->rows * p->classes; i++) {
    u32 k = i % p->classes, r = i / p->classes % p->rows, s = p->subsets - 1u - i / (p->classes * p->rows);
    double score = 0.0;
    for (u32 j = 0; j < p->width; j++) score += memory[(u64)s * VECTORS * size + k * p->width + j] * p->x[r * p->width + j];
    CHECK(fabs(score - said[i]) <= 1e-9 * (1.0 + fabs(score)), "subset %u row %u class %u: %g, expected %g", s, r, k, said[i], score);
  }
  free(said); free(which); free(local);
}

static void fit(u32 groups, Problem p) {
  u32 size = p.classes * p.width, stretches = (p.rows + STRETCH - 1u) / STRETCH;
  double *scores = BUFFER(double, p.subsets * p.classes * p.rows), *losses = BUFFER(double, p.subsets * stretches);
  double *points = BUFFER(double, p.subsets * size), *gradients = BUFFER(double, p.subsets * size);
  double *plains = BUFFER(double, p.subsets * size), *memory = BUFFER(double, p.subsets * VECTORS * size);
  double *numbers = BUFFER(double, p.subsets * NUMBERS), *start = BUFFER(double, size);
  i32 *states = BUFFER(i32, p.subsets * STATES), *stages = BUFFER(i32, p.subsets), *active = BUFFER(i32, p.subsets);
  u64 *tile = buffer(LOGISTIC_REGRESSION_TILE_LOCAL(1, 1)), *lanes = buffer(LANES_LOCAL);
  u64 *search = buffer(LOGISTIC_REGRESSION_SEARCH_LOCAL), *some = buffer(8);
  u32 row_tiles = (p.rows + PER - 1u) / PER, column_tiles = (p.width + PER - 1u) / PER;
  /* Steps are the classes' differences, so a start sums to 0 over them. */
  for (u32 i = 0; i < size; i++) start[i] = 0.1 * random_number();
  for (u32 j = 0; j < p.width; j++) {
    double sum = 0.0;
    for (u32 k = 0; k < p.classes; k++) sum += start[k * p.width + j];
    for (u32 k = 0; k < p.classes; k++) start[k * p.width + j] -= sum / p.classes;
  }
  LAUNCH(groups, logistic_regression_begin(points, memory, states, stages, start, p.kept, p.group_of, p.subsets, size, p.rows, words(&p), p.first, some));
  u32 rounds = 0, count = 1;
  for (; count > 0; rounds++) {
    CHECK(rounds < 500, "%u subsets are not done", count);
    count = 0;
    for (u32 s = 0; s < p.subsets; s++) {
      CHECK(stages[s] != FAILED, "subset %u", s);
      if (stages[s] != DONE) active[count++] = (i32)s;
    }
    LAUNCH(groups, logistic_regression_scores(scores, points, p.x, active, count, size, p.classes, p.width, p.rows, 0, row_tiles, 1, 1, tile));
    LAUNCH(groups, logistic_regression_residuals(scores, losses, p.kept, p.group_of, p.labels, active, count, p.classes, p.rows, words(&p), p.first, stretches, lanes));
    LAUNCH(groups, logistic_regression_gradients(gradients, scores, p.columns, points, active, count, p.classes, p.width, p.rows, p.penalty, column_tiles, 1, 1, tile));
    LAUNCH(groups, logistic_regression_steps(plains, gradients, p.inverses, active, count, p.classes, p.width, column_tiles, 1, 1, tile));
    LAUNCH(groups, logistic_regression_search(points, gradients, plains, losses, memory, numbers, states, stages, active, count, p.classes, p.width, stretches, p.penalty, 1e-11, 500, search));
  }
  for (u32 s = 0; s < p.subsets; s++) {
    double norm = gradient_norm(&p, s, memory + (u64)s * VECTORS * size);
    CHECK(norm <= 1e-8, "subset %u: gradient %g", s, norm);
    for (u32 i = 0; s == 0 && i < size; i++) CHECK(memory[i] == 0.0, "nothing kept, weight %u: %g", i, memory[i]);
  }
  check_scores(&p, memory, groups);
  free(scores); free(losses); free(points); free(gradients); free(plains); free(memory); free(numbers); free(start);
  free(states); free(stages); free(active); free(tile); free(lanes); free(search); free(some);
  release(&p);
}

/* A step that does not lower the loss is shortened until it is too short to go on. */
static void endless(void) {
  double point[2] = {0.5, -0.5}, gradient[2] = {0.1, -0.1}, plain[2], loss[1] = {1.0};
  double *memory = BUFFER(double, 2 * VECTORS), *numbers = BUFFER(double, NUMBERS);
  i32 states[STATES] = {0}, stages[1] = {BEGINS}, active[1] = {0};
  u64 *search = buffer(LOGISTIC_REGRESSION_SEARCH_LOCAL);
  u32 rounds = 0;
  for (; stages[0] != FAILED; rounds++) {
    CHECK(rounds < 100 && stages[0] != DONE, "round %u, stage %d", rounds, stages[0]);
    /* The loss rises wherever it is asked. */
    plain[0] = -0.1;
    plain[1] = 0.1;
    LAUNCH(1, logistic_regression_search(point, gradient, plain, loss, memory, numbers, states, stages, active, 1, 2, 1, 1, 1.0, 0.0, 2000, search));
    loss[0] += 1.0;
  }
  CHECK(rounds > 5, "%u rounds", rounds);
  CHECK(memory[0] == 0.5 && memory[1] == -0.5, "the search stands at %g %g", memory[0], memory[1]);
  free(memory); free(numbers); free(search);
}

int main(void) {
  fit(1, make(2, 1, 1, 1, 2, 0, 1.0));
  fit(2, make(1, 5, 2, 5, 3, 1, 1.0));
  fit(3, make(3, 40, 3, 40, 4, 2, 0.5));
  fit(1, make(4, 65, 16, 65, 3, 0, 1.0));
  fit(2, make(2, 1030, 4, 7, 3, 1, 1.0));
  fit(5, make(11, 30, 15, 130, 2, 0, 0.1));
  endless();
  return 0;
}
