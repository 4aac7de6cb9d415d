/*
 * Ridge paths on Gram matrices: for each penalty
 *
 *   min_w  w'Gw/2 - b'w + penalty/2 sum_{j penalised} w_j^2
 *
 * Unpenalised columns are eliminated first. With S and r what is then left of G and b, all
 * penalties share the Krylov space of (S, r): V'SV = T is tridiagonal, and
 * w = V (T + penalty I)^-1 V'r.
 *
 * A call holds many problems of different sizes; see paths_problem.h for where one lies.
 * `total` is the number of columns of all problems.
 *
 * Assumptions: TEAM k below 2^32; matrices are symmetric and positive semi-definite up to
 * rounding.
 * Tolerance: every sum has an order that only sizes decide, so results are the same bits on every
 * device and for every group size. The space grows until no penalty's residual exceeds ENOUGH of
 * the right side; from the host's eigendecomposition that differs by rounding, times the condition
 * of S + penalty I. An unpenalised column that depends on unpenalised ones before it gets weight 0.
 */
#include "device.h"
#include "group.h"
#include "paths_problem.h"

/* Share of the right side that a residual may have. */
#define ENOUGH 1e-15
/* Curvature below this share of the trace is a rounding error, as on the host. */
#define RANK 1e-13
/* A space whose next vector is shorter than this share of the trace is complete. */
#define COMPLETE 1e-15
/* A right side shorter than this share of the products is a rounding error. */
#define NOTHING 1e-14
/* Sums that are added side by side in a product with a vector of the basis; a multiple of 4. */
#define TEAM 32u
/* Vectors of doubles for each column, without the slices. */
#define RIDGE_VECTORS 3u

#define PENALISED 0
#define ELIMINATED 1
#define DEPENDENT 2

/* The first unpenalised column from c on; size when there is none. */
FUNCTION u32 next_unpenalised(GLOBAL const u8 *unpenalised, u32 c, u32 size) {
  while (c < size && unpenalised[c] == 0) { c++; }
  return c;
}

/* Takes the unpenalised columns out of the matrix and the products, in place, and classifies all. */
FUNCTION void eliminate(
    GLOBAL double *matrix, GLOBAL double *products, GLOBAL i32 *kind, GLOBAL const u8 *unpenalised, u32 size, double zero) {
  FOR_LOCAL(j, size) { kind[j] = PENALISED; }
  BARRIER();
  for (u32 c = next_unpenalised(unpenalised, 0u, size); c < size; c = next_unpenalised(unpenalised, c + 1u, size)) {
    double pivot = matrix[(u64)c * size + c];
    u32 curved = pivot > zero ? 1u : 0u;
    double inverse = 1.0 / pivot;
    double product = products[c];
    BARRIER();
    if (LOCAL_ID == 0u) { kind[c] = curved != 0u ? ELIMINATED : DEPENDENT; }
    BARRIER();
    for (u32 i = 0; i < size * curved; i++) {
      /* Rows and columns that are gone keep what finding their weights needs. */
      double row = matrix[(u64)i * size + c];
      FOR_LOCAL(j, kind[i] == PENALISED ? size : 0u) {
        if (kind[j] == PENALISED) {
          double both = MUL64(row, matrix[(u64)c * size + j]);
          u64 at = (u64)i * size + j;
          matrix[at] = FMA64(-both, inverse, matrix[at]);
        }
      }
    }
    FOR_LOCAL(i, size * curved) {
      if (kind[i] == PENALISED) {
        products[i] = FMA64(-MUL64(matrix[(u64)i * size + c], product), inverse, products[i]);
      }
    }
    BARRIER();
  }
}

