/*
 * Gaussian processes over masks whose prior is a spectrum:
 *
 *   K(m, m') = scale exp(-2 sum of the decays of the features in which m and m' differ)
 *   A = K + noise I,   w = A^-1 y,   log p(y) = -(y'w + log det A + n log 2 pi)/2
 *   d log p/d log t = t tr(P dA/dt)/2  with  P = w w' - A^-1
 *
 * kernels/cholesky.cl factors A; it says how matrices lie. A block of rows has a matrix whose size is
 * its rows rounded up to whole panels, the identity there, and right sides of 0. A row of `table`:
 *   table  U64 (blocks, TABLE): size, first element of the matrix, of its vectors, 1 with a gradient;
 *          rows, first row, output, first tile of its partial sums
 *   masks   U64 (all rows, words) row-major
 *   values  F64 (all rows, outputs) row-major
 *   decays  F64 (blocks, features) row-major
 *   scales  F64 (blocks, 2) row-major: scale and noise
 * With a gradient K also lies above the diagonal, where nothing else writes.
 *
 * Assumptions: tiles are those of kernels/cholesky.cl; fewer than 2^32 of them, times words.
 * Tolerance: exponents add in the order of HostCovariance; sums have an order that only sizes
 * decide. From the host that differs by rounding times the condition of A, and by exp and log.
 */
#include "device.h"
#include "group.h"
#include "cholesky_layout.h"

#define BYTES 8u
/* Parts of a tile that are summed apart, so that a group has enough tasks; they divide PANEL. */
#define STRANDS 4u

/* Bytes of local memory: tables of exponents for the bytes of a word, and a word of each row and */
/* column; a tile, sums of 64 features in strands, totals, and two halves of each row and column. */
#define GAUSSIAN_PROCESS_COVARIANCE_LOCAL(side) (8u * (256u * BYTES + 8u * (side)))
#define GAUSSIAN_PROCESS_SLOPES_LOCAL \
  (8u * (PANEL * STRIDE + 64u * STRANDS + PANEL) + 4u * (2u * 2u * PANEL))

/*
 * Covariances, right sides and, with a gradient, the ones of the identity; what else is beside and
 * above the lower triangle must be 0 then.
 * A group takes a tile of 4 side rows and columns, tiles x tiles of them the largest block; an item
 * 4 x 4 pairs, `side` rows apart. Exponents are looked up a byte at a time, in tables that a group
 * makes for 64 features. Local memory: 256 BYTES doubles and 8 side words.
 */
KERNEL void GROUP_AT_MOST(TILE_ITEMS) gaussian_process_covariance(
    GLOBAL double *matrices,
    GLOBAL const u64 *RESTRICT masks,
    GLOBAL const double *RESTRICT values,
    GLOBAL const double *RESTRICT decays,
    GLOBAL const double *RESTRICT scales,
    GLOBAL const u64 *RESTRICT table,
    u32 features,
    u32 words,
    u32 outputs,
    u32 blocks,
    u32 tiles,
    u32 side,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, exponents);
  u32 width = 4u * side;
  LOCAL u64 *left = (LOCAL u64 *)(exponents + 256u * BYTES);
  LOCAL u64 *right = left + width;
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
    double exponent[16] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    u32 steps = active != 0u ? words : 0u;
    for (u32 w = 0; w < steps; w++) {
      FOR_LOCAL(t, 256u * BYTES) {
        u32 f = 64u * w + t / 256u * 8u;
        double sum = 0.0;
        for (u32 k = 8u; k-- > 0u;) {
          if ((t >> k & 1u) != 0u && f + k < features) {
            sum = ADD64(sum, -2.0 * decays[(u64)b * features + f + k]);
          }
        }
        exponents[t] = sum;
      }
      FOR_LOCAL(r, width) {
        left[r] = i0 + r < count ? masks[(from + i0 + r) * words + w] : 0;
        right[r] = j0 + r < count ? masks[(from + j0 + r) * words + w] : 0;
      }
      BARRIER();
      UNROLL
      for (u32 p = 0; p < 16u; p++) {
        u64 differ = left[x0 + side * (p / 4u)] ^ right[y0 + side * (p % 4u)];
        UNROLL
        for (u32 g = 0; g < BYTES; g++) {
          exponent[p] = ADD64(exponent[p], exponents[256u * g + (u32)(differ >> 8u * g & 255u)]);
        }
      }
      BARRIER();
    }
    UNROLL
    for (u32 p = 0; p < 16u; p++) {
      u32 i = i0 + x0 + side * (p / 4u);
      u32 j = j0 + y0 + side * (p % 4u);
      if (active != 0u && j <= i) {
        double noise = i == j ? scales[2u * b + 1u] : 0.0;
        double outside = i == j ? 1.0 : 0.0;
        double value = i < count ? ADD64(MUL64(scales[2u * b], exp(exponent[p])), noise) : outside;
        matrix[(u64)i * size + j] = value;
        if (row[3] != 0 && j < i) { matrix[(u64)j * size + i] = value; }
        if (i == j) {
          matrix[(u64)size * size + i] = i < count ? values[(from + i) * outputs + row[6]] : 0.0;
          if (row[3] != 0) { matrix[((u64)size + 1u + i) * size + i] = 1.0; }
        }
      }
    }
  }
}

