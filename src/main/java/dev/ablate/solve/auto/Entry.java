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
 * @param squares {@code (outputs, held-out masks)} its squared errors, null where it does not
 *     compete
 */
record Entry(String name, Trial trial, int[] place, double[] r2, double[][] squares) {
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
    double[][] squares = new double[outputs][];
    Arrays.fill(place, -1);
    Arrays.fill(r2, Double.NaN);
    for (int k = 0; k < competes.length; k++) {
      int o = competes[k];
      place[o] = k;
      double[] predicted = trial.spectrum(k).evaluate(held.masks(), held.backend());
      double[] values = held.outputs().get(o);
      r2[o] = R2.of(values, predicted);
      squares[o] = new double[values.length];
      for (int r = 0; r < values.length; r++) {
        squares[o][r] = (values[r] - predicted[r]) * (values[r] - predicted[r]);
      }
    }
    return new Entry(name, trial, place, r2, squares);
  }

  /** Whether it competes for an output. */
  boolean competes(int output) {
    return place[output] >= 0;
  }

  /** What it found for an output that it competes for. */
  Spectrum spectrum(int output) {
    return trial.spectrum(place[output]);
  }

  /** The sum of its squared errors on an output that it competes for. */
  double error(int output) {
    return Arrays.stream(squares[output]).sum();
  }

  /** Whether its errors are smaller than those of another by more than chance makes them. */
  boolean clearlyBetter(Entry other, int output) {
    int n = squares[output].length;
    double mean = 0;
    for (int r = 0; r < n; r++) {
      mean += (other.squares[output][r] - squares[output][r]) / n;
    }
    double spread = 0;
    for (int r = 0; r < n; r++) {
      double d = other.squares[output][r] - squares[output][r] - mean;
      spread += d * d;
    }
    return mean > Math.sqrt(spread / n / Math.max(1, n - 1));
  }
}
