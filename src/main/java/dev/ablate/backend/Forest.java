package dev.ablate.backend;

/**
 * Regression trees on bits as flat arrays. A prediction is {@code base} plus one leaf a tree; the
 * learning rate is already in the leaf values.
 *
 * @param base what no tree predicts, in the unit of the target
 * @param roots {@code (trees)} the root node of each tree
 * @param feature {@code (nodes)} the feature a node splits on, -1 for a leaf
 * @param left {@code (nodes)} the child for bit 0
 * @param right {@code (nodes)} the child for bit 1
 * @param value {@code (nodes)} what a leaf adds
 */
public record Forest(
    double base, int[] roots, int[] feature, int[] left, int[] right, double[] value)
    implements Trees {
  @Override
  public int trees() {
    return roots.length;
  }

  @Override
  public Forest toHost() {
    return this;
  }

  @Override
  public void close() {
    // The garbage collector frees heap arrays.
  }
}
