package dev.ablate.run;

import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Samples;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.List;

/**
 * Masks with values that were evaluated elsewhere.
 *
 * @param masks {@code (rows, features)}
 * @param values {@code (rows, outputs)}
 * @param design where the masks come from
 * @param featureNames a name for each feature
 */
public record Table(Masks masks, Values values, Design design, List<String> featureNames) {
  /** A uniform table keeps shares and sizes within so many standard deviations. */
  private static final double UNIFORM = 6;

  /**
   * Checks that masks and values belong together.
   *
   * @throws InputException if their numbers of rows, or the numbers of features, differ
   */
  public Table {
    requireRows(masks.count(), values.count());
    if (featureNames.size() != masks.features() || design.features() != masks.features()) {
      throw new InputException(
          "masks of "
              + masks.features()
              + " features, but "
              + featureNames.size()
              + " names and a design of "
              + design.features()
              + ": give what belongs together");
    }
    if (masks.count() == 0) {
      throw new InputException("the table has no masks: give at least one");
    }
  }

  static void requireRows(int masks, int values) {
    if (masks != values) {
      throw new InputException(
          masks + " masks but " + values + " values: give one row of values a mask");
    }
  }

  /**
   * The same rows, but equal masks share the mean of their values: a mask's repeats are its weight.
   */
  public Table averaged() {
    Work.check();
    DistinctMasks distinct = DistinctMasks.of(masks);
    if (distinct.masks().count() == masks.count()) {
      return this;
    }
    int outputs = values.outputs();
    int[] first = new int[distinct.masks().count()];
    int[] repeats = new int[distinct.masks().count()];
    for (int r = masks.count() - 1; r >= 0; r--) {
      first[distinct.position()[r]] = r;
      repeats[distinct.position()[r]]++;
    }
    // Distances from the first value: equal values keep theirs to the last bit. Halves, because
    // the distance of two doubles may be none.
    double[] halves = new double[distinct.masks().count() * outputs];
    for (int r = 0; r < masks.count(); r++) {
      int d = distinct.position()[r];
      for (int o = 0; o < outputs; o++) {
        double distance = values.get(r, o) / 2 - values.get(first[d], o) / 2;
        halves[d * outputs + o] += distance / repeats[d];
      }
    }
    Values means = Values.zeros(masks.count(), outputs);
    for (int r = 0; r < masks.count(); r++) {
      int d = distinct.position()[r];
      for (int o = 0; o < outputs; o++) {
        double half = values.get(first[d], o) / 2 + halves[d * outputs + o];
        means.set(r, o, halves[d * outputs + o] == 0 ? values.get(first[d], o) : 2 * half);
      }
    }
    return new Table(masks, means, design, featureNames);
  }

  /**
   * The value of one mask, NaN when the table does not have it.
   *
   * @param mask a single mask
   */
  double valueOf(Masks mask, int output) {
    int words = masks.words();
    long[] all = masks.hostWords();
    for (int r = 0; r < masks.count(); r++) {
      if (Arrays.equals(all, r * words, (r + 1) * words, mask.hostWords(), 0, words)) {
        return values.get(r, output);
      }
    }
    return Double.NaN;
  }

  /** What solvers fit: masks chosen elsewhere by what they look like. */
  Samples samples() {
    Design known = design instanceof Design.Foreign foreign ? foreign.looking(looks()) : design;
    return new Samples(masks, values, known);
  }

  /**
   * How the masks look drawn: uniform where every feature is kept in half of them and their sizes
   * spread like a binomial's; by size where sizes spread further, and each size keeps all features
   * alike; null where neither.
   */
  MaskSampling looks() {
    int n = masks.features();
    int rows = masks.count();
    double shares = 0;
    double sizeVariance = 0;
    double squares = 0;
    for (int size : masks.sizes()) {
      double share = (double) size / n;
      shares += share;
      sizeVariance += share * (1 - share);
      squares += (size - n / 2.0) * (size - n / 2.0);
    }
    double[] excess = new double[n];
    double[] kept = new double[n];
    int[] counts = masks.keptBy();
    for (int i = 0; i < n; i++) {
      kept[i] = counts[i] - rows / 2.0;
      excess[i] = counts[i] - shares;
    }
    // The square of a standardised size has mean 1 and variance 2 - 2/n.
    double spread = squares / (n / 4.0) / rows - 1;
    double deviation = UNIFORM * Math.sqrt((2 - 2.0 / n) / rows) + 1e-9;
    if (!within(kept, rows / 4.0) || spread < -deviation) {
      return null;
    }
    if (spread <= deviation) {
      return MaskSampling.UNIFORM;
    }
    return within(excess, sizeVariance) ? MaskSampling.SIZE : null;
  }

  /** Whether sums of so large a variance are as close to 0 as chance leaves them. */
  private static boolean within(double[] sums, double variance) {
    double most = UNIFORM * Math.sqrt(variance) + 1e-9;
    return Arrays.stream(sums).allMatch(sum -> Math.abs(sum) <= most);
  }
}
