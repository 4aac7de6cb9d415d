package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.game.Budget;
import dev.ablate.game.Game;
import dev.ablate.game.PlantedGame;
import dev.ablate.game.Progress;
import dev.ablate.index.Index;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Method;
import dev.ablate.spectrum.Spectrum;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Masks are drawn as the index weighs them, and every part of a run knows it. */
class SamplingTest {
  private static final int FEATURES = 16;

  private static final HostBackend HOST = new HostBackend(2);
  private static final Runner RUNNER = new Runner(new Backends.Choice(HOST, "in a test"));

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static double value(boolean[] kept) {
    double sum = 1;
    for (int i = 0; i < kept.length; i++) {
      sum += kept[i] ? 1.0 / (i + 1) : 0;
    }
    return sum * sum + (kept[2] && kept[5] ? 3 : 0);
  }

  private static Game game(Set<String> asked) {
    return Game.of(
        FEATURES,
        masks -> {
          double[] values = new double[masks.count()];
          for (int m = 0; m < values.length; m++) {
            asked.add(Arrays.toString(masks.row(m)));
            values[m] = value(masks.row(m));
          }
          return values;
        });
  }

  private static Request request(Index index) {
    return Request.standard()
        .with(RunSettings.INDEX, index)
        .withMethod(Method.SCREEN)
        .withBudget(new Budget(600));
  }

  private static Explanation explain(Request request, Set<String> asked) {
    return RUNNER.explain(game(asked), request, Progress.NONE);
  }

  private static Fit fit(Explanation explanation) {
    return explanation.outputs().get(0).fit();
  }

  private static String design(Explanation explanation) {
    return explanation.provenance().report().design();
  }

  @ParameterizedTest
  @EnumSource(Index.class)
  void theIndexDecides(Index index) {
    Set<String> asked = new HashSet<>();
    Explanation explanation = explain(request(index), asked);
    boolean alike = Set.of("sv", "sii", "k-sii", "stii", "fsii").contains(index.label());
    assertEquals(alike ? "paired-size" : "paired-uniform", design(explanation));
    Fit fit = fit(explanation);
    assertEquals(200, fit.r2Masks());
    assertEquals(alike ? 200 : 0, fit.r2BySizeMasks());
    assertEquals(alike, Double.isFinite(fit.r2BySize()));
    // Nothing and everything kept are fitted; the two kinds of held-out masks may share some.
    assertEquals(asked.size(), fit.evaluated());
    assertTrue(asked.size() <= (alike ? 1000 : 800) && asked.size() > (alike ? 950 : 799));
    boolean[] all = new boolean[FEATURES];
    assertEquals(value(all), fit.none());
    Arrays.fill(all, true);
    assertEquals(value(all), fit.all());
  }

  @ParameterizedTest
  @CsvSource({"SV, UNIFORM, 200", "FBII, SIZE, 200", "FBII, BOTH, 200", "FBII, UNIFORM, 0"})
  void whatIsAskedForGoesBeforeTheIndex(Index index, MaskSampling sampling, int bySize) {
    Request request = request(index).with(RunSettings.SAMPLING, sampling);
    Explanation explanation = explain(request, new HashSet<>());
    assertEquals("paired-" + sampling, design(explanation));
    assertEquals(bySize, fit(explanation).r2BySizeMasks());
    assertEquals(0, explanation.provenance().report().notes().size());
  }

  @Test
  void aSettingWithoutEffectIsSaid() {
    Request request =
        request(Index.SV)
            .withMethod(Method.SPEX)
            .withBudget(new Budget(3_000))
            .with(RunSettings.SAMPLING, MaskSampling.BOTH);
    Explanation explanation = explain(request, new HashSet<>());
    assertEquals("coded", design(explanation));
    String notes = explanation.provenance().report().notes().toString();
    assertTrue(notes.contains("sampling does nothing here"), notes);
  }

  /** Without held-out masks of its own a run says what its R² is of. */
  @Test
  void r2OfMasksBySizeIsSaidToBe() {
    Explanation explanation = explain(request(Index.SV).withTestMasks(0), new HashSet<>());
    String notes = explanation.provenance().report().notes().toString();
    assertTrue(notes.contains("R² is of masks drawn by size"), notes);
    assertEquals(0, fit(explanation).r2BySizeMasks());
  }

