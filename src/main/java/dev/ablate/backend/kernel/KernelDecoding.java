package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Decoding;
import java.util.List;

/** SPEX bins and peeling on a device: {@code kernels/decoding.cl}. */
final class KernelDecoding implements Decoding {
  private final Runtime runtime;

  KernelDecoding(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public List<Decoded> decode(CodedBins bins, Buffer transforms, int problems, Settings settings) {
    throw new UnsupportedOperationException("not built yet on " + runtime.device().kind());
  }
}
