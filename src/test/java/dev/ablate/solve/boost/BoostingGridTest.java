package dev.ablate.solve.boost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.BackendsUnderTest;
import dev.ablate.backend.Boosting.Settings;
import dev.ablate.backend.Forest;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Trees;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.solve.boost.BoostingGrid.Choice;
import dev.ablate.solve.boost.BoostingGrid.Score;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BoostingGridTest {
  private static final int ROWS = 400;
  private static final int FEATURES = 70;
  private static final BoostingGrid SMALL =
      new BoostingGrid(
          new int[] {1, 3}, new double[] {0.05, 0.2}, new int[] {20, 60, 150}, 31, 10, 0);

  static java.util.stream.Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void scoresAreTheHeldOutR2OfForestsFittedOnTheRest(Backend backend) {
    Masks masks = masks();
    double[] target = values(masks).column(0);
    Folds folds = Folds.of(masks, 4, 2);
    List<Score> scores = SMALL.scores(backend, masks, Values.of(target), folds).get(0);
    assertEquals(12, scores.size());
    for (Score score : scores) {
      double mean = 0;
      for (int f = 0; f < 4; f++) {
        int[] held = rows(folds.held(f));
        int[] rest = rows(folds.rest(f));
        Forest forest;
        try (Trees fitted =
            BoostedForests.fit(
                    backend, masks.select(rest), Values.of(target).select(rest), score.settings())
                .get(0)) {
          forest = fitted.toHost();
        }
        mean += r2(forest, masks, target, held) / 4;
      }
      assertEquals(mean, score.r2(), 1e-9, score.settings().toString());
    }
  }

  @Test
  void theBestScoreIsChosenAndRefittedOnAllRows() {
    Masks masks = masks();
    Values values = values(masks);
    Folds folds = Folds.of(masks, 5, 0);
    try (HostBackend backend = new HostBackend(2)) {
      List<Choice> choices = SMALL.choose(backend, masks, values, folds);
      assertEquals(2, choices.size());
      for (int o = 0; o < 2; o++) {
        Score best =
            SMALL.scores(backend, masks, values, folds).get(o).stream()
                .max(Comparator.comparingDouble(Score::r2))
                .orElseThrow();
        Choice choice = choices.get(o);
        assertEquals(best.settings(), choice.settings());
        assertEquals(best.r2(), choice.r2());
        assertTrue(choice.r2() > 0.7, "R² " + choice.r2());
        Forest again =
            BoostedForests.fit(backend, masks, Values.of(values.column(o)), choice.settings())
                .get(0)
                .toHost();
        assertEquals(choice.settings().trees(), choice.forest().trees());
        assertArrayEquals(again.value(), choice.forest().toHost().value());
      }
    }
  }

  @Test
  void threadsChangeNothing() {
    Masks masks = masks();
    Values values = values(masks);
    Folds folds = Folds.of(masks, 5, 0);
    List<List<Choice>> choices = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3}) {
      try (HostBackend backend = new HostBackend(threads)) {
        choices.add(SMALL.choose(backend, masks, values, folds));
      }
    }
    for (List<Choice> other : choices) {
      for (int o = 0; o < 2; o++) {
        assertEquals(choices.get(0).get(o).settings(), other.get(o).settings());
        assertEquals(choices.get(0).get(o).r2(), other.get(o).r2());
        assertArrayEquals(
            choices.get(0).get(o).forest().toHost().value(),
            other.get(o).forest().toHost().value());
      }
    }
  }

  @Test
  void everyCountMayWin() {
    Masks masks = masks();
    Values values = Values.of(values(masks).column(0));
    Folds folds = Folds.of(masks, 3, 0);
    try (HostBackend backend = new HostBackend(1)) {
      List<Score> published = SMALL.scores(backend, masks, values, folds).get(0);
      List<Score> every = SMALL.withEveryCount().scores(backend, masks, values, folds).get(0);
      assertEquals(4 * 150, every.size());
      assertTrue(every.containsAll(published));
    }
  }

  @Test
  void patienceKeepsTheScoresBeforeTheStop() {
    Masks masks = masks();
    Values values = Values.of(values(masks).column(0));
    Folds folds = Folds.of(masks, 5, 0);
    BoostingGrid grid =
        new BoostingGrid(new int[] {5}, new double[] {0.1}, new int[] {30, 1000}, 31, 10, 0);
    try (HostBackend backend = new HostBackend(2)) {
      List<Score> full = grid.scores(backend, masks, values, folds).get(0);
      List<Score> patient = grid.withPatience(60).scores(backend, masks, values, folds).get(0);
      assertEquals(full.get(0), patient.get(0));
      assertTrue(full.get(1).r2() < full.get(0).r2());
      assertTrue(patient.get(1).r2() < patient.get(0).r2());
      int grown = patient.get(1).settings().trees();
      assertTrue(grown > 60 && grown < 1000, "grown " + grown);
    }
  }

  @Test
  void thePublishedGridIsThePublishedOne() {
    BoostingGrid grid = BoostingGrid.published();
    assertArrayEquals(new int[] {3, 5}, grid.depths());
    assertArrayEquals(new double[] {0.01, 0.1}, grid.rates());
    assertArrayEquals(new int[] {500, 1000, 5000}, grid.trees());
    assertEquals(new Settings(5, 31, 20, 1000, 0.05, 0), BoostedForests.CANDIDATES);
  }

  private static Masks masks() {
    Philox.Stream random = Philox.stream(11, 1);
    long[] words = new long[2 * ROWS];
    for (int r = 0; r < ROWS; r++) {
      words[2 * r] = random.nextLong();
      words[2 * r + 1] = random.nextLong() & (1L << (FEATURES - 64)) - 1;
    }
    return new Masks(HostBuffer.of(words), ROWS, FEATURES);
  }

  /** Two outputs: one additive, one with a product, both with noise. */
  private static Values values(Masks masks) {
    Philox.Stream random = Philox.stream(12, 1);
    Values values = Values.zeros(ROWS, 2);
    for (int r = 0; r < ROWS; r++) {
      double a = masks.kept(r, 3) ? 1 : -1;
      double b = masks.kept(r, 66) ? 1 : -1;
      values.set(r, 0, 2 * a + b + 0.5 * random.nextGaussian());
      values.set(r, 1, a + 2 * a * b + 0.5 * random.nextGaussian());
    }
    return values;
  }

  private static int[] rows(long[] bits) {
    return java.util.stream.IntStream.range(0, ROWS)
        .filter(r -> (bits[r >>> 6] >>> r & 1) != 0)
        .toArray();
  }

  private static double r2(Forest forest, Masks masks, double[] target, int[] rows) {
    double mean = 0;
    for (int r : rows) {
      mean += target[r] / rows.length;
    }
    double error = 0;
    double spread = 0;
    for (int r : rows) {
      double predicted = forest.base();
      for (int node : forest.roots()) {
        while (forest.feature()[node] >= 0) {
          node = masks.kept(r, forest.feature()[node]) ? forest.right()[node] : forest.left()[node];
        }
        predicted += forest.value()[node];
      }
      error += (target[r] - predicted) * (target[r] - predicted);
      spread += (target[r] - mean) * (target[r] - mean);
    }
    return 1 - error / spread;
  }
}
