package dev.ablate.solve.screen;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Screening;
import dev.ablate.backend.Sets;
import dev.ablate.solve.Centred;
import dev.ablate.solve.ChanceErrors;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Problem;
import dev.ablate.solve.lasso.LeastSquares;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Memory;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Rounds of screening for one output. A round tests sets on what the terms so far leave, adds those
 * beyond the threshold of their order, fits all terms by least squares and drops those that are
 * weak beside the others. The residual's spread falls from round to round, so weaker terms come up.
 *
 * <p>A threshold is {@code z} times the {@link ChanceErrors} of the residual with {@code z} by
 * {@link OrderLimits}, such that in a pass pure noise exceeds any with a probability of {@value
 * #ERROR}.
 */
final class Screener {
  /** Family-wise error of a pass over all candidates. */
  static final double ERROR = 0.05;

  /** Family-wise error of a search by signs, which comes on top. */
  static final double SIGNS_ERROR = 0.01;

  private static final int MOST_NEAR = 4_000;
  private static final int ROUNDS = 12;

  /** Rounds that a search by signs may add. */
  private static final int SIGN_ROUNDS = 24;

  /** Share of the variance that nobody looks for by signs. */
  private static final double EXPLAINED = 0.001;

  /** Share of the rows that terms may take. */
  private static final double MOST_TERMS = 0.25;

  private final Backend backend;
  private final Problem problem;
  private final int output;
  private final ScreenPlan plan;
  private final SignPlan signPlan;
  // Repeats of a mask are its weight; they are no evidence of their own.
  private final int distinct;
  private final TreeSet<int[]> dropped = new TreeSet<>(Sets::compare);
  private final TreeSet<int[]> terms = new TreeSet<>(Sets::compare);
  private List<int[]> near = List.of();
  private LeastSquares fit;
  // What the fit leaves, to correlate with parities.
  private Problem left;
  private ChanceErrors error;
  private OrderLimits limits;
  private SignSearch signs;
  private OrderLimits signLimits;
  private double variance;
  // The last terms came by signs: the next ones are looked for there first.
  private boolean bySigns;
  private int rounds;
  private int signRounds;
  private int searches;

  /**
   * A screening.
   *
   * @param problem masks and values
   * @param output which output
   * @param plan what a search tests
   * @param signPlan what is looked for by signs where that finds no more
   */
  Screener(Problem problem, int output, ScreenPlan plan, SignPlan signPlan) {
    this.backend = problem.backend();
    this.problem = problem;
    this.output = output;
    this.plan = plan;
    this.signPlan = signPlan;
    this.distinct = problem.repeats().distinct();
    terms.add(new int[0]);
  }

  /** Runs rounds until a search finds nothing, starting from known terms. */
  Screener run(Spectrum start) {
    for (int s = 0; s < start.size(); s++) {
      terms.add(start.sets().get(s));
    }
    limits = OrderLimits.of(plan, problem.features(), problem.design().chosenFrom(), ERROR);
    if (signPlan.searches()) {
      int full = plan.fullOrder();
      signLimits = OrderLimits.ofAll(full + 1, signPlan.joined(), problem.features(), SIGNS_ERROR);
      signs = new SignSearch(signPlan, full, signLimits);
      variance = variance();
    }
    try {
      refit();
      boolean found = true;
      for (rounds = 0; rounds - signRounds < ROUNDS && found && !exhausted(); rounds++) {
        found = add(next());
        if (found) {
          refit();
        }
      }
      if (terms.size() >= room() && room() < wanted()) {
        Memory.isShort("screening", "terms", room());
      }
      return this;
    } finally {
      forget();
    }
  }

  private double variance() {
    try (Problem one = problem.outputs(output);
        Centred centred = one.centred()) {
      return centred.problem().summary(0).squares();
    }
  }

  /** What is found on the present residual: the quickest search that finds anything. */
  private TreeMap<int[], Double> next() {
    TreeMap<int[], Double> hits = again();
    if (hits.isEmpty() && !bySigns) {
      // How many more searches follow nobody knows.
      hits = Work.part(null, 0.5, this::search);
    }
    if (hits.isEmpty() && signs != null) {
      boolean before = bySigns;
      hits = Work.part(null, 0.3, this::bySigns);
      bySigns = !hits.isEmpty();
      signRounds += bySigns ? 1 : 0;
      // What the full orders lacked the spread for may stand out by now.
      hits = before && !bySigns ? Work.part(null, 0.5, this::search) : hits;
    }
    return hits;
  }

  /** Sets of higher orders that the signs of the largest residuals suggest and all rows confirm. */
  private TreeMap<int[], Double> bySigns() {
    double share = left.summary(0).squares() / variance;
    if (signRounds >= SIGN_ROUNDS || !(share > EXPLAINED)) {
      return new TreeMap<>(Sets::compare);
    }
    TreeMap<int[], Double> hits = signs.search(left, this::confirmed);
    return hits == null ? new TreeMap<>(Sets::compare) : hits;
  }

  private TreeMap<int[], Double> confirmed(List<int[]> sets) {
    TreeMap<int[], Double> hits = new TreeMap<>(Sets::compare);
    if (!sets.isEmpty()) {
      beyond(sets, signLimits, hits);
    }
    return hits.isEmpty() ? null : hits;
  }

  /** Frees what the present fit leaves of the rows. */
  private void forget() {
    if (left != null) {
      left.close();
    }
    if (fit != null) {
      fit.close();
    }
  }

  /** The candidates of a pass: the full orders and as many as higher orders may have. */
  private double candidates() {
    return IntStream.rangeClosed(1, plan.maxOrder())
        .mapToDouble(order -> plan.candidates(order, problem.features()))
        .sum();
  }

  private double spread() {
    return Math.sqrt(fit.left().summary(0).squares() / problem.rows());
  }

  /** Nothing is left but rounding, or as many terms as rows can bear. */
  private boolean exhausted() {
    return spread() <= 1e-12 * problem.summary(output).largest() || terms.size() >= room();
  }

  private int wanted() {
    return Math.max(1, (int) Math.min(LeastSquares.MOST_SETS, MOST_TERMS * distinct));
  }

  private int room() {
    return Memory.square(wanted(), LeastSquares.PAIR);
  }

  /** Near misses of the last search that exceed the threshold by now. */
  private TreeMap<int[], Double> again() {
    TreeMap<int[], Double> hits = new TreeMap<>(Sets::compare);
    if (!near.isEmpty()) {
      beyond(near, limits, hits);
    }
    return hits;
  }

  /** Tests sets on all rows. */
  private void beyond(List<int[]> some, OrderLimits limits, TreeMap<int[], Double> hits) {
    Sets sets = Sets.of(some);
    var found =
        backend
            .parityRegression()
            .hits(
                sets,
                problem.masks().buffer(),
                problem.rows(),
                problem.features(),
                left.output(0),
                limits.thresholds().values().stream().min(Double::compare).orElseThrow()
                    * error.least());
    for (int h = 0; h < found.positions().length; h++) {
      int[] set = sets.get(found.positions()[h]);
      if (isBeyond(set, found.coefficients()[h], limits)) {
        put(hits, set, found.coefficients()[h]);
      }
    }
  }

  private boolean isBeyond(int[] set, double coefficient, OrderLimits limits) {
    return Math.abs(coefficient) >= limits.threshold(set.length) * error.of(set.length);
  }

  private void put(TreeMap<int[], Double> hits, int[] set, double coefficient) {
    if (!terms.contains(set) && !dropped.contains(set)) {
      hits.put(set, coefficient);
    }
  }

  /** A pass over all candidates; what comes near the threshold is kept for later rounds. */
  private TreeMap<int[], Double> search() {
    searches++;
    TreeMap<int[], Double> hits = new TreeMap<>(Sets::compare);
    near = new ArrayList<>();
    int[] all = IntStream.range(0, problem.features()).toArray();
    int[] active = active();
    double left = candidates();
    for (int order = 1; order <= plan.maxOrder(); order++) {
      boolean full = order <= plan.fullOrder();
      int count = full ? all.length : plan.activeFeatures(order, active.length);
      if (count > 0) {
        int[] among = full ? all : Arrays.stream(active, 0, count).sorted().toArray();
        double own = plan.candidates(order, problem.features());
        search(among, order, hits, own / left);
        left -= own;
      }
    }
    return hits;
  }

  private void search(int[] features, int order, TreeMap<int[], Double> hits, double share) {
    Screening.Search search =
        new Screening.Search(
            features,
            order,
            order,
            limits.near(order, features.length) * error.of(order),
            MOST_NEAR);
    Screening.Hits found = Work.part(null, share, () -> screened(search));
    for (int h = 0; h < found.sets().size(); h++) {
      int[] set = found.sets().get(h);
      if (isBeyond(set, found.coefficients()[h], limits)) {
        put(hits, set, found.coefficients()[h]);
      } else {
        near.add(set);
      }
    }
  }

  private Screening.Hits screened(Screening.Search search) {
    return backend
        .screening()
        .screen(
            problem.masks().buffer(),
            problem.rows(),
            problem.features(),
            left.output(0),
            1,
            List.of(search))
        .get(0);
  }

  /** The features of the terms, by falling energy. */
  private int[] active() {
    double[] energy = new double[problem.features()];
    int t = 0;
    for (int[] term : terms) {
      for (int feature : term) {
        energy[feature] += fit.coefficients()[t] * fit.coefficients()[t];
      }
      t++;
    }
    return IntStream.range(0, energy.length)
        .filter(i -> energy[i] > 0)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -energy[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Adds the strongest hits, as many as there is room for; whether there were any. */
  private boolean add(TreeMap<int[], Double> hits) {
    List<Map.Entry<int[], Double>> strongest = new ArrayList<>(hits.entrySet());
    strongest.sort(Comparator.comparingDouble(hit -> -Math.abs(hit.getValue())));
    int before = terms.size();
    strongest.stream().limit(Math.max(0, room() - before)).forEach(hit -> terms.add(hit.getKey()));
    return terms.size() > before;
  }

  /**
   * Fits all terms and drops those below the limit, the weaker half of them at a time: a term that
   * should not be there makes others look weak.
   */
  private void refit() {
    boolean pruned = true;
    while (pruned) {
      List<int[]> all = new ArrayList<>(terms);
      forget();
      fit = LeastSquares.of(problem, output, Sets.of(all));
      left = fit.left().withoutSizes();
      error = ChanceErrors.of(left);
      double[] ratios = new double[all.size()];
      Arrays.setAll(ratios, t -> Math.abs(fit.coefficients()[t]) / fit.standardErrors()[t]);
      int[] weak =
          IntStream.range(0, ratios.length)
              .filter(t -> all.get(t).length > 0 && ratios[t] < limits.kept(all.get(t).length))
              .boxed()
              .sorted(Comparator.comparingDouble(t -> ratios[t]))
              .mapToInt(Integer::intValue)
              .toArray();
      for (int w = 0; w < (weak.length + 1) / 2; w++) {
        terms.remove(all.get(weak[w]));
        dropped.add(all.get(weak[w]));
      }
      pruned = weak.length > 0;
    }
  }

  /** The terms found. */
  Spectrum spectrum() {
    return new Spectrum(problem.features(), Sets.of(terms), fit.coefficients());
  }

  /** A standard error for each term of the spectrum. */
  double[] standardErrors() {
    return fit.standardErrors().clone();
  }

  /** What was searched. */
  FitReport report() {
    int[] active = active();
    Map<Integer, Integer> counts = new LinkedHashMap<>();
    for (int order = plan.fullOrder() + 1; order <= plan.maxOrder(); order++) {
      counts.put(order, plan.activeFeatures(order, active.length));
    }
    return new FitReport.Screening(
        plan.fullOrder(),
        plan.maxOrder(),
        counts,
        candidates(),
        ERROR,
        limits.thresholds(),
        limits.kept(),
        rounds,
        searches,
        near.size(),
        signPlan.joined(),
        signs == null ? 0 : signs.searches(),
        signs == null ? 0 : signs.lookups(),
        terms.size());
  }
}
