package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.Backend;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.Values;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.proxyspex.ProxySpexSolver;
import dev.ablate.spectrum.R2;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * ProxySPEX on the evaluated games of {@code ../shared/games}: fit on the masks, score on the test
 * masks, beside the authors' package on the same masks. A game is solved twice and the second time
 * counts, so that the figures are those of warm code.
 *
 * <p>Arguments: refinements (default {@code lasso}) and names of games (default all).
 */
public final class GamesAgainstPeer {
  private static final Path FOLDER = Path.of("..", "shared", "games");
  private static final List<String> GAMES =
      List.of(
          "forest-breast-cancer-30",
          "forest-digits-64",
          "planted-hierarchical-64",
          "planted-noisy-256",
          "planted-peaks-64");

  private GamesAgainstPeer() {}

  /** Prints the table. */
  public static void main(String[] args) throws IOException {
    List<String> given = List.of(args);
    List<String> games = GAMES.stream().filter(g -> given.isEmpty() || given.contains(g)).toList();
    List<String> words = given.stream().filter(a -> !GAMES.contains(a)).toList();
    System.out.printf(
        "%-24s %-6s %9s %10s %8s %8s %6s%n",
        "game", "refine", "R2", "1-R2", "ratio", "seconds", "terms");
    try (Backend backend = new HostBackend()) {
      for (String game : games.isEmpty() ? GAMES : games) {
        for (String word : words.isEmpty() ? List.of("lasso") : words) {
          measure(game, Refine.parse(word), backend);
        }
      }
    }
  }

  private static void measure(String name, Refine refine, Backend backend) throws IOException {
    Path folder = FOLDER.resolve(name);
    Masks masks = MaskFile.read(folder.resolve("masks.npy"));
    Values values = ValueFile.read(folder.resolve("values.npy"));
    JsonNode about = new ObjectMapper().readTree(folder.resolve("game.json").toFile());
    double peer = 1 - about.get("spectral_explain_proxyspex").get("r2").asDouble();
    Samples samples =
        new Samples(masks, values, new Design.Foreign(masks.features(), masks.count()));
    ProxySpexSolver solver = new ProxySpexSolver(refine);
    solver.solve(samples, backend, 0);
    long start = System.nanoTime();
    Solution solution = solver.solve(samples, backend, 0).get(0);
    double seconds = (System.nanoTime() - start) / 1e9;
    double[] predicted =
        solution.spectrum().evaluate(MaskFile.read(folder.resolve("test_masks.npy")), backend);
    double r2 = R2.of(ValueFile.read(folder.resolve("test_values.npy")).column(0), predicted);
    System.out.printf(
        "%-24s %-6s %9.6f %10.6f %8.4f %8.2f %6d%n",
        name, refine.word(), r2, 1 - r2, (1 - r2) / peer, seconds, solution.spectrum().size());
    System.out.println("  held-out R2 " + solution.heldOutR2() + " " + solution.settings());
  }
}
