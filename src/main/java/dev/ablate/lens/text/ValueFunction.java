package dev.ablate.lens.text;

import java.util.Locale;

/**
 * Turns the logits {@code z} of one input into the value of one label {@code c}. With a single
 * logit, which stands for yes against no, the log-odds are that logit.
 */
public enum ValueFunction {
  /** {@code z_c - log sum_{k != c} exp(z_k)}. */
  LOG_ODDS {
    @Override
    double of(float[] logits, int from, int labels, int label) {
      double own = logits[from + label];
      return labels == 1 ? own : own - logSumExpOfOthers(logits, from, labels, label);
    }
  },
  /** {@code z_c}. */
  LOGIT {
    @Override
    double of(float[] logits, int from, int labels, int label) {
      return logits[from + label];
    }
  },
  /** {@code exp(z_c) / sum_k exp(z_k)}. */
  PROBABILITY {
    @Override
    double of(float[] logits, int from, int labels, int label) {
      return 1 / (1 + Math.exp(-LOG_ODDS.of(logits, from, labels, label)));
    }
  };

  /**
   * The value of a label.
   *
   * @param logits holds the logits of the input from position {@code from} on
   * @param from position of the first logit
   * @param labels number of logits, at least 1
   * @param label which one, from 0
   */
  abstract double of(float[] logits, int from, int labels, int label);

  private static double logSumExpOfOthers(float[] logits, int from, int labels, int label) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < labels; k++) {
      if (k != label) {
        largest = Math.max(largest, logits[from + k]);
      }
    }
    double sum = 0;
    for (int k = 0; k < labels; k++) {
      if (k != label) {
        sum += Math.exp(logits[from + k] - largest);
      }
    }
    return largest + Math.log(sum);
  }

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
