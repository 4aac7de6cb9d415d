/*
 * Lasso paths on Gram matrices: for each penalty
 *
 *   min_w  w'Gw/2 - b'w + penalty sum_{j penalised} |w_j|
 *
 * A call holds many problems of different sizes; see paths_problem.h for where one lies.
 *
 * Assumptions: SLICES k below 2^32; matrices are symmetric and positive semi-definite up to rounding.
 * Tolerance: every sum has an order that only sizes decide and every product that is added is
 * fused, so results are the same bits on every device and for every group size. A solution breaks
 * its optimality conditions by at most `slack`, 1e-7 of the largest product, as on the host; the
 * two differ by what that leaves open.
 */
#include "device.h"
#include "paths_descent.h"
#include "paths_problem.h"

/* The largest residual product of a column outside the working set. */
FUNCTION double largest_outside(const Lasso *t) {
  double largest = 0.0;
  FOR_LOCAL(j, t->size) {
    if (t->inside[j] == 0) { largest = fmax(largest, fabs(t->residual[j])); }
  }
  return group_max(t->lanes, largest);
}

/* One problem of a call. */
#define LASSO(t, problem)                                   \
  Lasso t;                                                  \
  {                                                         \
    GLOBAL const u64 *row = table + (u64)PROBLEM_NUMBERS * (problem); \
    u64 at = row[2];                                        \
    t.size = (u32)row[0];                                   \
    t.gram = gram + row[1];                                 \
    t.compact = compact + row[1];                           \
    t.products = products + at;                             \
    t.unpenalised = unpenalised + at;                       \
    t.residual = vectors + at;                              \
    t.weights = vectors + total + at;                       \
    t.gradient = vectors + 2u * total + at;                 \
    t.inverse = vectors + 3u * total + at;                  \
    t.factors = vectors + 4u * total + at;                  \
    t.rest = vectors + 5u * total + at;                     \
    t.image = vectors + 6u * total + at;                    \
    t.step = vectors + 7u * total + at;                     \
    t.partial = vectors + LASSO_VECTORS * total + SLICES * at; \
    t.members = integers + at;                              \
    t.inside = integers + total + at;                       \
    t.rows = integers + 2u * total + at;                    \
    t.support = integers + 3u * total + at;                 \
    t.state = states + (u64)STATES * (problem);             \
    t.level = levels + (u64)LEVELS * (problem);             \
    t.lanes = shared;                                       \
    t.tile = shared + (LANES > LOCAL_SIZE ? LANES : LOCAL_SIZE); \
    t.moves = t.tile + BLOCK * TILE;                        \
    t.pulls = t.moves + BLOCK;                              \
    t.moved = (LOCAL u32 *)(t.pulls + BLOCK);               \
  }

/*
 * Lasso paths: paths_lasso_start, then rounds of _join, _descend, _newton and _finish until every
 * problem is DONE. In a round a problem does what it waits for, so a group takes a problem and
 * problems do not wait for one another.
 *   path         F64 (penalties, k) row-major a problem
 *   compact      F64 like the matrices; vectors F64 (8 + SLICES, total), integers I32 (4, total),
 *                states I32 (problems, STATES), levels F64 (problems, LEVELS): scratch; total is
 *                the number of columns of all problems
 *   gram         F64 (k, k) row-major a problem
 *   products     F64 (k) a problem
 *   unpenalised  U8 (k) a problem: not 0 where a coefficient is not penalised
 *   penalties    F64, descending
 * Cyclic coordinate descent on a working set that the strong rule chooses, each penalty started
 * from the one before. One warp descends on 32 coordinates at a time with their residual products
 * in registers; then all items bring the other products up to date. Where that does not converge
 * soon, steps of Newton's method by conjugate gradients join in.
 * Local memory: max(LANES, group size) doubles; BLOCK TILE + 2 BLOCK + BLOCK / 2 + 1 more for
 * _descend.
 * Source: Friedman, Hastie, Tibshirani, J. Stat. Softw. 33 (2010), covariance updates; Tibshirani
 * et al., J. R. Stat. Soc. B 74 (2012), strong rules; Lee et al., NIPS 19 (2007), the step on the
 * support.
 */
KERNEL void paths_lasso_start(LASSO_PARAMETERS) {
  LOCAL_MEMORY(double, shared);
  FOR_GROUP(problem, problems) {
    LASSO(t, problem)
    double slack = 0.0;
    double scale = 0.0;
    FOR_LOCAL(j, t.size) {
      slack = fmax(slack, fabs(t.products[j]));
      scale = fmax(scale, t.gram[(u64)j * t.size + j]);
      t.residual[j] = t.products[j];
      t.inside[j] = 0;
    }
    slack = group_max(t.lanes, slack);
    scale = group_max(t.lanes, scale);
    if (LOCAL_ID == 0u) {
      t.state[STAGE] = table[(u64)PROBLEM_NUMBERS * problem + 4u] > 0u ? JOINS : DONE;
      t.state[COUNT] = 0;
      t.state[SWEEPS] = 0;
      t.state[LEVEL] = START;
      t.state[NEXT] = 0;
      t.state[FIRST] = 1;
      t.level[PENALTY] = 0.0;
      t.level[PREVIOUS] = 0.0;
      t.level[THRESHOLD] = -1.0;
      t.level[SLACK] = MUL64(TOLERANCE, slack);
      t.level[SCALE] = scale;
    }
    BARRIER();
  }
}

