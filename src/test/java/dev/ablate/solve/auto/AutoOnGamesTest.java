package dev.ablate.solve.auto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.SharedGames;
import dev.ablate.SharedGames.SharedGame;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solvers;
import dev.ablate.solve.lasso.LeastSquares;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The default on the evaluated games, against the peer and against least squares on the truth. */
class AutoOnGamesTest {
  private static final HostBackend HOST = new HostBackend();

  @AfterAll
  static void close() {
    HOST.close();
  }

  /** The first masks of a game, solved; and 1 - R² on its test pair. */
  private record Solved(Solution solution, Masks masks, double[] values, double lost) {
    static Solved of(SharedGame game, int count) {
      int[] rows = IntStream.range(0, count).toArray();
      Masks masks = game.masks().select(rows);
      Samples samples =
          new Samples(
              masks,
              game.values().select(rows),
              new Design.Foreign(masks.features(), masks.count()));
      Solution solution = Solvers.choose(Settings.STANDARD, samples).solve(samples, HOST, 0).get(0);
      double r2 = R2.of(game.testValues(), solution.spectrum().evaluate(game.testMasks()));
      return new Solved(solution, masks, samples.values().column(0), 1 - r2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "forest-digits-64, 2000, 0.22",
    "forest-digits-64, 1000, 0.35",
    "forest-breast-cancer-30, 1000, 0.05",
    "forest-breast-cancer-30, 500, 0.10"
  })
  void forestsLeaveAFractionOfThePeersError(String name, int masks, double share) {
    SharedGame game = SharedGames.read(name);
    double lost = Solved.of(game, masks).lost();
    assertTrue(lost <= share * (1 - game.peerR2()), name + ": " + lost / (1 - game.peerR2()));
  }

  @ParameterizedTest
  @CsvSource({
    "planted-hierarchical-64, 2000, 2",
    "planted-hierarchical-64, 1000, 2",
    "planted-noisy-256, 4000, 2",
    "planted-noisy-256, 2000, 2",
    "planted-peaks-64, 4000, 2",
    "planted-peaks-64, 1500, 50"
  })
  void plantedTermsAreAllFound(String name, int count, double times) {
    SharedGame game = SharedGames.read(name);
    List<int[]> sets = new ArrayList<>();
    sets.add(new int[0]);
    for (JsonNode term : game.about().get("terms")) {
      sets.add(
          IntStream.range(0, term.get(0).size()).map(k -> term.get(0).get(k).asInt()).toArray());
    }
    Solved solved = Solved.of(game, count);
    Spectrum found = solved.solution().spectrum();
    long there =
        sets.stream().filter(set -> set.length > 0 && found.indexOf(sorted(set)) >= 0).count();
    assertEquals(game.about().get("terms").size(), there, name);
    Sets truth = Sets.of(sets);
    LeastSquares best =
        LeastSquares.of(Problem.of(solved.masks(), Values.of(solved.values()), HOST, 0), 0, truth);
    Spectrum control = new Spectrum(found.features(), truth, best.coefficients());
    double least = 1 - R2.of(game.testValues(), control.evaluate(game.testMasks()));
    assertTrue(solved.lost() <= times * least, name + ": " + solved.lost() + " of " + least);
    assertTrue(solved.lost() <= 0.001, name + ": " + solved.lost());
  }

  private static int[] sorted(int[] set) {
    int[] copy = set.clone();
    Arrays.sort(copy);
    return copy;
  }
}
