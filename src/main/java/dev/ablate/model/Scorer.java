package dev.ablate.model;

import java.util.List;

/**
 * Turns rows of token ids into scores, whatever runs behind it. Several threads may use it at once;
 * rows do not influence each other: each has the scores that it has alone.
 */
public interface Scorer extends AutoCloseable {
  /** Scores a row. */
  int scores();

  /** Most tokens a row may have, special ones included; the largest number where nothing says. */
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
   * Scores one batch. The first {@code lengths[r]} ids of row {@code r} are its tokens; what stands
   * after them is ignored.
   *
   * @param ids token ids, at least {@code (rows, width) row-major}
   * @param lengths tokens of each row, 1 to {@code width}
   * @param rows number of rows, at least 1
   * @param width positions a row
   * @param scores receives {@code (rows, scores) row-major}
   * @throws dev.ablate.code.InputException if the model fails on these tokens
   */
  void score(int[] ids, int[] lengths, int rows, int width, float[] scores);

  @Override
  void close();
}
