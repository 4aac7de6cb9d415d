package dev.ablate.spectrum;

import java.util.Arrays;

/** Numbers by their magnitude. */
public final class Magnitudes {
  private Magnitudes() {}

  /**
   * Positions by falling magnitude; of equal ones the first comes first.
   *
   * @param numbers no NaN among them
   * @param most how many positions at most
   */
  public static int[] falling(double[] numbers, int most) {
    int count = numbers.length;
    double[] sorted = new double[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = Math.abs(numbers[i]);
    }
    Arrays.sort(sorted);
    int[] positions = new int[Math.min(most, count)];
    // How many of equal numbers have their place, by how many are larger.
    int[] placed = new int[count];
    for (int i = 0; i < count; i++) {
      int larger = count - end(sorted, Math.abs(numbers[i]));
      int rank = larger + placed[larger]++;
      if (rank < positions.length) {
        positions[rank] = i;
      }
    }
    return positions;
  }

  /** How many of some ascending numbers are not larger than one of them. */
  private static int end(double[] sorted, double number) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
