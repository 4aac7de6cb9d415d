/*
 * Multinomial logistic regressions on many subsets of the same rows, side by side:
 *
 *   min over W of  sum over kept rows r of (log sum_k exp(w_k x_r) - w_label x_r) + penalty / 2 |W|^2
 *
 * The search of a subset is limited-memory BFGS (Nocedal, 1980) under Armijo's condition, each step
 * of which starts from a curvature that all subsets share. A round asks for the loss of every subset
 * that is not done at one point:
 *
 *   _scores     Z = W X'         all classes of all subsets: one wide product with the shared rows
 *   _residuals  Z = P - Y        0 where a row is left out; the loss
 *   _gradients  G = Z X + penalty W
 *   _steps      S = -G A^-1      an inverse curvature a class
 *   _search     takes the point or goes back, and chooses the next
 *
 *   rows       F64 (rows, width) row-major, a constant 1 in the last column; columns (width, rows)
 *   weights    F64 (subsets, stride) row-major: first (classes, width) row-major, a model's
 *   points, gradients, plains   F64 (subsets, classes, width): where the loss was asked, what came
 *   scores     F64 (slots, classes, rows)
 *   active     I32 (slots): the subsets that are not done
 *   kept       U64 (subsets, words) row-major: bit 1 keeps a group; the batch begins at `first`
 *   memory     F64 (subsets, VECTORS, classes width)
 *   numbers    F64 (subsets, NUMBERS); states I32 (subsets, STATES); stages I32 (subsets)
 *
 * Assumptions: a tile is PER down by PER across numbers, at least down across items a group.
 * Tolerance: sums have an order that only sizes decide, so results are the same bits for every
 * group size and batch; against the host rounding, until a search ends, which it does within the
 * tolerance that it is given.
 */
#include "device.h"
#include "group.h"

/* Numbers along each side of an item's square of a tile. */
#define PER 4u
/* Numbers of a row that a group holds at once. */
#define DEPTH 16u
/* Most items of a tile, and along a side of it. */
#define TILE_ITEMS 256u
#define SIDE 32u
/* Rows whose losses one group adds up. */
#define STRETCH 1024u

/* Changes of points that a search remembers. */
#define MEMORY 6u
#define ARMIJO 1e-4
/* Near the minimum a loss gains less than its own rounding. */
#define ROUNDING 1e-13
#define SHORTEST 1e-10

/* Vectors of a search: the three that are remembered come MEMORY times each. */
#define WEIGHTS 0u
#define GRADIENT 1u
#define PLAIN 2u
#define DIRECTION 3u
#define REST 4u
#define MOVES 5u
#define CHANGES (MOVES + MEMORY)
#define STEP_CHANGES (CHANGES + MEMORY)
#define VECTORS (STEP_CHANGES + MEMORY)

/* Numbers of a search. */
#define VALUE 0u
#define SLOPE 1u
#define STEP 2u
#define BENDS 3u
#define NUMBERS (BENDS + MEMORY)

/* Where a search stands. */
#define EVALUATIONS 0u
#define PAIRS 1u
#define NEWEST 2u
#define STATES 3u

/* What a search waits for. */
#define BEGINS 0
#define WALKS 1
#define DONE 2
#define FAILED 3

/* Bytes of local memory: where the rows of a tile begin and a chunk of them; lanes, and factors. */
#define LOGISTIC_REGRESSION_TILE_LOCAL(down, across) \
  (8u * (PER * (down) + PER * (across) + DEPTH * (PER * (down) + PER * (across) + 2u)))
#define LOGISTIC_REGRESSION_SEARCH_LOCAL (LANES_LOCAL + 8u * MEMORY)

#define NOWHERE (~(u64)0)

/* DEPTH numbers of each row of a tile, number by number; zeros behind the last. */
FUNCTION void load_chunk(
    LOCAL double *chunk, GLOBAL const double *from, LOCAL const u64 *starts, u32 rows, u32 column, u32 depth) {
  FOR_LOCAL(t, rows * DEPTH) {
    u32 r = t / DEPTH;
    u32 k = t % DEPTH;
    u64 start = starts[r];
    chunk[k * (rows + 1u) + r] = k < depth && start != NOWHERE ? from[start + column + k] : 0.0;
  }
}

/* Where an item's square of a tile begins; items that have none go along with the last. */
FUNCTION u32 item_row(u32 down, u32 across) {
  u32 row = LOCAL_ID / across;
  return row < down ? row : down - 1u;
}

/* Adds what a chunk contributes to an item's products: rows `down` apart, columns `across` apart. */
FUNCTION void multiply_chunk(
    double *sum, LOCAL const double *left, LOCAL const double *right, u32 down, u32 across, u32 k) {
  LOCAL const double *of = left + k * (PER * down + 1u) + item_row(down, across);
  LOCAL const double *by = right + k * (PER * across + 1u) + LOCAL_ID % across;
  double a[PER];
  double b[PER];
  UNROLL
  for (u32 x = 0; x < PER; x++) {
    a[x] = of[down * x];
    b[x] = by[across * x];
  }
  UNROLL
  for (u32 x = 0; x < PER; x++) {
    UNROLL
    for (u32 y = 0; y < PER; y++) { sum[PER * x + y] = FMA64(a[x], b[y], sum[PER * x + y]); }
  }
}