/* to = products of the first `count` vectors of the basis and v; each from TEAM sums. */
FUNCTION void project(
    GLOBAL double *to, GLOBAL double *sums, GLOBAL const double *basis, GLOBAL const double *v, u32 count, u32 size) {
  FOR_LOCAL(task, TEAM * count) {
    u32 i = task / TEAM;
    double sum = 0.0;
    for (u32 t = task % TEAM; t < size; t += TEAM) { sum = FMA64(basis[(u64)i * size + t], v[t], sum); }
    sums[task] = sum;
  }
  BARRIER();
  FOR_LOCAL(i, count) {
    double sum[4];
    UNROLL
    for (u32 k = 0; k < 4u; k++) { sum[k] = sums[(u64)i * TEAM + k]; }
    for (u32 k = 4u; k < TEAM; k += 4u) {
      UNROLL
      for (u32 l = 0; l < 4u; l++) { sum[l] = ADD64(sum[l], sums[(u64)i * TEAM + k + l]); }
    }
    to[i] = ADD64(ADD64(sum[0], sum[1]), ADD64(sum[2], sum[3]));
  }
  BARRIER();
}

/*
 * The common space of all penalties.
 *   matrix       F64 (k, k) row-major a problem; the unpenalised columns are eliminated in place
 *   products     F64 (k) a problem; likewise
 *   kind         I32 (k) a problem: PENALISED, ELIMINATED or DEPENDENT
 *   basis        F64 (k, k) row-major a problem: orthonormal vectors
 *   diagonal     F64 (k) a problem: the diagonal of T
 *   beside       F64 (k) a problem: what couples j - 1 and j in T; first the length of r
 *   steps        I32 (problems): number of vectors
 *   pivots       F64 (2, penalties) a problem, scratch
 *   vectors      F64 (RIDGE_VECTORS + SLICES, total), sums F64 (TEAM, total), rows I32 (total), scratch
 *   unpenalised  U8 (k) a problem
 *   penalties    F64 a problem
 * A group takes a problem. Each step multiplies S by the newest vector and takes the parts along
 * all vectors out of it, twice, so that the basis stays orthogonal to rounding.
 * Local memory: max(LANES, group size) doubles.
 * Source: Lanczos, J. Res. Natl. Bur. Stand. 45 (1950); Parlett, The Symmetric Eigenvalue Problem,
 * 13; Frommer, Maass, SIAM J. Sci. Comput. 19 (1998), one space for all penalties.
 */
