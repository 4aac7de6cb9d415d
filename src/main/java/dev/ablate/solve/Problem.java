package dev.ablate.solve;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What there is to fit.
 *
 * @param masks {@code (rows, features)} host masks
 * @param outputs one {@code (rows)} array each, none constant
 * @param backend where the operations run
 * @param seed the run's seed
 */
public record Problem(Masks masks, List<double[]> outputs, Backend backend, long seed) {
  /** Some of the rows. */
  public Problem select(int[] rows) {
    List<double[]> picked =
        outputs.stream()
            .map(
                values -> {
                  double[] some = new double[rows.length];
                  for (int r = 0; r < rows.length; r++) {
                    some[r] = values[rows[r]];
                  }
                  return some;
                })
            .toList();
    return new Problem(masks.select(rows), picked, backend, seed);
  }

  /** Some of the outputs. */
  public Problem outputs(int[] some) {
    return new Problem(masks, IntStream.of(some).mapToObj(outputs::get).toList(), backend, seed);
  }

  /** The outputs as {@code (rows, outputs)}. */
  public Values values() {
    int rows = masks.count();
    double[] all = new double[Math.multiplyExact(rows, outputs.size())];
    for (int o = 0; o < outputs.size(); o++) {
      for (int r = 0; r < rows; r++) {
        all[r * outputs.size() + o] = outputs.get(o)[r];
      }
    }
    return new Values(HostBuffer.of(all), rows, outputs.size());
  }
}