/*
 * An item's PER x PER products of rows of `left` and `right`, whose beginnings stand in local memory:
 * those of `left`, those of `right`, and then room for chunks.
 */
FUNCTION void multiply_tile(
    double *sum,
    GLOBAL const double *left,
    GLOBAL const double *right,
    LOCAL u64 *starts,
    u32 length,
    u32 down,
    u32 across) {
  LOCAL double *of = (LOCAL double *)(starts + PER * (down + across));
  LOCAL double *by = of + DEPTH * (PER * down + 1u);
  UNROLL
  for (u32 x = 0; x < PER * PER; x++) { sum[x] = 0.0; }
  BARRIER();
  for (u32 column = 0; column < length; column += DEPTH) {
    u32 depth = length - column < DEPTH ? length - column : DEPTH;
    load_chunk(of, left, starts, PER * down, column, depth);
    load_chunk(by, right, starts + PER * down, PER * across, column, depth);
    BARRIER();
    if (depth == DEPTH) {
      UNROLL
      for (u32 k = 0; k < DEPTH; k++) { multiply_chunk(sum, of, by, down, across, k); }
    } else {
      for (u32 k = 0; k < depth; k++) { multiply_chunk(sum, of, by, down, across, k); }
    }
    BARRIER();
  }
}

/* The places of rows that lie one behind the other, as far as there are any. */
FUNCTION void plain_starts(LOCAL u64 *starts, u32 rows, u32 from, u32 end, u64 first, u64 stride) {
  FOR_LOCAL(r, rows) { starts[r] = from + r < end ? first + (from + r) * stride : NOWHERE; }
}

/* Row and column of a tile's product that a number of an item's square is. */
#define TILE_ROW(x) (item_row(down, across) + down * (x))
#define TILE_COLUMN(y) (LOCAL_ID % across + across * (y))
#define HAS_SQUARE (LOCAL_ID < down * across)

/*
 * Scores of models: by class (slots, classes, row_count), or by row (slots, row_count, classes).
 * A group takes a tile, `tiles` of them along the rows. Local memory: LOGISTIC_REGRESSION_TILE_LOCAL.
 */
KERNEL void LAUNCH_BOUNDS(TILE_ITEMS, 2) logistic_regression_scores(
    GLOBAL double *scores,
    GLOBAL const double *weights,
    GLOBAL const double *rows,
    GLOBAL const i32 *active,
    u32 count,
    u64 stride,
    u32 classes,
    u32 width,
    u32 row_count,
    u32 by_row,
    u32 tiles,
    u32 down,
    u32 across,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, starts);
  u32 models = count * classes;
  u32 strips = (models + PER * down - 1u) / (PER * down);
  FOR_GROUP(task, strips * tiles) {
    u32 i0 = task / tiles * (PER * down);
    u32 j0 = task % tiles * (PER * across);
    FOR_LOCAL(r, PER * down) {
      u32 i = i0 + r;
      u32 slot = i < models ? i / classes : 0u;
      starts[r] = i < models ? (u64)(u32)active[slot] * stride + (u64)(i - slot * classes) * width : NOWHERE;
    }
    plain_starts(starts + PER * down, PER * across, j0, row_count, 0, width);
    double sum[PER * PER];
    multiply_tile(sum, weights, rows, starts, width, down, across);
    UNROLL
    for (u32 x = 0; x < PER; x++) {
      u32 i = i0 + TILE_ROW(x);
      u64 first = by_row ? (u64)(i / classes) * classes * row_count + i % classes : (u64)i * row_count;
      u32 step = by_row ? classes : 1u;
      UNROLL
      for (u32 y = 0; y < PER; y++) {
        u32 j = j0 + TILE_COLUMN(y);
        if (HAS_SQUARE && i < models && j < row_count) { scores[first + (u64)j * step] = sum[PER * x + y]; }
      }
    }
  }
}

/* Whether a mask keeps a group. */
FUNCTION u32 keeps(GLOBAL const u64 *mask, i32 group) { return (u32)(mask[group >> 6] >> (group & 63)) & 1u; }

/*
 * Turns a row's scores, `stride` apart, into what probabilities leave of its label, and gives its
 * loss. Both are 0 where the row is left out.
 */
FUNCTION double row_residuals(GLOBAL double *of, u32 classes, u32 stride, u32 label, u32 kept) {
  double largest = of[0];
  for (u32 k = 1u; k < classes; k++) { largest = fmax(largest, of[(u64)k * stride]); }
  double loss = largest - of[(u64)label * stride];
  double sum = 0.0;
  for (u32 k = 0; k < classes; k++) {
    double e = exp(of[(u64)k * stride] - largest);
    of[(u64)k * stride] = e;
    sum = ADD64(sum, e);
  }
  for (u32 k = 0; k < classes; k++) {
    double left = of[(u64)k * stride] / sum - (k == label ? 1.0 : 0.0);
    of[(u64)k * stride] = kept ? left : 0.0;
  }
  return kept ? loss + log(sum) : 0.0;
}

