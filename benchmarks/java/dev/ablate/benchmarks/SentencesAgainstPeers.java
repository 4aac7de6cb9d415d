package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.lens.text.TextGame;
import dev.ablate.mask.Design;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import dev.ablate.solve.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bundled model on twenty sentences: R² on 2,000 fresh masks of methods at {@code 2 n log2 n}
 * masks against the published ProxySPEX with twice as many and SPEX at every design below four
 * times as many. Least squares on single words stands beside as a control.
 *
 * <p>Arguments: methods (default {@code auto}); {@code --more} gives them {@code n log2 n} and
 * {@code 4 n log2 n} masks too; {@code --sentences=K} takes the first K.
 */
public final class SentencesAgainstPeers {
  private static final int TESTS = 2000;
  private static final int OURS = 2;
  private static final int PUBLISHED = 4;
  private static final int SPEX = 8;

  private final Backend backend;
  private final List<Method> methods;
  private final boolean more;
  private final Map<String, List<Double>> scores = new LinkedHashMap<>();

  private SentencesAgainstPeers(Backend backend, List<Method> methods, boolean more) {
    this.backend = backend;
    this.methods = methods;
    this.more = more;
  }

  /** Prints a block a sentence, and the means. */
  public static void main(String[] args) {
    int sentences = Integer.MAX_VALUE;
    boolean more = false;
    List<Method> methods = new ArrayList<>();
    for (String arg : args) {
      if (arg.startsWith("--sentences=")) {
        sentences = Integer.parseInt(arg.substring(arg.indexOf('=') + 1));
      } else if (arg.equals("--more")) {
        more = true;
      } else {
        methods.add(Method.parse(arg));
      }
    }
    if (methods.isEmpty()) {
      methods.add(Method.parse("auto"));
    }
    try (Backend backend = Backends.open("host", 0).backend();
        TextModel model = ModelDirectory.bundled().load(0)) {
      SentencesAgainstPeers table = new SentencesAgainstPeers(backend, methods, more);
      List<TextGame> games = Sentences.games(model);
      for (int s = 0; s < Math.min(sentences, games.size()); s++) {
        table.measure(s, games.get(s));
      }
      table.means();
    }
  }

  /** {@code factor n log2 n}, rounded up. */
  static int budget(int factor, int features) {
    return (int) Math.ceil(factor * features * Math.log(features) / Math.log(2));
  }

  private void measure(int number, TextGame game) {
    int n = game.features();
    long seed = 300 + number;
    List<Design> designs = spexDesigns(n, seed);
    Evaluated evaluated =
        Evaluated.of(game, game, budget(PUBLISHED, n), TESTS, designs, seed, backend);
    System.out.printf("sentence %d, %d words: %s%n", number, n, game.text());
    for (Method method : methods) {
      for (int factor : more ? new int[] {1, OURS, PUBLISHED} : new int[] {OURS}) {
        score(method, factor, evaluated);
      }
    }
    score(Method.PUBLISHED, PUBLISHED, evaluated);
    Samples few = evaluated.first(budget(OURS, n));
    double control =
        evaluated.r2(LeastSquares.fit(few, LeastSquares.singletons(n)).spectrum(), backend);
    row("(order 1) at 2 n log2 n", few.masks().count(), control);
    spex(evaluated, n);
  }

  /** Every design size that SPEX takes for budgets below its limit, the largest first. */
  private static List<Design> spexDesigns(int features, long seed) {
    List<Design> designs = new ArrayList<>();
    long budget = budget(SPEX, features) - 1L;
    try {
      while (budget >= 1) {
        Design design = Method.parse("spex").plan(features, budget, seed);
        designs.add(design);
        budget = design.masks() - 1;
      }
    } catch (InputException e) {
      // The last size was the smallest.
      return designs;
    }
    return designs;
  }

  private void score(Method method, int factor, Evaluated evaluated) {
    Samples samples = evaluated.first(budget(factor, evaluated.testMasks().features()));
    String label = method.label() + " at " + factor + " n log2 n";
    try {
      double r2 = evaluated.r2(method.solve(samples, backend, 0), backend);
      row(label, samples.masks().count(), r2);
    } catch (InputException e) {
      System.out.printf("  %-32s left out: %s%n", label, e.getMessage());
    }
  }

  private void spex(Evaluated evaluated, int features) {
    if (evaluated.planned().isEmpty()) {
      System.out.printf("  %-32s cannot run below %d masks%n", "spex", budget(SPEX, features));
      return;
    }
    double best = Double.NEGATIVE_INFINITY;
    int bestMasks = 0;
    for (Samples samples : evaluated.planned()) {
      double r2 = evaluated.r2(Method.parse("spex").solve(samples, backend, 0), backend);
      System.out.printf("  %-32s %6d %9.4f%n", "spex", samples.masks().count(), r2);
      if (samples == evaluated.planned().get(0)) {
        scores.computeIfAbsent("spex, largest design", l -> new ArrayList<>()).add(r2);
      }
      if (r2 > best) {
        best = r2;
        bestMasks = samples.masks().count();
      }
    }
    // Picked on the fresh masks, so it flatters SPEX.
    row("spex, best design", bestMasks, best);
  }

  private void row(String label, int masks, double r2) {
    System.out.printf("  %-32s %6d %9.4f%n", label, masks, r2);
    scores.computeIfAbsent(label, l -> new ArrayList<>()).add(r2);
  }

  private void means() {
    System.out.println("means");
    scores.forEach(
        (label, all) -> {
          double[] values = all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
          System.out.printf(
              "  %-32s %9.4f  median %.4f, %.4f to %.4f, %d sentences%n",
              label,
              all.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN),
              Measured.median(values),
              values[0],
              values[values.length - 1],
              values.length);
        });
  }
}
