package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.PlantedGame;
import dev.ablate.lens.text.TextGame;
import dev.ablate.mask.Design;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import dev.ablate.run.BuildInfo;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * R² on fresh masks, and the recovered share of planted terms, against the number of masks. Writes
 * {@code benchmarks/results/sweep.jsonl} and the pictures {@code docs/sweep/*.svg}.
 *
 * <p>Arguments: methods (default {@code spex proxyspex screen gp auto}), {@code --seeds=K} for K
 * draws of the masks (default 2), {@code --draw} to draw what the file holds.
 */
public final class Sweep {
  /** The methods whose colours are set; others follow. */
  static final List<String> METHODS = List.of("spex", "proxyspex", "screen", "gp", "auto");

  static final Path RESULTS = Path.of("benchmarks", "results", "sweep.jsonl");
  private static final int SIZES = 7;
  private static final int TESTS = 3000;
  private static final int FOREST = 4;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Backend backend;
  private final List<Method> methods;
  private final int seeds;
  private final List<String> rows = new ArrayList<>();
  private final Map<String, Reason> reasons = new LinkedHashMap<>();

  private Sweep(Backend backend, List<Method> methods, int seeds) {
    this.backend = backend;
    this.methods = methods;
    this.seeds = seeds;
  }

  /**
   * A game and the sizes to try.
   *
   * @param name for files
   * @param title for people
   * @param largest number of masks; halves of it are tried too. Just above a design of SPEX, whose
   *     sizes double as well
   */
  private record Curve(String name, String title, Game game, int largest) {}

  /** At which sizes a method could not run, and what it said last. */
  private static final class Reason {
    private final Set<Integer> sizes = new TreeSet<>();
    private String message;

    void add(int size, String why) {
      sizes.add(size);
      message = why;
    }

    @Override
    public String toString() {
      return " at " + sizes + " masks: " + message;
    }
  }

  /** Measures, writes and draws. */
  public static void main(String[] args) throws IOException {
    int seeds = 2;
    List<Method> methods = new ArrayList<>();
    boolean measure = true;
    for (String arg : args) {
      if (arg.startsWith("--seeds=")) {
        seeds = Integer.parseInt(arg.substring(arg.indexOf('=') + 1));
      } else if (arg.equals("--draw")) {
        measure = false;
      } else {
        methods.add(Method.parse(arg));
      }
    }
    if (methods.isEmpty()) {
      METHODS.forEach(label -> methods.add(Method.parse(label)));
    }
    if (measure) {
      try (Backend backend = Backends.open("host", 0).backend();
          TextModel model = ModelDirectory.bundled().load(0)) {
        Sweep sweep = new Sweep(backend, methods, seeds);
        for (Curve curve : curves(model)) {
          sweep.measure(curve);
        }
        Files.write(RESULTS, sweep.rows);
        sweep.reasons.forEach((which, reason) -> System.out.println("left out: " + which + reason));
      }
    }
    List<JsonNode> rows = new ArrayList<>();
    for (String row : Files.readAllLines(RESULTS)) {
      rows.add(JSON.readTree(row));
    }
    SweepPictures.draw(rows);
  }

  private static List<Curve> curves(TextModel model) {
    TextGame sentence = Sentences.games(model).get(1);
    return List.of(
        new Curve(
            "planted-hierarchical",
            "Planted sets with all their subsets, 64 features",
            PlantedGames.hierarchical(64, 12, 3, 0.1, 900),
            7040),
        new Curve(
            "planted-peaks",
            "Planted sets whose subsets do nothing, 64 features",
            PlantedGames.peaks(64, 20, 0.1, 901),
            7040),
        new Curve(
            "forest-breast-cancer",
            "Random forest, breast cancer, 30 features",
            ForestGames.BREAST_CANCER.game(FOREST),
            3000),
        new Curve(
            "forest-digits",
            "Random forest, digits, 64 features",
            ForestGames.DIGITS.game(FOREST),
            3520),
        new Curve(
            "sentence",
            "Bundled transformer, a sentence of " + sentence.features() + " words",
            sentence,
            1370));
  }

  private void measure(Curve curve) throws IOException {
    Game game = curve.game();
    Game truth =
        game instanceof PlantedGame planted ? new PlantedGame(planted.truth(), 0, 0) : game;
    for (int seed = 0; seed < seeds; seed++) {
      Map<List<Object>, Design> plans = plans(curve, seed);
      List<Design> coded = plans.values().stream().filter(Design.Coded.class::isInstance).toList();
      Evaluated evaluated = Evaluated.of(game, truth, curve.largest(), TESTS, coded, seed, backend);
      for (Map.Entry<List<Object>, Design> plan : plans.entrySet()) {
        Method method = (Method) plan.getKey().get(0);
        int budget = (int) plan.getKey().get(1);
        int own = coded.indexOf(plan.getValue());
        Samples samples = own < 0 ? evaluated.first(budget) : evaluated.planned().get(own);
        try {
          row(curve, method, seed, samples, evaluated);
        } catch (InputException e) {
          leftOut(curve, method, budget, e);
        }
      }
    }
  }

  /** What each method asks for at each size; sizes that repeat a smaller design are left out. */
  private Map<List<Object>, Design> plans(Curve curve, int seed) {
    Map<List<Object>, Design> plans = new LinkedHashMap<>();
    int n = curve.game().features();
    for (int halvings = SIZES - 1; halvings >= 0; halvings--) {
      int budget = curve.largest() >> halvings;
      for (Method method : methods) {
        try {
          Design design = method.plan(n, budget, seed);
          if (design instanceof Design.Paired || !plans.containsValue(design)) {
            plans.put(List.of(method, budget), design);
          }
        } catch (InputException e) {
          leftOut(curve, method, budget, e);
        }
      }
    }
    return plans;
  }

  private void leftOut(Curve curve, Method method, int budget, InputException e) {
    String which = method.label() + " on " + curve.name();
    reasons.computeIfAbsent(which, w -> new Reason()).add(budget, e.getMessage());
  }

  private void row(Curve curve, Method method, int seed, Samples samples, Evaluated evaluated)
      throws IOException {
    long start = System.nanoTime();
    Solution solution = method.solve(samples, backend, 0);
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("benchmark", "Sweep");
    row.put("commit", BuildInfo.commit());
    row.put("game", curve.name());
    row.put("title", curve.title());
    row.put("method", method.label());
    row.put("masks", samples.masks().count());
    row.put("seed", seed);
    row.put("r2", evaluated.r2(solution, backend));
    if (curve.game() instanceof PlantedGame planted) {
      row.put("found", Recovery.found(planted.truth(), solution.spectrum()));
      row.put("terms", Recovery.terms(planted.truth()));
    }
    row.put("ran", solution.ran());
    row.put("seconds", Math.round(seconds * 1e3) / 1e3);
    String line = JSON.writeValueAsString(row);
    System.out.println(line);
    rows.add(line);
  }
}
