package dev.ablate.backend.kernel;

/**
 * What all runs of a call share.
 *
 * @param masks U64 {@code (rows, ceil(features/64)) row-major}
 * @param rows number of masks
 * @param features number of features
 * @param values F64 {@code (rows, outputs) row-major}
 * @param outputs number of outputs
 * @param sets U64 {@code (sets, ceil(rows/64))} sets of rows
 */
record KernelBoostingData(
    KernelBuffer masks,
    int rows,
    int features,
    KernelBuffer values,
    int outputs,
    KernelBuffer sets) {
  /** Words a mask. */
  int words() {
    return (features + 63) >>> 6;
  }
}
