package dev.ablate.backend.kernel;

import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.Boosting.Settings;

/**
 * A run as the kernels are told of it.
 *
 * @param depth largest depth that keys of leaves can tell
 * @param leaves most leaves that a tree can have at all
 * @param fewest fewest training rows a leaf, at least 1
 * @param trees number of rounds
 * @param patience rounds without a smaller error, or 0
 * @param rate learning rate
 * @param output column of the values
 * @param train which set of rows is fitted
 * @param trainRows its size
 * @param validation which set of rows is followed
 * @param validationRows its size
 */
record KernelBoostingRun(
    int depth,
    int leaves,
    int fewest,
    int trees,
    int patience,
    double rate,
    int output,
    int train,
    int trainRows,
    int validation,
    int validationRows) {
  private static final KernelMacros SOURCE = KernelMacros.of(KernelBoostingBatch.STEM);

  /** Numbers a run in the kernels' table. */
  static final int NUMBERS = SOURCE.constant("TOLD_NUMBERS");

  private static final int TOLD_DEPTH = SOURCE.constant("TOLD_DEPTH");
  private static final int TOLD_LEAVES = SOURCE.constant("TOLD_LEAVES");
  private static final int TOLD_FEWEST = SOURCE.constant("TOLD_FEWEST");
  private static final int TOLD_TREES = SOURCE.constant("TOLD_TREES");
  private static final int TOLD_PATIENCE = SOURCE.constant("TOLD_PATIENCE");
  private static final int TOLD_OUTPUT = SOURCE.constant("TOLD_OUTPUT");
  private static final int TOLD_TRAIN = SOURCE.constant("TOLD_TRAIN");
  private static final int TOLD_VALIDATION = SOURCE.constant("TOLD_VALIDATION");
  private static final int TOLD_TRAIN_ROWS = SOURCE.constant("TOLD_TRAIN_ROWS");
  private static final int TOLD_VALIDATION_ROWS = SOURCE.constant("TOLD_VALIDATION_ROWS");
  private static final int TOLD_LEVELS = SOURCE.constant("TOLD_LEVELS");

  /** Keys of deeper leaves would not fit a word. */
  private static final int DEEPEST = 62;

  /** Up to this depth all leaves of a level are split at once; the kernels' order takes no more. */
  private static final int LEVELS = SOURCE.constant("BOOSTING_MOST_LEVELS");

  /** A run, its sets of rows by their numbers and sizes. */
  static KernelBoostingRun of(
      Run run, int train, int trainRows, int validation, int validationRows) {
    Settings s = run.settings();
    int depth = Math.max(0, Math.min(s.depth(), DEEPEST));
    int most = Math.max(1, Math.min(s.leaves(), trainRows));
    return new KernelBoostingRun(
        depth,
        depth < 31 ? Math.min(most, 1 << depth) : most,
        Math.max(1, s.minLeaf()),
        Math.max(0, s.trees()),
        Math.max(0, s.patience()),
        s.rate(),
        run.output(),
        train,
        trainRows,
        validation,
        validationRows);
  }

  /** Whether trees grow level by level rather than split by split. */
  boolean levels() {
    return depth <= LEVELS;
  }

  /** Most leaves while a tree grows, among them those that the best-first order leaves out. */
  int capacity() {
    return levels() ? 1 << depth : leaves;
  }

  /** Most leaves that have sums. */
  int slots() {
    return levels() ? 1 << Math.max(0, depth - 1) : leaves;
  }

  /** Most leaves whose children are summed at once. */
  int pairs() {
    return levels() ? 1 << Math.max(0, depth - 2) : 1;
  }

  /** Rounds of splits in which a tree is complete. */
  int rounds() {
    return levels() ? depth : leaves - 1;
  }

  /** Most nodes of all trees. */
  long nodes() {
    return (long) trees * (2 * leaves - 1);
  }

  /** Errors that are noted. */
  long errors() {
    return validationRows > 0 ? trees + 1L : 0;
  }

  /** Writes the numbers at {@code TOLD_*}. */
  void tell(int[] told, int at) {
    told[at + TOLD_DEPTH] = depth;
    told[at + TOLD_LEAVES] = leaves;
    told[at + TOLD_FEWEST] = fewest;
    told[at + TOLD_TREES] = trees;
    told[at + TOLD_PATIENCE] = patience;
    told[at + TOLD_OUTPUT] = output;
    told[at + TOLD_TRAIN] = train;
    told[at + TOLD_VALIDATION] = validation;
    told[at + TOLD_TRAIN_ROWS] = trainRows;
    told[at + TOLD_VALIDATION_ROWS] = validationRows;
    told[at + TOLD_LEVELS] = levels() ? 1 : 0;
  }
}
