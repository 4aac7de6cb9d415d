#ifndef ABLATE_CODED_REGRESSION_FIT_H
#define ABLATE_CODED_REGRESSION_FIT_H

/*
 * A fit of coded_regression.cl: lasso or ridge by coordinate descent, least squares on its support, and
 * errors on other delays.
 */

/* The Gram matrix of one set of delays and how its rows are gone through. */
typedef struct {
  GLOBAL const i32 *columns;
  GLOBAL const u64 *differ;
  GLOBAL const i32 *starts;
  GLOBAL const i32 *order;
  GLOBAL const i32 *tiles;
  GLOBAL const u64 *mask;
  GLOBAL const double *sums;
  u32 terms;
  u32 groups;
  u32 words;
  u32 tile_count;
  u32 lane_bits;
  i32 delays;
  double points;
} regression_system;

FUNCTION void take_delays(
    regression_system *system, GLOBAL const u64 *masks, GLOBAL const double *sums, u32 mask) {
  system->mask = masks + (u64)mask * system->words;
  system->sums = sums + (u64)mask * system->terms;
  system->delays = 0;
  for (u32 w = 0; w < system->words; w++) {
    system->delays += (i32)POPCOUNT64(system->mask[w]);
  }
}

/* Every `step`-th entry of a row beside the diagonal, times weights, in units of 2^b. */
FUNCTION double row_part(
    const regression_system *system, u32 s, u32 lane, u32 step, GLOBAL const double *weights) {
  u32 to = (u32)system->starts[(s + 1u) * system->groups];
  double sum = 0.0;
  for (u32 k = (u32)system->starts[s * system->groups] + lane; k < to; k += step) {
    double weight = weights[system->columns[k]];
    // Lasso weights are mostly 0: their signatures are not even read.
    if (weight != 0.0) {
      u32 unequal = 0;
      for (u32 w = 0; w < system->words; w++) {
        unequal += POPCOUNT64(system->differ[(u64)k * system->words + w] & system->mask[w]);
      }
      sum += weight * (double)(system->delays - 2 * (i32)unequal);
    }
  }
  return sum;
}

/* What a descent minimises: w'Gw/2 - sums'w + lasso |w| + ridge/2 w'w, term 0 not penalised. */
typedef struct {
  double lasso;
  double ridge;
  double slack;
} regression_aim;

/* Moves term s to its minimum given the others; whether that was more than the slack. */
FUNCTION u32 move_term(
    const regression_system *system,
    const regression_aim *aim,
    u32 s,
    double fitted,
    GLOBAL double *weights) {
  double rows = system->delays * system->groups * system->points;
  double pull = system->sums[s] - fitted * system->points;
  double excess = fabs(pull) - (s == 0u ? 0.0 : aim->lasso);
  double target = 0.0;
  if (excess > 0.0) {
    target = (pull < 0.0 ? -excess : excess) / (rows + (s == 0u ? 0.0 : aim->ridge));
  }
  double step = fabs(target - weights[s]) * rows;
  weights[s] = target;
  return step > aim->slack ? 1u : 0u;
}

/*
 * Coordinate descent, tile by tile: terms of one tile share no bin, so they move at once and the
 * result is that of moving one after another. `chosen`, where not all terms move, is not 0 for those
 * that do; term 0 always does. Sweeps until no term moves by more than the slack.
 */
FUNCTION void descend(
    const regression_system *system,
    const regression_aim *aim,
    u32 all,
    GLOBAL const double *chosen,
    GLOBAL double *weights,
    u32 most,
    LOCAL double *parts) {
  LOCAL u32 *flags = (LOCAL u32 *)(parts + PARTS + PART_RUNS);
  u32 lanes = 1u << system->lane_bits;
  u32 moving = 1u;
  for (u32 sweep = 0; sweep < most && moving != 0u; sweep++) {
    if (LOCAL_ID == 0u) {
      flags[0] = 0u;
    }
    for (u32 tile = 0; tile < system->tile_count; tile++) {
      u32 from = (u32)system->tiles[tile];
      u32 rows = (u32)system->tiles[tile + 1u] - from;
      // Neighbouring lanes read neighbouring entries of one row.
      FOR_LOCAL(i, rows << system->lane_bits) {
        u32 s = (u32)system->order[from + (i >> system->lane_bits)];
        if (all != 0u || s == 0u || chosen[s] != 0.0) {
          parts[i] = row_part(system, s, i & (lanes - 1u), lanes, weights);
        }
      }
      BARRIER();
      FOR_LOCAL(r, rows) {
        u32 s = (u32)system->order[from + r];
        if (all != 0u || s == 0u || chosen[s] != 0.0) {
          double fitted = 0.0;
          for (u32 lane = 0; lane < lanes; lane++) {
            fitted += parts[(r << system->lane_bits) + lane];
          }
          if (move_term(system, aim, s, fitted, weights) != 0u) {
            flags[0] = 1u;
          }
        }
      }
      BARRIER();
    }
    moving = flags[0];
    BARRIER();
  }
}

