package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import dev.ablate.model.TextClassifier;
import dev.ablate.setting.Setting;
import java.util.Locale;

/** What is asked of a model about a text under a mask. */
public enum ValueFunction {
  /**
   * Of a label {@code c} of a classifier with the logits {@code z}: {@code z_c - log sum_{k != c}
   * exp(z_k)}. With a single logit, which stands for yes against no, that logit.
   */
  LOG_ODDS,
  /** {@code z_c}. */
  LOGIT,
  /** {@code exp(z_c) / sum_k exp(z_k)}. */
  PROBABILITY,
  /** Of an answer under a language model: the mean of its tokens' log-probabilities. */
  ANSWER,
  /** The answer's probability, the product of those of its tokens. */
  ANSWER_PROBABILITY,
  /** Of the text itself under a language model: exp of minus the mean log-probability. */
  PERPLEXITY,
  /** Cosine between the vectors of the text and of another under an encoder. */
  SIMILARITY;

  /**
   * That a regression's output is asked for as if it were a label's.
   *
   * @param value what was asked for
   * @param setting by which
   */
  public static InputException ofNoLabel(
      TextClassifier regression, Object value, Setting<?> setting) {
    return new InputException(
        "the model "
            + regression.name()
            + " is a regression (problem_type in config.json), whose output is a number without "
            + value
            + "; give "
            + setting
            + " logit");
  }

  /** Whether it is asked of a classifier. */
  boolean ofLabel() {
    return this == LOG_ODDS || this == LOGIT || this == PROBABILITY;
  }

  /** Whether it is asked about an answer. */
  boolean ofAnswer() {
    return this == ANSWER || this == ANSWER_PROBABILITY;
  }

  /**
   * This value of a label of a classifier.
   *
   * @param logits holds the logits of the text from position {@code from} on
   * @param from position of the first logit
   * @param labels number of logits, at least 1
   * @param label which one, from 0
   */
  public double of(float[] logits, int from, int labels, int label) {
    double own = logits[from + label];
    if (this == LOGIT) {
      return own;
    }
    double odds = labels == 1 ? own : own - logSumExpOfOthers(logits, from, labels, label);
    return this == LOG_ODDS ? odds : 1 / (1 + Math.exp(-odds));
  }

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