/*
 * Sums of P K over the pairs of a tile of PANEL rows and columns that differ in a feature.
 *   partial   F64 (tiles of all blocks, 64 words + 1) row-major; tile (i, j), i >= j, of a block is
 *             i (i + 1)/2 + j; the last column sums all pairs
 *   matrices  A^-1 on and below the diagonal, K above it
 *   weights   F64 (size) each, w
 * A group takes a tile and 64 features, panels x panels tiles the largest block; an item a feature
 * and every fourth part of the rows. Local memory: PANEL STRIDE + 64 STRANDS + PANEL doubles, 4
 * PANEL u32.
 */
KERNEL void gaussian_process_slopes(
    GLOBAL double *RESTRICT partial,
    GLOBAL const double *RESTRICT matrices,
    GLOBAL const double *RESTRICT all_weights,
    GLOBAL const u64 *RESTRICT masks,
    GLOBAL const u64 *RESTRICT table,
    u32 words,
    u32 blocks,
    u32 panels,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, tile);
  LOCAL double *sums = tile + PANEL * STRIDE;
  LOCAL double *totals = sums + 64u * STRANDS;
  /* Halves of the words of a row: low halves of all rows first. */
  LOCAL u32 *left = (LOCAL u32 *)(totals + PANEL);
  LOCAL u32 *right = left + 2u * PANEL;
  FOR_GROUP(task, blocks * panels * panels * words) {
    u32 w = task % words;
    u32 pair = task / words % (panels * panels);
    GLOBAL const u64 *row = table + (u64)TABLE * (task / words / (panels * panels));
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
    FOR_LOCAL(t, here * PANEL) {
      u32 r = t % PANEL;
      u32 c = t / PANEL;
      tile[r * STRIDE + c] = j0 + c < i0 + r && i0 + r < count ? matrix[(u64)(j0 + c) * size + i0 + r] : 0.0;
    }
    FOR_LOCAL(t, here * 2u) {
      u32 r = t % PANEL;
      u32 shift = t / PANEL * 32u;
      left[t] = i0 + r < count ? (u32)(masks[(from + i0 + r) * words + w] >> shift) : 0u;
      right[t] = j0 + r < count ? (u32)(masks[(from + j0 + r) * words + w] >> shift) : 0u;
    }
    BARRIER();
    FOR_LOCAL(t, here * PANEL) {
      u32 r = t / PANEL;
      u32 c = t % PANEL;
      if (j0 + c < i0 + r) {
        double p = FMA64(weights[i0 + r], weights[j0 + c], -matrix[(u64)(i0 + r) * size + j0 + c]);
        tile[r * STRIDE + c] = MUL64(p, tile[r * STRIDE + c]);
      }
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
    FOR_LOCAL(r, w == 0u ? here : 0u) {
      double sum = 0.0;
      for (u32 c = 0; c < PANEL; c++) { sum = ADD64(sum, tile[r * STRIDE + c]); }
      totals[r] = sum;
    }
    BARRIER();
    GLOBAL double *to = partial + (row[7] + (u64)pi * (pi + 1u) / 2u + pj) * (64u * (u64)words + 1u);
    FOR_LOCAL(f, here) {
      double sum = sums[f];
      for (u32 s = 1u; s < STRANDS; s++) { sum = ADD64(sum, sums[64u * s + f]); }
      to[64u * w + f] = sum;
    }
    if (LOCAL_ID == 0u && here > 0u && w == 0u) {
      double sum = 0.0;
      for (u32 r = 0; r < PANEL; r++) { sum = ADD64(sum, totals[r]); }
      to[64u * words] = sum;
    }
    BARRIER();
  }
}

/*
 * What a block comes to.
 *   results  F64 (blocks, features + 3) row-major: log p(y), its slopes by the logarithms of the
 *            decays, of the scale and of the noise; without a gradient the first number alone
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
    GLOBAL const double *RESTRICT scales,
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
    GLOBAL double *result = results + (u64)b * (features + 3u);
    if (LOCAL_ID == 0u) { result[0] = -0.5 * ADD64(form, MUL64((double)count, log(6.283185307179586477))); }
    u32 panels = size / PANEL;
    FOR_LOCAL(f, (features + 1u) * gradient) {
      u64 wide = 64u * (u64)words + 1u;
      u64 column = f < features ? f : wide - 1u;
      double sum = 0.0;
      for (u32 t = 0; t < panels * (panels + 1u) / 2u; t++) {
        sum = ADD64(sum, partial[(row[7] + t) * wide + column]);
      }
      if (f < features) {
        /* Each pair stands twice in the trace; the derivative of its exponent is -2. */
        result[1u + f] = MUL64(-2.0 * decays[(u64)b * features + f], sum);
      } else {
        result[1u + f] = FMA64(0.5 * scales[2u * b], diagonal, sum);
        result[2u + f] = 0.5 * MUL64(scales[2u * b + 1u], diagonal);
      }
    }
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
