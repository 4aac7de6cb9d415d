package dev.ablate.solve.auto;

import dev.ablate.solve.Estimator.Trial;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;

/**
 * A contender's trial.
 *
 * @param name name of the contender
 * @param trial its trial of the outputs that it competes for
 * @param place {@code (outputs)} the trial's number of each output, -1 where it does not compete
 * @param r2 {@code (outputs)} R² on the held-out masks, NaN where it does not compete
 */
record Entry(String name, Trial trial, int[] place, double[] r2) {
  /**
   * Scores a trial.
   *
   * @param competes the outputs that the trial is of, ascending
   * @param held the held-out rows of all outputs
   */
  static Entry of(String name, Trial trial, int[] competes, Problem held) {
    int outputs = held.outputs().size();
    int[] place = new int[outputs];
    double[] r2 = new double[outputs];
    Arrays.fill(place, -1);
    Arrays.fill(r2, Double.NaN);
    for (int k = 0; k < competes.length; k++) {
      int o = competes[k];
      place[o] = k;
      double[] predicted = trial.spectrum(k).evaluate(held.masks(), held.backend());
      r2[o] = R2.of(held.outputs().get(o), predicted);
    }
    return new Entry(name, trial, place, r2);
  }

  /** Whether it competes for an output. */
  boolean competes(int output) {
    return place[output] >= 0;
  }

  /** What it found for an output that it competes for. */
  Spectrum spectrum(int output) {
    return trial.spectrum(place[output]);
  }
}
