/*
 * Gaussian processes over masks whose prior is a spectrum that the sizes of masks may bend:
 *
 *   A = K + noise I,   w = A^-1 y,   log p(y) = -(y'w + log det A + n log 2 pi)/2
 *   d log p/dt = tr(P dA/dt)/2  with  P = w w' - A^-1
 *
 * K is that of gaussian_process_covariance.h. kernels/cholesky.cl factors A; it says how matrices
 * lie. A block of rows has a matrix whose size is its rows rounded up to whole panels, the identity
 * there, and right sides of 0. A row of `table`:
 *   table  U64 (blocks, TABLE): size, first element of the matrix, of its vectors, 1 with a gradient;
 *          rows, first row, output, first tile of its partial sums
 *   masks   U64 (all rows, words) row-major
 *   values  F64 (all rows, outputs) row-major
 *   decays  F64 (blocks, features) row-major
 *   priors  F64 (blocks, PRIOR) row-major
 * With a gradient a number of each pair also lies above the diagonal, where nothing else writes: K,
 * or with SHAPED -2 d, because the parts of K have slopes of their own then.
 *
 * Assumptions: tiles are those of kernels/cholesky.cl; fewer than 2^32 of them, times words.
 * Tolerance: exponents add in the order of HostCovariance; sums have an order that only sizes
 * decide. From the host that differs by rounding times the condition of A, and by exp and log.
 */
#include "device.h"
#include "group.h"
#include "cholesky_layout.h"
#include "gaussian_process_covariance.h"
#include "gaussian_process_means.h"

/* Parts of a tile that are summed apart, so that a group has enough tasks; they divide PANEL. */
#define STRANDS 4u
/* Sums over all pairs: by the scale, rough, its stretch, the tilt and the closeness. */
#define SUMS 5u
/* Slopes behind those by the decays: the noise has one besides. */
#define SLOPES (SUMS + 1u)

/* Bytes of local memory: a tile's words and tables; a tile, sums of 64 features and those over all */
/* pairs in strands, sizes and two halves of each row and column. */
#define GAUSSIAN_PROCESS_COVARIANCE_LOCAL(side) COVARIANCE_TILE_LOCAL(side)
#define GAUSSIAN_PROCESS_SLOPES_LOCAL \
  (8u * (PANEL * STRIDE + (1u + SUMS) * PANEL * STRANDS + 2u * PANEL) + 4u * (2u * 2u * PANEL))

/*
 * Covariances, right sides and, with a gradient, the ones of the identity; what else is beside and
 * above the lower triangle must be 0 then.
 * A group takes a tile of 4 side rows and columns, tiles x tiles of them the largest block; an item
 * 4 x 4 pairs, `side` rows apart. Local memory: COVARIANCE_TILE_LOCAL.
 */
KERNEL void GROUP_AT_MOST(TILE_ITEMS) gaussian_process_covariance(
    GLOBAL double *matrices,
    GLOBAL const u64 *RESTRICT masks,
    GLOBAL const double *RESTRICT values,
    GLOBAL const double *RESTRICT decays,
    GLOBAL const double *RESTRICT priors,
    GLOBAL const u64 *RESTRICT table,
    u32 features,
    u32 words,
    u32 outputs,
    u32 blocks,
    u32 tiles,
    u32 side,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, memory);
  u32 width = 4u * side;
  CovarianceTile tile = covariance_tile(memory, side);
  FOR_GROUP(task, blocks * tiles * tiles) {
    u32 b = task / (tiles * tiles);
    GLOBAL const u64 *row = table + (u64)TABLE * b;
    u32 size = (u32)row[0];
    GLOBAL double *matrix = matrices + row[1];
    u32 count = (u32)row[4];
    u64 from = row[5];
    u32 i0 = task / tiles % tiles * width;
    u32 j0 = task % tiles * width;
    u32 active = i0 < size && j0 <= i0 ? 1u : 0u;
    u32 x0 = LOCAL_ID / side;
    u32 y0 = LOCAL_ID % side;
    Shape shape = shape_of(priors + (u64)PRIOR * b, features);
    double exponent[16] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    tile_exponents(
        exponent, tile, masks + (from + i0) * words, i0 < count ? count - i0 : 0u, masks + (from + j0) * words,
        j0 < count ? count - j0 : 0u, decays + (u64)b * features, features, words, active * words, side);
    UNROLL
    for (u32 p = 0; p < 16u; p++) {
      u32 x = x0 + side * (p / 4u);
      u32 y = y0 + side * (p % 4u);
      u32 i = i0 + x;
      u32 j = j0 + y;
      if (active != 0u && j <= i) {
        double k = covariance_of(shape, exponent[p], tile.left_sizes[x], tile.right_sizes[y]);
        double noise = i == j ? priors[(u64)PRIOR * b + 1u] : 0.0;
        double outside = i == j ? 1.0 : 0.0;
        double value = i < count ? ADD64(k, noise) : outside;
        matrix[(u64)i * size + j] = value;
        if (row[3] != 0 && j < i) { matrix[(u64)j * size + i] = SHAPED != 0 ? exponent[p] : value; }
        if (i == j) {
          matrix[(u64)size * size + i] = i < count ? values[(from + i) * outputs + row[6]] : 0.0;
          if (row[3] != 0) { matrix[((u64)size + 1u + i) * size + i] = 1.0; }
        }
      }
    }
    BARRIER();
  }
}

