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
    int[] largest = largest(numbers, Math.min(most, numbers.length));
    int count = largest.length;
    double[] sorted = new double[count];
    for (int k = 0; k < count; k++) {
      sorted[k] = Math.abs(numbers[largest[k]]);
    }
    Arrays.sort(sorted);
    int[] positions = new int[count];
    // How many of equal numbers have their place, by how many are larger.
    int[] placed = new int[count];
    for (int position : largest) {
      int larger = count - end(sorted, Math.abs(numbers[position]));
      positions[larger + placed[larger]++] = position;
    }
    return positions;
  }

  /** Ascending positions of so many numbers of largest magnitude; of equal ones the first. */
  private static int[] largest(double[] numbers, int count) {
    int[] positions = new int[count];
    double least = least(numbers, count);
    int equal = count;
    for (double number : numbers) {
      equal -= Math.abs(number) > least ? 1 : 0;
    }
    int at = 0;
    for (int i = 0; i < numbers.length && at < count; i++) {
      double magnitude = Math.abs(numbers[i]);
      if (magnitude > least || magnitude == least && equal-- > 0) {
        positions[at++] = i;
      }
    }
    return positions;
  }

  /** The least of so many largest magnitudes; Hoare's selection. */
  private static double least(double[] numbers, int count) {
    double[] rest = new double[numbers.length];
    Arrays.setAll(rest, i -> Math.abs(numbers[i]));
    int wanted = rest.length - count;
    int from = 0;
    int to = rest.length - 1;
    while (from < to) {
      double pivot = middle(rest[from], rest[(from + to) >>> 1], rest[to]);
      int low = from;
      int high = to;
      while (low <= high) {
        while (rest[low] < pivot) {
          low++;
        }
        while (rest[high] > pivot) {
          high--;
        }
        if (low <= high) {
          double swapped = rest[low];
          rest[low++] = rest[high];
          rest[high--] = swapped;
        }
      }
      if (wanted <= high) {
        to = high;
      } else if (wanted >= low) {
        from = low;
      } else {
        return pivot;
      }
    }
    return count > 0 ? rest[wanted] : Double.POSITIVE_INFINITY;
  }

  private static double middle(double a, double b, double c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
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
