package dev.ablate.model;

import java.util.List;

/**
 * A causal network by the log-probabilities that it gives to tokens, each given those before it.
 * Several threads may use it at once; rows do not influence each other: each has the values that it
 * has alone, unpadded.
 */
public interface CausalScorer extends AutoCloseable {
  /** Most tokens a row may have, shared ones included; the largest number where nothing says. */
  default int maxTokens() {
    return Integer.MAX_VALUE;
  }

  /** Lines for the user about how it runs, such as why rows do not share a batch. */
  default List<String> notes() {
    return List.of();
  }

  /**
   * The same network in the memory of a backend; null where it runs on the host. It is one for all
   * who ask, and closed with this.
   */
  default ResidentNetwork resident() {
    return null;
  }

  /**
   * Natural logarithms of the probabilities of the last tokens of rows.
   *
   * @param shared tokens at the front of every row, which are computed once for many calls; may be
   *     empty
   * @param rows what stands behind them in each row
   * @param asked how many tokens at the end of each row are asked about, at least 1; each has a
   *     token before it
   * @return for each row as many numbers as were asked
   * @throws dev.ablate.code.InputException if the model fails on these tokens
   */
  float[][] logProbabilities(int[] shared, int[][] rows, int[] asked);

  /**
   * The likeliest token behind a row.
   *
   * @param row at least one token
   * @throws dev.ablate.code.InputException if the model fails on these tokens
   */
  int next(int[] row);

  @Override
  void close();
}
