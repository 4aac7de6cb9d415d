/*
 * Cholesky factors of many matrices side by side, and what is solved with them: A = L L'.
 *
 * Rows that are appended to A are solved by the same steps: after the last panel a row b is
 * b L'^-1, that is L^-1 b lying down. A right side is such a row, and the rows of the identity
 * become those of X = L'^-1, so that A^-1 = X X'.
 *
 * A row of `table` describes a matrix:
 *   table     U64 (matrices, TABLE): size, a multiple of PANEL; its first element; the first element of
 *             its vectors; 1 if the identity is appended; four numbers for others
 *   matrices  F64 (size + 1, size) row-major each, with the identity (2 size + 1, size): the lower
 *             triangle, what lies above it is never touched; a right side; the identity
 *   inverses  F64 (size, PANEL) row-major each: the transposed inverse of the diagonal block of
 *             each panel, zeros below its diagonal
 *   logs      F64 (size) each: logarithms of the diagonal of L
 *   failed    I32 (matrices): becomes 1 where a pivot is not positive; the numbers mean nothing then
 * Rows may also lie apart, for one factor that is done: `apart` (rows, size) row-major, as many as
 * the argument `apart` says; 0 where there are none.
 *
 * For panel = 0, 1, ...: cholesky_panel, cholesky_solve, cholesky_update. Matrices with fewer panels
 * than others have nothing to do in the last ones.
 *
 * Assumptions: a tile is 4 side numbers wide, side a power of two up to SIDE, side^2 items a group.
 * Tolerance: sums have an order that only sizes decide, so results are the same bits for every
 * group size; a pivot is what the host's is up to rounding.
 */
#include "device.h"
#include "cholesky_layout.h"

/* Rows that a group solves. */
#define STRIP 16u
/* Columns of the panel that a group holds at once. */
#define DEPTH 16u

/* Bytes of local memory: a tile and scales; rows of a panel; z and w; two chunks of a panel. */
#define CHOLESKY_PANEL_LOCAL (8u * PANEL * (STRIDE + 1u))
#define CHOLESKY_SOLVE_LOCAL (8u * STRIP * PANEL)
#define CHOLESKY_BACKWARD_LOCAL (8u * 2u * PANEL)
#define CHOLESKY_CHUNKS_LOCAL (8u * 2u * DEPTH * STRIDE)

/* First row with which a panel is multiplied. */
FUNCTION u32 rows_from(u32 panel, u32 apart) { return apart > 0u ? 0u : (panel + 1u) * PANEL; }

/* One past the last such row; of the identity the rows that are still untouched are left out. */
FUNCTION u32 rows_to(GLOBAL const u64 *row, u32 panel, u32 apart) {
  u32 size = (u32)row[0];
  u32 next = (panel + 1u) * PANEL;
  u32 end = apart > 0u ? apart : size + 1u + (row[3] != 0 ? next : 0u);
  return next > size ? 0u : end;
}

/*
 * Factors a diagonal block and inverts it: the identity stands below the block and takes the same
 * steps. Row r of the block ends at column r, and row r of the identity begins at r, so both share
 * a square: the identity's column c lies at c + 1. Columns are scaled in the end, so that a step has
 * one barrier.
 * A group takes a matrix. Local memory: PANEL (STRIDE + 1) doubles.
 */
