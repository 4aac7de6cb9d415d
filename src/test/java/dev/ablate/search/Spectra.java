package dev.ablate.search;

import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Combinations;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Spectra to search, and the best set by asking the spectrum about every mask. */
final class Spectra {
  private Spectra() {}

  /** A spectrum of the given numbers of terms of order 1, 2, and so on. */
  static Spectrum random(long seed, int features, int... counts) {
    Random random = new Random(seed);
    List<int[]> sets = new ArrayList<>();
    sets.add(new int[0]);
    for (int order = 1; order <= counts.length; order++) {
      for (int k = 0; k < counts[order - 1]; k++) {
        sets.add(random.ints(0, features).distinct().limit(order).toArray());
      }
    }
    double[] coefficients =
        sets.stream()
            .mapToDouble(set -> random.nextGaussian() / Math.sqrt(1 + set.length))
            .toArray();
    return new Spectrum(features, Sets.of(sets), coefficients);
  }

  /** The largest value, or with -1 the smallest, of all masks of a size. */
  static double best(Spectrum spectrum, int size, int sign) {
    List<boolean[]> rows = new ArrayList<>();
    int[] set = Combinations.first(size);
    do {
      boolean[] row = new boolean[spectrum.features()];
      for (int feature : set) {
        row[feature] = true;
      }
      rows.add(row);
    } while (Combinations.next(set, spectrum.features()));
    double best = Double.NEGATIVE_INFINITY;
    for (double value : spectrum.evaluate(Masks.of(rows.toArray(new boolean[0][])))) {
      best = Math.max(best, sign * value);
    }
    return sign * best;
  }

  /** The value where the features are kept. */
  static double value(Spectrum spectrum, int[] features) {
    boolean[] row = new boolean[spectrum.features()];
    for (int feature : features) {
      row[feature] = true;
    }
    return spectrum.evaluate(Masks.of(new boolean[][] {row}))[0];
  }
}
