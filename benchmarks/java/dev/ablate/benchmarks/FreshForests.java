package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Twenty random-forest games that nothing was tuned on: {@code 1 - R²} on fresh masks as a share of
 * the published ProxySPEX's. The two evaluated forests come first as a control: fresh ones are of
 * the same kind if least squares on single features, and the published procedure, do about as well.
 *
 * <p>Arguments: methods (default {@code auto}); {@code --games=K} takes the first K of each kind.
 */
public final class FreshForests {
  private static final int TESTS = 5000;
  private static final String GAMES = "--games=";

  private final Backend backend;
  private final List<Method> methods;
  private final Map<Method, List<Double>> shares = new LinkedHashMap<>();

  private FreshForests(Backend backend, List<Method> methods) {
    this.backend = backend;
    this.methods = methods;
    methods.forEach(method -> shares.put(method, new ArrayList<>()));
  }

  /** Prints the table, and median and worst share of each method. */
  public static void main(String[] args) {
    int games = ForestGames.EXAMPLES;
    List<Method> methods = new ArrayList<>();
    for (String arg : args) {
      if (arg.startsWith(GAMES)) {
        games = Integer.parseInt(arg.substring(GAMES.length()));
      } else {
        methods.add(Method.parse(arg));
      }
    }
    if (methods.isEmpty()) {
      methods.add(Method.parse("auto"));
    }
    try (Backend backend = Backends.open("host", 0).backend()) {
      new FreshForests(backend, methods).run(games);
    }
  }

  private void run(int games) {
    StringBuilder head =
        new StringBuilder(
            String.format(
                "%-24s %10s | %-15s %6s", "game", "order-1 R2", Method.PUBLISHED.label(), "s"));
    methods.forEach(
        m -> head.append(String.format(" | %-11s %6s %6s", m.label() + " 1-R2", "share", "s")));
    System.out.println(head);
    for (ForestGames kind : ForestGames.values()) {
      SharedGame shared = SharedGame.read(kind.shared());
      Evaluated known =
          new Evaluated(
              Evaluated.foreign(shared.masks(), shared.values()),
              List.of(),
              shared.testMasks(),
              shared.testValues());
      // The first solution of each method warms the code up.
      List<Method> all = new ArrayList<>(methods);
      all.add(Method.PUBLISHED);
      all.forEach(method -> solve(method, known.uniform()));
      row("(" + kind.shared() + ")", known, false);
    }
    for (ForestGames.Fresh fresh : ForestGames.all()) {
      if (fresh.number() < games) {
        ForestGames kind = fresh.games();
        ForestGame game = kind.game(fresh.number());
        long seed = 100 + fresh.number();
        row(
            kind.name(fresh.number()),
            Evaluated.of(game, game, kind.masks(), TESTS, List.of(), seed, backend),
            true);
      }
    }
    methods.forEach(this::summary);
  }

  private Solution solve(Method method, Samples samples) {
    try {
      return method.solve(samples, backend, 0);
    } catch (InputException e) {
      return null;
    }
  }

  private void row(String name, Evaluated game, boolean counts) {
    double single =
        game.r2(
            LeastSquares.fit(game.uniform(), LeastSquares.singletons(game.testMasks().features()))
                .spectrum(),
            backend);
    long start = System.nanoTime();
    double published = 1 - game.r2(solve(Method.PUBLISHED, game.uniform()).spectrum(), backend);
    StringBuilder line =
        new StringBuilder(
            String.format("%-24s %10.4f | %15.6f %6.2f", name, single, published, since(start)));
    for (Method method : methods) {
      start = System.nanoTime();
      Solution solution = solve(method, game.uniform());
      double seconds = since(start);
      if (solution == null) {
        line.append(String.format(" | %-25s", "cannot run"));
        continue;
      }
      double error = 1 - game.r2(solution, backend);
      line.append(String.format(" | %11.6f %6.3f %6.2f", error, error / published, seconds));
      if (counts) {
        shares.get(method).add(error / published);
      }
    }
    System.out.println(line);
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private void summary(Method method) {
    double[] all = shares.get(method).stream().mapToDouble(Double::doubleValue).toArray();
    if (all.length == 0) {
      System.out.println(method.label() + ": solved none of the games");
      return;
    }
    double[] sorted = all.clone();
    Arrays.sort(sorted);
    System.out.printf(
        "%s: share of the published 1-R2 over %d games: median %.3f, least %.3f, worst %.3f%n",
        method.label(), all.length, Measured.median(all), sorted[0], sorted[all.length - 1]);
  }
}
