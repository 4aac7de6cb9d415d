package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;

/**
 * Methods on the evaluated games of {@code benchmarks/games}: fit on the masks, score on the test
 * masks, beside the authors' ProxySPEX on all of the masks. A game is solved once untimed, so that
 * the seconds are those of warm code. Planted games also tell how many true terms were found
 * ({@link Recovery}), and have a control: least squares on the true support.
 *
 * <p>Arguments: methods ({@code auto}, {@code screen}, {@code proxyspex-ridge}, …; {@code lasso},
 * {@code ridge} and {@code none} alone mean ProxySPEX with that refinement; default {@code lasso}),
 * names of games (default all), {@code --half} or {@code --masks=K} for the first half or the first
 * K of the masks, {@code --repeats=R} for the median of R timed runs, and {@code --backend=NAME}
 * (default host).
 */
public final class GamesAgainstPeer {
  private final Options options;
  private final Backend backend;

  private GamesAgainstPeer(Options options, Backend backend) {
    this.options = options;
    this.backend = backend;
  }

  /** What the arguments say. */
  private static final class Options {
    String backend = "host";
    boolean half;
    int masks = Integer.MAX_VALUE;
    int repeats = 1;
    final List<String> games = new ArrayList<>();
    final List<Method> methods = new ArrayList<>();

    Options(String[] args) {
      for (String arg : args) {
        String value = arg.substring(arg.indexOf('=') + 1);
        if (arg.startsWith("--backend=")) {
          backend = value;
        } else if (arg.equals("--half")) {
          half = true;
        } else if (arg.startsWith("--masks=")) {
          masks = Integer.parseInt(value);
        } else if (arg.startsWith("--repeats=")) {
          repeats = Integer.parseInt(value);
        } else if (arg.startsWith("--")) {
          throw new InputException(
              arg + ": unknown; use --half, --masks=K, --repeats=R or --backend=NAME");
        } else if (SharedGame.NAMES.contains(arg)) {
          games.add(arg);
        } else {
          methods.add(Method.parse(arg));
        }
      }
      if (methods.isEmpty()) {
        methods.add(Method.parse("lasso"));
      }
    }

    /** Some of the masks, in their order. */
    Samples of(SharedGame game) {
      int count = half ? game.masks().count() / 2 : masks;
      return Evaluated.first(Evaluated.foreign(game.masks(), game.values()), count);
    }
  }

  /** Prints the table. */
  public static void main(String[] args) {
    Options options = new Options(args);
    System.out.printf(
        "%-24s %-16s %5s %9s %10s %8s %17s %6s %7s  %s%n",
        "game", "method", "masks", "R2", "1-R2", "ratio", "seconds", "terms", "found", "ran");
    try (Backend backend = Backends.open(options.backend, 0).backend()) {
      GamesAgainstPeer table = new GamesAgainstPeer(options, backend);
      for (String game : options.games.isEmpty() ? SharedGame.NAMES : options.games) {
        table.measure(game);
      }
    }
  }

  private void measure(String name) {
    SharedGame game = SharedGame.read(name);
    Samples samples = options.of(game);
    Spectrum truth = game.truth();
    for (Method method : options.methods) {
      try {
        measure(name, game, samples, method);
      } catch (InputException e) {
        if (!backend.name().equals("host")) {
          // On a device that was asked for, a missing line would be noticed by nobody.
          throw e;
        }
        System.out.printf("%-24s %-16s left out: %s%n", name, method.label(), e.getMessage());
      }
    }
    if (truth != null) {
      long start = System.nanoTime();
      Spectrum known = LeastSquares.fit(samples, truth.sets()).spectrum();
      double[] seconds = {(System.nanoTime() - start) / 1e9};
      row(name, "(true support)", samples, game, known, seconds, "least squares");
    }
  }

  private void measure(String name, SharedGame game, Samples samples, Method method) {
    Solution solution = method.solve(samples, backend, 0);
    double[] seconds = new double[options.repeats];
    for (int r = 0; r < seconds.length; r++) {
      long start = System.nanoTime();
      solution = method.solve(samples, backend, 0);
      seconds[r] = (System.nanoTime() - start) / 1e9;
    }
    String ran = solution.ran() + " " + solution.refine();
    double r2 = row(name, method.label(), samples, game, solution.spectrum(), seconds, ran);
    if (!backend.name().equals("host")) {
      Measured.of("GamesAgainstPeer", backend)
          .with("game", name)
          .with("method", method.label())
          .with("masks", samples.masks().count())
          .with("r2", r2)
          .with("share_of_peers_error", (1 - r2) / (1 - game.peerR2()))
          .milliseconds("ms", seconds)
          .report();
    }
    System.out.println("  held-out R2 " + solution.heldOutR2() + " " + solution.report());
  }

  private double row(
      String name,
      String method,
      Samples samples,
      SharedGame game,
      Spectrum spectrum,
      double[] seconds,
      String ran) {
    double r2 = R2.of(game.testValues(), spectrum.evaluate(game.testMasks(), backend));
    Spectrum truth = game.truth();
    String found =
        truth == null ? "-" : Recovery.found(truth, spectrum) + "/" + Recovery.terms(truth);
    System.out.printf(
        "%-24s %-16s %5d %9.6f %10.3g %8.4f %17s %6d %7s  %s%n",
        name,
        method,
        samples.masks().count(),
        r2,
        1 - r2,
        (1 - r2) / (1 - game.peerR2()),
        Measured.spread(seconds),
        spectrum.size(),
        found,
        ran);
    return r2;
  }
}
