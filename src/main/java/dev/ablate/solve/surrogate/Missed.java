package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a fit may miss of masks that were not evaluated, as far as its prior knows. */
final class Missed {
  private Missed() {}

  /**
   * Differences from the fit, by their values on all masks.
   *
   * @param part the fit and its rows, whose own values are known as far as they are the masks' own
   * @return one table for each function that is possible; none where the fit has no prior
   */
  static List<Table> of(Readout.Part part, Backend backend) {
    List<double[]> all = part.fit().possible(backend);
    if (all.isEmpty()) {
      return List.of();
    }
    int features = part.fit().features();
    double[] fitted = part.fit().at(Masks.exhaustive(features), backend);
    List<Table> tables = new ArrayList<>();
    for (double[] possible : all) {
      double[] missed = new double[possible.length];
      Arrays.setAll(missed, m -> possible[m] - fitted[m]);
      for (long mask : part.masks().hostWords()) {
        missed[(int) mask] = (1 - part.own()) * (possible[(int) mask] - fitted[(int) mask]);
      }
      tables.add(new Table(features, missed));
    }
    return tables;
  }
}
