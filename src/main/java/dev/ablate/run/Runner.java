package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Traffic;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Method;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Provenance;
import dev.ablate.game.Budget;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import dev.ablate.solve.Solvers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Plan, evaluate, solve. Holds no state of a run, so one runner serves many threads. */
public final class Runner {
  /** Sums of up to 2^30 squares of such values are still finite. */
  private static final double LARGEST = 1e145;

  private final Backends.Choice choice;
  private final Backend backend;

  /** A runner whose operations run on the chosen backend, which must stay open. */
  public Runner(Backends.Choice choice) {
    this.choice = choice;
    this.backend = choice.backend();
  }

  /**
   * Explains a game.
   *
   * @param progress hears how far the evaluation is
   * @throws InputException if the budget cannot serve the game, or the game returns NaN or infinity
   */
  public Explanation explain(Game game, Request request, Progress progress) {
    Stopwatch watch = new Stopwatch();
    int features = game.features();
    Budget budget = request.budget() == null ? Budget.standard(features) : request.budget();
    boolean free = request.budget() == null && request.method().equals("auto");
    if (free && budget.plus(request.testMasks()).coversAll(features)) {
      // The default budget and the held-out masks would leave few masks out or none: take them all.
      budget = Budget.all(features);
    }
    Solver solver = Solvers.choose(request.method(), request.solver(), features, budget);
    Design design = solver.plan(features, budget.masks(), request.seed());
    Traffic before = backend.traffic();
    try (Masks masks = Designs.masks(design, backend);
        Masks test = testMasks(features, request, masks)) {
      final double planned = watch.lap();
      Evaluator evaluator = new Evaluator(game, backend, progress);
      List<Values> evaluated = evaluator.evaluate(masks, ends(features), test);
      final Values ends = evaluated.get(1);
      final Fresh fresh = new Fresh(test, evaluated.get(2), "held-out");
      final double valued = watch.lap();
      List<Solution> solutions;
      checkScale(solver, evaluated.get(0));
      try (Samples samples = new Samples(masks, evaluated.get(0), design).on(backend)) {
        solutions = solver.solve(samples, backend, request.seed());
      }
      Fit.Seconds seconds = new Fit.Seconds(planned, valued, watch.lap());
      List<String> notes = new ArrayList<>();
      List<Output> outputs = new ArrayList<>();
      for (int o = 0; o < solutions.size(); o++) {
        Score score = fresh.score(solutions.get(o), o, backend);
        notes.addAll(score.notes());
        Fit fit =
            new Fit(
                score.r2(),
                score.kind(),
                score.masks(),
                masks.count(),
                evaluator.evaluated(),
                ends.get(1, o),
                ends.get(0, o),
                seconds);
        outputs.add(output(game.outputNames().get(o), request, solutions.get(o), fit));
      }
      evaluated.forEach(Values::close);
      return new Explanation(
          features,
          game.featureNames(),
          request.subject().input(),
          outputs,
          provenance(request, design, solutions, notes, backend.traffic().since(before)));
    }
  }

  /**
   * Fits square the values; the exact transform does not. A game that works on a device answers for
   * its values itself.
   *
   * @throws InputException if squares would overflow, or vanish
   */
  private static void checkScale(Solver solver, Values values) {
    if (solver.name().equals("exact") || !values.onHost() || values.count() == 0) {
      return;
    }
    for (int o = 0; o < values.outputs(); o++) {
      double[] column = values.column(o);
      double largest = Arrays.stream(column).map(Math::abs).max().orElse(0);
      double first = column[0];
      double spread = Arrays.stream(column).map(v -> Math.abs(v - first)).max().orElse(0);
      if (largest > LARGEST || (spread > 0 && spread < 1 / LARGEST)) {
        throw new InputException(
            "output "
                + o
                + (largest > LARGEST
                    ? " has values up to " + largest
                    : " has values that differ by " + spread + " at most")
                + ", whose squares are no double: scale the values so that they lie between "
                + 1 / LARGEST
                + " and "
                + LARGEST);
      }
    }
  }

  private Masks testMasks(int features, Request request, Masks seen) {
    return UniformMasks.draw(
        backend.sampling(),
        features,
        request.testMasks(),
        request.seed(),
        UniformMasks.Use.TEST,
        seen);
  }