/*
 * Sums over the pairs of a tile of PANEL rows and columns: P dK/dd of those that differ in a feature,
 * without the -2, and what SUMS names of all pairs.
 *   partial   F64 (tiles of all blocks, 64 words + SUMS) row-major; tile (i, j), i >= j, of a block
 *             is i (i + 1)/2 + j
 *   matrices  A^-1 on and below the diagonal, K or -2 d above it
 *   weights   F64 (size) each, w
 * A pair counts as much as both of its places in the trace, halved. A group takes a tile and 64
 * features, panels x panels tiles the largest block; an item every fourth row of a column, then a
 * feature and a quarter of the rows. Local memory: GAUSSIAN_PROCESS_SLOPES_LOCAL.
 */
KERNEL void GROUP_AT_MOST(TILE_ITEMS) gaussian_process_slopes(
    GLOBAL double *RESTRICT partial,
    GLOBAL const double *RESTRICT matrices,
    GLOBAL const double *RESTRICT all_weights,
    GLOBAL const u64 *RESTRICT masks,
    GLOBAL const double *RESTRICT priors,
    GLOBAL const u64 *RESTRICT table,
    u32 features,
    u32 words,
    u32 blocks,
    u32 panels,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, tile);
  LOCAL double *sums = tile + PANEL * STRIDE;
  LOCAL double *totals = sums + PANEL * STRANDS;
  LOCAL double *left_sizes = totals + SUMS * PANEL * STRANDS;
  LOCAL double *right_sizes = left_sizes + PANEL;
  /* Halves of the words of a row: low halves of all rows first. */
  LOCAL u32 *left = (LOCAL u32 *)(right_sizes + PANEL);
  LOCAL u32 *right = left + 2u * PANEL;
  FOR_GROUP(task, blocks * panels * panels * words) {
    u32 w = task % words;
    u32 pair = task / words % (panels * panels);
    u32 b = task / words / (panels * panels);
    GLOBAL const u64 *row = table + (u64)TABLE * b;
    Shape shape = shape_of(priors + (u64)PRIOR * b, features);
    u32 size = (u32)row[0];
    GLOBAL const double *matrix = matrices + row[1];
    GLOBAL const double *weights = all_weights + row[2];
    u32 count = (u32)row[4];
    u64 from = row[5];
    u32 pi = pair / panels;
    u32 pj = pair % panels;
    u32 i0 = pi * PANEL;
    u32 j0 = pj * PANEL;
    u32 here = i0 < size && pj <= pi ? PANEL : 0u;
    double diagonal = SHAPED != 0 ? 0.0 : shape.scale;
    FOR_LOCAL(t, here * PANEL) {
      u32 r = t % PANEL;
      u32 c = t / PANEL;
      tile[r * STRIDE + c] = j0 + c < i0 + r ? matrix[(u64)(j0 + c) * size + i0 + r] : diagonal;
    }
    FOR_LOCAL(t, here * 2u) {
      u32 r = t % PANEL;
      u32 shift = t / PANEL * 32u;
      left[t] = i0 + r < count ? (u32)(masks[(from + i0 + r) * words + w] >> shift) : 0u;
      right[t] = j0 + r < count ? (u32)(masks[(from + j0 + r) * words + w] >> shift) : 0u;
    }
    FOR_LOCAL(t, here * 2u) {
      u32 r = t < PANEL ? i0 + t : j0 + t - PANEL;
      left_sizes[t] = r < count ? mask_size(masks + (from + r) * words, words) : 0u;
    }
    BARRIER();
    FOR_LOCAL(t, here * STRANDS) {
      u32 c = t % PANEL;
      double sum[SUMS] = {0.0, 0.0, 0.0, 0.0, 0.0};
      for (u32 r = t / PANEL; r < PANEL; r += STRANDS) {
        u32 at = r * STRIDE + c;
        u32 i = i0 + r;
        u32 j = j0 + c;
        if (j > i || i >= count) {
          tile[at] = 0.0;
          continue;
        }
        double p = FMA64(weights[i], weights[j], -matrix[(u64)i * size + j]);
        double share = i == j ? 0.5 * p : p;
        double number = tile[at];
        double smooth = number;
        double rough = 0.0;
        if (SHAPED != 0) {
          double sizes = by_sizes(shape, left_sizes[r], right_sizes[c]);
          smooth = smooth_part(shape, number, sizes);
          rough = MUL64(share, rough_part(shape, number, sizes));
        }
        smooth = MUL64(share, smooth);
        double both = ADD64(smooth, rough);
        double apart = left_sizes[r] - right_sizes[c];
        sum[0] = ADD64(sum[0], both);
        sum[1] = ADD64(sum[1], rough);
        sum[2] = FMA64(rough, number, sum[2]);
        sum[3] = FMA64(both, left_sizes[r] + right_sizes[c] - shape.features, sum[3]);
        sum[4] = FMA64(MUL64(both, apart), apart, sum[4]);
        tile[at] = FMA64(shape.stretch, rough, smooth);
      }
      UNROLL
      for (u32 k = 0; k < SUMS; k++) { totals[k * PANEL * STRANDS + t] = sum[k]; }
    }
    BARRIER();
    FOR_LOCAL(t, here * STRANDS) {
      LOCAL const u32 *rows = left + t % 64u / 32u * PANEL;
      LOCAL const u32 *columns = right + t % 64u / 32u * PANEL;
      u32 bit = 1u << t % 32u;
      u32 first = t / 64u * (PANEL / STRANDS);
      double sum = 0.0;
      for (u32 r = first; r < first + PANEL / STRANDS; r++) {
        for (u32 c = 0; c < PANEL; c++) {
          sum = ADD64(sum, ((rows[r] ^ columns[c]) & bit) != 0u ? tile[r * STRIDE + c] : 0.0);
        }
      }
      sums[t] = sum;
    }
    FOR_LOCAL(t, w == 0u ? here * SUMS : 0u) {
      LOCAL double *strands = totals + t / PANEL * PANEL * STRANDS + t % PANEL;
      for (u32 s = 1u; s < STRANDS; s++) { strands[0] = ADD64(strands[0], strands[PANEL * s]); }
    }
    BARRIER();
    GLOBAL double *to = partial + (row[7] + (u64)pi * (pi + 1u) / 2u + pj) * (64u * (u64)words + SUMS);
    FOR_LOCAL(f, here) {
      double sum = sums[f];
      for (u32 s = 1u; s < STRANDS; s++) { sum = ADD64(sum, sums[64u * s + f]); }
      to[64u * w + f] = sum;
    }
    FOR_LOCAL(k, here > 0u && w == 0u ? SUMS : 0u) {
      double sum = 0.0;
      for (u32 c = 0; c < PANEL; c++) { sum = ADD64(sum, totals[k * PANEL * STRANDS + c]); }
      to[64u * words + k] = sum;
    }
    BARRIER();
  }
}

