package dev.ablate.solve.proxyspex;

import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Screening;
import dev.ablate.backend.Sets;
import dev.ablate.solve.ChanceErrors;
import dev.ablate.solve.Problem;
import dev.ablate.solve.screen.NormalTail;
import dev.ablate.spectrum.SetTable;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
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

  /** Two sums of the same products differ by less, as a share of a threshold. */
  private static final double ROUNDING = 1e-9;

  private ActiveScreening() {}

  /**
   * Screens a residual.
   *
   * @param rest one output: what the fit leaves, without what sizes alone do
   * @param fit the present fit; its energy ranks the features
   * @param known sets that are candidates already
   * @param most most hits; the strongest are taken
   * @return the hits, with their regression coefficients on the residual
   */
  static Spectrum hits(Problem rest, Spectrum fit, Sets known, int most) {
    SetTable have = new SetTable(known);
    int[] ranked = rank(fit);
    List<int[]> features = new ArrayList<>();
    double tests = 0;
    for (int order : ORDERS) {
      int[] some = strongest(ranked, order);
      features.add(some);
      tests += Screening.candidates(some.length, order, order) - among(known, some, order);
    }
    ChanceErrors error = ChanceErrors.of(rest);
    double z = NormalTail.quantile(ERROR / (2.0 * Math.max(1, tests)));
    List<int[]> near = new ArrayList<>();
    for (int k = 0; k < ORDERS.length; k++) {
      if (features.get(k).length > 0) {
        double threshold = z * error.of(ORDERS[k]);
        Sets found = screened(rest, features.get(k), ORDERS[k], threshold, most + known.size());
        for (int s = 0; s < found.size(); s++) {
          if (have.find(found.features(), found.starts()[s], found.order(s)) < 0) {
            near.add(found.get(s));
          }
        }
      }
    }
    if (near.isEmpty()) {
      return Spectrum.zero(rest.features());
    }
    Sets sets = Sets.of(near);
    ParityRegression.Hits hits =
        rest.backend()
            .parityRegression()
            .hits(
                sets,
                rest.masks().buffer(),
                rest.rows(),
                rest.features(),
                rest.output(0),
                z * error.least());
    int[] beyond =
        IntStream.range(0, hits.positions().length)
            .filter(
                h ->
                    Math.abs(hits.coefficients()[h])
                        >= z * error.of(sets.order(hits.positions()[h])))
            .toArray();
    return new Spectrum(
            rest.features(),
            sets.select(IntStream.of(beyond).map(h -> hits.positions()[h]).toArray()),
            IntStream.of(beyond).mapToDouble(h -> hits.coefficients()[h]).toArray())
        .top(most);
  }

  /** The strongest sets of an order beyond a threshold, or short of it by rounding. */
  private static Sets screened(
      Problem rest, int[] features, int order, double threshold, int most) {
    Screening.Search search =
        new Screening.Search(features, order, order, threshold * (1 - ROUNDING), most);
    return Work.part(
        null,
        0.3,
        () ->
            rest.backend()
                .screening()
                .screen(
                    rest.masks().buffer(),
                    rest.rows(),
                    rest.features(),
                    rest.output(0),
                    1,
                    List.of(search))
                .get(0)
                .sets());
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

  /** As many of the first features as keep an order within the limit, ascending; or none. */
  private static int[] strongest(int[] ranked, int order) {
    int features = order;
    while (features < ranked.length && Screening.candidates(features + 1, order, order) <= SETS) {
      features++;
    }
    return ranked.length < order
        ? new int[0]
        : Arrays.stream(ranked, 0, features).sorted().toArray();
  }

  /** How many sets of an order have all their features among some. */
  private static int among(Sets sets, int[] features, int order) {
    int count = 0;
    for (int s = 0; s < sets.size(); s++) {
      boolean inside = sets.order(s) == order;
      for (int k = 0; k < sets.order(s) && inside; k++) {
        inside = Arrays.binarySearch(features, sets.feature(s, k)) >= 0;
      }
      count += inside ? 1 : 0;
    }
    return count;
  }
}
