package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.Sets;
import dev.ablate.spectrum.SetTable;
import java.util.Arrays;

/**
 * Coefficients of tilted processes. A tilt multiplies a function by {@code a(m) = exp(tilt (|m| -
 * n/2) / n)}, a product over the features of {@code cosh(t) - sinh(t) chi_i} with {@code t = tilt /
 * 2n}: a feature's factor mixes the coefficient of each set with that of the set with the feature
 * added or taken away. Sets that are not listed count as 0.
 */
final class Tilt {
  private final int features;
  private final Sets sets;

  /** {@code (features, sets)} where the set with the feature added or taken away is, or -1. */
  private int[][] partners;

  Tilt(int features, Sets sets) {
    this.features = features;
    this.sets = sets;
  }

  /** {@code (rows)} the factors of masks of some sizes. */
  static double[] amplitudes(Prior prior, int[] sizes, int features) {
    double[] amplitudes = new double[sizes.length];
    double tilt = prior.shape().tilt();
    Arrays.setAll(amplitudes, r -> Math.exp(tilt * (sizes[r] - features / 2.0) / features));
    return amplitudes;
  }

  /** Turns the coefficients of a function into those of the function times the factors. */
  void apply(Prior prior, double[] coefficients) {
    if (prior.shape().tilt() == 0) {
      return;
    }
    double half = prior.shape().tilt() / (2 * features);
    double kept = Math.cosh(half);
    double moved = Math.sinh(half);
    for (int[] partner : partners()) {
      for (int s = 0; s < coefficients.length; s++) {
        int other = partner[s];
        if (other < 0) {
          coefficients[s] *= kept;
        } else if (other > s) {
          double own = coefficients[s];
          coefficients[s] = kept * own - moved * coefficients[other];
          coefficients[other] = kept * coefficients[other] - moved * own;
        }
      }
    }
  }

  private synchronized int[][] partners() {
    if (partners == null) {
      SetTable table = new SetTable(sets);
      partners = new int[features][sets.size()];
      for (int[] partner : partners) {
        Arrays.fill(partner, -1);
      }
      int[] without = new int[features];
      for (int s = 0; s < sets.size(); s++) {
        int order = sets.order(s);
        for (int k = 0; k < order; k++) {
          int at = 0;
          for (int other = 0; other < order; other++) {
            if (other != k) {
              without[at++] = sets.feature(s, other);
            }
          }
          int smaller = table.find(without, 0, order - 1);
          if (smaller >= 0) {
            partners[sets.feature(s, k)][s] = smaller;
            partners[sets.feature(s, k)][smaller] = s;
          }
        }
      }
    }
    return partners;
  }
}
