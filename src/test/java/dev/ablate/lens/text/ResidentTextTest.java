package dev.ablate.lens.text;

import static dev.ablate.lens.text.ToldValues.assertClose;
import static dev.ablate.lens.text.ToldValues.assertTold;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Scores;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Per;
import dev.ablate.model.ResidentNetwork.Sharing;
import dev.ablate.model.StubFunction;
import dev.ablate.model.StubModels;
import dev.ablate.model.StubNetwork;
import dev.ablate.model.TextModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Texts under a network in the memory of a backend have the values that they have on the host. */
class ResidentTextTest {
  private static final Backend HOST = new HostBackend(2);
  private static final int VOCABULARY = 36;
  private static final StubFunction LABELS = new StubFunction(2, -1);
  private static final StubFunction WORDS = new StubFunction(VOCABULARY, -1);
  private static final String TEXT =
      "her acting never fails to impress , it was good and the movie was not bad !";
  private static final Layout ROWS = StubModels.layout(Per.ROW, 2);
  private static final Layout ASKED = StubModels.layout(Per.ASKED, VOCABULARY);

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Masks masks(int features, int count) {
    if (features < 10 && count >= 1 << features) {
      return Masks.exhaustive(features);
    }
    return UniformMasks.draw(HOST.sampling(), features, count, 3, UniformMasks.Use.FIT, null);
  }

  private static TextLens lens(Ablation ablation, ValueFunction value, String... targets) {
    return new TextLens(Unit.WORD, ablation, value, List.of(targets), List.of());
  }

  /** The values in the memory of the backend against those of a model of the host. */
  private static void assertSame(Game here, Game there, int count) {
    Masks masks = masks(here.features(), count);
    Values expected = Values.zeros(masks.count(), here.outputs());
    here.evaluate(masks, expected);
    long[] done = new long[1];
    Values found = there.evaluate(masks, HOST, more -> done[0] += more);
    assertClose(expected.hostDoubles(), found.hostDoubles());
    assertEquals(masks.count(), done[0]);
    assertTold(there, masks, expected, HOST);
  }

  private static void assertSame(
      BiFunction<StubFunction, StubNetwork, TextModel> opening,
      StubFunction function,
      StubNetwork network,
      TextLens lens,
      String text) {
    try (TextModel here = opening.apply(function, null);
        TextModel there = opening.apply(function, network)) {
      assertSame(lens.game(here, text), lens.game(there, text), 700);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "LOG_ODDS,REMOVE",
    "LOGIT,REMOVE",
    "PROBABILITY,REMOVE",
    "LOG_ODDS,MASK",
    "PROBABILITY,UNK"
  })
  void labelsAreThoseOfTheHost(ValueFunction value, Ablation ablation) {
    StubNetwork network = new StubNetwork(HOST, ROWS, LABELS);
    assertSame(
        StubModels::classifier,
        LABELS,
        network,
        lens(ablation, value, "negative", "positive"),
        TEXT);
  }

  @ParameterizedTest
  @CsvSource({
    "U64,PADDED,0,0",
    "I32,EQUAL_LENGTHS,0,0",
    "U64,ALONE,0,0",
    "I32,PADDED,8,0",
    "U64,PADDED,16,32"
  })
  void batchesAreAsTheGraphNeedsThem(Element whole, Sharing sharing, int rows, int length) {
    Layout layout = StubModels.with(ROWS, whole, sharing, rows, length);
    StubNetwork network = new StubNetwork(HOST, layout, LABELS);
    assertSame(
        StubModels::classifier, LABELS, network, lens(Ablation.REMOVE, null, "positive"), TEXT);
    for (int[] run : network.runs()) {
      assertTrue(rows == 0 || run[0] == rows, "rows of a run");
      assertTrue(length == 0 || run[1] == length, "positions of a row");
      assertTrue(sharing != Sharing.ALONE || run[0] == 1, "alone");
      assertTrue(sharing != Sharing.EQUAL_LENGTHS || run[2] == run[0] * run[1], "one length");
    }
  }

