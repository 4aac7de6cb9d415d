/*
 * Regressions on parities as sums over the rows of each fold: G_f = Phi_f' Phi_f, b_f = Phi_f' y,
 * e_f = y_f' y_f.
 *
 *   the problem without fold f, column j divided by s_j:
 *     G(i,j) = (sum_g G_g - G_f)(i,j) / (s_i s_j),  b(i) = (sum_g b_g - b_f)(i) / s_i
 *   the squared error of weights w on fold f:  e_f + w'(G_f w - 2 b_f)
 *
 * Assumptions: k^2 below 2^64; folds times rows of a matrix below 2^32.
 * Tolerance: totals, differences and quotients are those of the host, bit for bit. Energies and
 * errors add in an order that only sizes decide, the same on every device and for every group
 * size; from the host's they differ by rounding, some 1e-15 of the sum of all terms' magnitudes.
 */
#include "device.h"
#include "group.h"

/* Bytes of local memory: a count an item. */
#define PARITY_REGRESSION_HITS_LOCAL(items) (4u * (items))

/*
 * Sums over the folds, in their order.
 *   total  F64 (length), folds F64 (fold_count, length) row-major
 * An item takes an element.
 */
KERNEL void parity_regression_total(
    GLOBAL double *RESTRICT total,
    GLOBAL const double *RESTRICT folds,
    u64 length,
    u32 fold_count,
    LOCAL_PARAMETER) {
  FOR_EACH(i, length) {
    double sum = 0.0;
    for (u32 f = 0; f < fold_count; f++) { sum = ADD64(sum, folds[f * length + i]); }
    total[i] = sum;
  }
}

/*
 * Sums of squares.
 *   energies  F64 (fold_count)
 *   values    F64 (rows), sorted by fold
 *   starts    I32 (fold_count + 1): first row of each fold
 * A group takes a fold. Local memory: LANES doubles.
 */
KERNEL void parity_regression_energies(
    GLOBAL double *energies,
    GLOBAL const double *values,
    GLOBAL const i32 *starts,
    u32 fold_count,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  FOR_GROUP(f, fold_count) {
    GLOBAL const double *from = values + starts[f];
    double energy = group_dot(lanes, from, from, (u32)(starts[f + 1u] - starts[f]));
    if (LOCAL_ID == 0u) { energies[f] = energy; }
    BARRIER();
  }
}

/*
 * Problems without a fold, scaled.
 *   gram            F64 (count, k, k) row-major, products F64 (count, k) row-major: problem n lacks
 *                   fold first + n
 *   total_gram      F64 (k, k), total_products F64 (k)
 *   fold_gram       F64 (fold_count, k, k), fold_products F64 (fold_count, k)
 *   scales          F64 (k)
 *   lacking         0 leaves no fold out: the problem is that of all rows
 * A group takes a row of a matrix.
 */
KERNEL void parity_regression_problems(
    GLOBAL double *RESTRICT gram,
    GLOBAL double *RESTRICT products,
    GLOBAL const double *RESTRICT total_gram,
    GLOBAL const double *RESTRICT total_products,
    GLOBAL const double *RESTRICT fold_gram,
    GLOBAL const double *RESTRICT fold_products,
    GLOBAL const double *RESTRICT scales,
    u32 size,
    u32 first,
    u32 count,
    u32 lacking,
    LOCAL_PARAMETER) {
  FOR_GROUP(task, count * size) {
    u32 n = task / size;
    u32 i = task % size;
    u64 fold = (u64)(first + n);
    double scale = scales[i];
    GLOBAL const double *all = total_gram + (u64)i * size;
    GLOBAL const double *part = fold_gram + (fold * size + i) * size;
    FOR_LOCAL(j, size) {
      double entry = all[j];
      if (lacking != 0u) { entry = ADD64(entry, -part[j]); }
      gram[(u64)task * size + j] = entry / MUL64(scale, scales[j]);
    }
    if (LOCAL_ID == 0u) {
      double product = total_products[i];
      if (lacking != 0u) { product = ADD64(product, -fold_products[fold * size + i]); }
      products[task] = product / scale;
    }
  }
}

/*
 * The problem with some columns alone.
 *   gram      F64 (count, count) row-major, products F64 (count)
 *   from      F64 (k, k) row-major, from_products F64 (k)
 *   columns   I32 (count)
 * A group takes a row.
 */