/* Puts the slope that the k-th of the SUMS over all pairs gives in its place behind the decays. */
FUNCTION void slope(GLOBAL double *slopes, u32 k, double sum, double stretch, u32 features) {
  double factor = 1.0;
  if (k == 2u) { factor = stretch; }
  if (k == 3u) { factor = 1.0 / features; }
  if (k == 4u) { factor = -1.0 / features; }
  /* The noise has the second place. */
  slopes[k == 0u ? 0u : k + 1u] = MUL64(factor, sum);
}

/*
 * What a block comes to.
 *   results  F64 (blocks, features + 1 + SLOPES) row-major: log p(y), its slopes by the logarithms of
 *            the decays, the scale, the noise, rough and stretch, by tilt and by closeness; without a
 *            gradient the first number alone
 *   logs     F64 (size) each, logarithms of the diagonal of the factor
 * A group takes a block. Local memory: LANES doubles.
 */
KERNEL void gaussian_process_finish(
    GLOBAL double *RESTRICT results,
    GLOBAL const double *RESTRICT partial,
    GLOBAL const double *RESTRICT matrices,
    GLOBAL const double *RESTRICT all_weights,
    GLOBAL const double *RESTRICT all_logs,
    GLOBAL const double *RESTRICT values,
    GLOBAL const double *RESTRICT decays,
    GLOBAL const double *RESTRICT priors,
    GLOBAL const u64 *RESTRICT table,
    u32 features,
    u32 words,
    u32 outputs,
    u32 blocks,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  FOR_GROUP(b, blocks) {
    GLOBAL const u64 *row = table + (u64)TABLE * b;
    u32 size = (u32)row[0];
    GLOBAL const double *matrix = matrices + row[1];
    GLOBAL const double *weights = all_weights + row[2];
    u32 count = (u32)row[4];
    u32 gradient = row[3] != 0 ? 1u : 0u;
    FOR_LOCAL(v, LANES) {
      double sum = 0.0;
      for (u32 i = v; i < count; i += LANES) {
        sum = ADD64(sum, FMA64(values[(row[5] + i) * outputs + row[6]], weights[i], 2.0 * all_logs[row[2] + i]));
      }
      lanes[v] = sum;
    }
    double form = group_lanes(lanes);
    FOR_LOCAL(v, LANES) {
      double sum = 0.0;
      for (u32 i = v; i < count * gradient; i += LANES) {
        sum = ADD64(sum, FMA64(weights[i], weights[i], -matrix[(u64)i * size + i]));
      }
      lanes[v] = sum;
    }
    double diagonal = group_lanes(lanes);
    GLOBAL double *result = results + (u64)b * (features + 1u + SLOPES);
    if (LOCAL_ID == 0u) { result[0] = -0.5 * ADD64(form, MUL64((double)count, log(6.283185307179586477))); }
    u32 panels = size / PANEL;
    u64 wide = 64u * (u64)words + SUMS;
    FOR_LOCAL(f, (features + SUMS) * gradient) {
      u64 column = f < features ? f : wide - SUMS + (f - features);
      double sum = 0.0;
      for (u32 t = 0; t < panels * (panels + 1u) / 2u; t++) {
        sum = ADD64(sum, partial[(row[7] + t) * wide + column]);
      }
      if (f < features) {
        /* The derivative of a pair's exponent is -2. */
        result[1u + f] = MUL64(-2.0 * decays[(u64)b * features + f], sum);
      } else {
        slope(result + 1u + features, f - features, sum, priors[(u64)PRIOR * b + 3u], features);
      }
    }
    if (LOCAL_ID == 0u && gradient != 0u) { result[2u + features] = 0.5 * priors[(u64)PRIOR * b + 1u] * diagonal; }
    BARRIER();
  }
}

