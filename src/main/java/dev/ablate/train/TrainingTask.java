package dev.ablate.train;

/**
 * What is trained on and what is asked.
 *
 * @param train the whole training set
 * @param groups which of its rows are kept or left out together
 * @param test the rows that every trained model is asked about; their labels are of the same
 *     classes, in the same order
 */
public record TrainingTask(LabelledRows train, Groups groups, LabelledRows test) {
  /**
   * Checks that the parts fit together.
   *
   * @throws IllegalArgumentException if they do not
   */
  public TrainingTask {
    if (train.rows() != groups.rows()
        || train.columns() != test.columns()
        || !train.classes().equals(test.classes())) {
      throw new IllegalArgumentException(
          "groups of "
              + groups.rows()
              + " rows for "
              + train.rows()
              + ", test rows of "
              + test.columns()
              + " columns for "
              + train.columns()
              + ", or other classes");
    }
  }

  /** Numbers that a model gives for a test row: one a class, or 1 of a regression. */
  public int scores() {
    return train.isRegression() ? 1 : train.classes().size();
  }
}
