package dev.ablate.benchmarks;

import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Sets of heads to keep, by what is predicted of them: plain, so that it can serve as a control.
 */
final class KeptSets {
  private static final int STARTS = 10;

  private KeptSets() {}

  /** The features with the largest effect of being kept, by a spectrum of single features. */
  static boolean[] bySingles(Spectrum spectrum, int size) {
    boolean[] kept = new boolean[spectrum.features()];
    IntStream.range(0, kept.length)
        .boxed()
        .sorted(Comparator.comparingDouble(f -> spectrum.coefficientOf(f)))
        .limit(size)
        .forEach(f -> kept[f] = true);
    return kept;
  }

  /** The set whose predicted value no swap of two features raises; the best of several starts. */
  static boolean[] bySwaps(Spectrum spectrum, int size, Random random) {
    boolean[] best = climb(spectrum, bySingles(spectrum, size));
    double most = value(spectrum, best);
    for (int start = 1; start < STARTS; start++) {
      boolean[] found = climb(spectrum, random(spectrum.features(), size, random));
      double value = value(spectrum, found);
      if (value > most) {
        most = value;
        best = found;
      }
    }
    return best;
  }

  private static boolean[] climb(Spectrum spectrum, boolean[] from) {
    boolean[] kept = from;
    double value = value(spectrum, kept);
    while (true) {
      List<boolean[]> swapped = swaps(kept);
      if (swapped.isEmpty()) {
        return kept;
      }
      double[] values = spectrum.evaluate(Masks.of(swapped.toArray(boolean[][]::new)));
      int best =
          IntStream.range(0, values.length)
              .boxed()
              .max(Comparator.comparingDouble(s -> values[s]))
              .orElseThrow();
      if (values[best] <= value) {
        return kept;
      }
      kept = swapped.get(best);
      value = values[best];
    }
  }

  private static List<boolean[]> swaps(boolean[] kept) {
    List<boolean[]> swapped = new ArrayList<>();
    for (int off = 0; off < kept.length; off++) {
      for (int on = 0; kept[off] && on < kept.length; on++) {
        if (!kept[on]) {
          boolean[] other = kept.clone();
          other[off] = false;
          other[on] = true;
          swapped.add(other);
        }
      }
    }
    return swapped;
  }

  private static double value(Spectrum spectrum, boolean[] kept) {
    return spectrum.evaluate(Masks.of(new boolean[][] {kept}))[0];
  }

  /** A random set. */
  static boolean[] random(int features, int size, Random random) {
    Integer[] order = IntStream.range(0, features).boxed().toArray(Integer[]::new);
    Collections.shuffle(Arrays.asList(order), random);
    boolean[] kept = new boolean[features];
    for (int k = 0; k < size; k++) {
      kept[order[k]] = true;
    }
    return kept;
  }
}
