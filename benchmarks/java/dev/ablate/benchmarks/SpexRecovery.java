package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.game.PlantedGame;
import dev.ablate.game.Values;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.spex.SpexSettings;
import dev.ablate.solve.spex.SpexSolver;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How well and how fast SPEX recovers planted terms: one line a seed. The time is that of design,
 * transform, decoding and refinement; evaluating the planted game is not in it.
 *
 * <p>Arguments: features, terms, b, noise, seeds, backend; without any 1000 300 8 0.5 10 host. The
 * first game is solved again and again before, until Java has compiled what it runs. On a device
 * the solver's time is from values on the device to the spectrum on the host.
 */
public final class SpexRecovery {
  private static final int TEST_MASKS = 5000;
  private static final int REPORTED_ONCE = 300;

  /**
   * A solve of a few milliseconds is compiled after some seconds; a long one is by its own length.
   */
  private static final double WARM_UP_SECONDS = 5;

  private static final int MOST_WARM_UPS = 200;

  private SpexRecovery() {}

  /** Prints the table. */
  public static void main(String[] args) {
    String[] given = args.length > 0 ? args : new String[] {"1000", "300", "8", "0.5", "10"};
    int features = Integer.parseInt(given[0]);
    int terms = Integer.parseInt(given[1]);
    int dimension = Integer.parseInt(given[2]);
    double noise = Double.parseDouble(given[3]);
    int seeds = Integer.parseInt(given[4]);
    String name = given.length > 5 ? given[5] : "host";
    System.out.println(
        "seed   masks  found  of  spurious  largest error  reported R2  fresh R2  plan s  solve s");
    try (Backend backend = Backends.open(name, 0).backend()) {
      List<Row> rows = new ArrayList<>();
      for (int seed = 0; seed < seeds; seed++) {
        rows.add(line(features, terms, dimension, noise, seed, backend));
        System.out.println(rows.get(seed));
        // A line so far, where the next game may take longer than somebody waits.
        boolean large = terms > REPORTED_ONCE;
        if (!backend.name().equals("host") && (large || seed + 1 == seeds)) {
          report(backend, features, dimension, rows);
        }
      }
    }
  }

  private static Row line(
      int features, int terms, int dimension, double noise, int seed, Backend backend) {
    PlantedGame game = PlantedGame.random(features, terms, Math.min(5, features), noise, seed);
    SpexSolver solver = new SpexSolver(new SpexSettings(dimension, 5, 0, Refine.LASSO));
    long start = System.nanoTime();
    Design.Coded design =
        (Design.Coded) solver.plan(features, Long.MAX_VALUE, MaskSampling.UNIFORM, seed);
    Masks masks = new CodedDesign(design).masks(backend);
    long planned = System.nanoTime();
    Values values = Values.of(game.values(masks, backend));
    Solution solution;
    long evaluated;
    try (Samples samples = new Samples(masks, values, design).on(backend)) {
      if (seed == 0) {
        warmUp(solver, samples, backend);
      }
      evaluated = System.nanoTime();
      solution = solver.solve(samples, backend, seed).get(0);
    }
    long solved = System.nanoTime();
    Spectrum truth = game.truth();
    Spectrum found = solution.spectrum();
    int hits = 0;
    double worst = 0;
    for (int i = 0; i < truth.size(); i++) {
      double coefficient = found.coefficientOf(truth.sets().get(i));
      hits += coefficient == 0 ? 0 : 1;
      worst = Math.max(worst, Math.abs(coefficient - truth.coefficient(i)));
    }
    int spurious = 0;
    for (int i = 0; i < found.size(); i++) {
      boolean large = Math.abs(found.coefficient(i)) > 0.1;
      spurious += large && truth.indexOf(found.sets().get(i)) < 0 ? 1 : 0;
    }
    Masks test =
        UniformMasks.draw(
            backend.sampling(), features, TEST_MASKS, seed, UniformMasks.Use.TEST, null);
    Values fresh = Values.zeros(test.count(), 1);
    game.evaluate(test, fresh);
    double freshR2 = R2.of(fresh.column(0), found.evaluate(test));
    return new Row(
        seed,
        masks.count(),
        hits,
        terms,
        spurious,
        worst,
        solution.heldOutR2(),
        freshR2,
        (planned - start) * 1e-9,
        (solved - evaluated) * 1e-9);
  }

  private static void warmUp(SpexSolver solver, Samples samples, Backend backend) {
    long start = System.nanoTime();
    int solves = 0;
    while (solves++ < MOST_WARM_UPS && (System.nanoTime() - start) * 1e-9 < WARM_UP_SECONDS) {
      solver.solve(samples, backend, 0);
    }
  }

  /** What one seed gave. */
  private record Row(
      int seed,
      int masks,
      int found,
      int of,
      int spurious,
      double worst,
      double reported,
      double fresh,
      double plan,
      double solve) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%4d  %6d  %5d %3d  %8d  %13.5f  %11.5f  %8.5f  %6.3f  %7.3f",
          seed,
          masks,
          found,
          of,
          spurious,
          worst,
          reported,
          fresh,
          plan,
          solve);
    }
  }

  private static void report(Backend backend, int features, int dimension, List<Row> rows) {
    int terms = rows.get(0).of;
    Measured.of("SpexRecovery", backend)
        .with("features", features)
        .with("terms", terms)
        .with("b", dimension)
        .with("seeds", rows.size())
        .with("found", rows.stream().mapToInt(Row::found).min().orElse(0))
        .with("spurious", rows.stream().mapToInt(Row::spurious).max().orElse(0))
        .milliseconds("ms", rows.stream().mapToDouble(Row::solve).toArray())
        .against(
            "median_ms",
            Measured.median(rows.stream().mapToDouble(Row::solve).toArray()) * 1e3,
            terms <= 300 ? 10 : 100)
        .report();
  }
}
