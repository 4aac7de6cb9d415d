package dev.ablate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Game;
import dev.ablate.game.Input;
import dev.ablate.game.Progress;
import dev.ablate.game.Span;
import dev.ablate.game.Subject;
import dev.ablate.game.Values;
import dev.ablate.io.ExplanationJson;
import dev.ablate.lens.text.TextGame;
import dev.ablate.lens.text.TextLens;
import dev.ablate.mask.Masks;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import dev.ablate.model.TinyModels;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What callers do wrong ends with one line that says what, never with a failure inside. */
class AblateMisuseTest {
  private static Ablate engine;

  @BeforeAll
  static void open() {
    engine = Ablate.open("host", 2);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static double[] zeros(Masks masks) {
    return new double[masks.count()];
  }

  private static void assertRefused(String says, Executable call) {
    InputException refused = assertThrows(InputException.class, call);
    assertTrue(refused.getMessage().contains(says), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
  }

  private static Ablate.Builder request() {
    return engine.request();
  }

  @Test
  void namesAndFeaturesThatDisagreeAreRefused() {
    Function<Masks, double[]> game = AblateMisuseTest::zeros;
    List<String> two = List.of("a", "b");
    assertRefused(
        "2 names for 3 features", request().game(game).features(3).featureNames(two)::explain);
    assertRefused(
        "2 names for 3 features", request().game(game).featureNames(two).features(3)::explain);
    assertEquals(two, request().game(game).features(2).featureNames(two).explain().featureNames());
    assertEquals(two, request().game(game).featureNames(two).explain().featureNames());
    Game whole = Game.of(4, game);
    assertRefused("features 3, but the game has 4", request().game(whole).features(3)::explain);
    assertRefused(
        "the game names its own features", request().game(whole).featureNames(two)::explain);
    assertEquals(4, request().game(whole).features(4).explain().features());
    assertRefused("call features(n)", request().game(game)::explain);
    assertRefused("no game", request().features(3)::explain);
    for (int features : new int[] {0, -1, Integer.MAX_VALUE}) {
      assertRefused("features " + features, request().game(game).features(features)::explain);
    }
  }

  @Test
  void nullIsNamed() {
    Function<Masks, double[]> game = AblateMisuseTest::zeros;
    assertRefused("the backend is null", () -> Ablate.open(null, 1));
    assertRefused("the game is null", () -> request().game((Function<Masks, double[]>) null));
    assertRefused("the game is null", () -> request().game((Game) null));
    assertRefused("feature names is null", () -> request().featureNames(null));
    assertRefused("feature name is null", () -> request().featureNames(Arrays.asList("a", null)));
    assertRefused("setting is null", () -> request().set(null, "1"));
    assertRefused("budget is null", () -> request().set("budget", null));
    assertRefused("method is null", () -> request().method(null));
    assertRefused("refine is null", () -> request().refine(null));
    assertRefused("index is null", () -> request().index(null, 2));
    assertRefused("file is null", () -> request().journal(null));
    assertRefused("listener is null", () -> request().progress(null));
    assertRefused("the game is null", () -> Game.of(3, null));
    assertRefused("feature names is null", () -> Game.of((List<String>) null, game));
    assertRefused("values is null", () -> Values.of(null));
    Explanation explanation = request().game(game).features(2).explain();
    assertRefused("combine is null", () -> explanation.plus(null));
    assertRefused("combine is null", () -> explanation.minus(null));
    assertRefused("explanations is null", () -> Explanation.mean(null));
    assertRefused("predict is null", () -> explanation.predict(null));
    assertRefused("index is null", () -> explanation.interactions(null, 2));
    assertRefused("directory is null", () -> ModelDirectory.open(null));
    assertRefused("to write is null", () -> ExplanationJson.write((Path) null, explanation));
    assertRefused("to write is null", () -> ExplanationJson.write(Path.of("e.json"), null));
    assertRefused("to read is null", () -> ExplanationJson.read(null));
    assertRefused("to read is null", () -> ExplanationJson.parse(null, "text"));
  }

  @Test
  void aLensTakesNullForWhatNobodySet() {
    assertEquals(TextLens.DEFAULT, new TextLens(null, null, null, null, null));
    assertEquals(
        TextLens.of(Settings.STANDARD.with(TextLens.SUBSTITUTE, "…")),
        new TextLens(null, null, null, null, null, "…"));
    List<String> hole = Arrays.asList("positive", null);
    assertRefused("label is null", () -> new TextLens(null, null, null, hole, null));
    assertRefused("kept feature is null", () -> new TextLens(null, null, null, null, hole));
    assertRefused("the model is null", () -> TextLens.DEFAULT.game(null, "a film"));
  }

  /** A game of which one answer can be replaced by a wrong one. */
  private static class Replaced implements Game {
    @Override
    public int features() {
      return 3;
    }

    @Override
    public void evaluate(Masks masks, Values out) {}
  }

  @Test
  void whatAGameSaysOfItselfIsChecked() {
    assertRefused(
        "0 features",
        request()
                .game(
                    new Replaced() {
                      @Override
                      public int features() {
                        return 0;
                      }
                    })
            ::explain);
    assertRefused(
        "0 outputs",
        request()
                .game(
                    new Replaced() {
                      @Override
                      public int outputs() {
                        return 0;
                      }
                    })
            ::explain);
    assertRefused(
        "names of its features is null", request().game(named(null, List.of("o")))::explain);
    assertRefused(
        "2 names for 3 features", request().game(named(List.of("a", "b"), List.of("o")))::explain);
    assertRefused(
        "name of the game's features is null",
        request().game(named(Arrays.asList("a", null, "c"), List.of("o")))::explain);
    List<String> three = List.of("a", "b", "c");
    assertRefused("names of its outputs is null", request().game(named(three, null))::explain);
    assertRefused("0 names for 1 outputs", request().game(named(three, List.of()))::explain);
    assertRefused("subject is null", request().game(about(null))::explain);
    Input two = new Input.Text("a b", List.of(new Span(0, 1), new Span(2, 3)), "word");
    assertRefused(
        "marks 2 places for 3 features",
        request().game(about(new Subject(two, "value", null, Map.of())))::explain);
  }

  private static Game named(List<String> features, List<String> outputs) {
    return new Replaced() {
      @Override
      public List<String> featureNames() {
        return features;
      }

      @Override
      public List<String> outputNames() {
        return outputs;
      }
    };
  }

  private static Game about(Subject subject) {
    return new Replaced() {
      @Override
      public Subject subject() {
        return subject;
      }
    };
  }

  @Test
  void whatAGameReturnsIsChecked() {
    assertRefused("returned null", request().game(masks -> (double[]) null).features(3)::explain);
    assertRefused("returned 1 values", request().game(masks -> new double[1]).features(3)::explain);
    assertRefused("NaN", request().game(masks -> filled(masks, Double.NaN)).features(3)::explain);
    assertRefused(
        "Infinity",
        request().game(masks -> filled(masks, Double.NEGATIVE_INFINITY)).features(3)::explain);
    IllegalStateException own = new IllegalStateException("out of credit");
    Function<Masks, double[]> failing =
        masks -> {
          throw own;
        };
    assertSame(
        own,
        assertThrows(IllegalStateException.class, request().game(failing).features(3)::explain));
  }

  private static double[] filled(Masks masks, double value) {
    double[] values = new double[masks.count()];
    Arrays.fill(values, value);
    return values;
  }

  /** The same for games that keep their values in the memory of a backend. */
  @Test
  void theDefaultOfAGameOnADeviceKeepsItsShape() {
    Game game = new Replaced();
    try (Backend host = new HostBackend(1)) {
      assertEquals(8, game.evaluate(Masks.exhaustive(3), host, Progress.NONE).count());
    }
  }

  @Test
  void aClosedEngineSaysSo() {
    Ablate closed = Ablate.open("host", 2);
    Ablate.Builder before = closed.request().game(AblateMisuseTest::zeros).features(14);
    closed.close();
    assertRefused("the engine is closed", before::explain);
    assertRefused("the engine is closed", closed.request().game(new Replaced())::explain);
  }

  @Test
  void anEngineThatIsClosedMeanwhileSaysSo() {
    Ablate closed = Ablate.open("host", 2);
    Function<Masks, double[]> closing =
        masks -> {
          closed.close();
          return zeros(masks);
        };
    assertRefused(
        "the engine is closed",
        () -> {
          closed.request().game(closing).features(30).explain();
          closed.request().game(closing).features(30).explain();
        });
  }

  @Test
  void aClosedModelSaysSo() {
    TextModel model = ModelDirectory.open(TinyModels.directory()).load(2);
    TextGame game = TextLens.DEFAULT.game(model, "the film never fails");
    model.close();
    assertRefused("is closed", request().game(game)::explain);
    assertRefused("is closed", () -> TextLens.DEFAULT.game(model, "the film never fails"));
    assertRefused("the text is null", () -> TextLens.DEFAULT.game(model, (String) null));
    assertRefused("the model is null", () -> TextLens.DEFAULT.game(null, "film"));
  }

  @Test
  void anInterruptBeforeTheJournalOpensCancels(@TempDir Path folder) {
    Ablate.Builder builder = request().game(new Replaced()).journal(folder.resolve("game.journal"));
    Thread.currentThread().interrupt();
    try {
      assertThrows(CancellationException.class, builder::explain);
    } finally {
      assertTrue(Thread.interrupted(), "the interrupt status is gone");
    }
    assertEquals(3, builder.explain().features());
  }

  @Test
  @Timeout(30)
  void moreTestMasksThanThereAreTakeWhatIsLeft() {
    long[] asked = new long[1];
    Explanation explanation =
        request()
            .game(
                masks -> {
                  asked[0] += masks.count();
                  double[] values = new double[masks.count()];
                  for (int r = 0; r < values.length; r++) {
                    values[r] = masks.hostWords()[r] & 1;
                  }
                  return values;
                })
            .features(18)
            .budget(500)
            .method("screen")
            .testMasks(10_000_000)
            .explain();
    assertEquals((1 << 18) - 500, explanation.outputs().get(0).fit().r2Masks());
    assertEquals(1 << 18, asked[0]);
    assertEquals(1, explanation.outputs().get(0).fit().r2(), 1e-9);
  }
}
