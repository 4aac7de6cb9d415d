package dev.ablate.lens.heads;

import java.util.Locale;

/** What is asked of a network about an example, whose label or answer is known. */
public enum HeadValue {
  /**
   * Of a label, log odds against all others; of an answer, the log-probability of its tokens less
   * that of another answer.
   */
  LOG_ODDS,
  /** Of a label; of an answer, the mean over its tokens. */
  LOG_PROBABILITY,
  /** Cross-entropy: minus the log-probability. */
  LOSS,
  /**
   * 1 where the label has the largest logit, where the answer is likelier than the other, or
   * without another one where each of its tokens is the likeliest; else 0.
   */
  ACCURACY,
  /** Of a label; the output of a regression. */
  LOGIT;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
