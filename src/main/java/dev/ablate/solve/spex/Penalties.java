package dev.ablate.solve.spex;

/** The penalties that cross-validation chooses from. */
final class Penalties {
  private static final int COUNT = 24;
  private static final double SMALLEST = 1e-4;

  private Penalties() {}

  /** Descending from the least penalty that leaves only the empty set, evenly in the logarithm. */
  static double[] grid(CrossValidation validation) {
    double largest = validation.largestProduct();
    double[] penalties = new double[COUNT];
    for (int i = 0; i < COUNT; i++) {
      penalties[i] = largest * Math.pow(SMALLEST, i / (COUNT - 1.0));
    }
    return penalties;
  }
}
