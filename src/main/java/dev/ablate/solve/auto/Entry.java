package dev.ablate.solve.auto;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Rows;
import dev.ablate.solve.Estimator.Trial;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A contender's trial. What it leaves of the held-out masks stays where it was made until the entry
 * is closed; which entry is better must be asked before.
 *
 * @param name name of the contender
 * @param trial its trial of the outputs that it competes for
 * @param place {@code (outputs)} the trial's number of each output, -1 where it does not compete
 * @param r2 {@code (outputs)} R² on the held-out masks, NaN where it does not compete
 * @param left what it leaves of the held-out masks, an output each that it competes for
 */
record Entry(String name, Trial trial, int[] place, double[] r2, Problem left)
    implements AutoCloseable {
  /**
   * Scores a trial.
   *
   * @param competes the outputs that the trial is of, ascending
   * @param held the held-out rows of all outputs
   */
  static Entry of(String name, Trial trial, int[] competes, Problem held) {
    int outputs = held.outputs();
    int[] place = new int[outputs];
    double[] r2 = new double[outputs];
    Arrays.fill(place, -1);
    Arrays.fill(r2, Double.NaN);
    List<Spectrum> spectra = new ArrayList<>();
    for (int k = 0; k < competes.length; k++) {
      place[competes[k]] = k;
      spectra.add(trial.spectrum(k));
      r2[competes[k]] = held.r2(spectra.get(k), competes[k]);
    }
    try (Problem some = held.outputs(competes)) {
      return new Entry(name, trial, place, r2, some.less(spectra));
    }
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
    return left.summary(place[output]).squares();
  }

  /** Whether its errors are smaller than those of another by more than chance makes them. */
  boolean clearlyBetter(Entry other, int output) {
    Rows rows = left.backend().rows();
    try (Buffer gained =
        rows.squareDifferences(
            other.left.output(other.place[output]), left.output(place[output]))) {
      Rows.Errors gain = rows.errors(gained, gained);
      int n = left.rows();
      return gain.mean() > Math.sqrt(gain.total() / n / Math.max(1, n - 1));
    }
  }

  @Override
  public void close() {
    left.close();
  }
}
