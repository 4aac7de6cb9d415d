/*
 * Lasso paths on Gram matrices: for each penalty
 *
 *   min_w  w'Gw/2 - b'w + penalty sum_{j penalised} |w_j|
 *
 * A call holds many problems of different sizes. A row of `table` says where one lies:
 *   table  U64 (problems, 6): size k, then the first element of its matrix, of its vectors, of its
 *          penalties, the number of penalties, the first element of its path
 *
 * Assumptions: SLICES k below 2^32; matrices are symmetric and positive semi-definite up to rounding.
 * Tolerance: every sum has an order that only sizes decide and every product that is added is
 * fused, so results are the same bits on every device and for every group size. A solution breaks
 * its optimality conditions by at most `slack`, 1e-7 of the largest product, as on the host; the
 * two differ by what that leaves open.
 */
#include "device.h"
#include "group.h"

/* Coordinates that one warp descends on before all other residual products follow. */
#define BLOCK 32u
/* Odd, so that neither rows nor the diagonal of a tile meet in one bank. */
#define TILE (BLOCK + 1u)
/* Sweeps at one penalty before steps of Newton's method join in, and between two of them. */
#define QUICK 20u
#define BETWEEN 4u
/* Most sweeps at one penalty. */
#define PATIENT 2000u
/* Most steps of conjugate gradients for a step of Newton's method. */
#define GRADIENTS 1000u
/* Smallest ratio of neighbouring penalties; wider gaps are walked in steps. */
#define STRIDE 0.8
/* Share of the largest product by which a lasso may break its optimality conditions. */
#define TOLERANCE 1e-7
/* Share of the largest curvature below which a direction is flat. */
#define FLAT 1e-14
/* A threshold that no product exceeds. */
#define NEVER 1e300

/* Bytes of local memory: lanes; where sweeps run also a tile, moves, pulls, and which moved. */
#define PATHS_LASSO_LOCAL(items) LANES_OR_ITEMS_LOCAL(items)
#define PATHS_LASSO_DESCEND_LOCAL(items) \
  (LANES_OR_ITEMS_LOCAL(items) + 8u * (BLOCK * TILE + 2u * BLOCK + BLOCK / 2u + 1u))

/* What a level of the penalty is for: the unpenalised columns alone, a step between two wanted. */
#define START 0
#define STEP 1
#define WANTED 2

/* What a problem waits for. */
#define JOINS 0
#define DESCENDS 1
#define STEPS 2
#define ENDS 3
#define DONE 4

/* Where a problem stands, I32 (problems, STATES) row-major. */
#define STATES 8u
#define STAGE 0u
#define COUNT 1u  /* members of the working set */
#define SWEEPS 2u /* at the present penalty */
#define LEVEL 3u
#define NEXT 4u   /* the penalty that is wanted next */
#define FIRST 5u  /* whether the level has just begun */

/* And F64 (problems, LEVELS) row-major. */
#define LEVELS 8u
/* Vectors of doubles and of integers for each column, without the slices. */
#define LASSO_VECTORS 8u
#define LASSO_INTEGERS 4u
#define PENALTY 0u
#define PREVIOUS 1u  /* the penalty of the level before */
#define THRESHOLD 2u /* residual products above this join; the unpenalised columns when negative */
#define SLACK 3u
#define SCALE 4u /* the largest curvature */

/*
 * What a problem may leave out stands in a loop that runs once or never: compilers for CPUs copy
 * all that follows a barrier in a branch.
 */
#define ONCE_IF(condition) for (u32 once_ = (condition) ? 1u : 0u; once_ != 0u; once_--)

/* What every kernel of the lasso gets: see paths_lasso_start. */
#define LASSO_PARAMETERS                \
  GLOBAL double *path,                  \
  GLOBAL double *compact,               \
  GLOBAL double *vectors,               \
  GLOBAL i32 *integers,                 \
  GLOBAL i32 *states,                   \
  GLOBAL double *levels,                \
  GLOBAL const double *gram,            \
  GLOBAL const double *products,        \
  GLOBAL const u8 *unpenalised,         \
  GLOBAL const double *penalties,       \
  GLOBAL const u64 *table,              \
  u32 problems,                         \
  u64 total,                            \
  LOCAL_PARAMETER

