package dev.ablate.benchmarks;

import dev.ablate.Ablate;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.search.KeptSets;
import dev.ablate.search.SampledInteractions;
import dev.ablate.search.SubsetSearch;
import dev.ablate.spectrum.Combinations;
import dev.ablate.spectrum.Spectrum;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which heads to keep: sets that the default's spectrum says are best, with its interactions as far
 * as the examples bear them out and as they are, beside those of the largest effects of an order-1
 * lasso on the same masks and the best of many random sets. All are chosen on one half of the
 * examples of each label and scored on the other. All splits share one table of masks and examples.
 */
final class CircuitPruning {
  private static final int SPLITS = 5;
  private static final long SEED = 99;
  private static final int STEPS = 8;
  private static final List<String> WAYS =
      List.of("interactions", "default as it is", "order-1 lasso");

  private final Ablate engine;
  private final RememberedGame game;
  private final int features;
  private final int randomSets;
  private final Path table;
  private final Map<String, List<double[]>> scores = new LinkedHashMap<>();

  private CircuitPruning(Ablate engine, Game each, int randomSets, Path table) {
    this.engine = engine;
    this.game = new RememberedGame(each);
    this.features = each.features();
    this.randomSets = randomSets;
    this.table = table;
  }

  /**
   * Prints a line a split, the means, and a curve over the share that is kept.
   *
   * @param each the log-odds of each example's label, an output an example; the first half of them
   *     has one label, the second the other
   * @param randomSets how many random sets are tried; 0 for none
   * @param table a folder in which evaluated masks are kept for later runs; null for none
   */
  static void measure(Ablate engine, Game each, int randomSets, Path table) {
    new CircuitPruning(engine, each, randomSets, table).run();
  }

  /**
   * Prints how the default's best set of half of the heads compares with all such sets.
   *
   * @param mean the mean over examples, of few heads
   */
  static void exhaustive(Ablate engine, Game mean) {
    int features = mean.features();
    Explanation found = engine.request().game(mean).testMasks(0).explain();
    Spectrum spectrum = found.outputs().get(0).spectrum();
    int[] sizes = {features / 2};
    int[] best = KeptSets.bySpectrum(spectrum, sizes, SubsetSearch.WORK.standard()).get(0);
    List<int[]> all = new ArrayList<>();
    int[] set = Combinations.first(features / 2);
    do {
      all.add(set.clone());
    } while (Combinations.next(set, features));
    double[] values = KeptSets.values(mean, all).column(0);
    double[] predicted =
        all.stream()
            .mapToDouble(one -> KeptSets.values(spectrum(spectrum), List.of(one)).get(0, 0))
            .toArray();
    double own = KeptSets.values(mean, List.of(best)).get(0, 0);
    double byAll = Arrays.stream(predicted).max().orElseThrow();
    double bySearch = KeptSets.values(spectrum(spectrum), List.of(best)).get(0, 0);
    System.out.printf(
        "exhaustive: %d of %d heads, %d masks, R2 %.5f; by the spectrum %.6f, best of all %d sets"
            + " %.6f; measured %.6f, best of all %.6f, sets that are better: %d%n",
        features / 2,
        features,
        found.outputs().get(0).fit().masks(),
        found.outputs().get(0).fit().r2(),
        bySearch,
        all.size(),
        byAll,
        own,
        Arrays.stream(values).max().orElseThrow(),
        Arrays.stream(values).filter(value -> value > own + 1e-6).count());
  }

  private static Game spectrum(Spectrum spectrum) {
    return Game.of(spectrum.features(), spectrum::evaluate);
  }

  private void run() {
    if (table != null) {
      game.load(table);
    }
    System.out.printf(
        "pruning: %d of %d heads, %d examples in %d splits, %d masks from an earlier run%n",
        features / 2, features, game.outputs(), SPLITS, game.evaluated());
    List<List<Spectrum>> spectra = new ArrayList<>();
    for (int split = 0; split < SPLITS; split++) {
      spectra.add(spectra(split));
    }
    keep();
    int[] half = {features / 2};
    double[] all = kept(IntStream.range(0, features).toArray());
    for (int split = 0; split < SPLITS; split++) {
      add("all heads", split, all);
      for (int way = 0; way < WAYS.size(); way++) {
        int[] set = sets(spectra.get(split), way, half).get(0);
        add(WAYS.get(way), split, kept(set));
      }
    }
    curve(spectra);
    if (randomSets > 0) {
      random();
      keep();
    }
    scores.forEach(
        (label, of) ->
            System.out.printf(
                "  %-24s fitting half %.4f, held-out half %.4f, right %.3f%n",
                label, mean(of, 0), mean(of, 1), mean(of, 2)));
  }

  private void keep() {
    if (table != null) {
      game.save(table);
    }
  }

