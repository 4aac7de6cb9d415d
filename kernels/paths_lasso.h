#ifndef ABLATE_PATHS_LASSO_H
#define ABLATE_PATHS_LASSO_H

/*
 * One lasso of a call: where it stands, its working set, and fresh products. See paths.cl.
 */

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

/* Vectors of doubles and of integers for each column, without the slices. */
#define LASSO_VECTORS 8u
#define LASSO_INTEGERS 4u

/* And F64 (problems, LEVELS) row-major. */
#define LEVELS 8u
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

#endif