KERNEL void cholesky_panel(
    GLOBAL double *matrices,
    GLOBAL double *inverses,
    GLOBAL double *logs,
    GLOBAL i32 *failed,
    GLOBAL const u64 *table,
    u32 count,
    u32 panel,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, tile);
  LOCAL double *scale = tile + PANEL * STRIDE;
  FOR_GROUP(m, count) {
    GLOBAL const u64 *row = table + (u64)TABLE * m;
    u32 size = (u32)row[0];
    u32 here = panel * PANEL < size ? PANEL : 0u;
    GLOBAL double *block = matrices + row[1] + (u64)panel * PANEL * ((u64)size + 1u);
    u64 vector = row[2] + (u64)panel * PANEL;
    FOR_LOCAL(t, here * STRIDE) {
      u32 r = t / STRIDE;
      u32 c = t % STRIDE;
      double one = c == r + 1u ? 1.0 : 0.0;
      tile[t] = c <= r ? block[(u64)r * size + c] : one;
    }
    BARRIER();
    for (u32 c = 0; c < here; c++) {
      double pivot = tile[c * STRIDE + c];
      double inverse = pivot > 0.0 ? 1.0 / pivot : 1.0;
      FOR_LOCAL(t, PANEL * PANEL) {
        u32 r = t / PANEL;
        u32 j = t % PANEL;
        u32 shift = r <= c ? 1u : 0u;
        if (j > c && (r <= c || r >= j)) {
          u32 at = r * STRIDE + j + shift;
          double factor = MUL64(tile[r * STRIDE + c + shift], inverse);
          tile[at] = FMA64(-factor, tile[j * STRIDE + c], tile[at]);
        }
      }
      BARRIER();
    }
    FOR_LOCAL(c, here) {
      double pivot = tile[c * STRIDE + c];
      double root = pivot > 0.0 ? sqrt(pivot) : 1.0;
      scale[c] = 1.0 / root;
      logs[vector + c] = log(root);
      if (!(pivot > 0.0)) { failed[m] = 1; }
    }
    BARRIER();
    FOR_LOCAL(t, here * PANEL) {
      u32 r = t / PANEL;
      u32 c = t % PANEL;
      if (c <= r) { block[(u64)r * size + c] = MUL64(tile[r * STRIDE + c], scale[c]); }
      inverses[(vector + r) * PANEL + c] = c >= r ? MUL64(tile[r * STRIDE + c + 1u], scale[c]) : 0.0;
    }
    BARRIER();
  }
}

/*
 * The panel's columns of all rows below, times the inverse of its diagonal block.
 *   targets  F64: the matrices, or the rows apart
 * A group takes STRIP rows of a matrix, `strips` groups the longest; an item four rows of a column.
 * Local memory: STRIP PANEL doubles.
 */
KERNEL void cholesky_solve(
    GLOBAL double *targets,
    GLOBAL const double *inverses,
    GLOBAL const u64 *table,
    u32 count,
    u32 panel,
    u32 apart,
    u32 strips,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, strip);
  FOR_GROUP(task, count * strips) {
    GLOBAL const u64 *row = table + (u64)TABLE * (task / strips);
    u32 size = (u32)row[0];
    GLOBAL double *target = targets + (apart > 0u ? 0 : row[1]) + (u64)panel * PANEL;
    u32 from = rows_from(panel, apart) + task % strips * STRIP;
    u32 end = rows_to(row, panel, apart);
    u32 here = from < end ? STRIP : 0u;
    GLOBAL const double *inverse = inverses + (row[2] + (u64)panel * PANEL) * PANEL;
    FOR_LOCAL(t, here * PANEL) {
      u32 r = from + t / PANEL;
      strip[t] = r < end ? target[(u64)r * size + t % PANEL] : 0.0;
    }
    BARRIER();
    FOR_LOCAL(t, here / 4u * PANEL) {
      u32 c = t % PANEL;
      u32 first = t / PANEL * 4u;
      double sum[4] = {0.0, 0.0, 0.0, 0.0};
      /* Beyond the diagonal the inverse is 0: a warp ends together. */
      for (u32 k = 0; k < (c | 31u) + 1u; k++) {
        double factor = inverse[k * PANEL + c];
        UNROLL
        for (u32 x = 0; x < 4u; x++) { sum[x] = FMA64(strip[(first + x) * PANEL + k], factor, sum[x]); }
      }
      UNROLL
      for (u32 x = 0; x < 4u; x++) {
        u32 r = from + first + x;
        if (r < end) { target[(u64)r * size + c] = sum[x]; }
      }
    }
    BARRIER();
  }
}

