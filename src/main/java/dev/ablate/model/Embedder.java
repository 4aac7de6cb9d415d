package dev.ablate.model;

import java.util.List;

/**
 * Turns rows of token ids into vectors of length 1, whatever runs behind it. Several threads may
 * use it at once; each row has the vector that it has alone.
 */
public interface Embedder extends AutoCloseable {
  /** Numbers a vector. */
  int dimensions();

  /** How the model's own files say that tokens become one vector; the mean where none says. */
  Pooling pooling();

  /** Most tokens a row may have, special ones included; the largest number where nothing says. */
  default int maxTokens() {
    return Integer.MAX_VALUE;
  }

  /** Lines for the user about how it runs. */
  default List<String> notes() {
    return List.of();
  }

  /**
   * Embeds one batch. The first {@code lengths[r]} ids of row {@code r} are its tokens; what stands
   * after them is ignored.
   *
   * @param ids token ids, at least {@code (rows, width) row-major}
   * @param lengths tokens of each row, 1 to {@code width}
   * @param rows number of rows, at least 1
   * @param width positions a row
   * @param pooling how the vectors of the tokens become one
   * @param vectors receives {@code (rows, dimensions) row-major}, each of length 1
   * @throws dev.ablate.code.InputException if the model fails on these tokens
   */
  void embed(int[] ids, int[] lengths, int rows, int width, Pooling pooling, float[] vectors);

  @Override
  void close();
}