/* The sum of squared errors of weights less y'y. */
FUNCTION double excess_error(
    const regression_system *system, GLOBAL const double *weights, LOCAL double *parts) {
  double diagonal = (double)system->delays * system->groups;
  FOR_LOCAL(i, PARTS) {
    double sum = 0.0;
    for (u32 s = i; s < system->terms; s += PARTS) {
      double weight = weights[s];
      if (weight != 0.0) {
        double fitted = row_part(system, s, 0u, 1u, weights) + diagonal * weight;
        sum += weight * (fitted * system->points - 2.0 * system->sums[s]);
      }
    }
    parts[i] = sum;
  }
  return add_parts(parts);
}

/*
 * Fits, a group each, all at once: every fold and penalty starts on its own.
 *
 * which: (fits, 3): the mask to fit on, the mask to test on or -1, whether to start at `start`
 * rather than at 0. aims: (fits, 5): lasso and ridge penalty and slack of the first fit, no such fit
 * where the slack is negative; slack of least squares on its support, none where negative; largest
 * support for that. lasso and relaxed: (fits, terms), both fits' weights. results: (fits, 3): errors
 * less y'y of both fits on the rows tested, NaN where there is none, and size of the support.
 * order: (terms); tiles: (tile_count + 1), where tiles of it begin: terms that share no bin, at most
 * PARTS / 2^lane_bits. 2^lane_bits items share a row.
 */
KERNEL void coded_regression_fit(
    GLOBAL double *lasso,
    GLOBAL double *relaxed,
    GLOBAL double *results,
    GLOBAL const i32 *which,
    GLOBAL const double *aims,
    GLOBAL const double *start,
    GLOBAL const i32 *columns,
    GLOBAL const u64 *differ,
    GLOBAL const i32 *starts,
    GLOBAL const i32 *order,
    GLOBAL const i32 *tiles,
    GLOBAL const u64 *masks,
    GLOBAL const double *sums,
    u32 fits,
    u32 terms,
    u32 groups,
    u32 points,
    u32 words,
    u32 tile_count,
    u32 lane_bits,
    u32 sweeps,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, parts);
  regression_system system;
  system.columns = columns;
  system.differ = differ;
  system.starts = starts;
  system.order = order;
  system.tiles = tiles;
  system.terms = terms;
  system.groups = groups;
  system.words = words;
  system.tile_count = tile_count;
  system.lane_bits = lane_bits;
  system.points = (double)points;
  LOCAL u32 *flags = (LOCAL u32 *)(parts + PARTS + PART_RUNS);
  FOR_GROUP(fit, fits) {
    u32 support = 0;
    // One loop for both fits: compilers that split kernels at barriers see each barrier once.
    for (u32 second = 0; second < 2u; second++) {
      GLOBAL double *weights = (second != 0u ? relaxed : lasso) + (u64)fit * terms;
      GLOBAL const double *before = second != 0u ? lasso + (u64)fit * terms : start;
      GLOBAL const double *asked = aims + FIT_AIMS * fit;
      u32 begun = second != 0u || which[FIT_WHICH * fit + 2u] != 0 ? 1u : 0u;
      FOR_LOCAL(s, terms) {
        weights[s] = begun != 0u ? before[s] : 0.0;
      }
      if (LOCAL_ID == 0u) {
        flags[1] = 0u;
      }
      BARRIER();
      regression_aim aim;
      aim.lasso = second != 0u ? 0.0 : asked[0];
      aim.ridge = second != 0u ? 0.0 : asked[1];
      aim.slack = asked[2u + second];
      u32 wanted = aim.slack >= 0.0 && (second == 0u || (double)support <= asked[4]) ? 1u : 0u;
      take_delays(&system, masks, sums, (u32)which[FIT_WHICH * fit]);
      descend(&system, &aim, 1u - second, before, weights, wanted != 0u ? sweeps : 0u, parts);
      i32 test = which[FIT_WHICH * fit + 1u];
      take_delays(&system, masks, sums, (u32)(test >= 0 ? test : which[FIT_WHICH * fit]));
      double error = excess_error(&system, weights, parts);
      u32 own = 0;
      FOR_LOCAL(s, terms) {
        own += s == 0u || weights[s] != 0.0 ? 1u : 0u;
      }
      LOCAL_ADD_U32(flags + 1, own);
      BARRIER();
      support = flags[1];
      if (LOCAL_ID == 0u) {
        u32 known = test >= 0 && (second == 0u || wanted != 0u) ? 1u : 0u;
        results[FIT_RESULTS * fit + second] = known != 0u ? error : BITS_DOUBLE((u64)0x7FF8000000000000u);
        if (second == 0u) {
          results[FIT_RESULTS * fit + 2u] = (double)support;
        }
      }
      BARRIER();
    }
  }
}

#endif