/* DEPTH columns of `width` rows, column by column; zeros for rows from `end` on. */
FUNCTION void load_chunk(
    LOCAL double *chunk, GLOBAL const double *from, u32 first, u32 end, u32 size, u32 column, u32 width) {
  FOR_LOCAL(t, width * DEPTH) {
    u32 r = t / DEPTH;
    u32 k = t % DEPTH;
    chunk[k * STRIDE + r] = first + r < end ? from[(u64)(first + r) * size + column + k] : 0.0;
  }
}

/* Adds what DEPTH columns contribute to an item's 4 x 4 products of rows, `side` rows apart. */
FUNCTION void multiply_chunk(double *sum, LOCAL const double *left, LOCAL const double *right, u32 side) {
  u32 x0 = LOCAL_ID / side;
  u32 y0 = LOCAL_ID % side;
  UNROLL
  for (u32 k = 0; k < DEPTH; k++) {
    double a[4];
    double b[4];
    UNROLL
    for (u32 x = 0; x < 4u; x++) {
      a[x] = left[k * STRIDE + x0 + side * x];
      b[x] = right[k * STRIDE + y0 + side * x];
    }
    UNROLL
    for (u32 x = 0; x < 4u; x++) {
      UNROLL
      for (u32 y = 0; y < 4u; y++) { sum[4u * x + y] = FMA64(a[x], b[y], sum[4u * x + y]); }
    }
  }
}

/*
 * Subtracts the panel's products from all columns behind it.
 *   targets  F64: the matrices, or the rows apart
 * A group takes a tile, row_tiles x column_tiles of them the largest matrix; those above the
 * diagonal have nothing to do. Local memory: 2 DEPTH STRIDE doubles.
 */
KERNEL void LAUNCH_BOUNDS(TILE_ITEMS, 2) cholesky_update(
    GLOBAL double *targets,
    GLOBAL const double *matrices,
    GLOBAL const u64 *table,
    u32 count,
    u32 panel,
    u32 apart,
    u32 row_tiles,
    u32 column_tiles,
    u32 side,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, left);
  u32 width = 4u * side;
  LOCAL double *right = left + DEPTH * STRIDE;
  FOR_GROUP(task, count * row_tiles * column_tiles) {
    GLOBAL const u64 *row = table + (u64)TABLE * (task / (row_tiles * column_tiles));
    u32 size = (u32)row[0];
    GLOBAL double *target = targets + (apart > 0u ? 0 : row[1]);
    GLOBAL const double *matrix = matrices + row[1];
    u32 i0 = rows_from(panel, apart) + task / column_tiles % row_tiles * width;
    u32 j0 = (panel + 1u) * PANEL + task % column_tiles * width;
    u32 end = rows_to(row, panel, apart);
    u32 active = i0 < end && j0 < size && (apart > 0u || j0 <= i0) ? 1u : 0u;
    double sum[16] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    u32 depth = active != 0u ? PANEL : 0u;
    for (u32 k = 0; k < depth; k += DEPTH) {
      load_chunk(left, target, i0, end, size, panel * PANEL + k, width);
      load_chunk(right, matrix, j0, size, size, panel * PANEL + k, width);
      BARRIER();
      multiply_chunk(sum, left, right, side);
      BARRIER();
    }
    UNROLL
    for (u32 x = 0; x < 4u; x++) {
      UNROLL
      for (u32 y = 0; y < 4u; y++) {
        u32 i = i0 + LOCAL_ID / side + side * x;
        u32 j = j0 + LOCAL_ID % side + side * y;
        if (active != 0u && i < end && (apart > 0u || j <= i)) {
          target[(u64)i * size + j] = ADD64(target[(u64)i * size + j], -sum[4u * x + y]);
        }
      }
    }
  }
}