/* One lasso: its matrix, its state by column or by member of the working set, its local memory. */
typedef struct {
  u32 size;
  GLOBAL const double *gram;     /* (size, size) */
  GLOBAL const double *products; /* (size) */
  GLOBAL const u8 *unpenalised;  /* (size) */
  GLOBAL double *compact;        /* (members, size): the matrix among the members */
  GLOBAL double *residual;       /* (size) b - Gw, exact after refresh */
  GLOBAL double *weights;        /* (members) */
  GLOBAL double *gradient;       /* (members) b - Gw */
  GLOBAL double *inverse;        /* (members) 1 / curvature */
  GLOBAL double *factors;        /* (size) factors of the rows to add */
  GLOBAL double *rest;           /* (size) conjugate gradients: what is left of the right side */
  GLOBAL double *image;          /* (size) conjugate gradients: matrix times direction */
  GLOBAL double *step;           /* (size) conjugate gradients: the solution */
  GLOBAL double *partial;        /* (SLICES, size) */
  GLOBAL i32 *members;           /* (members) columns in the order in which they joined */
  GLOBAL i32 *inside;            /* (size) whether a column has joined */
  GLOBAL i32 *rows;              /* (size) rows to add */
  GLOBAL i32 *support;           /* (size) members with a weight */
  GLOBAL i32 *state;             /* (STATES) */
  GLOBAL double *level;          /* (LEVELS) */
  LOCAL double *tile;            /* (BLOCK, TILE) */
  LOCAL double *moves;           /* (BLOCK) steps that are not 0, then zeros up to a multiple of 8 */
  LOCAL double *pulls;           /* (BLOCK) gradients within a block */
  LOCAL u32 *moved;              /* (BLOCK + 1) their rows, and last their number, rounded up */
  LOCAL double *lanes;           /* (max(LANES, group size)) */
} Lasso;

FUNCTION double limit_of(const Lasso *t, u32 member, double penalty) {
  return t->unpenalised[t->members[member]] != 0 ? 0.0 : penalty;
}

/*
 * Takes columns into the working set, ascending: the unpenalised ones when the threshold is
 * negative, otherwise those whose residual product exceeds it. Returns the number of members.
 */
FUNCTION u32 join(const Lasso *t, u32 count, double threshold) {
  u32 each = (t->size + LOCAL_SIZE - 1u) / LOCAL_SIZE;
  u32 from = each * LOCAL_ID < t->size ? each * LOCAL_ID : t->size;
  u32 to = from + each < t->size ? from + each : t->size;
  u32 mine = 0;
  for (u32 j = from; j < to; j++) {
    u32 wanted = threshold < 0.0 ? t->unpenalised[j] != 0 : fabs(t->residual[j]) > threshold;
    if (wanted != 0u && t->inside[j] == 0) {
      /* A column of zeros changes nothing: it is settled without becoming a member. */
      u32 curved = t->gram[(u64)j * t->size + j] > 0.0 ? 1u : 0u;
      t->inside[j] = curved != 0u ? 2 : 1;
      mine += curved;
    }
  }
  u32 total;
  u32 at = count + group_scan((LOCAL u32 *)t->lanes, mine, &total);
  for (u32 j = from; j < to; j++) {
    if (t->inside[j] == 2) {
      t->inside[j] = 1;
      t->members[at] = (i32)j;
      t->weights[at] = 0.0;
      t->gradient[at] = t->residual[j];
      t->inverse[at] = 1.0 / t->gram[(u64)j * t->size + j];
      at++;
    }
  }
  BARRIER();
  u32 all = count + total;
  for (u32 n = count; n < all; n++) {
    u64 row = (u64)(u32)t->members[n] * t->size;
    FOR_LOCAL(i, n + 1u) {
      double entry = t->gram[row + (u32)t->members[i]];
      t->compact[(u64)n * t->size + i] = entry;
      t->compact[(u64)i * t->size + n] = entry;
    }
  }
  BARRIER();
  return all;
}

