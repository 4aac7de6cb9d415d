package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Decoding;
import java.util.ArrayList;
import java.util.List;

/**
 * SPEX bins and peeling on a device: {@code kernels/decoding.cl} and {@code kernels/peeling.cl}.
 * Only the found terms come to the host, and one count a problem each round.
 */
final class KernelDecoding implements Decoding {
  private final Runtime runtime;

  KernelDecoding(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public List<Decoded> decode(CodedBins bins, Buffer transforms, int problems, Settings settings) {
    long size = (long) bins.groups() * bins.delays() * bins.points();
    if (transforms.length() != problems * size) {
      throw new IllegalArgumentException(
          "a buffer of " + transforms.length() + " does not hold " + problems + " x " + size);
    }
    List<Decoded> decoded = new ArrayList<>();
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer all = scope.in(transforms);
      KernelDecodingCode code = new KernelDecodingCode(scope, bins);
      MemoryBatches.over(
          problems,
          problems,
          1,
          (first, count) -> decoded.addAll(decode(code, all, first, count, settings)));
    }
    return decoded;
  }

  private List<Decoded> decode(
      KernelDecodingCode code,
      KernelBuffer transforms,
      int first,
      int problems,
      Settings settings) {
    try (Runtime.Scope scope = runtime.scope()) {
      return new KernelPeeling(runtime, scope, code, problems, settings).run(transforms, first);
    }
  }
}
