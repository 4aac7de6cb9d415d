package dev.ablate.solve.proxyspex;

import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra;
import dev.ablate.spectrum.SetTable;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Sets that a lasso may choose from: the empty set, singletons, and the largest terms of a proxy's
 * spectrum. Each carries a first guess of its coefficient's magnitude.
 */
final class Candidates {
  /** Fewest and most terms of order 2 and more that are taken from the trees. */
  private static final int LEAST_TERMS = 1_000;

  private static final int MOST_TERMS = 3_000;

  /** Rows for each term, between those. */
  private static final int ROWS_A_TERM = 4;

  /** The same as a number, with the empty set. */
  static final int MOST = 1001;

  /** Most singletons; with more features those with the largest products are taken. */
  static final int SINGLETONS = 2000;

  /** How much the guesses weigh in the penalty: 0 not at all, 1 as their inverse. */
  static final double POWER = 0.5;

  /** Guesses below this share of the largest are raised to it. */
  private static final double FLOOR = 0.01;

  private final Sets sets;
  private final double[] guesses;

  private Candidates(Sets sets, double[] guesses) {
    this.sets = sets;
    this.guesses = guesses;
  }

  /** What is taken from trees that were grown on so many rows. */
  static TreeSpectra.Selection terms(int rows) {
    int terms = Math.max(LEAST_TERMS, Math.min(MOST_TERMS, rows / ROWS_A_TERM));
    return TreeSpectra.Selection.largest(terms);
  }

  /**
   * The candidates that a proxy's spectrum suggests.
   *
   * @param terms the proxy's spectrum, as far as {@link #terms} selects it
   * @param linear {@code (features)} coefficients of the singletons, each regressed alone
   * @param most how many sets; where they are too many, two in three are singletons
   */
  static Candidates of(TreeSpectra.Terms terms, double[] linear, int most) {
    int features = linear.length;
    Spectrum proxy = new Spectrum(features, terms.sets(), terms.coefficients());
    int others = Math.min(MOST, proxy.ofOrders(2, Integer.MAX_VALUE).size() + 1);
    int singletons =
        Math.min(features, SINGLETONS) + others <= most
            ? SINGLETONS
            : Math.max(most - others, 2 * most / 3);
    SetTable table = new SetTable();
    table.add(new int[0], 0, 0);
    IntStream.range(0, features)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -Math.abs(linear[i])))
        .limit(Math.min(SINGLETONS, singletons))
        .sorted()
        .forEach(i -> table.add(new int[] {i}, 0, 1));
    int room = Math.max(0, most - table.size());
    Spectrum interactions = proxy.ofOrders(2, Integer.MAX_VALUE).top(room);
    for (int s = 0; s < interactions.size(); s++) {
      int[] set = interactions.sets().get(s);
      table.add(set, 0, set.length);
    }
    Sets sets = table.sets();
    double[] guesses = new double[sets.size()];
    Arrays.setAll(guesses, s -> Math.abs(proxy.coefficientOf(sets.get(s))));
    return new Candidates(sets, guesses);
  }

  /** These candidates and further ones, which must be new. */
  Candidates with(Spectrum further) {
    SetTable table = new SetTable(sets);
    double[] all = Arrays.copyOf(guesses, guesses.length + further.size());
    for (int s = 0; s < further.size(); s++) {
      int[] set = further.sets().get(s);
      all[table.add(set, 0, set.length)] = Math.abs(further.coefficient(s));
    }
    return new Candidates(table.sets(), all);
  }

  /** The sets; the empty one first. */
  Sets sets() {
    return sets;
  }

  /**
   * Factors on the penalties: the guesses' magnitude, relative to the largest, to {@code -power}.
   */
  double[] scales() {
    double largest = 0;
    for (int s = 1; s < guesses.length; s++) {
      largest = Math.max(largest, guesses[s]);
    }
    double unit = largest > 0 ? largest : 1;
    double[] scales = new double[guesses.length];
    Arrays.setAll(scales, s -> Math.pow(Math.min(1, guesses[s] / unit + FLOOR), -POWER));
    scales[0] = 1;
    return scales;
  }
}
