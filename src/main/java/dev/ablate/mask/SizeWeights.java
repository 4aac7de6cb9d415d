package dev.ablate.mask;

/**
 * What each row of a table counts where its masks are drawn by size, so that weighted means over
 * rows estimate means over all masks: every size counts as much as it has masks, however many rows
 * it has.
 */
public final class SizeWeights {
  private SizeWeights() {}

  /**
   * The weights of a table.
   *
   * @return {@code (rows)}, of mean 1
   */
  public static double[] of(Masks masks) {
    int features = masks.features();
    int rows = masks.count();
    int[] sizes = masks.sizes();
    int[] counts = new int[features + 1];
    for (int size : sizes) {
      counts[size]++;
    }
    double[] shares = shares(features);
    double[] weights = new double[rows];
    for (int r = 0; r < rows; r++) {
      weights[r] = shares[sizes[r]] / counts[sizes[r]];
    }
    return normalised(weights);
  }

  /** The weights of some of the rows. */
  public static double[] select(double[] weights, int[] rows) {
    double[] some = new double[rows.length];
    for (int r = 0; r < rows.length; r++) {
      some[r] = weights[rows[r]];
    }
    return normalised(some);
  }

  /** {@code (features + 1)} the share of all masks that each size has. */
  private static double[] shares(int features) {
    double[] shares = new double[features + 1];
    double logarithm = -features * Math.log(2);
    for (int k = 0; k <= features; k++) {
      shares[k] = Math.exp(logarithm);
      logarithm += Math.log((features - k) / (k + 1.0));
    }
    return shares;
  }

  /** The same of mean 1; all alike where every mask is of a size that uniform masks never have. */
  private static double[] normalised(double[] weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    for (int r = 0; r < weights.length; r++) {
      weights[r] = sum > 0 ? weights[r] * weights.length / sum : 1;
    }
    return weights;
  }
}