/* Lists the members with a weight in `support`, ascending; returns their number. */
FUNCTION u32 find_support(const Lasso *t, u32 count) {
  u32 each = (count + LOCAL_SIZE - 1u) / LOCAL_SIZE;
  u32 from = each * LOCAL_ID < count ? each * LOCAL_ID : count;
  u32 to = from + each < count ? from + each : count;
  u32 mine = 0;
  for (u32 i = from; i < to; i++) { mine += t->weights[i] != 0.0 ? 1u : 0u; }
  u32 total;
  u32 at = group_scan((LOCAL u32 *)t->lanes, mine, &total);
  for (u32 i = from; i < to; i++) {
    if (t->weights[i] != 0.0) { t->support[at++] = (i32)i; }
  }
  BARRIER();
  return total;
}

/* Recomputes all residual products, so that rounding errors of the steps do not add up. */
FUNCTION void refresh(const Lasso *t, u32 count) {
  u32 entries = find_support(t, count);
  FOR_LOCAL(e, entries) {
    t->rows[e] = t->members[t->support[e]];
    t->factors[e] = t->weights[t->support[e]];
  }
  BARRIER();
  group_combine(t->partial, t->gram, t->rows, t->factors, entries, t->size, t->size);
  FOR_LOCAL(j, t->size) {
    t->residual[j] = ADD64(t->products[j], -combined(t->partial, t->size, j));
  }
  BARRIER();
  FOR_LOCAL(i, count) { t->gradient[i] = t->residual[t->members[i]]; }
  BARRIER();
}

/* The gradient among the members from the weights of the first `entries` of `support`. */
FUNCTION void refresh_members(const Lasso *t, u32 count, u32 entries) {
  group_combine(t->partial, t->compact, t->rows, t->factors, entries, count, t->size);
  FOR_LOCAL(i, count) {
    t->gradient[i] = ADD64(t->products[t->members[i]], -combined(t->partial, t->size, i));
  }
  BARRIER();
}

/* Where a weight moves when all others stay. */
FUNCTION double best_weight(double pull, double weight, double curvature, double inverse, double limit) {
  double whole = FMA64(curvature, weight, pull);
  double excess = ADD64(fabs(whole), -limit);
  return excess > 0.0 ? copysign(MUL64(excess, inverse), whole) : 0.0;
}

/*
 * Cyclic descent on the coordinates [base, base + n), one after another; pulls follow within the
 * block only. Leaves the steps that are not 0 in `moves` and `moved`.
 */
FUNCTION void descend_block(const Lasso *t, u32 base, u32 n, double penalty) {
#ifdef HAS_SHUFFLE
  if (LOCAL_SIZE >= WARP) {
    if (LOCAL_ID < WARP) {
      u32 lane = LOCAL_ID;
      u32 i = base + (lane < n ? lane : 0u);
      double weight = t->weights[i];
      double inverse = t->inverse[i];
      double limit = limit_of(t, i, penalty);
      double pull = t->gradient[i];
      double curvature = t->tile[lane * TILE + lane];
      double move = 0.0;
      for (u32 c = 0; c < n; c++) {
        /* All lanes compute, so that only one shuffle waits for the coordinate's own lane. */
        double best = best_weight(pull, weight, curvature, inverse, limit);
        double there = SHUFFLE(ADD64(best, -weight), c);
        pull = FMA64(-there, t->tile[c * TILE + lane], pull);
        if (lane == c) {
          weight = best;
          move = there;
        }
      }
      if (lane < n) { t->weights[i] = weight; }
      u32 movers = BALLOT(move != 0.0);
      u32 count = POPCOUNT32(movers);
      if (lane >= count) {
        t->moves[lane] = 0.0;
        t->moved[lane] = 0u;
      }
      WARP_BARRIER();
      if (move != 0.0) {
        u32 at = POPCOUNT32(movers & ((1u << lane) - 1u));
        t->moves[at] = move;
        t->moved[at] = lane;
      }
      if (lane == 0u) { t->moved[BLOCK] = (count + 7u) & ~7u; }
    }
    return;
  }
#endif
  if (LOCAL_ID == 0u) {
    for (u32 i = 0; i < n; i++) { t->pulls[i] = t->gradient[base + i]; }
    u32 count = 0;
    for (u32 c = 0; c < n; c++) {
      double weight = t->weights[base + c];
      double best = best_weight(
          t->pulls[c],
          weight,
          t->tile[c * TILE + c],
          t->inverse[base + c],
          limit_of(t, base + c, penalty));
      double move = ADD64(best, -weight);
      if (move != 0.0) {
        t->weights[base + c] = best;
        for (u32 i = c + 1u; i < n; i++) {
          t->pulls[i] = FMA64(-move, t->tile[c * TILE + i], t->pulls[i]);
        }
        t->moves[count] = move;
        t->moved[count] = c;
        count++;
      }
    }
    for (; (count & 7u) != 0u; count++) {
      t->moves[count] = 0.0;
      t->moved[count] = 0u;
    }
    t->moved[BLOCK] = count;
  }
}

