package dev.ablate.model;

/**
 * A network that turns token ids into one score a label. Several threads may use it at once; rows
 * do not influence each other.
 */
public interface Classifier extends AutoCloseable {
  /** Number of labels. */
  int labels();

  /**
   * Runs one batch. The attention mask is 1 for the first {@code lengths[r]} positions of row
   * {@code r}; what {@code ids} holds after them is ignored.
   *
   * @param ids token ids, at least {@code (rows, width) row-major}
   * @param lengths tokens of each row, 1 to {@code width}
   * @param rows number of rows, at least 1
   * @param width positions a row
   * @param logits receives {@code (rows, labels) row-major}
   * @throws dev.ablate.code.InputException if the network fails on these tokens
   */
  void classify(int[] ids, int[] lengths, int rows, int width, float[] logits);

  @Override
  void close();
}
