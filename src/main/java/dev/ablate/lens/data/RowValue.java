package dev.ablate.lens.data;

import dev.ablate.code.InputException;

/** The value of one test row by the scores that a trained model gives it. */
@FunctionalInterface
interface RowValue {
  /**
   * The value.
   *
   * @param scores of all test rows, one after another
   * @param from where those of this row begin
   * @param label the row's class, or its target
   */
  double of(double[] scores, int from, double label);

  /**
   * How a value is computed.
   *
   * @param value what is asked
   * @param kind what the scores are
   * @param classes how many scores a row has, 0 for one of a regression
   * @throws InputException if such scores have no such value
   */
  static RowValue of(DataValue value, ScoreKind kind, int classes) {
    if (kind == ScoreKind.VALUES) {
      return (scores, from, label) -> scores[from];
    }
    if (classes == 0) {
      return ofRegression(value);
    }
    return switch (value) {
      case MARGIN ->
          (scores, from, label) ->
              scores[from + (int) label] - largestBut((int) label, scores, from, classes);
      case LOG_ODDS -> {
        requireKind(kind == ScoreKind.LOGITS, value);
        yield (scores, from, label) ->
            scores[from + (int) label] - logSum((int) label, scores, from, classes);
      }
      case PROBABILITY -> {
        requireKind(kind != ScoreKind.TARGETS, value);
        yield kind == ScoreKind.SHARES
            ? (scores, from, label) -> scores[from + (int) label]
            : (scores, from, label) -> Math.exp(-crossEntropy(scores, from, label, classes));
      }
      case LOSS ->
          kind == ScoreKind.LOGITS
              ? (scores, from, label) -> crossEntropy(scores, from, label, classes)
              : (scores, from, label) -> squaredError(scores, from, label, classes);
      case PREDICTION ->
          throw new InputException(
              DataSettings.VALUE
                  + " prediction is of targets, and the labels are classes; use margin,"
                  + " probability or loss, or give "
                  + DataSettings.TASK
                  + " regression");
    };
  }

  private static RowValue ofRegression(DataValue value) {
    return switch (value) {
      case PREDICTION -> (scores, from, target) -> scores[from];
      case LOSS -> (scores, from, target) -> (scores[from] - target) * (scores[from] - target);
      default ->
          throw new InputException(
              DataSettings.VALUE
                  + " "
                  + value
                  + " is of classes, and the labels are targets; use prediction or loss, or give "
                  + DataSettings.TASK
                  + " classification");
    };
  }

  private static void requireKind(boolean has, DataValue value) {
    if (!has) {
      throw new InputException(
          DataSettings.VALUE
              + " "
              + value
              + ": the scores of this learner are no probabilities; use margin or loss, or "
              + DataSettings.LEARNER
              + " logistic");
    }
  }

  private static double largestBut(int label, double[] scores, int from, int classes) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      if (c != label) {
        largest = Math.max(largest, scores[from + c]);
      }
    }
    return largest;
  }

  /** The logarithm of the sum of the exponentials of all scores but one; -1 for none. */
  private static double logSum(int but, double[] scores, int from, int classes) {
    double largest = largestBut(but, scores, from, classes);
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      if (c != but) {
        sum += Math.exp(scores[from + c] - largest);
      }
    }
    return largest + Math.log(sum);
  }

  private static double crossEntropy(double[] scores, int from, double label, int classes) {
    return logSum(-1, scores, from, classes) - scores[from + (int) label];
  }

  private static double squaredError(double[] scores, int from, double label, int classes) {
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      double off = scores[from + c] - (c == (int) label ? 1 : 0);
      sum += off * off;
    }
    return sum;
  }
}
