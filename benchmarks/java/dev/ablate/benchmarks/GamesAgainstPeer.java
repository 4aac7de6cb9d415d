package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.mask.Design;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.proxyspex.ProxySpexSolver;
import dev.ablate.spectrum.R2;
import java.util.List;
import java.util.stream.Stream;

/**
 * ProxySPEX on the evaluated games of {@code benchmarks/games}: fit on the masks, score on the test
 * masks, beside the authors' package on the same masks. A game is solved twice and the second time
 * counts, so that the figures are those of warm code.
 *
 * <p>Arguments: refinements (default {@code lasso}), names of games (default all) and {@code
 * --backend=NAME} (default host).
 */
public final class GamesAgainstPeer {
  private static final List<String> GAMES = SharedGame.NAMES;

  private static final String BACKEND = "--backend=";

  private GamesAgainstPeer() {}

  /** Prints the table. */
  public static void main(String[] args) {
    String backendName =
        Stream.of(args)
            .filter(a -> a.startsWith(BACKEND))
            .map(a -> a.substring(BACKEND.length()))
            .findFirst()
            .orElse("host");
    List<String> given = Stream.of(args).filter(a -> !a.startsWith(BACKEND)).toList();
    List<String> games = GAMES.stream().filter(g -> given.isEmpty() || given.contains(g)).toList();
    List<String> words = given.stream().filter(a -> !GAMES.contains(a)).toList();
    System.out.printf(
        "%-24s %-6s %9s %10s %8s %8s %6s%n",
        "game", "refine", "R2", "1-R2", "ratio", "seconds", "terms");
    try (Backend backend = Backends.open(backendName, 0).backend()) {
      for (String game : games.isEmpty() ? GAMES : games) {
        for (String word : words.isEmpty() ? List.of("lasso") : words) {
          measure(game, Refine.parse(word), backend);
        }
      }
    }
  }

  private static void measure(String name, Refine refine, Backend backend) {
    SharedGame game = SharedGame.read(name);
    double peer = 1 - game.peerR2();
    int features = game.masks().features();
    Samples samples =
        new Samples(
            game.masks(), game.values(), new Design.Foreign(features, game.masks().count()));
    ProxySpexSolver solver = new ProxySpexSolver(refine);
    solver.solve(samples, backend, 0);
    long start = System.nanoTime();
    Solution solution = solver.solve(samples, backend, 0).get(0);
    double seconds = (System.nanoTime() - start) / 1e9;
    double r2 = R2.of(game.testValues(), solution.spectrum().evaluate(game.testMasks(), backend));
    System.out.printf(
        "%-24s %-6s %9.6f %10.6f %8.4f %8.2f %6d%n",
        name, refine.word(), r2, 1 - r2, (1 - r2) / peer, seconds, solution.spectrum().size());
    if (!backend.name().equals("host")) {
      Measured.of("GamesAgainstPeer", backend)
          .with("game", name)
          .with("refine", refine.word())
          .with("r2", r2)
          .with("share_of_peers_error", (1 - r2) / peer)
          .with("ms", seconds * 1e3)
          .report();
    }
    System.out.println("  held-out R2 " + solution.heldOutR2() + " " + solution.settings());
  }
}
