package dev.ablate.solve.auto;

import dev.ablate.mask.Masks;
import java.util.Arrays;

/**
 * How much energy, {@code sum of F(S)^2}, values hold in all sets of an order together: far more
 * than in any one of them, so that thousands of terms show of which none would.
 *
 * <p>The parities of all sets of order k, multiplied for two masks and summed, are the Krawtchouk
 * polynomial of the masks' distance, {@code K_k(d) = sum_{|S|=k} chi_S(m) chi_S(m')}; so {@code
 * sum_{r != q} y_r y_q K_k(d_rq) / rows^2} estimates the energy without bias. Without structure its
 * standard deviation is {@code variance sqrt(2 C(features, k)) / rows}.
 *
 * @param scores {@code (orders)} the estimates in such standard deviations, order 1 first
 * @param hidden share of the variance that sets of order 2 may hold without being clear
 */
record OrderEnergies(double[] scores, double hidden) {
  /** Orders that are looked at. */
  static final int ORDERS = 4;

  /** From so many standard deviations on there is structure. */
  static final double CLEAR = 4;

  /** Most rows that are looked at; their pairs are. */
  private static final int MOST_ROWS = 6_000;

  /**
   * The energies of values.
   *
   * @param masks {@code (rows, features)} host masks, uniform
   * @param values {@code (rows)}, of mean 0
   */
  static OrderEnergies of(Masks masks, double[] values) {
    int features = masks.features();
    int rows = Math.min(values.length, MOST_ROWS);
    double[] byDistance = byDistance(masks, values, rows);
    double variance = Arrays.stream(values, 0, rows).map(v -> v * v).sum() / rows;
    double[] scores = new double[Math.min(ORDERS, features)];
    if (variance == 0) {
      return new OrderEnergies(scores, 0);
    }
    for (int d = 0; d <= features; d++) {
      double before = 0;
      double krawtchouk = 1;
      for (int k = 0; k < scores.length; k++) {
        double next = ((features - 2.0 * d) * krawtchouk - (features - k + 1.0) * before) / (k + 1);
        before = krawtchouk;
        krawtchouk = next;
        scores[k] += 2 * byDistance[d] * krawtchouk / rows;
      }
    }
    double sets = 1;
    for (int k = 0; k < scores.length; k++) {
      sets = sets * (features - k) / (k + 1);
      scores[k] /= variance * Math.sqrt(2 * sets);
    }
    double pairs = 0.5 * features * Math.max(1, features - 1);
    return new OrderEnergies(scores, CLEAR * Math.sqrt(2 * pairs) / rows);
  }

  /** Whether some order holds more than noise. */
  boolean clear() {
    return Arrays.stream(scores).anyMatch(score -> score >= CLEAR);
  }

  /** Sums of the products of two values by the distance of their masks. */
  private static double[] byDistance(Masks masks, double[] values, int rows) {
    long[][] columns = columns(masks, rows);
    double[] sums = new double[masks.features() + 1];
    int[] distances = new int[rows];
    for (int r = 1; r < rows; r++) {
      Arrays.fill(distances, 0, r, 0);
      for (long[] column : columns) {
        addDistances(column, r, distances);
      }
      for (int q = 0; q < r; q++) {
        sums[distances[q]] += values[r] * values[q];
      }
    }
    return sums;
  }

  /** The words of the first masks, one array a word: loops over them run along memory. */
  private static long[][] columns(Masks masks, int rows) {
    long[] all = masks.hostWords();
    long[][] columns = new long[masks.words()][rows];
    for (int r = 0; r < rows; r++) {
      for (int w = 0; w < columns.length; w++) {
        columns[w][r] = all[r * columns.length + w];
      }
    }
    return columns;
  }

  /** In how many bits of a word the masks before one differ from it. */
  private static void addDistances(long[] column, int mask, int[] distances) {
    for (int q = 0; q < mask; q++) {
      distances[q] += Long.bitCount(column[mask] ^ column[q]);
    }
  }
}