/*
 * One sweep of cyclic coordinate descent over the members. The order of steps is the sequential
 * one; only the residual products outside a block wait for the end of the block.
 */
FUNCTION void sweep(const Lasso *t, u32 count, double penalty) {
  for (u32 base = 0; base < count; base += BLOCK) {
    u32 n = count - base < BLOCK ? count - base : BLOCK;
    FOR_LOCAL(i, BLOCK * BLOCK) {
      u32 r = i / BLOCK;
      u32 c = i % BLOCK;
      double entry = 0.0;
      if (r < n && c < n) { entry = t->compact[(u64)(base + r) * t->size + base + c]; }
      t->tile[r * TILE + c] = entry;
    }
    BARRIER();
    descend_block(t, base, n, penalty);
    BARRIER();
    u32 moves = t->moved[BLOCK];
    FOR_LOCAL(j, moves == 0u ? 0u : count) {
      double pull = t->gradient[j];
      for (u32 m = 0; m < moves; m += 8u) {
        /* Eight loads in flight; steps of 0 fill the last ones. */
        double entry[8];
        UNROLL
        for (u32 k = 0; k < 8u; k++) {
          entry[k] = t->compact[(u64)(base + t->moved[m + k]) * t->size + j];
        }
        UNROLL
        for (u32 k = 0; k < 8u; k++) { pull = FMA64(-t->moves[m + k], entry[k], pull); }
      }
      t->gradient[j] = pull;
    }
    BARRIER();
  }
}

/* The largest breach of the optimality conditions among the members. */
FUNCTION double violation(const Lasso *t, u32 count, double penalty) {
  double largest = 0.0;
  FOR_LOCAL(i, count) {
    double limit = limit_of(t, i, penalty);
    double weight = t->weights[i];
    double pull = t->gradient[i];
    double breach = weight == 0.0 ? fabs(pull) - limit : fabs(pull - copysign(limit, weight));
    largest = fmax(largest, breach);
  }
  return group_max(t->lanes, largest);
}

/*
 * Conjugate gradients for matrix * step = gradient - limit * sign on the support: the minimum if no
 * sign changed. Returns 1 when it ended in a flat direction, which `step` then holds.
 */
FUNCTION u32 solve_support(const Lasso *t, u32 count, u32 entries, double penalty, double slack, double scale) {
  FOR_LOCAL(e, entries) {
    u32 i = (u32)t->support[e];
    double left = ADD64(t->gradient[i], -copysign(limit_of(t, i, penalty), t->weights[i]));
    t->rows[e] = (i32)i;
    t->rest[e] = left;
    t->factors[e] = left;
    t->step[e] = 0.0;
  }
  BARRIER();
  double square = group_dot(t->lanes, t->rest, t->rest, entries);
  u32 most = 2u * entries + 10u < GRADIENTS ? 2u * entries + 10u : GRADIENTS;
  u32 flat = 0;
  for (u32 g = 0; g < most && flat == 0u && square > 0.01 * slack * slack; g++) {
    group_combine(t->partial, t->compact, t->rows, t->factors, entries, count, t->size);
    FOR_LOCAL(e, entries) { t->image[e] = combined(t->partial, t->size, (u32)t->rows[e]); }
    BARRIER();
    double curvature = group_dot(t->lanes, t->factors, t->image, entries);
    flat = curvature > FLAT * scale * square ? 0u : 1u;
    double length = flat != 0u ? 0.0 : square / curvature;
    FOR_LOCAL(e, entries) {
      t->step[e] = flat != 0u ? t->factors[e] : FMA64(length, t->factors[e], t->step[e]);
      t->rest[e] = FMA64(-length, t->image[e], t->rest[e]);
    }
    BARRIER();
    double next = group_dot(t->lanes, t->rest, t->rest, entries);
    double share = next / square;
    FOR_LOCAL(e, entries) { t->factors[e] = FMA64(share, t->factors[e], t->rest[e]); }
    BARRIER();
    square = next;
  }
  return flat;
}

