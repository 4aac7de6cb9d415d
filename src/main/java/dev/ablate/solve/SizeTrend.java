package dev.ablate.solve;

import dev.ablate.mask.Masks;

/**
 * What values owe to the sizes of their masks alone. Where sizes are spread wide, parities of all
 * orders rise and fall together with the size, each as a polynomial of the degree of its order;
 * less such a polynomial, values correlate with parities for what the sets themselves do.
 */
final class SizeTrend {
  /** Orders beyond it hardly depend on the size, and are not screened for. */
  private static final int DEGREE = 6;

  /** A polynomial that keeps a smaller share of its squares beside the lower ones is none. */
  private static final double NONE = 1e-9;

  private final int[] sizes;
  private final double[] counts;
  private final double[][] polynomials = new double[DEGREE + 1][];

  /** The trends of a table of masks: least squares over its rows, degree by degree. */
  SizeTrend(Masks masks) {
    sizes = masks.sizes();
    counts = new double[masks.features() + 1];
    for (int size : sizes) {
      counts[size]++;
    }
    for (int degree = 0; degree <= DEGREE; degree++) {
      double[] next = new double[counts.length];
      for (int k = 0; k < next.length; k++) {
        double kept = 2.0 * k / masks.features() - 1;
        next[k] = degree == 0 ? 1 : kept * polynomials[degree - 1][k];
      }
      double before = product(next, next);
      for (int lower = 0; lower < degree; lower++) {
        subtract(next, polynomials[lower], product(next, polynomials[lower]));
      }
      double squares = product(next, next);
      double unit = squares > NONE * before ? 1 / Math.sqrt(squares) : 0;
      for (int k = 0; k < next.length; k++) {
        next[k] *= unit;
      }
      polynomials[degree] = next;
    }
  }

  private double product(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < counts.length; k++) {
      sum += counts[k] * a[k] * b[k];
    }
    return sum;
  }

  private static void subtract(double[] from, double[] other, double factor) {
    for (int k = 0; k < from.length; k++) {
      from[k] -= factor * other[k];
    }
  }

  /** Takes the trend off one output of {@code (rows, outputs) row-major} values, in place. */
  void remove(double[] values, int outputs, int output) {
    double[] trend = new double[counts.length];
    for (double[] polynomial : polynomials) {
      double coefficient = 0;
      for (int r = 0; r < sizes.length; r++) {
        coefficient += values[r * outputs + output] * polynomial[sizes[r]];
      }
      subtract(trend, polynomial, -coefficient);
    }
    for (int r = 0; r < sizes.length; r++) {
      values[r * outputs + output] -= trend[sizes[r]];
    }
  }
}
