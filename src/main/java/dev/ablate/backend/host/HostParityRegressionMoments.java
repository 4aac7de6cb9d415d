package dev.ablate.backend.host;

import dev.ablate.backend.Paths;
import java.util.Arrays;

/**
 * A least-squares problem as sums over its rows: all that fitting and scoring a linear model need.
 *
 * @param size number of columns k
 * @param rows number of rows
 * @param gram {@code (k, k) row-major} products of the columns
 * @param products {@code (k)} products of the columns and the values
 * @param energy sum of the squared values
 */
record HostParityRegressionMoments(
    int size, int rows, double[] gram, double[] products, double energy) {

  /** The sums over the rows of all parts. */
  static HostParityRegressionMoments sum(HostParityRegressionMoments[] parts) {
    if (parts.length == 1) {
      return parts[0];
    }
    int size = parts[0].size();
    double[] gram = new double[size * size];
    double[] products = new double[size];
    double energy = 0;
    int rows = 0;
    for (HostParityRegressionMoments part : parts) {
      for (int i = 0; i < gram.length; i++) {
        gram[i] += part.gram()[i];
      }
      for (int i = 0; i < size; i++) {
        products[i] += part.products()[i];
      }
      energy += part.energy();
      rows += part.rows();
    }
    return new HostParityRegressionMoments(size, rows, gram, products, energy);
  }

  /** The sums over these rows without those of a subset of them. */
  HostParityRegressionMoments minus(HostParityRegressionMoments part) {
    return new HostParityRegressionMoments(
        size,
        rows - part.rows,
        difference(gram, part.gram),
        difference(products, part.products),
        energy - part.energy);
  }

  private static double[] difference(double[] all, double[] part) {
    double[] rest = new double[all.length];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = all[i] - part[i];
    }
    return rest;
  }

  /**
   * The problem with column {@code j} divided by {@code scales[j]}: these sums, where nothing is
   * scaled.
   */
  HostParityRegressionMoments scaled(double[] scales) {
    if (Arrays.stream(scales).allMatch(scale -> scale == 1)) {
      return this;
    }
    return new HostParityRegressionMoments(size, rows, gram.clone(), products.clone(), energy)
        .scaledInPlace(scales);
  }

  /** The same in the place of these sums, which are lost. */
  HostParityRegressionMoments scaledInPlace(double[] scales) {
    for (int i = 0; i < size; i++) {
      products[i] /= scales[i];
      for (int j = 0; j < size; j++) {
        gram[i * size + j] /= scales[i] * scales[j];
      }
    }
    return this;
  }

  /** The problem with the given columns alone. */
  HostParityRegressionMoments select(int[] columns) {
    int count = columns.length;
    double[] picked = new double[count * count];
    double[] pickedProducts = new double[count];
    for (int i = 0; i < count; i++) {
      pickedProducts[i] = products[columns[i]];
      for (int j = 0; j < count; j++) {
        picked[i * count + j] = gram[columns[i] * size + columns[j]];
      }
    }
    return new HostParityRegressionMoments(count, rows, picked, pickedProducts, energy);
  }

  /** As a problem for the paths; penalties are for sums over the rows. */
  Paths.Problem problem(boolean[] free, double[] penalties) {
    return new Paths.Problem(size, gram, products, free, penalties);
  }

  /** Sum of squared errors of the weights {@code path[offset..offset + k)} on these rows. */
  double squaredError(double[] path, int offset) {
    int[] active = new int[size];
    int count = 0;
    for (int j = 0; j < size; j++) {
      if (path[offset + j] != 0) {
        active[count++] = j;
      }
    }
    double error = energy;
    for (int a = 0; a < count; a++) {
      int i = active[a];
      double fitted = 0;
      for (int b = 0; b < count; b++) {
        fitted += gram[i * size + active[b]] * path[offset + active[b]];
      }
      error += path[offset + i] * (fitted - 2 * products[i]);
    }
    return Math.max(error, 0);
  }
}