/* The objective of the weights in `factors` on the support, given the gradient there. */
FUNCTION double objective(const Lasso *t, u32 entries, double penalty) {
  FOR_LOCAL(e, entries) {
    u32 i = (u32)t->support[e];
    double weight = t->factors[e];
    double both = ADD64(t->products[t->members[i]], t->gradient[i]);
    double price = MUL64(limit_of(t, i, penalty), fabs(weight));
    t->image[e] = FMA64(MUL64(-0.5, weight), both, price);
    t->rest[e] = 1.0;
  }
  BARRIER();
  return group_dot(t->lanes, t->image, t->rest, entries);
}

/*
 * A step of Newton's method on the support, where descent crawls because columns are nearly
 * dependent. Weights that would change sign become 0 if that lowers the objective; otherwise the
 * step ends where the first of them is 0. The objective never rises.
 */
FUNCTION void newton(const Lasso *t, u32 count, double penalty, double slack, double scale) {
  u32 entries = find_support(t, count);
  u32 flat = solve_support(t, count, entries, penalty, slack, scale);
  /* 1 / length of the step at which the first weight is 0; 0 when none ever is. */
  double soonest = 0.0;
  FOR_LOCAL(e, entries) {
    u32 i = (u32)t->support[e];
    double weight = t->weights[i];
    if (limit_of(t, i, penalty) > 0.0 && weight * t->step[e] < 0.0) {
      soonest = fmax(soonest, fabs(t->step[e]) / fabs(weight));
    }
  }
  soonest = group_max(t->lanes, soonest);
  u32 whole = flat == 0u && soonest <= 1.0 ? 1u : 0u;
  double bounded = soonest > 0.0 ? 1.0 / soonest : 0.0;
  double before = 0.0;
  u32 found = 0;
  /* Attempt 0 stays, for its objective; 1 is the whole step; 2 ends at the first sign change. */
  for (u32 attempt = 0; found == 0u; attempt += attempt == 0u && flat != 0u ? 2u : 1u) {
    double length = attempt == 0u ? 0.0 : attempt == 1u ? 1.0 : bounded;
    FOR_LOCAL(e, entries) {
      u32 i = (u32)t->support[e];
      double weight = t->weights[i];
      double step = t->step[e];
      double moved = FMA64(length, step, weight);
      if (attempt != 0u && limit_of(t, i, penalty) > 0.0 && weight * step < 0.0) {
        u32 first = attempt == 2u && fabs(step) / fabs(weight) >= soonest ? 1u : 0u;
        moved = first != 0u || moved * weight <= 0.0 ? 0.0 : moved;
      }
      t->factors[e] = moved;
    }
    BARRIER();
    refresh_members(t, count, entries);
    double after = objective(t, entries, penalty);
    found = attempt == 2u || (attempt == 1u && (whole != 0u || after < before)) ? 1u : 0u;
    before = attempt == 0u ? after : before;
  }
  FOR_LOCAL(e, entries) { t->weights[t->support[e]] = t->factors[e]; }
  BARRIER();
}

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
    GLOBAL const u64 *row = table + (u64)6u * (problem);    \
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
      t.state[STAGE] = table[(u64)6u * problem + 4u] > 0u ? JOINS : DONE;
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
      GLOBAL const u64 *row = table + (u64)6u * problem;
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