/*
 * Scores to residuals.
 *   losses  F64 (slots, stretches): of STRETCH rows each
 * A group takes a stretch of a slot, an item a row at a time. Local memory: LANES doubles.
 */
KERNEL void logistic_regression_residuals(
    GLOBAL double *scores,
    GLOBAL double *losses,
    GLOBAL const u64 *kept,
    GLOBAL const i32 *group_of,
    GLOBAL const i32 *labels,
    GLOBAL const i32 *active,
    u32 count,
    u32 classes,
    u32 rows,
    u32 words,
    u32 first,
    u32 stretches,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  FOR_GROUP(task, count * stretches) {
    u32 slot = task / stretches;
    u32 from = task % stretches * STRETCH;
    u32 end = from + STRETCH < rows ? from + STRETCH : rows;
    GLOBAL const u64 *mask = kept + ((u64)first + (u32)active[slot]) * words;
    GLOBAL double *of = scores + (u64)slot * classes * rows;
    FOR_LOCAL(v, LANES) {
      double loss = 0.0;
      for (u32 r = from + v; r < end; r += LANES) {
        loss = ADD64(loss, row_residuals(of + r, classes, rows, (u32)labels[r], keeps(mask, group_of[r])));
      }
      lanes[v] = loss;
    }
    double sum = group_lanes(lanes);
    if (LOCAL_ID == 0u) { losses[task] = sum; }
  }
}

/*
 * Residuals times rows, and the penalty's share.
 * A group takes a tile, `tiles` of them along the columns. Local memory: LOGISTIC_REGRESSION_TILE_LOCAL.
 */
KERNEL void LAUNCH_BOUNDS(TILE_ITEMS, 2) logistic_regression_gradients(
    GLOBAL double *gradients,
    GLOBAL const double *residuals,
    GLOBAL const double *columns,
    GLOBAL const double *points,
    GLOBAL const i32 *active,
    u32 count,
    u32 classes,
    u32 width,
    u32 rows,
    double penalty,
    u32 tiles,
    u32 down,
    u32 across,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, starts);
  u32 models = count * classes;
  u32 strips = (models + PER * down - 1u) / (PER * down);
  FOR_GROUP(task, strips * tiles) {
    u32 i0 = task / tiles * (PER * down);
    u32 j0 = task % tiles * (PER * across);
    plain_starts(starts, PER * down, i0, models, 0, rows);
    plain_starts(starts + PER * down, PER * across, j0, width, 0, rows);
    double sum[PER * PER];
    multiply_tile(sum, residuals, columns, starts, rows, down, across);
    UNROLL
    for (u32 x = 0; x < PER; x++) {
      u32 i = i0 + TILE_ROW(x);
      u32 slot = i < models ? i / classes : 0u;
      u64 to = ((u64)(u32)active[slot] * classes + (i - slot * classes)) * width;
      UNROLL
      for (u32 y = 0; y < PER; y++) {
        u32 j = j0 + TILE_COLUMN(y);
        if (HAS_SQUARE && i < models && j < width) {
          gradients[to + j] = FMA64(penalty, points[to + j], sum[PER * x + y]);
        }
      }
    }
  }
}

/*
 * Steps by the shared curvature alone.
 *   inverses  F64 (classes, width, width) row-major, symmetric
 * A group takes a tile of a class, strips x tiles of them. Local memory: LOGISTIC_REGRESSION_TILE_LOCAL.
 */
KERNEL void LAUNCH_BOUNDS(TILE_ITEMS, 2) logistic_regression_steps(
    GLOBAL double *plains,
    GLOBAL const double *gradients,
    GLOBAL const double *inverses,
    GLOBAL const i32 *active,
    u32 count,
    u32 classes,
    u32 width,
    u32 tiles,
    u32 down,
    u32 across,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, starts);
  u32 strips = (count + PER * down - 1u) / (PER * down);
  FOR_GROUP(task, classes * strips * tiles) {
    u32 k = task / (strips * tiles);
    u32 i0 = task / tiles % strips * (PER * down);
    u32 j0 = task % tiles * (PER * across);
    FOR_LOCAL(r, PER * down) {
      u32 i = i0 + r;
      starts[r] = i < count ? ((u64)(u32)active[i] * classes + k) * width : NOWHERE;
    }
    plain_starts(starts + PER * down, PER * across, j0, width, (u64)k * width * width, width);
    double sum[PER * PER];
    multiply_tile(sum, gradients, inverses, starts, width, down, across);
    UNROLL
    for (u32 x = 0; x < PER; x++) {
      u32 i = i0 + TILE_ROW(x);
      u64 to = ((u64)(u32)active[i < count ? i : 0u] * classes + k) * width;
      UNROLL
      for (u32 y = 0; y < PER; y++) {
        u32 j = j0 + TILE_COLUMN(y);
        if (HAS_SQUARE && i < count && j < width) { plains[to + j] = -sum[PER * x + y]; }
      }
    }
  }
}

#include "logistic_regression_search.h"