  /** One a way. */
  private List<Spectrum> spectra(int split) {
    int[] fitting = half(split, true);
    MaskList asked = new MaskList(game.mean(fitting));
    Explanation found = engine.request().game(asked).testMasks(0).explain();
    Output output = found.outputs().get(0);
    Masks masks = asked.masks();
    Values each = columns(values(game, masks), fitting);
    long start = System.nanoTime();
    Spectrum expected = SampledInteractions.of(output.spectrum(), output.link(), masks, each);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "  split %d: %d masks, R2 %.4f, %d terms; of the energy of interactions %.4f is left (%.1f"
            + " s)%n",
        split,
        masks.count(),
        output.fit().r2(),
        output.spectrum().size(),
        interactions(expected) / interactions(output.spectrum()),
        seconds);
    Spectrum singles =
        PlainLasso.fit(Evaluated.foreign(masks, values(game.mean(fitting), masks)), 1);
    return List.of(expected, output.spectrum(), singles);
  }

  private static double interactions(Spectrum spectrum) {
    double[] energy = spectrum.energyByOrder();
    return Arrays.stream(energy).skip(2).sum();
  }

  private static double mean(List<double[]> rows, int column) {
    return rows.stream().mapToDouble(row -> row[column]).average().orElseThrow();
  }

  /** The examples of one half of a split, as many of each label. */
  private int[] half(int split, boolean fitting) {
    int ofLabel = game.outputs() / 2;
    Random random = new Random(split);
    List<Integer> half = new ArrayList<>();
    for (int label = 0; label < 2; label++) {
      int from = label * ofLabel;
      List<Integer> order = new ArrayList<>(IntStream.range(from, from + ofLabel).boxed().toList());
      Collections.shuffle(order, random);
      int middle = ofLabel / 2;
      half.addAll(fitting ? order.subList(0, middle) : order.subList(middle, ofLabel));
    }
    return half.stream().mapToInt(Integer::intValue).sorted().toArray();
  }

  private static Values values(Game game, Masks masks) {
    Values values = Values.zeros(masks.count(), game.outputs());
    game.evaluate(masks, values);
    return values;
  }

  private static Values columns(Values all, int[] some) {
    Values values = Values.zeros(all.count(), some.length);
    for (int r = 0; r < all.count(); r++) {
      for (int e = 0; e < some.length; e++) {
        values.set(r, e, all.get(r, some[e]));
      }
    }
    return values;
  }

  /** The random sets that are best on the fitting half of each split; all splits try the same. */
  private void random() {
    long start = System.nanoTime();
    int before = game.evaluated();
    for (int split = 0; split < SPLITS; split++) {
      Game mean = game.mean(half(split, true));
      int[] best = KeptSets.bestRandom(mean, 0, features / 2, randomSets, SEED);
      add("best of " + randomSets + " random", split, kept(best));
    }
    System.out.printf(
        "  %d random sets on %d examples, %d of them evaluated in %.0f s%n",
        randomSets, game.outputs(), game.evaluated() - before, (System.nanoTime() - start) / 1e9);
  }

  private static double[] row(Values values, int row) {
    return IntStream.range(0, values.outputs()).mapToDouble(o -> values.get(row, o)).toArray();
  }

  private static List<int[]> sets(List<Spectrum> spectra, int way, int[] sizes) {
    Spectrum spectrum = spectra.get(way);
    if (way < 2) {
      return KeptSets.bySpectrum(spectrum, sizes, SubsetSearch.WORK.standard());
    }
    // By the effect of being kept: a coefficient's sign is that of being ablated.
    double[] weights = new double[spectrum.features()];
    Arrays.setAll(weights, f -> -spectrum.coefficientOf(f));
    return KeptSets.byWeight(weights, sizes);
  }

  private double[] kept(int[] heads) {
    return row(KeptSets.values(game, List.of(heads)), 0);
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
  private void curve(List<List<Spectrum>> spectra) {
    System.out.println("  kept: held-out log-odds, right of " + String.join("; ", WAYS));
    int[] sizes = IntStream.range(1, STEPS).map(step -> features * step / STEPS).toArray();
    double[][][] sums = new double[sizes.length][WAYS.size()][2];
    for (int split = 0; split < SPLITS; split++) {
      int[] held = half(split, false);
      for (int way = 0; way < WAYS.size(); way++) {
        List<int[]> sets = sets(spectra.get(split), way, sizes);
        for (int k = 0; k < sizes.length; k++) {
          double[] values = kept(sets.get(k));
          sums[k][way][0] += average(values, held) / SPLITS;
          sums[k][way][1] += right(values, held) / SPLITS;
        }
      }
    }
    for (int k = 0; k < sizes.length; k++) {
      StringBuilder line = new StringBuilder();
      for (double[] way : sums[k]) {
        line.append(String.format(Locale.ROOT, "; %.4f, %.3f", way[0], way[1]));
      }
      System.out.printf("  %2d of %d: %s%n", sizes[k], features, line.substring(2));
    }
  }

  private static double right(double[] values, int[] some) {
    return Arrays.stream(some).filter(e -> values[e] > 0).count() / (double) some.length;
  }

  /** A game that knows which masks it was asked about. */
  private static final class MaskList implements Game {
    private final Game game;
    private final List<boolean[]> rows = new ArrayList<>();

    MaskList(Game game) {
      this.game = game;
    }

    @Override
    public int features() {
      return game.features();
    }

    @Override
    public void evaluate(Masks masks, Values out) {
      game.evaluate(masks, out);
      for (int r = 0; r < masks.count(); r++) {
        boolean[] row = new boolean[features()];
        for (int f = 0; f < row.length; f++) {
          row[f] = masks.kept(r, f);
        }
        rows.add(row);
      }
    }

    Masks masks() {
      return Masks.of(rows.toArray(boolean[][]::new));
    }
  }
}