/*
 * A panel of A^-1 b, the last panel first: w = L_pp'^-1 z, then z loses L_p' w in the columns before.
 *   weights  F64 (size) each
 * z is the row of the right side, spoilt. `chunks` groups take a matrix, an item a column; each
 * group solves for the panel anew. Local memory: 2 PANEL doubles.
 */
KERNEL void cholesky_backward(
    GLOBAL double *matrices,
    GLOBAL double *weights,
    GLOBAL const double *inverses,
    GLOBAL const u64 *table,
    u32 count,
    u32 panel,
    u32 chunks,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, z);
  LOCAL double *w = z + PANEL;
  FOR_GROUP(task, count * chunks) {
    GLOBAL const u64 *row = table + (u64)TABLE * (task / chunks);
    u32 size = (u32)row[0];
    u32 here = panel * PANEL < size ? PANEL : 0u;
    GLOBAL const double *factor = matrices + row[1] + (u64)panel * PANEL * size;
    GLOBAL double *side = matrices + row[1] + (u64)size * size;
    u64 vector = row[2] + (u64)panel * PANEL;
    FOR_LOCAL(k, here) { z[k] = side[panel * PANEL + k]; }
    BARRIER();
    FOR_LOCAL(k, here) {
      double sum = 0.0;
      for (u32 c = k; c < PANEL; c++) { sum = FMA64(inverses[(vector + k) * PANEL + c], z[c], sum); }
      w[k] = sum;
      if (task % chunks == 0u) { weights[vector + k] = sum; }
    }
    BARRIER();
    u32 before = here > 0u ? panel * PANEL : 0u;
    for (u32 j = task % chunks * LOCAL_SIZE + LOCAL_ID; j < before; j += chunks * LOCAL_SIZE) {
      double sum = 0.0;
      for (u32 k = 0; k < PANEL; k++) { sum = FMA64(factor[(u64)k * size + j], w[k], sum); }
      side[j] = ADD64(side[j], -sum);
    }
    BARRIER();
  }
}

/*
 * A^-1 = X X' in place of L, on and below the diagonal; X is what became of the identity.
 * A group takes a tile, tiles x tiles of them the largest matrix. Local memory as cholesky_update.
 */
KERNEL void LAUNCH_BOUNDS(TILE_ITEMS, 2) cholesky_inverse(
    GLOBAL double *matrices,
    GLOBAL const u64 *table,
    u32 count,
    u32 tiles,
    u32 side,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, left);
  u32 width = 4u * side;
  LOCAL double *right = left + DEPTH * STRIDE;
  FOR_GROUP(task, count * tiles * tiles) {
    GLOBAL const u64 *row = table + (u64)TABLE * (task / (tiles * tiles));
    u32 size = (u32)row[0];
    GLOBAL double *matrix = matrices + row[1];
    GLOBAL const double *inverted = matrix + ((u64)size + 1u) * size;
    u32 i0 = task / tiles % tiles * width;
    u32 j0 = task % tiles * width;
    u32 active = i0 < size && j0 <= i0 ? 1u : 0u;
    double sum[16] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    /* Row i of X begins at column i. */
    for (u32 k = active != 0u ? i0 - i0 % DEPTH : size; k < size; k += DEPTH) {
      load_chunk(left, inverted, i0, size, size, k, width);
      load_chunk(right, inverted, j0, size, size, k, width);
      BARRIER();
      multiply_chunk(sum, left, right, side);
      BARRIER();
    }
    UNROLL
    for (u32 x = 0; x < 4u; x++) {
      UNROLL
      for (u32 y = 0; y < 4u; y++) {
        u32 i = i0 + LOCAL_ID / side + side * x;
        u32 j = j0 + LOCAL_ID % side + side * y;
        if (active != 0u && j <= i) { matrix[(u64)i * size + j] = sum[4u * x + y]; }
      }
    }
  }
}
