/*
 * Regression of coded samples on parities, from their subsampled transforms alone.
 *
 *   Phi_s' Phi_t = sum_c 2^b [bin_c(s) = bin_c(t)] sum_p (-1)^(bit p of sig_s xor sig_t)
 *   Phi_s' y     = sum_c 2^b sum_p (-1)^(bit p of sig_s) U_{c,p}(bin_c(s))
 *
 * Two terms interact only when they share a bin. An entry keeps the signatures' difference, so that
 * its value on any set of delays is a popcount: folds, left-out delays and all rows share entries.
 *
 * Shapes, row-major: transforms (groups, delays, points = 2^b) REAL, from `offset` elements on;
 * bins (groups, terms); signatures (terms, words), bit p for delay p; masks (masks, words), the
 * delays of a set as bits; products (delays, terms); sums (masks, terms). Values are in the units of
 * the samples, products in samples times rows.
 *
 * Parameters: REAL_BITS 32 (default) or 64, the precision of the transforms; group size, no effect
 * on results: sums run in fixed orders. Everything but the transforms is double.
 *
 * Tolerance: closed forms to rounding; fits until no product misses its condition by more than the
 * slack asked for.
 * Source: Kang et al., arXiv 2502.13870; Friedman, Hastie, Tibshirani, J. Stat. Softw. 33 (2010).
 */
#include "device.h"

#ifndef REAL_BITS
#define REAL_BITS 32
#endif
#if REAL_BITS == 64
typedef double real;
#else
typedef float real;
#endif

/* Partial sums a group keeps in local memory. */
#define PARTS 1024u
#define PART_RUNS 32u
/* Numbers of a fit in `which`, `aims` and `results`: see coded_regression_fit. */
#define FIT_WHICH 3u
#define FIT_AIMS 5u
#define FIT_RESULTS 3u
/* Bytes of local memory of the kernels that add up: parts, their runs and a word for flags. */
#define CODED_REGRESSION_LOCAL (8u * (PARTS + PART_RUNS + 1u))
/* Local memory of the kernels that add up: PARTS + PART_RUNS doubles and a flag. */

FUNCTION double sign_of(GLOBAL const u64 *signature, u32 delay) {
  return 1.0 - 2.0 * (double)(signature[delay >> 6] >> (delay & 63u) & 1u);
}

/* Adds up PARTS numbers of local memory in a fixed order; every item of the group gets the sum. */
FUNCTION double add_parts(LOCAL double *parts) {
  LOCAL double *runs = parts + PARTS;
  BARRIER();
  FOR_LOCAL(r, PART_RUNS) {
    double sum = 0.0;
    // Neighbouring items read neighbouring words.
    for (u32 i = r; i < PARTS; i += PART_RUNS) {
      sum += parts[i];
    }
    runs[r] = sum;
  }
  BARRIER();
  double sum = 0.0;
  for (u32 r = 0; r < PART_RUNS; r++) {
    sum += runs[r];
  }
  BARRIER();
  return sum;
}

/* squares: (delays), y'y of each delay. A group takes a delay. */
KERNEL void coded_regression_squares(
    GLOBAL double *squares,
    GLOBAL const real *transforms,
    u64 offset,
    u32 groups,
    u32 delays,
    u32 points,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, parts);
  FOR_GROUP(p, delays) {
    FOR_LOCAL(i, PARTS) {
      double sum = 0.0;
      for (u32 c = 0; c < groups; c++) {
        GLOBAL const real *row = transforms + offset + ((u64)c * delays + p) * points;
        for (u32 j = i; j < points; j += PARTS) {
          double u = (double)row[j];
          sum += u * u;
        }
      }
      parts[i] = sum;
    }
    double sum = add_parts(parts);
    if (LOCAL_ID == 0u) {
      squares[p] = sum * points;
    }
  }
}

/* products: (delays, terms). An item makes one. */
KERNEL void coded_regression_products(
    GLOBAL double *products,
    GLOBAL const real *transforms,
    u64 offset,
    GLOBAL const i32 *bins,
    GLOBAL const u64 *signatures,
    u32 groups,
    u32 delays,
    u32 points,
    u32 terms,
    u32 words,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)delays * terms) {
    u32 p = (u32)(i / terms);
    u32 s = (u32)(i - (u64)p * terms);
    double sum = 0.0;
    for (u32 c = 0; c < groups; c++) {
      u64 row = offset + ((u64)c * delays + p) * points;
      sum += (double)transforms[row + (u32)bins[(u64)c * terms + s]];
    }
    products[i] = sum * points * sign_of(signatures + (u64)s * words, p);
  }
}

