package dev.ablate.backend;

/**
 * Multinomial logistic regression, trained anew on each of many subsets of the same rows: weights W
 * minimise {@code sum -log p(label) + penalty / 2 |W|^2} over the kept rows, which have a constant
 * column behind them, penalised like the others.
 */
public interface LogisticRegression {
  /** Most evaluations of the loss of a subset. */
  int MOST_EVALUATIONS = 2000;

  /**
   * What is trained on.
   *
   * @param x {@code (rows, columns) row-major}, finite, without the constant
   * @param columns numbers a row
   * @param labels {@code (rows)} class numbers, from 0 to {@code classes - 1}
   * @param classes how many classes, at least 1
   * @param groupOf {@code (rows)} the group of each row, from 0 to {@code groups - 1}
   * @param groups how many groups rows are kept or left out by, at least 1
   * @param penalty weight of half the squared weights, above 0
   * @param tolerance how far from the minimum's weights a search may end, roughly: the norm of the
   *     difference
   */
  record Problem(
      double[] x,
      int columns,
      int[] labels,
      int classes,
      int[] groupOf,
      int groups,
      double penalty,
      double tolerance) {
    /**
     * Checks that shapes fit together.
     *
     * @throws IllegalArgumentException if they do not
     */
    public Problem {
      if (x.length != (long) labels.length * columns || groupOf.length != labels.length) {
        throw new IllegalArgumentException(
            x.length
                + " numbers and "
                + groupOf.length
                + " groups for "
                + labels.length
                + " rows of "
                + columns);
      }
    }

    /** How many rows. */
    public int rows() {
      return labels.length;
    }

    /** Numbers a row, the constant among them. */
    public int width() {
      return columns + 1;
    }

    /** Weights of a model: classes times width. */
    public int parameters() {
      return Math.multiplyExact(classes, width());
    }
  }

  /**
   * Fits all rows, which every subset's search starts from.
   *
   * @param tests {@code (count, columns) row-major}: the rows that every model is asked about
   * @param count how many
   * @throws NoMinimumException if that has no end
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  Trainer open(Problem problem, double[] tests, int count);

  /** A problem whose rows have been fitted. Whoever opened it closes it. */
  interface Trainer extends AutoCloseable {
    /**
     * Trains on every subset. What a subset gives depends on no other, nor on threads or order;
     * where nothing is kept all scores are 0.
     *
     * @param kept U64 {@code (subsets, ceil(groups/64)) row-major}: bit 1 keeps a group
     * @param sink told of every subset once; calls may come from several threads at once and in any
     *     order
     * @throws NoMinimumException if a search has no end
     * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
     */
    void train(Buffer kept, int subsets, Sink sink);

    @Override
    void close();
  }

  /** Hears what trained models say. */
  @FunctionalInterface
  interface Sink {
    /**
     * The scores of the model of one subset: the inputs of the softmax.
     *
     * @param subset its row in the masks
     * @param scores {@code (test rows, classes) row-major}; used again once this returns
     */
    void scores(int subset, double[] scores);
  }

  /** The penalty is too weak for the rows. */
  final class NoMinimumException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** In place of a subset's number: all rows. */
    public static final int ALL_ROWS = -1;

    private final int subset;
    private final boolean rounding;

    private NoMinimumException(String message, int subset, boolean rounding) {
      super(message);
      this.subset = subset;
      this.rounding = rounding;
    }

    /** Rounding outweighs the penalty. */
    public static NoMinimumException rounding() {
      return new NoMinimumException("rounding outweighs the penalty", ALL_ROWS, true);
    }

    /**
     * A search has no end.
     *
     * @param subset which one's, or {@link #ALL_ROWS}
     */
    public static NoMinimumException unfinished(int subset) {
      return new NoMinimumException("a search has no end", subset, false);
    }

    /** Whose search it was, or {@link #ALL_ROWS}. */
    public int subset() {
      return subset;
    }

    /** Whether a curvature lost its inverse to rounding. */
    public boolean isRounding() {
      return rounding;
    }
  }
}