KERNEL void paths_ridge_basis(
    GLOBAL double *all_matrices,
    GLOBAL double *all_products,
    GLOBAL i32 *all_kinds,
    GLOBAL double *all_bases,
    GLOBAL double *all_diagonals,
    GLOBAL double *all_beside,
    GLOBAL i32 *steps,
    GLOBAL double *all_pivots,
    GLOBAL double *vectors,
    GLOBAL double *all_sums,
    GLOBAL i32 *all_rows,
    GLOBAL const u8 *all_unpenalised,
    GLOBAL const double *all_penalties,
    GLOBAL const u64 *table,
    u32 problems,
    u64 total,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  FOR_GROUP(problem, problems) {
    GLOBAL const u64 *row = table + (u64)PROBLEM_NUMBERS * problem;
    u32 size = (u32)row[0];
    u64 at = row[2];
    u32 penalties = (u32)row[4];
    GLOBAL double *matrix = all_matrices + row[1];
    GLOBAL double *products = all_products + at;
    GLOBAL i32 *kind = all_kinds + at;
    GLOBAL double *basis = all_bases + row[1];
    GLOBAL double *diagonal = all_diagonals + at;
    GLOBAL double *beside = all_beside + at;
    GLOBAL double *pivot = all_pivots + 2u * row[3];
    GLOBAL double *tail = pivot + penalties;
    GLOBAL double *next = vectors + at;
    GLOBAL double *parts = vectors + total + at;
    GLOBAL double *more = vectors + 2u * total + at;
    GLOBAL double *partial = vectors + RIDGE_VECTORS * total + SLICES * at;
    GLOBAL double *sums = all_sums + TEAM * at;
    GLOBAL i32 *rows = all_rows + at;
    GLOBAL const double *penalty = all_penalties + row[3];
    FOR_LOCAL(j, size) {
      next[j] = matrix[(u64)j * size + j];
      parts[j] = 1.0;
      rows[j] = (i32)j;
    }
    BARRIER();
    double trace = group_dot(lanes, next, parts, size);
    double before = sqrt(group_dot(lanes, products, products, size));
    eliminate(matrix, products, kind, all_unpenalised + at, size, RANK * trace);
    FOR_LOCAL(j, size) { next[j] = kind[j] == PENALISED ? products[j] : 0.0; }
    BARRIER();
    double length = sqrt(group_dot(lanes, next, next, size));
    double right = length;
    FOR_LOCAL(p, penalties) {
      pivot[p] = 1.0;
      tail[p] = 0.0;
    }
    double base = 1.0; /* the newest pivot of T without a penalty */
    u32 count = 0;
    u32 going = right > NOTHING * before ? 1u : 0u;
    while (going != 0u) {
      FOR_LOCAL(j, size) { basis[(u64)count * size + j] = next[j] / length; }
      if (LOCAL_ID == 0u) { beside[count] = length; }
      BARRIER();
      group_combine(partial, matrix, rows, basis + (u64)count * size, size, size, size);
      FOR_LOCAL(j, size) { next[j] = kind[j] == PENALISED ? combined(partial, size, j) : 0.0; }
      BARRIER();
      for (u32 pass = 0; pass < 2u; pass++) {
        project(pass == 0u ? parts : more, sums, basis, next, count + 1u, size);
        group_combine(partial, basis, rows, pass == 0u ? parts : more, count + 1u, size, size);
        FOR_LOCAL(j, size) { next[j] = ADD64(next[j], -combined(partial, size, j)); }
        BARRIER();
      }
      double along = ADD64(parts[count], more[count]);
      double coupling = count == 0u ? 0.0 : length;
      base = ADD64(along, -MUL64(coupling, coupling) / base);
      /* A direction without curvature is not taken in. */
      u32 curved = base > RANK * trace ? 1u : 0u;
      length = sqrt(group_dot(lanes, next, next, size));
      double left = 0.0;
      FOR_LOCAL(p, penalties) {
        double shifted = ADD64(along, penalty[p]);
        double z = count == 0u ? right : -MUL64(coupling / pivot[p], tail[p]);
        pivot[p] = ADD64(shifted, -MUL64(coupling, coupling) / pivot[p]);
        tail[p] = z;
        left = fmax(left, fabs(z / pivot[p]) * length);
      }
      left = group_max(lanes, left);
      if (LOCAL_ID == 0u) { diagonal[count] = along; }
      count += curved;
      going = curved != 0u && count < size && length > COMPLETE * trace && left > ENOUGH * right ? 1u : 0u;
      BARRIER();
    }
    if (LOCAL_ID == 0u) { steps[problem] = (i32)count; }
    BARRIER();
  }
}

/*
 * Solves (T + penalty I) y = |r| e_1.
 *   solution  F64 (k, penalties) row-major a problem, at the first element of its path
 *   pivots    F64 likewise, scratch
 * An item takes a penalty of a problem; neighbouring items have neighbouring penalties.
 */
KERNEL void paths_ridge_tridiagonal(
    GLOBAL double *all_solutions,
    GLOBAL double *all_pivots,
    GLOBAL const double *all_diagonals,
    GLOBAL const double *all_beside,
    GLOBAL const i32 *steps,
    GLOBAL const double *all_penalties,
    GLOBAL const u64 *table,
    u32 problems,
    LOCAL_PARAMETER) {
  FOR_GROUP(problem, problems) {
    GLOBAL const u64 *row = table + (u64)PROBLEM_NUMBERS * problem;
    u32 penalties = (u32)row[4];
    u32 count = (u32)steps[problem];
    GLOBAL const double *diagonal = all_diagonals + row[2];
    GLOBAL const double *beside = all_beside + row[2];
    FOR_LOCAL(p, penalties) {
      GLOBAL double *y = all_solutions + row[5] + p;
      GLOBAL double *pivot = all_pivots + row[5] + p;
      double penalty = all_penalties[row[3] + p];
      double last = 1.0;
      double z = 0.0;
      for (u32 i = 0; i < count; i++) {
        double coupling = i == 0u ? 0.0 : beside[i];
        z = i == 0u ? beside[0] : -MUL64(coupling / last, z);
        last = ADD64(ADD64(diagonal[i], penalty), -MUL64(coupling, coupling) / last);
        y[(u64)i * penalties] = z;
        pivot[(u64)i * penalties] = last;
      }
      double after = 0.0;
      for (u32 i = count; i-- > 0u;) {
        double coupling = i + 1u < count ? beside[i + 1u] : 0.0;
        after = FMA64(-coupling, after, y[(u64)i * penalties]) / pivot[(u64)i * penalties];
        y[(u64)i * penalties] = after;
      }
    }
  }
}

