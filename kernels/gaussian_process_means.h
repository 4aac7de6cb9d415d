#ifndef ABLATE_GAUSSIAN_PROCESS_MEANS_H
#define ABLATE_GAUSSIAN_PROCESS_MEANS_H

/* Means of a process at other masks, for gaussian_process.cl. */

#define GAUSSIAN_PROCESS_CROSS_LOCAL(side) COVARIANCE_TILE_LOCAL(side)

/*
 * Covariances of masks with those that were fitted, under one prior.
 *   cross  F64 (count, rows) row-major
 *   masks  U64 (rows, words) row-major
 *   at     U64 (all, words) row-major; from mask `first` on
 *   prior  F64 (PRIOR)
 * A group takes a tile of 4 side rows and columns, an item 4 x 4 pairs, `side` apart. Local memory:
 * COVARIANCE_TILE_LOCAL.
 */
KERNEL void LAUNCH_BOUNDS(TILE_ITEMS, 2) gaussian_process_cross(
    GLOBAL double *RESTRICT cross,
    GLOBAL const u64 *RESTRICT masks,
    GLOBAL const u64 *RESTRICT at,
    GLOBAL const double *RESTRICT decays,
    GLOBAL const double *RESTRICT prior,
    u32 features,
    u32 words,
    u32 rows,
    u32 first,
    u32 count,
    u32 side,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, memory);
  u32 width = 4u * side;
  u32 columns = (rows + width - 1u) / width;
  CovarianceTile tile = covariance_tile(memory, side);
  Shape shape = shape_of(prior, features);
  FOR_GROUP(task, (count + width - 1u) / width * columns) {
    u32 i0 = task / columns * width;
    u32 j0 = task % columns * width;
    double exponent[16] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    tile_exponents(
        exponent, tile, at + ((u64)first + i0) * words, count - i0, masks + (u64)j0 * words, rows - j0, decays,
        features, words, words, side);
    UNROLL
    for (u32 p = 0; p < 16u; p++) {
      u32 x = LOCAL_ID / side + side * (p / 4u);
      u32 y = LOCAL_ID % side + side * (p % 4u);
      if (i0 + x < count && j0 + y < rows) {
        cross[((u64)i0 + x) * rows + j0 + y] =
            covariance_of(shape, exponent[p], tile.left_sizes[x], tile.right_sizes[y]);
      }
    }
    BARRIER();
  }
}

/*
 * Products of rows with the weights.
 *   means    F64 (all), written from `first` on
 *   cross    F64 (count, rows) row-major
 *   weights  F64 (rows)
 * A group takes a row. Local memory: LANES doubles.
 */
KERNEL void gaussian_process_means(
    GLOBAL double *RESTRICT means,
    GLOBAL const double *RESTRICT cross,
    GLOBAL const double *RESTRICT weights,
    u32 first,
    u32 count,
    u32 rows,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  FOR_GROUP(m, count) {
    double sum = group_dot(lanes, cross + (u64)m * rows, weights, rows);
    if (LOCAL_ID == 0u) { means[first + m] = sum; }
    BARRIER();
  }
}

#endif