  @Test
  void littleIsPaddedAndEqualRowsRunOnce() {
    StubNetwork network = new StubNetwork(HOST, ROWS, LABELS);
    try (TextModel model = StubModels.classifier(LABELS, network)) {
      // Any two of these leave the same.
      Game game = lens(Ablation.REMOVE, null, "positive").game(model, "good good good good bad");
      game.evaluate(Masks.exhaustive(5), HOST, Progress.NONE);
      assertEquals(10, network.runs().stream().mapToInt(run -> run[0]).sum());
      assertEquals(10, game.counts().get("texts"));
      network.runs().clear();
      Game longer = lens(Ablation.REMOVE, null, "positive").game(model, TEXT);
      longer.evaluate(masks(longer.features(), 20_000), HOST, Progress.NONE);
      long places = network.runs().stream().mapToLong(run -> (long) run[0] * run[1]).sum();
      long tokens = network.runs().stream().mapToLong(run -> run[2]).sum();
      assertTrue(tokens >= 0.9 * places, tokens + " of " + places);
      assertTrue(network.runs().size() < 40, network.runs().size() + " runs");
      assertEquals(
          Map.of(
              "texts",
              network.runs().stream().mapToLong(run -> run[0]).sum(),
              "batches",
              (long) network.runs().size(),
              "tokens",
              tokens,
              "padding",
              places - tokens),
          longer.counts());
    }
  }