/* Columns join the working set. Without any, a level that has been descended on ends. */
KERNEL void paths_lasso_join(LASSO_PARAMETERS) {
  LOCAL_MEMORY(double, shared);
  FOR_GROUP(problem, problems) {
    LASSO(t, problem)
    ONCE_IF(t.state[STAGE] == JOINS) {
      u32 before = (u32)t.state[COUNT];
      u32 count = join(&t, before, t.level[THRESHOLD]);
      if (LOCAL_ID == 0u) {
        t.state[STAGE] = t.state[FIRST] != 0 || count > before ? DESCENDS : ENDS;
        t.state[COUNT] = (i32)count;
        t.state[FIRST] = 0;
      }
      BARRIER();
    }
  }
}

/* Descent until the optimality conditions hold among the members, or until Newton is to help. */
KERNEL void paths_lasso_descend(LASSO_PARAMETERS) {
  LOCAL_MEMORY(double, shared);
  FOR_GROUP(problem, problems) {
    LASSO(t, problem)
    u32 count = (u32)t.state[COUNT];
    u32 sweeps = (u32)t.state[SWEEPS];
    i32 stage = t.state[STAGE];
    double penalty = t.level[PENALTY];
    double slack = t.level[SLACK];
    i32 before = stage;
    while (stage == DESCENDS) {
      sweep(&t, count, penalty);
      sweeps++;
      double breach = violation(&t, count, penalty);
      stage = sweeps >= QUICK && sweeps % BETWEEN == 0u ? STEPS : stage;
      stage = breach <= slack || sweeps >= PATIENT ? ENDS : stage;
    }
    BARRIER();
    if (LOCAL_ID == 0u && before == DESCENDS) {
      t.state[SWEEPS] = (i32)sweeps;
      t.state[STAGE] = stage;
      t.state[FIRST] = stage == ENDS ? 2 : 0;
    }
    BARRIER();
  }
}

/* Help for a descent that crawls. */
KERNEL void paths_lasso_newton(LASSO_PARAMETERS) {
  LOCAL_MEMORY(double, shared);
  FOR_GROUP(problem, problems) {
    LASSO(t, problem)
    ONCE_IF(t.state[STAGE] == STEPS) {
      newton(&t, (u32)t.state[COUNT], t.level[PENALTY], t.level[SLACK], t.level[SCALE]);
      if (LOCAL_ID == 0u) { t.state[STAGE] = DESCENDS; }
      BARRIER();
    }
  }
}

/* The next level of a problem: the penalty, and which columns join first. */
FUNCTION void next_level(const Lasso *t, GLOBAL const double *penalties, u32 wanted, double outside) {
  double penalty = t->level[PENALTY];
  /* With the free columns alone nothing else is wanted above the largest product outside. */
  double previous = t->state[LEVEL] == START ? outside : fmin(t->level[PREVIOUS], penalty);
  u32 next = (u32)t->state[NEXT] + (t->state[LEVEL] == WANTED ? 1u : 0u);
  double target = next < wanted ? penalties[next] : 0.0;
  /* A cold start far down the path passes through columns that the solution does without. */
  double stride = MUL64(STRIDE, previous);
  i32 level = stride > target && previous > t->level[SLACK] ? STEP : WANTED;
  penalty = level == STEP ? stride : target;
  t->state[STAGE] = next < wanted ? JOINS : DONE;
  t->state[SWEEPS] = 0;
  t->state[LEVEL] = level;
  t->state[NEXT] = (i32)next;
  t->state[FIRST] = 1;
  t->level[PENALTY] = penalty;
  t->level[PREVIOUS] = previous;
  /* The sequential strong rule. */
  t->level[THRESHOLD] = fmax(fmin(penalty, ADD64(MUL64(2.0, penalty), -previous)), 0.0);
}

/* After a descent: fresh residual products, then those outside are tested. Or a level's end. */
KERNEL void paths_lasso_finish(LASSO_PARAMETERS) {
  LOCAL_MEMORY(double, shared);
  FOR_GROUP(problem, problems) {
    LASSO(t, problem)
    ONCE_IF(t.state[STAGE] == ENDS) {
      u32 count = (u32)t.state[COUNT];
      u32 descended = t.state[FIRST] == 2 ? 1u : 0u;
      GLOBAL const u64 *row = table + (u64)PROBLEM_NUMBERS * problem;
      for (u32 once = descended; once != 0u; once--) { refresh(&t, count); }
      double outside = largest_outside(&t);
      /* The unpenalised columns alone and a descent without end are not followed by a test. */
      u32 ends = descended == 0u || t.state[LEVEL] == START || t.state[SWEEPS] >= (i32)PATIENT ? 1u : 0u;
      u32 writes = ends != 0u && t.state[LEVEL] == WANTED ? 1u : 0u;
      GLOBAL double *out = path + row[5] + (u64)(u32)t.state[NEXT] * t.size;
      FOR_LOCAL(j, writes != 0u ? t.size : 0u) { out[j] = 0.0; }
      BARRIER();
      FOR_LOCAL(i, writes != 0u ? count : 0u) { out[t.members[i]] = t.weights[i]; }
      BARRIER();
      if (LOCAL_ID == 0u) {
        if (ends != 0u) {
          next_level(&t, penalties + row[3], (u32)row[4], outside);
        } else {
          t.state[STAGE] = JOINS;
          t.state[FIRST] = 0;
          t.level[THRESHOLD] = ADD64(t.level[PENALTY], t.level[SLACK]);
        }
      }
      BARRIER();
    }
  }
}