KERNEL void parity_regression_select(
    GLOBAL double *RESTRICT gram,
    GLOBAL double *RESTRICT products,
    GLOBAL const double *RESTRICT from,
    GLOBAL const double *RESTRICT from_products,
    GLOBAL const i32 *RESTRICT columns,
    u32 count,
    u32 size,
    LOCAL_PARAMETER) {
  FOR_GROUP(i, count) {
    u64 row = (u64)columns[i] * size;
    FOR_LOCAL(j, count) { gram[(u64)i * count + j] = from[row + columns[j]]; }
    if (LOCAL_ID == 0u) { products[i] = from_products[columns[i]]; }
  }
}

/*
 * Weights of the columns from those of the scaled columns, in place.
 *   path    F64 (rows, k) row-major
 *   scales  F64 (k)
 * An item takes a weight.
 */
KERNEL void parity_regression_unscale(
    GLOBAL double *RESTRICT path, GLOBAL const double *RESTRICT scales, u64 rows, u32 size, LOCAL_PARAMETER) {
  FOR_EACH(i, rows * size) { path[i] = path[i] / scales[i % size]; }
}

/*
 * Squared errors on the folds left out.
 *   errors    F64 (count, penalties) row-major; 0 where rounding leaves less
 *   path      F64 (count, penalties, k) row-major: the weights to score on fold first + n
 *   gram      F64 (fold_count, k, k), products F64 (fold_count, k), energies F64 (fold_count)
 * A group takes a fold and a penalty. Local memory: LANES doubles.
 */
KERNEL void parity_regression_errors(
    GLOBAL double *errors,
    GLOBAL const double *RESTRICT path,
    GLOBAL const double *RESTRICT gram,
    GLOBAL const double *RESTRICT products,
    GLOBAL const double *RESTRICT energies,
    u32 size,
    u32 penalties,
    u32 first,
    u32 count,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  FOR_GROUP(task, count * penalties) {
    u64 fold = (u64)(first + task / penalties);
    GLOBAL const double *matrix = gram + fold * size * size;
    GLOBAL const double *product = products + fold * size;
    GLOBAL const double *weights = path + (u64)task * size;
    FOR_LOCAL(v, LANES) {
      double sum = 0.0;
      for (u32 j = v; j < size; j += LANES) {
        double fitted = 0.0;
        u32 i = 0;
        for (; i + 8u <= size; i += 8u) {
          /* Eight loads in flight before the first is used. */
          double entry[8];
          UNROLL
          for (u32 k = 0; k < 8u; k++) { entry[k] = matrix[(u64)(i + k) * size + j]; }
          UNROLL
          for (u32 k = 0; k < 8u; k++) { fitted = FMA64(weights[i + k], entry[k], fitted); }
        }
        for (; i < size; i++) { fitted = FMA64(weights[i], matrix[(u64)i * size + j], fitted); }
        sum = FMA64(weights[j], FMA64(-2.0, product[j], fitted), sum);
      }
      lanes[v] = sum;
    }
    double error = ADD64(energies[fold], group_lanes(lanes));
    if (LOCAL_ID == 0u) { errors[task] = fmax(error, 0.0); }
  }
}

/*
 * Coefficients above a threshold, in their order.
 *   positions     I32 (count), coefficients F64 (count): the first found[0] are filled
 *   found         I32 (1)
 *   products      F64 (count): the coefficients times `rows`
 * One group: an item counts and then writes the hits of a range. Local memory: a u32 an item.
 */
KERNEL void parity_regression_hits(
    GLOBAL i32 *positions,
    GLOBAL double *coefficients,
    GLOBAL i32 *found,
    GLOBAL const double *products,
    u32 count,
    double rows,
    double threshold,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u32, counts);
  u32 each = (count + LOCAL_SIZE - 1u) / LOCAL_SIZE;
  u32 from = each * LOCAL_ID < count ? each * LOCAL_ID : count;
  u32 to = from + each < count ? from + each : count;
  u32 mine = 0;
  for (u32 s = from; s < to; s++) { mine += fabs(products[s] / rows) > threshold ? 1u : 0u; }
  u32 total;
  u32 at = group_scan(counts, mine, &total);
  if (GROUP_ID == 0u) {
    for (u32 s = from; s < to; s++) {
      double coefficient = products[s] / rows;
      if (fabs(coefficient) > threshold) {
        positions[at] = (i32)s;
        coefficients[at] = coefficient;
        at++;
      }
    }
    if (LOCAL_ID == 0u) { found[0] = (i32)total; }
  }
}
