package dev.ablate.solve;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Rows;
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
public record OrderEnergies(double[] scores, double hidden) {
  /** Orders that are looked at. */
  public static final int ORDERS = 4;

  /** From so many standard deviations on there is structure. */
  public static final double CLEAR = 4;

  /** Most rows that are looked at; their pairs are. */
  private static final int MOST_ROWS = 6_000;

  /**
   * The energies of values.
   *
   * @param problem one output, of mean 0
   */
  public static OrderEnergies of(Problem problem) {
    try (Problem uniform = problem.asUniform()) {
      return ofUniform(uniform);
    }
  }

  private static OrderEnergies ofUniform(Problem problem) {
    int features = problem.features();
    int rows = Math.min(problem.rows(), MOST_ROWS);
    Buffer values = problem.output(0);
    Rows operations = problem.backend().rows();
    double variance = operations.summaries(values, rows, 1)[0].squares() / rows;
    if (variance == 0) {
      return none(features);
    }
    double[] byDistance = operations.byDistance(problem.masks().buffer(), values, rows, features);
    double[] scores = new double[Math.min(ORDERS, features)];
    // Complements are no independent pair: what their values share would count for every order.
    int furthest = problem.repeats().paired() ? features - 1 : features;
    for (int d = 0; d <= furthest; d++) {
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
    return new OrderEnergies(
        scores, CLEAR * Math.sqrt(2 * pairs) / rows * problem.rows() / problem.effectiveRows());
  }

  /** Those of values that are all 0. */
  public static OrderEnergies none(int features) {
    return new OrderEnergies(new double[Math.min(ORDERS, features)], 0);
  }

  /** Whether some order holds more than noise. */
  public boolean clear() {
    return clear(ORDERS);
  }

  /** Whether some order up to this holds more than noise. */
  public boolean clear(int most) {
    return Arrays.stream(scores).limit(most).anyMatch(score -> score >= CLEAR);
  }
}
