package dev.ablate.run;

import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
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
   * @throws InputException if their numbers of rows differ
   */
  public Table {
    if (masks.count() != values.count()) {
      throw new InputException(
          masks.count()
              + " masks but "
              + values.count()
              + " values: give one row of values a mask");
    }
    if (masks.count() == 0) {
      throw new InputException("the table has no masks: give at least one");
    }
  }

  /**
   * The same rows, but equal masks share the mean of their values: a mask's repeats are its weight.
   */
  public Table averaged() {
    DistinctMasks distinct = DistinctMasks.of(masks);
    if (distinct.masks().count() == masks.count()) {
      return this;
    }
    int outputs = values.outputs();
    double[] sums = new double[distinct.masks().count() * outputs];
    int[] repeats = new int[distinct.masks().count()];
    for (int r = 0; r < masks.count(); r++) {
      int d = distinct.position()[r];
      repeats[d]++;
      for (int o = 0; o < outputs; o++) {
        sums[d * outputs + o] += values.get(r, o);
      }
    }
    Values means = Values.zeros(masks.count(), outputs);
    for (int r = 0; r < masks.count(); r++) {
      int d = distinct.position()[r];
      for (int o = 0; o < outputs; o++) {
        means.set(r, o, sums[d * outputs + o] / repeats[d]);
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

  /**
   * Whether the masks look like independent fair coins: every feature kept in half of them, and
   * their sizes spread like a binomial's. Solvers that assume uniform masks warn otherwise.
   */
  public boolean looksUniform() {
    int n = masks.features();
    int rows = masks.count();
    int[] kept = new int[n];
    double squares = 0;
    for (int r = 0; r < rows; r++) {
      int size = 0;
      for (int i = 0; i < n; i++) {
        if (masks.kept(r, i)) {
          kept[i]++;
          size++;
        }
      }
      squares += (size - n / 2.0) * (size - n / 2.0);
    }
    for (int count : kept) {
      if (Math.abs(count - rows / 2.0) > UNIFORM * Math.sqrt(rows) / 2) {
        return false;
      }
    }
    // The square of a standardised size has mean 1 and variance 2 - 2/n.
    double spread = squares / (n / 4.0) / rows;
    double deviation = Math.sqrt((2 - 2.0 / n) / rows);
    return Math.abs(spread - 1) <= UNIFORM * deviation + 1e-9;
  }
}