  /**
   * Fits a table that somebody else evaluated.
   *
   * @param table masks, values and where they come from
   * @param test fresh masks and their values, or null
   * @throws InputException if the table cannot serve the method
   */
  public Explanation solve(Table table, Table test, Request request) {
    Stopwatch watch = new Stopwatch();
    Table averaged = table.averaged();
    Traffic before = backend.traffic();
    List<Solution> solutions;
    Solver solver;
    try (Samples samples =
        new Samples(averaged.masks(), averaged.values(), averaged.design()).on(backend)) {
      solver = Solvers.choose(request.method(), request.solver(), samples);
      checkScale(solver, samples.values());
      solutions = solver.solve(samples, backend, request.seed());
    }
    Fit.Seconds seconds = new Fit.Seconds(0, 0, watch.lap());
    Fresh fresh =
        test == null
            ? new Fresh(Masks.none(0, table.masks().features()), null, "none")
            : new Fresh(test.masks(), test.values(), "test");
    List<String> notes = new ArrayList<>(tableNotes(averaged, solver));
    List<Output> outputs = new ArrayList<>();
    for (int o = 0; o < solutions.size(); o++) {
      Solution solution = solutions.get(o);
      Score score = fresh.score(solution, o, backend);
      notes.addAll(score.notes());
      Fit fit =
          new Fit(
              score.r2(),
              score.kind(),
              score.masks(),
              averaged.masks().count(),
              0,
              averaged.valueOf(Masks.all(averaged.masks().features()), o),
              averaged.valueOf(Masks.none(1, averaged.masks().features()), o),
              seconds);
      outputs.add(output("output " + o, request, solution, fit));
    }
    return new Explanation(
        table.masks().features(),
        table.featureNames(),
        null,
        outputs,
        provenance(request, averaged.design(), solutions, notes, backend.traffic().since(before)));
  }

  private static Output output(String target, Request request, Solution solution, Fit fit) {
    return new Output(
        target,
        request.subject().value(),
        new Method(request.method(), solution.ran(), solution.refine()),
        solution.spectrum(),
        solution.standardErrors(),
        solution.foundBy(),
        Interactions.of(
            request
                .index()
                .interactions(solution.spectrum(), request.order(), solution.standardErrors())),
        fit);
  }

  private static List<String> tableNotes(Table table, Solver solver) {
    boolean drawnElsewhere = table.design() instanceof Design.Foreign;
    if (!drawnElsewhere || solver.name().equals("exact") || table.looksUniform()) {
      return List.of();
    }
    return List.of(
        "the masks are not uniform: coefficients and R² speak of these masks, not of all masks");
  }

  private Provenance provenance(
      Request request,
      Design design,
      List<Solution> solutions,
      List<String> moreNotes,
      Traffic traffic) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("backend_choice", choice.reason());
    if (!traffic.equals(Traffic.NONE)) {
      settings.put("bytes_to_device", traffic.toDevice());
      settings.put("bytes_to_host", traffic.toHost());
    }
    settings.putAll(request.subject().settings());
    settings.put("design", design.kind());
    settings.put("design_masks", design.masks());
    settings.put("index", request.index().label());
    settings.put("order", request.order());
    List<Object> solvers = new ArrayList<>();
    List<String> notes = new ArrayList<>(moreNotes);
    for (Solution solution : solutions) {
      solvers.add(solution.settings());
      solution.notes().stream().filter(note -> !notes.contains(note)).forEach(notes::add);
    }
    settings.put("solver", solvers.size() == 1 ? solvers.get(0) : solvers);
    if (!notes.isEmpty()) {
      settings.put("notes", notes);
    }
    return new Provenance(
        Build.version(),
        Build.commit(),
        request.seed(),
        backend.name(),
        backend.device(),
        backend.driver(),
        System.getProperty("java.version"),
        request.subject().modelSha256(),
        settings);
  }

  private static Masks ends(int features) {
    boolean[][] rows = new boolean[2][features];
    Arrays.fill(rows[1], true);
    return Masks.of(rows);
  }

  /** Masks that no solver sees, perhaps none, and their values. */
  private record Fresh(Masks masks, Values values, String kind) {
    Score score(Solution solution, int output, Backend backend) {
      return masks.count() == 0
          ? Score.bySolver(solution)
          : Score.onFreshMasks(solution, masks, values.column(output), kind, backend);
    }
  }

  /** Seconds since the last lap. */
  private static final class Stopwatch {
    private long last = System.nanoTime();

    double lap() {
      long now = System.nanoTime();
      double seconds = (now - last) * 1e-9;
      last = now;
      return seconds;
    }
  }
}
