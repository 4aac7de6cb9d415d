#ifndef ABLATE_PATHS_DESCENT_H
#define ABLATE_PATHS_DESCENT_H

/*
 * How a lasso comes to its optimum at a penalty: coordinate descent by blocks, and steps of
 * Newton's method by conjugate gradients. See paths.cl.
 */

#include "paths_lasso.h"

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

#endif