/*
 * Parities of sets as numbers: 1 or -1, 0 past the last row.
 *   signs    F64 (sets, size) row-major
 *   columns  U64 (all sets, ceil(rows/64)) row-major, bit = parity is odd; from set `first` on
 * An item takes a number.
 */
KERNEL void gaussian_process_signs(
    GLOBAL double *RESTRICT signs,
    GLOBAL const u64 *RESTRICT columns,
    u32 first,
    u32 sets,
    u32 rows,
    u32 size,
    LOCAL_PARAMETER) {
  FOR_EACH(t, (u64)sets * size) {
    u32 s = first + (u32)(t / size);
    u32 r = (u32)(t % size);
    double sign = 0.0;
    if (r < rows) { sign = (columns[(u64)s * WORDS64(rows) + r / 64u] >> r % 64u & 1u) != 0 ? -1.0 : 1.0; }
    signs[t] = sign;
  }
}

/*
 * Squared lengths of rows.
 *   forms  F64 (all rows), written from `first` on
 *   rows   F64 (count, size) row-major
 * A group takes a row. Local memory: LANES doubles.
 */
KERNEL void gaussian_process_squares(
    GLOBAL double *RESTRICT forms,
    GLOBAL const double *RESTRICT rows,
    u32 first,
    u32 count,
    u32 size,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  FOR_GROUP(s, count) {
    GLOBAL const double *row = rows + (u64)s * size;
    double sum = group_dot(lanes, row, row, size);
    if (LOCAL_ID == 0u) { forms[first + s] = sum; }
    BARRIER();
  }
}

/*
 * Rows of the identity: a 1 in place first + s of row s.
 *   units  F64 (count, size) row-major
 * An item takes a number.
 */
KERNEL void gaussian_process_units(GLOBAL double *units, u32 first, u32 count, u32 size, LOCAL_PARAMETER) {
  FOR_EACH(t, (u64)count * size) { units[t] = t % size == first + t / size ? 1.0 : 0.0; }
}