  /** A journal holds values of masks; which design drew them does not matter. */
  @Test
  void aRunIsResumedWithAnotherDesign() {
    Path journal = folder.resolve("journal");
    Set<String> first = new HashSet<>();
    explain(request(Index.FBII).withJournal(journal), first);
    Set<String> second = new HashSet<>();
    Explanation resumed = explain(request(Index.SII).withJournal(journal), second);
    Set<String> undisturbed = new HashSet<>();
    Explanation plain = explain(request(Index.SII), undisturbed);
    Set<String> known = new HashSet<>(undisturbed);
    known.retainAll(first);
    assertTrue(known.size() >= 2, "both ends at least");
    assertEquals(known.size(), resumed.provenance().report().journalMasks());
    undisturbed.removeAll(first);
    assertEquals(undisturbed, second);
    assertEquals(fit(plain).r2(), fit(resumed).r2());
    assertEquals(fit(plain).r2BySize(), fit(resumed).r2BySize());
  }

  @ParameterizedTest
  @CsvSource({"SII, paired-size, 400", "FBII, paired-uniform, 200"})
  void roundsDrawAsTheIndexWeighs(Index index, String kind, int held) {
    Set<String> asked = new HashSet<>();
    Explanation explanation = explain(request(index).withTargetR2(0.7), asked);
    assertEquals(kind, design(explanation));
    Fit fit = fit(explanation);
    assertEquals(200, fit.r2Masks());
    assertEquals(held - 200, fit.r2BySizeMasks());
    assertTrue(fit.masks() < 600, "masks: " + fit.masks());
    assertEquals(asked.size(), fit.evaluated());
    assertTrue(asked.size() <= fit.masks() + held && asked.size() >= fit.masks() + held - 30);
    boolean[] none = new boolean[FEATURES];
    assertEquals(value(none), fit.none());
  }

  /** As many masks as there are, but for a few: nothing repeats and nothing is left out. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 3", "3, 7", "4, 15", "4, 2", "5, 31", "8, 255", "8, 250"})
  void nearlyAllMasks(int features, int budget) {
    for (Index index : new Index[] {Index.SV, Index.FBII}) {
      Set<String> asked = new HashSet<>();
      Game game =
          Game.of(
              features,
              masks -> {
                double[] values = new double[masks.count()];
                for (int m = 0; m < values.length; m++) {
                  assertTrue(asked.add(Arrays.toString(masks.row(m))), "asked twice");
                  values[m] = value(Arrays.copyOf(masks.row(m), FEATURES));
                }
                return values;
              });
      Request request =
          Request.standard().with(RunSettings.INDEX, index).withBudget(new Budget(budget));
      Explanation explanation = RUNNER.explain(game, request, Progress.NONE);
      assertEquals(budget, fit(explanation).masks());
      assertTrue(asked.size() <= 1 << features);
    }
  }

  /** Masks by size must not hide what is sparse. */
  @ParameterizedTest
  @CsvSource({"screen, SII", "screen, FBII", "auto, SII"})
  void sparseGamesAreRecovered(String method, Index index) {
    PlantedGame game = PlantedGame.random(40, 12, 4, 0.5, 101);
    Request request =
        Request.standard()
            .withMethod(Method.parse(method))
            .with(RunSettings.INDEX, index)
            .withBudget(new Budget(852));
    Explanation explanation = RUNNER.explain(game, request, Progress.NONE);
    Spectrum truth = game.truth();
    for (int s = 0; s < truth.size(); s++) {
      assertEquals(
          truth.coefficient(s), explanation.spectrum().coefficientOf(truth.sets().get(s)), 0.15);
    }
    assertTrue(fit(explanation).r2() > 0.95, "R² " + fit(explanation).r2());
  }

  /** The masks that look uniform and those that do not, with sizes alike or not. */
  @Test
  void tablesAreKnownByTheirLooks() {
    for (MaskSampling sampling : MaskSampling.values()) {
      Masks masks = Designs.masks(new dev.ablate.mask.Design.Paired(sampling, 30, 900, 3), HOST);
      MaskSampling expected =
          sampling == MaskSampling.UNIFORM ? MaskSampling.UNIFORM : MaskSampling.SIZE;
      assertEquals(expected, RunnerTest.table(masks).looks());
    }
  }
}
