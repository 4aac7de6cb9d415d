package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Evaluation;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;

/** Spectra on masks, on the host's cores: 64 masks at a time as parity words. */
final class HostEvaluation implements Evaluation {
  private static final int BLOCK = 64;
  private final Workers workers;

  HostEvaluation(Workers workers) {
    this.workers = workers;
  }

  @Override
  public Buffer evaluate(
      Sets sets, Buffer coefficients, int outputs, Buffer masks, int rows, int features) {
    double[] coefficient = coefficients.toHost().doubles();
    double[] values = new double[Math.multiplyExact(rows, outputs)];
    long[] mask = masks.toHost().words();
    int words = (features + 63) >>> 6;
    workers.forBlocks(
        rows,
        BLOCK,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            for (int s = 0; s < sets.size(); s++) {
              long parity = 0;
              for (int k = 0; k < sets.order(s); k++) {
                int f = sets.feature(s, k);
                parity ^= mask[r * words + (f >>> 6)] >>> f;
              }
              for (int o = 0; o < outputs; o++) {
                double c = coefficient[o * sets.size() + s];
                values[r * outputs + o] += (parity & 1) == 0 ? c : -c;
              }
            }
          }
        });
    return HostBuffer.of(values);
  }
}
