package dev.ablate.model.onnx;

/** Runs of rows through a graph of some kind, each row with scores of its own. */
interface RowRuns {
  /** How the graph gets its tokens. */
  TokenInputs inputs();

  /** Where the graph came from, for messages. */
  default String origin() {
    return inputs().origin();
  }

  /** What a score is, as it is called in messages: {@code logit}. */
  String score();

  /** Most rows of one run. */
  default int mostRows() {
    return inputs().mostRows();
  }

  /** Tokens that the graph needs in every row, 0 where a run decides. */
  default int fixedLength() {
    return inputs().fixedLength();
  }

  /**
   * Runs one row and counts its scores.
   *
   * @throws dev.ablate.code.InputException if the graph gives something else than scores of a row
   * @throws RuntimeException if ONNX Runtime fails
   */
  int scores(int[] row, int filler);

  /** Whether it is known without a run how many scores a row has. */
  boolean declaresScores();

  /** How many scores a row needs and how to get them, the end of a message. */
  String needed();

  /**
   * The graph as a resident network binds it.
   *
   * @param count scores a row
   */
  ResidentGraph resident(int count);

  /**
   * Runs one batch.
   *
   * @param batch at most {@link #mostRows} rows
   * @param filler what stands behind the tokens of short rows; it is masked out
   * @param count scores a row
   * @param scores receives {@code (rows, count)} of all rows, those of the batch at their places
   * @throws RuntimeException if ONNX Runtime fails
   */
  void run(TokenBatch batch, int filler, int count, float[] scores);
}