/* products: (terms), over all delays. An item makes one. */
KERNEL void coded_regression_singles(
    GLOBAL double *products,
    GLOBAL const real *transforms,
    u64 offset,
    GLOBAL const i32 *bins,
    GLOBAL const u64 *signatures,
    u32 groups,
    u32 delays,
    u32 points,
    u32 terms,
    u32 words,
    LOCAL_PARAMETER) {
  FOR_EACH(s, terms) {
    double sum = 0.0;
    for (u32 c = 0; c < groups; c++) {
      u64 at = offset + (u64)c * delays * points + (u32)bins[(u64)c * terms + s];
      // The loads of a row do not wait for each other; only the additions are in order.
      for (u32 p = 0; p < delays; p++) {
        sum += (double)transforms[at + (u64)p * points] * sign_of(signatures + s * words, p);
      }
    }
    products[s] = sum * points;
  }
}

/*
 * Takes terms out of transforms. members: (groups, terms), the terms of each group sorted by bin.
 * The first member of a bin takes out all of its bin, in order: no two items write one number.
 */
KERNEL void coded_regression_subtract(
    GLOBAL real *transforms,
    GLOBAL const i32 *bins,
    GLOBAL const i32 *members,
    GLOBAL const u64 *signatures,
    GLOBAL const double *coefficients,
    u32 groups,
    u32 delays,
    u32 points,
    u32 terms,
    u32 words,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)groups * delays * terms) {
    u32 k = (u32)(i % terms);
    u64 block = i / terms;
    u32 p = (u32)(block % delays);
    u32 c = (u32)(block / delays);
    GLOBAL const i32 *at = bins + (u64)c * terms;
    GLOBAL const i32 *own = members + (u64)c * terms;
    i32 bin = at[own[k]];
    if (k == 0u || at[own[k - 1u]] != bin) {
      u64 where = block * points + (u32)bin;
      double rest = (double)transforms[where];
      for (u32 m = k; m < terms && at[own[m]] == bin; m++) {
        u32 s = (u32)own[m];
        rest -= sign_of(signatures + (u64)s * words, p) * coefficients[s];
      }
      transforms[where] = (real)rest;
    }
  }
}

/*
 * The entries of the Gram matrix beside its diagonal. starts: (terms, groups) and one more, where
 * the entries of term s from group c begin; first: (terms, groups), where the terms of its bin begin
 * in members. columns: (entries); differ: (entries, words), signature of row xor of column. Terms
 * that share several bins have several entries. An item takes one term and group.
 */
KERNEL void coded_regression_gram(
    GLOBAL i32 *columns,
    GLOBAL u64 *differ,
    GLOBAL const i32 *starts,
    GLOBAL const i32 *first,
    GLOBAL const i32 *members,
    GLOBAL const u64 *signatures,
    u32 groups,
    u32 terms,
    u32 words,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)terms * groups) {
    u32 s = (u32)(i / groups);
    u32 to = (u32)starts[i];
    u32 count = (u32)starts[i + 1u] - to + 1u;
    for (u32 k = 0; k < count; k++) {
      u32 t = (u32)members[(u32)first[i] + k];
      if (t != s) {
        columns[to] = (i32)t;
        for (u32 w = 0; w < words; w++) {
          differ[(u64)to * words + w] = signatures[(u64)s * words + w] ^ signatures[(u64)t * words + w];
        }
        to++;
      }
    }
  }
}

/* sums: (masks, terms), the products over the delays of each mask. An item makes one. */
KERNEL void coded_regression_sums(
    GLOBAL double *sums,
    GLOBAL const double *products,
    GLOBAL const u64 *masks,
    u32 count,
    u32 delays,
    u32 terms,
    u32 words,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)count * terms) {
    u32 m = (u32)(i / terms);
    u32 s = (u32)(i - (u64)m * terms);
    double sum = 0.0;
    for (u32 p = 0; p < delays; p++) {
      if ((masks[(u64)m * words + (p >> 6)] >> (p & 63u) & 1u) != 0u) {
        sum += products[(u64)p * terms + s];
      }
    }
    sums[i] = sum;
  }
}

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
