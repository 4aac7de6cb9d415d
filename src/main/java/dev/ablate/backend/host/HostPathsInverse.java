package dev.ablate.backend.host;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * The active columns of a homotopy: signs, weights, and the inverse of their Gram matrix, kept up
 * to date as columns come and go.
 */
final class HostPathsInverse {
  private final double[] gram;
  private final int size;
  private int[] columns = new int[16];
  private int[] signs = new int[16];
  private double[] weights = new double[16];
  private double[][] inverse = new double[16][16];
  private int count;

  /** No columns of a Gram matrix {@code (size, size) row-major}. */
  HostPathsInverse(double[] gram, int size) {
    this.gram = gram;
    this.size = size;
  }

  int count() {
    return count;
  }

  int column(int i) {
    return columns[i];
  }

  /** The side of the residual product; 0 for columns without penalty. */
  int sign(int i) {
    return signs[i];
  }

  double weight(int i) {
    return weights[i];
  }

  /** Adds a column with weight 0, unless the others leave next to nothing of it. */
  boolean add(int column, int sign, double dependent) {
    double own = gram[column * size + column];
    double[] shares = solve(i -> gram[column * size + columns[i]]);
    double rest = own;
    for (int i = 0; i < count; i++) {
      rest -= shares[i] * gram[column * size + columns[i]];
    }
    if (!(rest > dependent * own)) {
      return false;
    }
    if (count == columns.length) {
      grow();
    }
    for (int a = 0; a < count; a++) {
      double[] row = inverse[a];
      double factor = shares[a] / rest;
      for (int b = 0; b < count; b++) {
        row[b] += factor * shares[b];
      }
      row[count] = -factor;
      inverse[count][a] = -factor;
    }
    inverse[count][count] = 1 / rest;
    columns[count] = column;
    signs[count] = sign;
    weights[count] = 0;
    count++;
    return true;
  }

  /** Removes a column; the last one takes its place. */
  void remove(int i) {
    double[] row = inverse[i].clone();
    for (int a = 0; a < count; a++) {
      double factor = row[a] / row[i];
      double[] other = inverse[a];
      for (int b = 0; b < count; b++) {
        other[b] -= factor * row[b];
      }
    }
    count--;
    columns[i] = columns[count];
    signs[i] = signs[count];
    weights[i] = weights[count];
    double[] last = inverse[count];
    inverse[count] = inverse[i];
    inverse[i] = last;
    for (int a = 0; a < count; a++) {
      inverse[a][i] = inverse[a][count];
    }
  }

  private void grow() {
    int capacity = 2 * columns.length;
    columns = Arrays.copyOf(columns, capacity);
    signs = Arrays.copyOf(signs, capacity);
    weights = Arrays.copyOf(weights, capacity);
    inverse = Arrays.copyOf(inverse, capacity);
    for (int i = 0; i < capacity; i++) {
      inverse[i] = i < count ? Arrays.copyOf(inverse[i], capacity) : new double[capacity];
    }
  }

  /** How the weights change for a fall of the penalty by one. */
  double[] direction() {
    return solve(i -> signs[i]);
  }

  /** The inverse times a vector. */
  double[] solve(IntToDoubleFunction right) {
    double[] vector = new double[count];
    Arrays.setAll(vector, right);
    double[] solution = new double[count];
    int i = 0;
    // Four rows a pass, as for the products with the Gram matrix.
    for (; i + 4 <= count; i += 4) {
      double[] a = inverse[i];
      double[] b = inverse[i + 1];
      double[] c = inverse[i + 2];
      double[] d = inverse[i + 3];
      double fa = vector[i];
      double fb = vector[i + 1];
      double fc = vector[i + 2];
      double fd = vector[i + 3];
      for (int j = 0; j < count; j++) {
        solution[j] += fa * a[j] + fb * b[j] + fc * c[j] + fd * d[j];
      }
    }
    for (; i < count; i++) {
      double[] a = inverse[i];
      double fa = vector[i];
      for (int j = 0; j < count; j++) {
        solution[j] += fa * a[j];
      }
    }
    return solution;
  }

  /** Adds a multiple of a direction to the weights. */
  void move(double step, double[] direction) {
    for (int i = 0; i < count; i++) {
      weights[i] += step * direction[i];
    }
  }
}
