package dev.ablate.solve.proxyspex;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Screening;
import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.solve.screen.NormalTail;
import dev.ablate.spectrum.Combinations;
import dev.ablate.spectrum.SetTable;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tests what trees overlook: sets of strong features whose subsets, other than the singletons, do
 * little. Every set of an order among the features that carry the most energy is correlated with
 * the residual, and those are hits that pure noise would reach once in twenty screenings.
 */
final class ActiveScreening {
  private static final int[] ORDERS = {2, 3, 4, 5};

  /** Most sets an order; it decides among how many features sets are formed. */
  private static final int SETS = 60_000;

  /** A threshold that every coefficient exceeds. */
  static final double ALL = -1;

  /** Family-wise error. */
  private static final double ERROR = 0.05;

  private ActiveScreening() {}

  /**
   * Screens a residual.
   *
   * @param backend where the sums run
   * @param masks {@code (rows, features)}
   * @param residual {@code (rows)} what the fit leaves
   * @param fit the present fit; its energy ranks the features
   * @param known sets that are candidates already
   * @return the hits, with their regression coefficients on the residual
   */
  static Spectrum hits(Backend backend, Masks masks, double[] residual, Spectrum fit, Sets known) {
    SetTable have = new SetTable(known);
    int[] ranked = rank(fit);
    List<Sets> orders = new ArrayList<>();
    long tests = 0;
    for (int order : ORDERS) {
      Sets sets = unknownSets(ranked, order, have);
      orders.add(sets);
      tests += sets.size();
    }
    double spread = Arrays.stream(residual).map(r -> r * r).sum();
    double error = Math.sqrt(spread) / masks.count();
    double threshold = NormalTail.quantile(ERROR / (2.0 * Math.max(1, tests))) * error;
    Spectrum hits = Spectrum.zero(masks.features());
    for (Sets sets : orders) {
      ParityRegression.Hits found =
          backend
              .parityRegression()
              .hits(
                  sets,
                  masks.buffer(),
                  masks.count(),
                  masks.features(),
                  HostBuffer.of(residual),
                  threshold);
      hits =
          hits.plus(
              new Spectrum(masks.features(), sets.select(found.positions()), found.coefficients()));
    }
    return hits;
  }

  /** The features of a fit by falling energy; features without energy are left out. */
  private static int[] rank(Spectrum fit) {
    double[] energy = new double[fit.features()];
    for (int s = 0; s < fit.size(); s++) {
      for (int feature : fit.sets().get(s)) {
        energy[feature] += fit.coefficient(s) * fit.coefficient(s);
      }
    }
    return IntStream.range(0, energy.length)
        .filter(i -> energy[i] > 0)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -energy[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** All sets of an order among the first features, as many as keep within the limit. */
  private static Sets unknownSets(int[] ranked, int order, SetTable have) {
    int features = order;
    while (features < ranked.length && Screening.candidates(features + 1, order, order) <= SETS) {
      features++;
    }
    if (ranked.length < order) {
      return Sets.of(List.of());
    }
    List<int[]> sets = new ArrayList<>();
    int[] subset = Combinations.first(order);
    do {
      int[] set = Arrays.stream(subset).map(i -> ranked[i]).sorted().toArray();
      if (have.find(set, 0, order) < 0) {
        sets.add(set);
      }
    } while (Combinations.next(subset, features));
    return Sets.of(sets);
  }
}