/*
 * Weights of the penalised columns: path = y'V.
 *   path  F64 (penalties, k) row-major a problem
 * Groups share a problem's columns and penalties, four penalties an item: a load of the basis is
 * used four times. `groups_each` groups take a problem.
 */
KERNEL void paths_ridge_weights(
    GLOBAL double *path,
    GLOBAL const double *all_solutions,
    GLOBAL const double *all_bases,
    GLOBAL const i32 *steps,
    GLOBAL const u64 *table,
    u32 problems,
    u32 groups_each,
    LOCAL_PARAMETER) {
  FOR_GROUP(task, problems * groups_each) {
    u32 problem = task / groups_each;
    GLOBAL const u64 *row = table + (u64)PROBLEM_NUMBERS * problem;
    u32 size = (u32)row[0];
    u32 penalties = (u32)row[4];
    u32 count = (u32)steps[problem];
    GLOBAL const double *basis = all_bases + row[1];
    GLOBAL const double *solution = all_solutions + row[5];
    u32 tasks = (penalties + 3u) / 4u * size;
    for (u32 i = task % groups_each * LOCAL_SIZE + LOCAL_ID; i < tasks; i += groups_each * LOCAL_SIZE) {
      u32 j = i % size;
      u32 first = i / size * 4u;
      double sum[4] = {0.0, 0.0, 0.0, 0.0};
      for (u32 v = 0; v < count; v++) {
        double entry = basis[(u64)v * size + j];
        UNROLL
        for (u32 k = 0; k < 4u; k++) {
          u32 p = first + k < penalties ? first + k : first;
          sum[k] = FMA64(solution[(u64)v * penalties + p], entry, sum[k]);
        }
      }
      UNROLL
      for (u32 k = 0; k < 4u; k++) {
        if (first + k < penalties) { path[row[5] + (u64)(first + k) * size + j] = sum[k]; }
      }
    }
  }
}

/* One past the last eliminated column before `end`; 0 when there is none. */
FUNCTION u32 last_eliminated(GLOBAL const i32 *kind, u32 end) {
  while (end > 0u && kind[end - 1u] != ELIMINATED) { end--; }
  return end;
}

/*
 * Weights of the unpenalised columns, from the last eliminated to the first.
 * A group takes a problem and a penalty. Local memory: LANES doubles.
 */
KERNEL void paths_ridge_unpenalised(
    GLOBAL double *path,
    GLOBAL const double *all_matrices,
    GLOBAL const double *all_products,
    GLOBAL const i32 *all_kinds,
    GLOBAL const u64 *table,
    u32 problems,
    u32 most_penalties,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  FOR_GROUP(task, problems * most_penalties) {
    u32 problem = task / most_penalties;
    u32 p = task % most_penalties;
    GLOBAL const u64 *row = table + (u64)PROBLEM_NUMBERS * problem;
    u32 size = (u32)row[0];
    GLOBAL const double *matrix = all_matrices + row[1];
    GLOBAL const double *products = all_products + row[2];
    GLOBAL const i32 *kind = all_kinds + row[2];
    GLOBAL double *weights = path + row[5] + (u64)p * size;
    u32 end = last_eliminated(kind, p < (u32)row[4] ? size : 0u);
    for (; end > 0u; end = last_eliminated(kind, end - 1u)) {
      u32 c = end - 1u;
      FOR_LOCAL(v, LANES) {
        double sum = 0.0;
        for (u32 j = v; j < size; j += LANES) {
          if (kind[j] == PENALISED || (kind[j] == ELIMINATED && j > c)) {
            sum = FMA64(matrix[(u64)c * size + j], weights[j], sum);
          }
        }
        lanes[v] = sum;
      }
      double fitted = group_lanes(lanes);
      if (LOCAL_ID == 0u) { weights[c] = ADD64(products[c], -fitted) / matrix[(u64)c * size + c]; }
      BARRIER();
    }
  }
}
