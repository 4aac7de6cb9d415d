package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.game.PlantedGame;
import dev.ablate.index.Index;
import dev.ablate.index.IndexValues;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often nominal 90% intervals (estimate ± 1.645 standard errors) hold the truth, over all
 * reported coefficients and interactions with a standard error, on 27 planted games of three kinds
 * with 20 to 100 features, three sizes of noise and 500 to 3,000 masks. A reported set that was not
 * planted has the true coefficient 0.
 *
 * <p>Least squares on the true support (in games with a tail: on the large terms) is the control:
 * its intervals must hold 90%. Arguments: methods (default {@code auto}); {@code --each} prints a
 * line a game.
 */
public final class IntervalCoverage {
  private static final double NORMAL_90 = 1.6448536269514722;
  private static final int ORDER = 2;
  private static final double LARGE = 0.4;
  private static final String ALL = "(all kinds)";

  /** Features, masks: each with every noise and every kind. */
  private static final int[][] SIZES = {{20, 500}, {50, 1500}, {100, 3000}};

  private static final double[] NOISES = {0.1, 0.5, 1.5};

  private final Backend backend;
  private final boolean each;
  private final Map<String, Tally> tallies = new LinkedHashMap<>();

  private IntervalCoverage(Backend backend, boolean each) {
    this.backend = backend;
    this.each = each;
  }

  /** Intervals, and how many hold the truth. */
  private static final class Tally {
    int intervals;
    int covering;
    int games;

    void add(double estimate, double error, double truth) {
      intervals++;
      covering += Math.abs(estimate - truth) <= NORMAL_90 * error ? 1 : 0;
    }
  }

  /** A planted game. */
  private record Planted(String kind, PlantedGame game, int masks) {}

  /** Prints coverage by kind of game. */
  public static void main(String[] args) {
    List<Method> methods = new ArrayList<>();
    boolean each = List.of(args).contains("--each");
    for (String arg : args) {
      if (!arg.equals("--each")) {
        methods.add(Method.parse(arg));
      }
    }
    if (methods.isEmpty()) {
      methods.add(Method.parse("auto"));
    }
    try (Backend backend = Backends.open("host", 0).backend()) {
      new IntervalCoverage(backend, each).run(methods);
    }
  }

  private static List<Planted> games() {
    List<Planted> games = new ArrayList<>();
    long seed = 500;
    for (int[] size : SIZES) {
      int n = size[0];
      for (double noise : NOISES) {
        games.add(new Planted("random", PlantedGames.peaks(n, 40, noise, seed), size[1]));
        PlantedGame sets = PlantedGames.hierarchical(n, 14, 3, noise, seed + 1);
        games.add(new Planted("hierarchical", sets, size[1]));
        PlantedGame head = PlantedGames.hierarchical(n, 8, 3, noise, seed + 2);
        PlantedGame tail = PlantedGames.withTail(head, 500, 0.02, noise, seed + 2);
        games.add(new Planted("dense tail", tail, size[1]));
        seed += 3;
      }
    }
    return games;
  }

  private void run(List<Method> methods) {
    List<Planted> games = games();
    Map<Method, String> reasons = new LinkedHashMap<>();
    for (int g = 0; g < games.size(); g++) {
      Planted planted = games.get(g);
      PlantedGame game = planted.game();
      Evaluated evaluated =
          Evaluated.of(game, game, planted.masks(), 1, List.of(), 700 + g, backend);
      Samples samples = evaluated.uniform();
      Sets support = game.truth().above(LARGE).sets();
      LeastSquares control = LeastSquares.fit(samples, support);
      count("(true support)", planted, control.spectrum(), control.standardErrors());
      for (Method method : methods) {
        try {
          Solution solution = method.solve(samples, backend, 0);
          if (solution.standardErrors().length == 0) {
            reasons.put(method, solution.ran() + " gives no standard errors");
          } else {
            count(method.label(), planted, solution.spectrum(), solution.standardErrors());
            if (each) {
              print(planted, solution);
            }
          }
        } catch (InputException e) {
          reasons.put(method, e.getMessage());
        }
      }
    }
    System.out.printf(
        "%-16s %-14s %-16s %6s %10s %9s%n",
        "method", "kind", "what", "games", "intervals", "coverage");
    for (boolean all : new boolean[] {false, true}) {
      tallies.forEach(
          (name, tally) -> {
            if (name.contains(ALL) == all) {
              System.out.printf(
                  "%s %6d %10d %8.1f%%%n",
                  name, tally.games, tally.intervals, 100.0 * tally.covering / tally.intervals);
            }
          });
    }
    reasons.forEach(
        (method, reason) ->
            System.out.println(method.label() + ": some or all games left out: " + reason));
  }

  /** One game: which method won, and how many of its intervals hold the truth. */
  private static void print(Planted planted, Solution solution) {
    Spectrum found = solution.spectrum();
    Tally tally = new Tally();
    for (int t = 0; t < found.size(); t++) {
      int[] set = found.sets().get(t);
      if (set.length > 0) {
        double truth = planted.game().truth().coefficientOf(set);
        tally.add(found.coefficient(t), solution.standardErrors()[t], truth);
      }
    }
    System.out.printf(
        "  %-14s n %d, %d masks: %s, %d of %d, held-out R2 %.3f %s%n",
        planted.kind(),
        planted.game().features(),
        planted.masks(),
        solution.ran(),
        tally.covering,
        tally.intervals,
        solution.heldOutR2(),
        solution.report() instanceof FitReport.Contest contest ? contest.heldOutR2() : null);
  }

  private void count(String method, Planted planted, Spectrum found, double[] errors) {
    Spectrum truth = planted.game().truth();
    List<Tally> terms = tallies(method, planted.kind(), "coefficients");
    for (int t = 0; t < found.size(); t++) {
      int[] set = found.sets().get(t);
      if (set.length > 0 && !Double.isNaN(errors[t])) {
        double expected = truth.coefficientOf(set);
        for (Tally tally : terms) {
          tally.add(found.coefficient(t), errors[t], expected);
        }
      }
    }
    Map<int[], Double> expected = new TreeMap<>(Sets::compare);
    IndexValues exact = Index.FBII.interactions(truth, ORDER);
    for (int i = 0; i < exact.size(); i++) {
      expected.put(exact.sets().get(i), exact.value(i));
    }
    List<Tally> interactions = tallies(method, planted.kind(), "fbii, order <= 2");
    IndexValues reported = Index.FBII.interactions(found, ORDER, errors);
    for (int i = 0; i < reported.size(); i++) {
      int[] set = reported.sets().get(i);
      if (set.length > 0 && reported.standardError(i) != null) {
        for (Tally tally : interactions) {
          tally.add(reported.value(i), reported.standardError(i), expected.getOrDefault(set, 0.0));
        }
      }
    }
  }

  /** The tally of a kind of game and that of all, one game further. */
  private List<Tally> tallies(String method, String kind, String what) {
    List<Tally> both = new ArrayList<>();
    for (String group : List.of(kind, ALL)) {
      String name = String.format("%-16s %-14s %-16s", method, group, what);
      both.add(tallies.computeIfAbsent(name, n -> new Tally()));
    }
    both.forEach(tally -> tally.games++);
    return both;
  }
}
