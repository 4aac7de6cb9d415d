package dev.ablate.backend.host;

import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Boosting.Settings;
import java.util.Arrays;

/**
 * One boosting run in integers. A row is the word {@code residual 2^countBits + 1}, so that one sum
 * over rows gives both the sum of their residuals and their number, exactly and in any order.
 * Residuals are whole steps of {@code 2^exponent}; a leaf's value is rounded to a step once and
 * then used everywhere.
 */
final class HostBoostingRun {
  private static final int FINEST = 40;
  private static final int PARTS = 256;
  private static final int LOW_BITS = 21;

  private final HostBoostingRows rows;
  private final Settings settings;
  private final double base;
  private final int countBits;
  private final int exponent;
  private final long[] state;

  /** A run on a {@code (rows)} target. */
  HostBoostingRun(HostBoostingRows rows, Settings settings, double[] target) {
    this.rows = rows;
    this.settings = settings;
    int train = rows.train().length;
    this.base = train == 0 ? 0 : sum(rows.train(), target) / train;
    this.countBits = 32 - Integer.numberOfLeadingZeros(train);
    // A split compares products of a sum and a count; they must fit a word.
    int residualBits = Math.min(FINEST, 61 - 2 * countBits);
    double largest = Math.max(spread(rows.train(), target), spread(rows.validation(), target));
    int finest = Math.max(Math.getExponent(largest), Double.MIN_EXPONENT + FINEST);
    this.exponent = finest + 1 - residualBits;
    this.state = new long[64 * rows.words()];
    fix(rows.train(), target, 0);
    fix(rows.validation(), target, 64 * rows.trainWords());
  }

  /**
   * The sum in the order that every backend takes: part {@code j} sums the rows {@code j} modulo
   * 256, ascending, then halves of the parts are added onto halves.
   */
  private static double sum(int[] from, double[] target) {
    double[] parts = new double[PARTS];
    for (int r : from) {
      parts[r % PARTS] += target[r];
    }
    for (int half = PARTS / 2; half > 0; half /= 2) {
      for (int j = 0; j < half; j++) {
        parts[j] += parts[j + half];
      }
    }
    return parts[0];
  }

  /** The largest distance of a target from the base. */
  private double spread(int[] from, double[] target) {
    double largest = 0;
    for (int r : from) {
      largest = Math.max(largest, Math.abs(target[r] - base));
    }
    return largest;
  }

  private void fix(int[] from, double[] target, int at) {
    for (int i = 0; i < from.length; i++) {
      long residual = Math.round(Math.scalb(target[from[i]] - base, -exponent));
      state[at + i] = (residual << countBits) + 1;
    }
  }

  /**
   * Grows the trees.
   *
   * @param workers share the work of a large tree
   * @param each told of each tree
   */
  Fitted fit(Workers workers, Runnable each) {
    boolean follows = rows.validation().length > 0;
    HostBoostingForest forest = new HostBoostingForest(base, exponent);
    HostBoostingTree tree = new HostBoostingTree(rows, settings, countBits, state, forest, workers);
    double[] errors = new double[settings.trees() + 1];
    errors[0] = validationError();
    int best = 0;
    int grown = 0;
    while (grown < settings.trees()
        && (!follows || settings.patience() == 0 || grown - best < settings.patience())
        && tree.grow()) {
      grown++;
      each.run();
      errors[grown] = validationError();
      if (errors[grown] < errors[best]) {
        best = grown;
      }
    }
    for (int t = 0; t <= grown; t++) {
      errors[t] = Math.scalb(errors[t], 2 * exponent);
    }
    return new Fitted(forest.build(), follows ? Arrays.copyOf(errors, grown + 1) : new double[0]);
  }

  /**
   * Sum of squared residuals in squared steps. Three sums of integers make it independent of the
   * order: a residual {@code a 2^21 + b} has the square {@code a a 2^42 + 2 a b 2^21 + b b}.
   */
  private double validationError() {
    long high = 0;
    long mixed = 0;
    long low = 0;
    int from = 64 * rows.trainWords();
    for (int i = from; i < from + rows.validation().length; i++) {
      long residual = state[i] >> countBits;
      long a = residual >> LOW_BITS;
      long b = residual & (1L << LOW_BITS) - 1;
      high += a * a;
      mixed += a * b;
      low += b * b;
    }
    return high * 0x1p42 + mixed * 0x1p22 + low;
  }
}
