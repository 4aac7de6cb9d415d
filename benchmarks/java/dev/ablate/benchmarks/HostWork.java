package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Traffic;
import dev.ablate.benchmarks.CountedBackend.Counter;
import dev.ablate.code.InputException;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What a solve does on the host between the operations of its backend, which a faster device
 * leaves: for each operation its calls, the time inside, and the time outside since the operation
 * before, by the clock and as far as the thread had a processor; then the methods that the time
 * outside was seen in ({@link ThreadSampler}). On a device also its commands, so that the Java
 * around them shows: the time inside operations less that of commands.
 *
 * <p>Arguments: methods (default {@code gp}), names of games (default {@code planted-noisy-256}),
 * {@code --backend=NAME} (default host), {@code --threads=T} of the host (default 2), {@code
 * --repeats=R} (default 5), {@code --masks=K} for the first K of the masks. A game is solved once
 * uncounted, as in {@link GamesAgainstPeer}.
 */
public final class HostWork {
  private final List<Method> methods = new ArrayList<>();
  private final List<String> games = new ArrayList<>();
  private String backend = "host";
  private int threads = 2;
  private int repeats = 5;
  private int masks = Integer.MAX_VALUE;

  private HostWork(String[] args) {
    for (String arg : args) {
      String value = arg.substring(arg.indexOf('=') + 1);
      if (arg.startsWith("--backend=")) {
        backend = value;
      } else if (arg.startsWith("--threads=")) {
        threads = Integer.parseInt(value);
      } else if (arg.startsWith("--repeats=")) {
        repeats = Integer.parseInt(value);
      } else if (arg.startsWith("--masks=")) {
        masks = Integer.parseInt(value);
      } else if (arg.startsWith("--")) {
        throw new InputException(
            arg + ": unknown; use --backend=NAME, --threads=T, --repeats=R or --masks=K");
      } else if (SharedGame.NAMES.contains(arg)) {
        games.add(arg);
      } else {
        methods.add(Method.parse(arg));
      }
    }
    if (methods.isEmpty()) {
      methods.add(Method.parse("gp"));
    }
    if (games.isEmpty()) {
      games.add("planted-noisy-256");
    }
  }

  /** Prints a table for each method and game. */
  public static void main(String[] args) {
    HostWork work = new HostWork(args);
    for (String game : work.games) {
      for (Method method : work.methods) {
        try (Backend opened = Backends.open(work.backend, work.threads).backend()) {
          work.measure(opened, game, method);
        }
      }
    }
  }

  /** Seconds of each repeat. */
  private final class Seconds {
    private final double[] outside = new double[repeats];
    private final double[] worked = new double[repeats];
    private final double[] inside = new double[repeats];
    private final double[] around = new double[repeats];
  }

  private void measure(Backend opened, String name, Method method) {
    SharedGame game = SharedGame.read(name);
    Samples samples = Evaluated.first(Evaluated.foreign(game.masks(), game.values()), masks);
    CountedBackend counted = new CountedBackend(opened);
    Solution expected = method.solve(samples, opened, 0);
    Seconds seconds = new Seconds();
    Map<String, List<Counter>> operations = new LinkedHashMap<>();
    Map<String, List<Counter>> commands = new LinkedHashMap<>();
    Traffic before = opened.traffic();
    try (ThreadSampler sampler = new ThreadSampler(() -> !counted.inside())) {
      for (int r = 0; r < repeats; r++) {
        sampler.resume();
        counted.clear();
        long start = System.nanoTime();
        Solution solution = method.solve(samples, counted.backend(), 0);
        double whole = (System.nanoTime() - start) * 1e-9;
        CountedBackend.Spent outside = counted.outside();
        sampler.pause();
        check(expected, solution);
        seconds.outside[r] = outside.seconds();
        seconds.worked[r] = outside.worked();
        seconds.inside[r] = whole - outside.seconds();
        seconds.around[r] =
            seconds.inside[r]
                - counted.commands().values().stream().mapToDouble(c -> c.inside().seconds()).sum();
        counted
            .operations()
            .forEach((k, c) -> operations.computeIfAbsent(k, n -> new ArrayList<>()).add(c));
        counted
            .commands()
            .forEach((k, c) -> commands.computeIfAbsent(k, n -> new ArrayList<>()).add(c));
      }
      System.out.printf(
          "%s %s, %d masks, %s; milliseconds a solve, median of %d%n",
          name, method.label(), samples.masks().count(), opened.device(), repeats);
      table("operation", operations);
      if (!commands.isEmpty()) {
        table("command", commands);
      }
      sampler.print(Measured.median(seconds.outside) * 1e3);
    }
    Measured measured =
        Measured.of("HostWork", opened)
            .with("game", name)
            .with("method", method.label())
            .with("masks", samples.masks().count())
            .with("threads", threads)
            .milliseconds("outside_ms", seconds.outside)
            .milliseconds("outside_worked_ms", seconds.worked)
            .milliseconds("inside_ms", seconds.inside);
    if (!commands.isEmpty()) {
      Traffic moved = opened.traffic().since(before);
      measured
          .milliseconds("around_commands_ms", seconds.around)
          .with("bytes_to_device", moved.toDevice() / repeats)
          .with("bytes_to_host", moved.toHost() / repeats);
    }
    measured.report();
  }

  /** The counted backend must give what the plain one does. */
  private static void check(Solution expected, Solution found) {
    boolean same =
        Arrays.equals(expected.spectrum().coefficients(), found.spectrum().coefficients())
            && Arrays.equals(
                expected.spectrum().sets().features(), found.spectrum().sets().features());
    if (!same) {
      throw new IllegalStateException("counting changed the result");
    }
  }

  private static void table(String title, Map<String, List<Counter>> rows) {
    System.out.printf(
        "  %-36s %7s %10s %15s %8s%n", title, "calls", "inside", "outside before", "worked");
    rows.forEach(
        (name, counters) ->
            System.out.printf(
                "  %-36s %7d %10.2f %15.2f %8.2f%n",
                name,
                counters.get(0).calls()[0],
                milliseconds(counters, c -> c.inside().seconds()),
                milliseconds(counters, c -> c.before().seconds()),
                milliseconds(counters, c -> c.before().worked())));
  }

  private static double milliseconds(List<Counter> counters, ToDoubleFunction<Counter> seconds) {
    return Measured.median(counters.stream().mapToDouble(seconds).toArray()) * 1e3;
  }
}