  private static TextLens asking(ValueFunction value, String against, String... answers) {
    return new TextLens(
        Unit.WORD, Ablation.REMOVE, value, Question.STANDARD.with(List.of(answers), against));
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "ANSWER;-;good",
        "ANSWER;-;good,bad,never fails",
        "ANSWER_PROBABILITY;-;not bad,good,not good",
        "ANSWER;bad;good,never fails to impress"
      },
      delimiter = ';',
      nullValues = "-")
  void answersAreThoseOfTheHost(ValueFunction value, String against, String answers) {
    for (boolean prefix : new boolean[] {true, false}) {
      for (boolean whole : new boolean[] {true, false}) {
        Layout layout =
            new Layout(
                Element.U64,
                Element.U64,
                Element.U64,
                List.of(),
                Scores.Number.F64,
                Per.ASKED,
                VOCABULARY,
                null,
                0,
                0,
                Sharing.PADDED,
                0,
                whole,
                prefix);
        StubNetwork network = new StubNetwork(HOST, layout, WORDS);
        assertSame(
            StubModels::languageModel,
            WORDS,
            network,
            asking(value, against, answers.split(",")),
            TEXT);
      }
    }
  }

  @Test
  void perplexityIsThatOfTheHost() {
    StubNetwork network = new StubNetwork(HOST, ASKED, WORDS);
    TextLens lens =
        new TextLens(Unit.WORD, Ablation.REMOVE, ValueFunction.PERPLEXITY, Question.STANDARD);
    assertSame(StubModels::languageModel, WORDS, network, lens, "the movie was good");
    assertSame(StubModels::languageModel, WORDS, network, lens, TEXT);
  }

  @ParameterizedTest
  @EnumSource(Scores.Pool.class)
  void similaritiesAreThoseOfTheHost(Scores.Pool pool) {
    StubFunction vectors = new StubFunction(6, -1);
    Layout plain = StubModels.layout(Per.POSITION, 6);
    Layout layout =
        new Layout(
            plain.ids(),
            plain.attention(),
            plain.positions(),
            plain.extras(),
            plain.number(),
            Per.POSITION,
            6,
            pool,
            0,
            0,
            Sharing.PADDED,
            0,
            false,
            false);
    TextLens lens =
        new TextLens(
            Unit.WORD,
            Ablation.REMOVE,
            ValueFunction.SIMILARITY,
            Question.STANDARD.to(List.of("the movie", "never bad")));
    assertSame(
        (function, network) -> StubModels.encoder(function, network, pool),
        vectors,
        new StubNetwork(HOST, layout, vectors),
        lens,
        TEXT);
  }

  @Test
  void smallerBatchesFollowWhereMemoryIsShort() {
    StubNetwork network = new StubNetwork(HOST, ROWS, LABELS).lacking(700);
    try (TextModel here = StubModels.classifier(LABELS, null);
        TextModel there = StubModels.classifier(LABELS, network)) {
      TextLens lens = lens(Ablation.REMOVE, null, "positive");
      assertSame(lens.game(here, TEXT), lens.game(there, TEXT), 5000);
      assertTrue(network.runs().stream().allMatch(run -> run[0] * run[1] <= 700));
      long full = network.runs().stream().filter(run -> run[0] * run[1] > 300).count();
      assertTrue(full > network.runs().size() / 2, full + " of " + network.runs().size());
    }
  }

  @Test
  void textForWhichThereIsNoMemoryIsNamed() {
    StubNetwork network = new StubNetwork(HOST, ROWS, LABELS).lacking(10);
    try (TextModel there = StubModels.classifier(LABELS, network)) {
      Game game = lens(Ablation.REMOVE, null, "positive").game(there, TEXT);
      Masks masks = masks(game.features(), 300);
      InputException e =
          assertThrows(InputException.class, () -> game.evaluate(masks, HOST, Progress.NONE));
      assertTrue(
          e.getMessage().contains("not enough memory for a text of 11 tokens"), e.getMessage());
    }
  }

  @Test
  void valueThatIsNotFiniteIsNamedWithItsMaskAndTheOthersAreKept() {
    StubFunction poisoned = new StubFunction(2, StubModels.id("bad"));
    StubNetwork network = new StubNetwork(HOST, ROWS, poisoned);
    try (TextModel here = StubModels.classifier(poisoned, null);
        TextModel there = StubModels.classifier(poisoned, network)) {
      TextLens lens = lens(Ablation.MASK, null, "positive");
      // All others hide the word.
      Game game = lens.game(there, "never good and bad");
      Game plain = lens.game(here, "never good and bad");
      Masks masks = Masks.exhaustive(4).range(0, 9);
      String expected =
          assertThrows(InputException.class, () -> plain.evaluate(masks, Values.zeros(9, 1)))
              .getMessage();
      assertEquals(
          expected,
          assertThrows(InputException.class, () -> game.evaluate(masks, HOST, Progress.NONE))
              .getMessage());
      BitSet told = new BitSet();
      Progress progress =
          new Progress() {
            @Override
            public void done(long more) {}

            @Override
            public void finished(int row) {
              told.set(row);
            }
          };
      assertThrows(
          InputException.class, () -> game.evaluate(masks, Values.zeros(9, 1), HOST, progress));
      assertTrue(!told.get(8), "the bad one was told");
    }
  }

  @Test
  void manyTextsShareBatchesAndOneAtFaultFailsAlone() throws Exception {
    StubNetwork network =
        new StubNetwork(HOST, ROWS, LABELS).refusing(StubModels.id("overflow")).taking(3);
    String[] words = TEXT.split(" ");
    int texts = 24;
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (TextModel here = StubModels.classifier(LABELS, null);
        TextModel there = StubModels.classifier(LABELS, network)) {
      TextLens lens = lens(Ablation.REMOVE, null, "positive");
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < texts; t++) {
        String[] own = Arrays.copyOfRange(words, t % 6, t % 6 + 7);
        String text = String.join(" ", own) + (t == 5 ? " overflow" : "");
        all.add(
            threads.submit(
                () -> {
                  Game plain = lens.game(here, text);
                  Game game = lens.game(there, text);
                  for (int again = 0; again < 5; again++) {
                    Masks masks = masks(plain.features(), 100);
                    Values expected = Values.zeros(masks.count(), 1);
                    plain.evaluate(masks, expected);
                    double[] found = game.evaluate(masks, HOST, Progress.NONE).hostDoubles();
                    assertArrayEquals(expected.hostDoubles(), found, 1e-5);
                  }
                }));
      }
      for (int t = 0; t < texts; t++) {
        Future<?> one = all.get(t);
        if (t == 5) {
          Throwable cause = assertThrows(Exception.class, one::get).getCause();
          assertTrue(cause.getMessage().contains("the stub knows no token"), cause.toString());
        } else {
          one.get();
        }
      }
      // No text has more than 100 rows.
      assertTrue(network.runs().stream().anyMatch(run -> run[0] > 100), "no batch was shared");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void interruptEndsAnEvaluationAndTheNextOneRuns() {
    StubNetwork network = new StubNetwork(HOST, ROWS, LABELS);
    try (TextModel there = StubModels.classifier(LABELS, network)) {
      Game game = lens(Ablation.REMOVE, null, "positive").game(there, TEXT);
      Masks masks = masks(game.features(), 5000);
      assertThrows(
          CancellationException.class,
          () -> game.evaluate(masks, HOST, more -> Thread.currentThread().interrupt()));
      assertTrue(Thread.interrupted());
      assertEquals(5000, game.evaluate(masks, HOST, Progress.NONE).count());
    }
  }
}
