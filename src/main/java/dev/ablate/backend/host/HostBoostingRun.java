package dev.ablate.backend.host;

import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.Boosting.Settings;
import java.util.Arrays;

/**
 * One boosting run. Residuals are integers, {@code 2^-40} of the largest first residual, so that
 * every sum is exact and no order of summation matters; a leaf's value is rounded to that grid once
 * and then used everywhere.
 */
final class HostBoostingRun {
  private static final int FRACTION = 40;

  private final HostBoostingRows rows;
  private final Settings settings;
  private final double base;
  private final int exponent;
  private final long[] residual;
  private final int[] gradient;
  private final int gradientBits;

  HostBoostingRun(HostBoostingRows rows, Run run) {
    this.rows = rows;
    this.settings = run.settings();
    int train = rows.train().length;
    double sum = 0;
    for (int r : rows.train()) {
      sum += run.target()[r];
    }
    this.base = train == 0 ? 0 : sum / train;
    double largest = Math.max(spread(rows.train(), run), spread(rows.validation(), run));
    this.exponent = Math.max(Math.getExponent(largest), Double.MIN_EXPONENT + FRACTION) - FRACTION;
    this.residual = new long[64 * rows.words()];
    fix(rows.train(), run.target(), 0);
    fix(rows.validation(), run.target(), 64 * rows.trainWords());
    this.gradient = new int[train];
    this.gradientBits = Integer.numberOfLeadingZeros(train) - 1;
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
      residual[at + i] = Math.round(Math.scalb(target[from[i]] - base, -exponent));
    }
  }

  Fitted fit() {
    boolean follows = rows.validation().length > 0;
    HostBoostingForest forest = new HostBoostingForest(base, exponent);
    HostBoostingTree tree = new HostBoostingTree(rows, settings, forest);
    double[] errors = new double[settings.trees() + 1];
    errors[0] = validationError();
    int best = 0;
    int grown = 0;
    while (grown < settings.trees()
        && (!follows || settings.patience() == 0 || grown - best < settings.patience())) {
      quantise();
      if (!tree.grow(gradient, residual)) {
        break;
      }
      grown++;
      errors[grown] = validationError();
      if (errors[grown] < errors[best]) {
        best = grown;
      }
    }
    return new Fitted(forest.build(), follows ? Arrays.copyOf(errors, grown + 1) : new double[0]);
  }

  /** Rounds residuals to as many bits as leave room for the sum over all rows. */
  private void quantise() {
    long magnitude = 0;
    for (int i = 0; i < gradient.length; i++) {
      magnitude |= residual[i] ^ (residual[i] >> 63);
    }
    int shift = Math.max(0, 64 - Long.numberOfLeadingZeros(magnitude) - gradientBits);
    long half = (1L << shift) >> 1;
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (int) ((residual[i] + half) >> shift);
    }
  }

  private double validationError() {
    double sum = 0;
    for (int i = 64 * rows.trainWords(); i < residual.length; i++) {
      sum += (double) residual[i] * residual[i];
    }
    return Math.scalb(sum, 2 * exponent);
  }
}
