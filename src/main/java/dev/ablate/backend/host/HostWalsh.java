package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Walsh;

/** The Walsh-Hadamard transform on the host's cores: radix-2 butterflies, a row a task. */
final class HostWalsh implements Walsh {
  private final Workers workers;

  HostWalsh(Workers workers) {
    this.workers = workers;
  }

  @Override
  public void transform(Buffer data, int rows, int length, double scale) {
    if (Integer.bitCount(length) != 1) {
      throw new IllegalArgumentException("length " + length + " is not a power of two");
    }
    double[] x = data.toHost().doubles();
    workers.forEach(
        rows,
        r -> {
          int base = r * length;
          for (int half = 1; half < length; half <<= 1) {
            for (int block = base; block < base + length; block += 2 * half) {
              for (int i = block; i < block + half; i++) {
                double a = x[i];
                double b = x[i + half];
                x[i] = a + b;
                x[i + half] = a - b;
              }
            }
          }
          for (int i = base; i < base + length; i++) {
            x[i] *= scale;
          }
        });
  }
}
