package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Sampling;

/** Masks from seeds on a device: {@code kernels/sampling.cl}. */
final class KernelSampling implements Sampling {
  private final Runtime runtime;

  KernelSampling(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Buffer uniform(long seed, int stream, long first, int rows, int features) {
    int words = (features + 63) >>> 6;
    KernelBuffer masks = runtime.allocate(Element.U64, (long) rows * words);
    if (rows > 0) {
      long items = (long) rows * ((words + 1) >>> 1);
      runtime.forItems(
          "sampling",
          "sampling_uniform",
          items,
          Arguments.of()
              .put("masks", masks)
              .put("seed", seed)
              .put("stream", stream)
              .put("first", first)
              .put("rows", (long) rows)
              .put("features", features));
    }
    return masks;
  }

  @Override
  public Buffer subspaces(
      Buffer columns, int groups, int dimension, Buffer delays, int delayCount, int features) {
    int words = (features + 63) >>> 6;
    long rows = ((long) groups * delayCount) << dimension;
    KernelBuffer masks = runtime.allocate(Element.U64, rows * words);
    try (Runtime.Scope scope = runtime.scope()) {
      runtime.forItems(
          "sampling",
          "sampling_subspaces",
          rows * words,
          Arguments.of()
              .put("masks", masks)
              .put("columns", scope.in(columns))
              .put("delays", scope.in(delays))
              .put("groups", groups)
              .put("dimension", dimension)
              .put("delay_count", delayCount)
              .put("words", words));
    }
    return masks;
  }
}
