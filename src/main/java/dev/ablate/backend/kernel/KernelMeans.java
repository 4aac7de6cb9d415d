package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import java.util.Map;

/**
 * Means of a process at other masks on a device: covariances with the masks that were fitted, times
 * the weights.
 *
 * @param masks U64 {@code (rows, ceil(features/64)) row-major}, those that were fitted
 * @param weights F64 {@code (rows)}
 * @param prior one
 */
record KernelMeans(
    Runtime runtime,
    KernelBuffer masks,
    int rows,
    int features,
    KernelBuffer weights,
    KernelPriors prior) {
  /** Most covariances that lie in memory together: 256 MiB of them. */
  private static final int MOST = 1 << 25;

  /**
   * Fills the means, as many at once as there is memory for their covariances.
   *
   * @param at U64 {@code (count, ceil(features/64)) row-major}
   * @param means F64 {@code (count)}
   */
  void at(KernelBuffer at, int count, KernelBuffer means) {
    MemoryBatches.over(
        count,
        Math.min(count, Math.max(1, MOST / rows)),
        1,
        (first, some) -> {
          try (KernelBuffer cross = runtime.allocate(Element.F64, (long) some * rows)) {
            covariances(at, first, some, cross);
            multiply(cross, first, some, means);
          }
        });
  }

  private void covariances(KernelBuffer at, int first, int count, KernelBuffer cross) {
    Runtime.Kernel kernel =
        runtime.kernel(KernelCovariances.STEM, "gaussian_process_cross", prior.defines());
    int side = new KernelCholesky(runtime).side(kernel);
    int width = 4 * side;
    long tiles = (long) ((count + width - 1) / width) * ((rows + width - 1) / width);
    runtime.launch(
        kernel,
        runtime.groups(tiles * side * side, side * side),
        side * side,
        kernel.number("GAUSSIAN_PROCESS_CROSS_LOCAL", side),
        Arguments.of()
            .put("cross", cross)
            .put("masks", masks)
            .put("at", at)
            .put("decays", prior.decays())
            .put("prior", prior.priors())
            .put("features", features)
            .put("words", (features + 63) >>> 6)
            .put("rows", rows)
            .put("first", first)
            .put("count", count)
            .put("side", side));
  }

  private void multiply(KernelBuffer cross, int first, int count, KernelBuffer means) {
    Runtime.Kernel kernel =
        runtime.kernel(KernelCovariances.STEM, "gaussian_process_means", Map.of());
    int size = runtime.groupSize(kernel);
    runtime.launch(
        kernel,
        runtime.groups((long) count * size, size),
        size,
        kernel.number("LANES_LOCAL"),
        Arguments.of()
            .put("means", means)
            .put("cross", cross)
            .put("weights", weights)
            .put("first", first)
            .put("count", count)
            .put("rows", rows));
  }
}
