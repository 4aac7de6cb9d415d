package dev.ablate.lens.data;

import java.util.Locale;

/** What is asked of a trained model about a test row. */
public enum DataValue {
  /** The score of the row's own label less the largest of the others. */
  MARGIN(1),
  /** The log-odds of the label, of learners whose scores become probabilities by a softmax. */
  LOG_ODDS(1),
  /** The probability of the label, or its share of the neighbours. */
  PROBABILITY(1),
  /**
   * Minus the logarithm of the probability, or the squared error where scores are no logarithms of
   * probabilities: of a regression, and summed over the classes of a label.
   */
  LOSS(-1),
  /** What a regression predicts, or what the command of a trainer says. */
  PREDICTION(0);

  private final int better;

  DataValue(int better) {
    this.better = better;
  }

  /** 1 where larger values are better, -1 where smaller ones are, 0 where neither is. */
  public int better() {
    return better;
  }

  /** The value that prints as a word; null if there is none. */
  public static DataValue of(String word) {
    for (DataValue value : values()) {
      if (value.toString().equals(word)) {
        return value;
      }
    }
    return null;
  }

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
