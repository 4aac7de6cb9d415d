package dev.ablate.backend.host;

import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Boosting.Run;
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

  private final HostBoostingRows rows;
  private final Settings settings;
  private final double base;
  private final int countBits;
  private final int exponent;
  private final long[] state;

  HostBoostingRun(HostBoostingRows rows, Run run) {
    this.rows = rows;
    this.settings = run.settings();
    int train = rows.train().length;
    double sum = 0;
    for (int r : rows.train()) {
      sum += run.target()[r];
    }
    this.base = train == 0 ? 0 : sum / train;
    this.countBits = 32 - Integer.numberOfLeadingZeros(train);
    // A split compares products of a sum and a count; they must fit a word.
    int residualBits = Math.min(FINEST, 61 - 2 * countBits);
    double largest = Math.max(spread(rows.train(), run), spread(rows.validation(), run));
    int finest = Math.max(Math.getExponent(largest), Double.MIN_EXPONENT + FINEST);
    this.exponent = finest + 1 - residualBits;
    this.state = new long[64 * rows.words()];
    fix(rows.train(), run.target(), 0);
    fix(rows.validation(), run.target(), 64 * rows.trainWords());
  }

  /** The largest distance of a target from the base. */
  private double spread(int[] from, Run run) {
    double largest = 0;
    for (int r : from) {
      largest = Math.max(largest, Math.abs(run.target()[r] - base));
    }
    return largest;
  }

  private void fix(int[] from, double[] target, int at) {
    for (int i = 0; i < from.length; i++) {
      long residual = Math.round(Math.scalb(target[from[i]] - base, -exponent));
      state[at + i] = (residual << countBits) + 1;
    }
  }

  Fitted fit() {
    boolean follows = rows.validation().length > 0;
    HostBoostingForest forest = new HostBoostingForest(base, exponent);
    HostBoostingTree tree = new HostBoostingTree(rows, settings, countBits, state, forest);
    double[] errors = new double[settings.trees() + 1];
    errors[0] = validationError();
    int best = 0;
    int grown = 0;
    while (grown < settings.trees()
        && (!follows || settings.patience() == 0 || grown - best < settings.patience())
        && tree.grow()) {
      grown++;
      errors[grown] = validationError();
      if (errors[grown] < errors[best]) {
        best = grown;
      }
    }
    return new Fitted(forest.build(), follows ? Arrays.copyOf(errors, grown + 1) : new double[0]);
  }

  private double validationError() {
    double sum = 0;
    int from = 64 * rows.trainWords();
    for (int i = from; i < from + rows.validation().length; i++) {
      double residual = state[i] >> countBits;
      sum += residual * residual;
    }
    return Math.scalb(sum, 2 * exponent);
  }
}
