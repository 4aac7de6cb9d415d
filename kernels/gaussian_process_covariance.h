#ifndef ABLATE_GAUSSIAN_PROCESS_COVARIANCE_H
#define ABLATE_GAUSSIAN_PROCESS_COVARIANCE_H

/*
 * Covariances of masks, for gaussian_process.cl:
 *
 *   K(m, m') = scale (exp(-2 d) + rough exp(-2 stretch d)) exp(h)
 *   d = the sum of the decays of the features in which the masks differ
 *   h = (tilt (|m| + |m'| - n) - closeness (|m| - |m'|)^2)/n of n features
 *
 * A prior is PRIOR numbers: scale, noise, rough, stretch, and tilt and closeness divided by n.
 */

/* 1 where priors may be more than one product. Others are faster without. */
#ifndef SHAPED
#define SHAPED 0
#endif

#define PRIOR 6u
#define BYTES 8u

/* Bytes of local memory for a tile of 4 side rows and columns: tables of exponents for the bytes of a */
/* word; a word of each row and column; their sizes. */
#define COVARIANCE_TILE_LOCAL(side) (8u * (256u * BYTES + 12u * (side)))

/* A prior but for its noise. Without SHAPED it is one product. */
typedef struct {
  double scale;
  double rough;
  double stretch;
  double tilt;
  double closeness;
  double features;
} Shape;

FUNCTION Shape shape_of(GLOBAL const double *prior, u32 features) {
  Shape shape;
  shape.scale = prior[0];
  shape.rough = SHAPED != 0 ? MUL64(prior[0], prior[2]) : 0.0;
  shape.stretch = SHAPED != 0 ? prior[3] : 1.0;
  shape.tilt = SHAPED != 0 ? prior[4] : 0.0;
  shape.closeness = SHAPED != 0 ? prior[5] : 0.0;
  shape.features = (double)features;
  return shape;
}

/* h of two sizes. */
FUNCTION double by_sizes(Shape shape, double left, double right) {
  double apart = left - right;
  double bent = MUL64(shape.tilt, left + right - shape.features);
  return ADD64(bent, -MUL64(MUL64(shape.closeness, apart), apart));
}

/* The first product of -2 d, with h. */
FUNCTION double smooth_part(Shape shape, double exponent, double sizes) {
  return MUL64(shape.scale, exp(ADD64(exponent, sizes)));
}

/* The second one. */
FUNCTION double rough_part(Shape shape, double exponent, double sizes) {
  if (!(shape.rough > 0.0)) { return 0.0; }
  return MUL64(shape.rough, exp(ADD64(MUL64(shape.stretch, exponent), sizes)));
}

/* K of -2 d and two sizes. */
FUNCTION double covariance_of(Shape shape, double exponent, u32 left, u32 right) {
  if (SHAPED == 0) { return MUL64(shape.scale, exp(exponent)); }
  double sizes = by_sizes(shape, left, right);
  return ADD64(smooth_part(shape, exponent, sizes), rough_part(shape, exponent, sizes));
}

/* How many features a mask keeps. */
FUNCTION u32 mask_size(GLOBAL const u64 *mask, u32 words) {
  u32 size = 0u;
  for (u32 w = 0; w < words; w++) { size += POPCOUNT64(mask[w]); }
  return size;
}

/* Where a tile's tables, words and sizes lie. */
typedef struct {
  LOCAL double *exponents;
  LOCAL u64 *left;
  LOCAL u64 *right;
  LOCAL u32 *left_sizes;
  LOCAL u32 *right_sizes;
} CovarianceTile;

FUNCTION CovarianceTile covariance_tile(LOCAL double *memory, u32 side) {
  CovarianceTile tile;
  tile.exponents = memory;
  tile.left = (LOCAL u64 *)(memory + 256u * BYTES);
  tile.right = tile.left + 4u * side;
  tile.left_sizes = (LOCAL u32 *)(tile.right + 4u * side);
  tile.right_sizes = tile.left_sizes + 4u * side;
  return tile;
}

/*
 * -2 d of an item's 4 x 4 pairs of a tile, `side` apart, and with SHAPED the sizes of the tile's
 * masks. Exponents are looked up a byte at a time, in tables that a group makes for 64 features.
 *   left, right  U64 (., words) row-major, of which the first left_rows and right_rows stand in the
 *                tile; the others are empty there
 *   steps        words, or 0 to do nothing
 */
FUNCTION void tile_exponents(
    double *exponent,
    CovarianceTile tile,
    GLOBAL const u64 *left,
    u32 left_rows,
    GLOBAL const u64 *right,
    u32 right_rows,
    GLOBAL const double *decays,
    u32 features,
    u32 words,
    u32 steps,
    u32 side) {
  u32 x0 = LOCAL_ID / side;
  u32 y0 = LOCAL_ID % side;
  for (u32 w = 0; w < steps; w++) {
    FOR_LOCAL(t, 256u * BYTES) {
      u32 f = 64u * w + t / 256u * 8u;
      double sum = 0.0;
      for (u32 k = 8u; k-- > 0u;) {
        if ((t >> k & 1u) != 0u && f + k < features) { sum = ADD64(sum, -2.0 * decays[f + k]); }
      }
      tile.exponents[t] = sum;
    }
    FOR_LOCAL(r, 4u * side) {
      tile.left[r] = r < left_rows ? left[(u64)r * words + w] : 0;
      tile.right[r] = r < right_rows ? right[(u64)r * words + w] : 0;
      if (SHAPED != 0) {
        tile.left_sizes[r] = (w > 0u ? tile.left_sizes[r] : 0u) + POPCOUNT64(tile.left[r]);
        tile.right_sizes[r] = (w > 0u ? tile.right_sizes[r] : 0u) + POPCOUNT64(tile.right[r]);
      }
    }
    BARRIER();
    UNROLL
    for (u32 p = 0; p < 16u; p++) {
      u64 differ = tile.left[x0 + side * (p / 4u)] ^ tile.right[y0 + side * (p % 4u)];
      UNROLL
      for (u32 g = 0; g < BYTES; g++) {
        exponent[p] = ADD64(exponent[p], tile.exponents[256u * g + (u32)(differ >> 8u * g & 255u)]);
      }
    }
    BARRIER();
  }
}

#endif
