package dev.ablate.benchmarks;

import dev.ablate.Ablate;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.search.KeptSets;
import dev.ablate.search.SubsetSearch;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which heads to keep: sets that the default's spectrum says are best, beside those of the largest
 * effects of an order-1 lasso on the same masks and the best of many random sets. All are chosen on
 * one half of the examples and scored on the other.
 */
final class CircuitPruning {
  private static final int SPLITS = 5;
  private static final int RANDOM_SETS = 5000;
  private static final long SEED = 99;
  private static final int STEPS = 8;

  private final Ablate engine;
  private final RememberedGame game;
  private final int features;
  private final Map<String, List<double[]>> scores = new LinkedHashMap<>();

  private CircuitPruning(Ablate engine, Game each) {
    this.engine = engine;
    this.game = new RememberedGame(each);
    this.features = each.features();
  }

  /**
   * Prints a line a split, the means, and a curve over the share that is kept.
   *
   * @param each the log-odds of each example's label, an output an example
   */
  static void measure(Ablate engine, Game each) {
    new CircuitPruning(engine, each).run();
  }

  private void run() {
    System.out.printf(
        "pruning: %d of %d heads, %d examples in %d splits%n",
        features / 2, features, game.outputs(), SPLITS);
    List<Spectrum> ours = new ArrayList<>();
    List<Spectrum> singles = new ArrayList<>();
    for (int split = 0; split < SPLITS; split++) {
      Game mean = game.mean(half(split, true));
      Explanation found = engine.request().game(mean).testMasks(0).explain();
      ours.add(found.spectrum());
      // All splits ask for the same masks.
      Masks masks = game.masks();
      singles.add(PlainLasso.fit(Evaluated.foreign(masks, values(mean, masks)), 1));
      System.out.printf(
          "  split %d: %d masks, R2 %.4f, %d terms%n",
          split, masks.count(), found.outputs().get(0).fit().r2(), found.spectrum().size());
    }
    double[] all = kept(IntStream.range(0, features).toArray());
    for (int split = 0; split < SPLITS; split++) {
      add("all heads", split, all);
      int[] half = {features / 2};
      add("default", split, kept(best(ours.get(split), half).get(0)));
      add("order-1 lasso", split, kept(largest(singles.get(split), half).get(0)));
    }
    curve(ours, singles);
    random();
    scores.forEach(
        (label, of) ->
            System.out.printf(
                "  %-24s fitting half %.4f, held-out half %.4f, right %.3f%n",
                label, mean(of, 0), mean(of, 1), mean(of, 2)));
  }

  private static double mean(List<double[]> rows, int column) {
    return rows.stream().mapToDouble(row -> row[column]).average().orElseThrow();
  }

  /** The examples of one half of a split. */
  private int[] half(int split, boolean fitting) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, game.outputs()).boxed().toList());
    Collections.shuffle(order, new Random(split));
    int middle = order.size() / 2;
    return (fitting ? order.subList(0, middle) : order.subList(middle, order.size()))
        .stream().mapToInt(Integer::intValue).sorted().toArray();
  }

  private static Values values(Game game, Masks masks) {
    Values values = Values.zeros(masks.count(), game.outputs());
    game.evaluate(masks, values);
    return values;
  }

  /** The random sets that are best on the fitting half of each split; all splits try the same. */
  private void random() {
    long start = System.nanoTime();
    for (int split = 0; split < SPLITS; split++) {
      Game mean = game.mean(half(split, true));
      int[] best = KeptSets.bestRandom(mean, 0, features / 2, RANDOM_SETS, SEED);
      add("best of " + RANDOM_SETS + " random", split, kept(best));
    }
    System.out.printf(
        "  %d random sets on %d examples in %.0f s%n",
        RANDOM_SETS, game.outputs(), (System.nanoTime() - start) / 1e9);
  }

  private static double[] row(Values values, int row) {
    return IntStream.range(0, values.outputs()).mapToDouble(o -> values.get(row, o)).toArray();
  }

  private static List<int[]> best(Spectrum spectrum, int[] sizes) {
    return KeptSets.bySpectrum(spectrum, sizes, SubsetSearch.WORK.standard());
  }

  /** By the effect of being kept: a coefficient's sign is that of being ablated. */
  private static List<int[]> largest(Spectrum singles, int[] sizes) {
    double[] weights = new double[singles.features()];
    Arrays.setAll(weights, f -> -singles.coefficientOf(f));
    return KeptSets.byWeight(weights, sizes);
  }

  private double[] kept(int[] heads) {
    boolean[] kept = new boolean[features];
    Arrays.stream(heads).forEach(head -> kept[head] = true);
    return row(values(game, Masks.of(new boolean[][] {kept})), 0);
  }

  private void add(String label, int split, double[] values) {
    int[] held = half(split, false);
    double[] row = {average(values, half(split, true)), average(values, held), right(values, held)};
    scores.computeIfAbsent(label, l -> new ArrayList<>()).add(row);
    System.out.printf(
        "  split %d, %-24s fitting half %.4f, held-out half %.4f, right %.3f%n",
        split, label, row[0], row[1], row[2]);
  }

  private static double average(double[] values, int[] some) {
    return Arrays.stream(some).mapToDouble(e -> values[e]).average().orElseThrow();
  }

  /** The mean held-out log-odds and share right over splits, against the share that is kept. */
  private void curve(List<Spectrum> ours, List<Spectrum> singles) {
    System.out.println("  kept: default log-odds, right; order-1 lasso log-odds, right");
    int[] sizes = IntStream.range(1, STEPS).map(step -> features * step / STEPS).toArray();
    List<List<int[]>> bests = ours.stream().map(one -> best(one, sizes)).toList();
    List<List<int[]>> largests = singles.stream().map(one -> largest(one, sizes)).toList();
    for (int k = 0; k < sizes.length; k++) {
      double[] sums = new double[4];
      for (int split = 0; split < SPLITS; split++) {
        int[] held = half(split, false);
        double[] own = kept(bests.get(split).get(k));
        double[] single = kept(largests.get(split).get(k));
        sums[0] += average(own, held) / SPLITS;
        sums[1] += right(own, held) / SPLITS;
        sums[2] += average(single, held) / SPLITS;
        sums[3] += right(single, held) / SPLITS;
      }
      System.out.printf(
          "  %2d of %d: %.4f, %.3f; %.4f, %.3f%n",
          sizes[k], features, sums[0], sums[1], sums[2], sums[3]);
    }
  }

  private static double right(double[] values, int[] some) {
    return Arrays.stream(some).filter(e -> values[e] > 0).count() / (double) some.length;
  }
}
