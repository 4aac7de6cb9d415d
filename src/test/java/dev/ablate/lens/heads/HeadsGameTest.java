package dev.ablate.lens.heads;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.game.Input;
import dev.ablate.game.Values;
import dev.ablate.lens.text.PromptSource;
import dev.ablate.lens.text.ValueFunction;
import dev.ablate.mask.Masks;
import dev.ablate.model.Component;
import dev.ablate.model.ComponentChoice;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.Replacement;
import dev.ablate.model.SwitchedModel;
import dev.ablate.model.TextClassifier;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Games of the bundled models against single rows of the same networks. */
class HeadsGameTest {
  private static SwitchedModel sentiment;
  private static SwitchedModel facts;

  @BeforeAll
  static void open() {
    sentiment = SwitchedModel.open(ModelDirectory.bundled(), ComponentChoice.HEADS, 2);
    facts = SwitchedModel.open(ModelDirectory.bundled("facts"), ComponentChoice.HEADS, 2);
  }

  @AfterAll
  static void close() {
    sentiment.close();
    facts.close();
  }

  private static final List<Example> REVIEWS =
      List.of(
          Example.labelled("A charming film.", "positive"),
          Example.labelled("Dull, slow and far too long for what it has to say.", "negative"),
          Example.labelled("It never fails to impress", "positive"));

  private static final String CLEAN =
      "Anna has the red key. Tom has the blue cup. Who has the blue cup?";
  private static final String CORRUPTED =
      "Anna has the blue cup. Tom has the red key. Who has the blue cup?";

  private static Example pair() {
    PromptSource clean = new PromptSource(new PromptSource.Text(CLEAN), List.of("Tom"), "Anna");
    PromptSource other = new PromptSource(new PromptSource.Text(CORRUPTED), List.of("Tom"), "Anna");
    return new Example(null, null, clean, other, null);
  }

  /** Everything kept, nothing kept, and some masks between. */
  private static Masks masks(int features) {
    return Masks.of(
        IntStream.range(0, 7)
            .mapToObj(
                m -> {
                  boolean[] mask = new boolean[features];
                  for (int f = 0; f < features; f++) {
                    mask[f] = m == 0 || (m > 1 && (f * 7 + m * 5) % (m + 1) != 0);
                  }
                  return mask;
                })
            .toArray(boolean[][]::new));
  }

  private static float[][] scales(Masks masks, int row) {
    float[] scales = new float[masks.features()];
    for (int f = 0; f < scales.length; f++) {
      scales[f] = masks.kept(row, f) ? 1 : 0;
    }
    return new float[][] {scales};
  }

  private static Values values(HeadsGame game, Masks masks) {
    Values out = Values.zeros(masks.count(), game.outputs());
    List<Long> heard = new ArrayList<>();
    game.evaluate(masks, out, heard::add);
    assertEquals(masks.count(), heard.stream().mapToLong(Long::longValue).sum());
    return out;
  }

  private static <T> HeadsLens lens(Setting<T> setting, T value) {
    return HeadsLens.of(Settings.STANDARD.with(setting, value));
  }

  private static int[] ids(SwitchedModel model, String text, boolean open) {
    var tokens = model.text().tokenizer().tokenize(text);
    return open ? tokens.open().ids() : tokens.ids();
  }

  private static double logOdds(Example example, int label, float[][] scales) {
    String text = ((PromptSource.Text) example.clean().content()).text();
    float[] logits = sentiment.logits(new int[][] {ids(sentiment, text, false)}, scales)[0];
    return ValueFunction.LOG_ODDS.of(logits, 0, logits.length, label);
  }

  @Test
  void eachExampleIsWhatItIsAlone() {
    HeadsGame each = lens(HeadsLens.EACH, true).game(sentiment, new Examples(REVIEWS));
    assertEquals(
        List.of(
            "A charming film.",
            "Dull, slow and far too long for what it has to say.",
            "It never fails to impress"),
        each.outputNames());
    Masks masks = masks(each.features());
    Values values = values(each, masks);
    List<String> labels = ((TextClassifier) sentiment.text()).labels();
    double moved = 0;
    for (int m = 0; m < masks.count(); m++) {
      for (int e = 0; e < REVIEWS.size(); e++) {
        int label = labels.indexOf(REVIEWS.get(e).label());
        double alone = logOdds(REVIEWS.get(e), label, scales(masks, m));
        assertEquals(alone, values.get(m, e), 2e-5);
        moved = Math.max(moved, Math.abs(alone - logOdds(REVIEWS.get(e), label, null)));
      }
    }
    assertTrue(moved > 0.5, "ablating heads moves nothing: " + moved);
  }

  @Test
  void theMeanIsOverExamples() {
    Examples examples = new Examples(REVIEWS);
    HeadsGame mean = HeadsLens.DEFAULT.game(sentiment, examples);
    assertEquals(List.of("3 examples (mean)"), mean.outputNames());
    Masks masks = masks(mean.features());
    Values one = values(mean, masks);
    Values each = values(lens(HeadsLens.EACH, true).game(sentiment, examples), masks);
    for (int m = 0; m < masks.count(); m++) {
      double sum = each.get(m, 0) + each.get(m, 1) + each.get(m, 2);
      assertEquals(sum / 3, one.get(m, 0), 1e-9);
    }
  }

  @Test
  void valuesOfLabelsHangTogether() {
    Examples examples = new Examples(REVIEWS);
    Masks masks = masks(sentiment.components().size());
    Values loss = values(lens(HeadsLens.VALUE, HeadValue.LOSS).game(sentiment, examples), masks);
    Values logs =
        values(lens(HeadsLens.VALUE, HeadValue.LOG_PROBABILITY).game(sentiment, examples), masks);
    Values right =
        values(lens(HeadsLens.VALUE, HeadValue.ACCURACY).game(sentiment, examples), masks);
    for (int m = 0; m < masks.count(); m++) {
      assertEquals(-loss.get(m, 0), logs.get(m, 0), 1e-9);
      assertEquals(Math.rint(3 * right.get(m, 0)), 3 * right.get(m, 0), 1e-9);
    }
    assertEquals(1, right.get(0, 0), "with everything kept the three reviews are easy");
  }

  @Test
  void answersAreReadBehindTheirPrompts() {
    Examples one = new Examples(List.of(Example.answered(CLEAN, "Tom", "Anna")));
    HeadsGame logs = lens(HeadsLens.VALUE, HeadValue.LOG_PROBABILITY).game(facts, one);
    HeadsGame odds = HeadsLens.DEFAULT.game(facts, one);
    assertEquals("log-odds", odds.subject().value());
    Masks masks = masks(8);
    Values own = values(logs, masks);
    Values difference = values(odds, masks);
    int[][] rows = {ids(facts, CLEAN + " Tom", true), ids(facts, CLEAN + " Anna", true)};
    for (int m = 0; m < masks.count(); m++) {
      float[] scales = scales(masks, m)[0];
      float[][] alone =
          facts.logProbabilities(rows, new int[] {1, 1}, new float[][] {scales, scales});
      assertEquals(alone[0][0], own.get(m, 0), 2e-5);
      assertEquals(alone[0][0] - alone[1][0], difference.get(m, 0), 4e-5);
    }
    assertTrue(own.get(0, 0) - own.get(1, 0) > 1, "heads do nothing for the answer");
  }

  @Test
  void withoutAnAnswerTheModelsOwnIsAsked() {
    HeadsGame game =
        HeadsLens.DEFAULT.game(facts, new Examples(List.of(Example.of(PromptSource.of(CLEAN)))));
    assertEquals(List.of("Tom"), game.outputNames());
    assertEquals("log-probability", game.subject().value());
  }

  @Test
  void pairsGiveTheirDifferenceOrTheShareOfTheirGap() {
    Examples pairs = new Examples(List.of(pair()));
    Masks masks = masks(8);
    Values clean =
        values(
            HeadsLens.DEFAULT.game(
                facts, new Examples(List.of(Example.answered(CLEAN, "Tom", "Anna")))),
            masks);
    Values corrupted =
        values(
            HeadsLens.DEFAULT.game(
                facts, new Examples(List.of(Example.answered(CORRUPTED, "Tom", "Anna")))),
            masks);
    HeadsGame differences = HeadsLens.DEFAULT.game(facts, pairs);
    assertEquals("log-odds-difference", differences.subject().value());
    Values difference = values(differences, masks);
    Values share = values(lens(HeadsLens.CONTRAST, Contrast.SHARE).game(facts, pairs), masks);
    double gap = clean.get(0, 0) - corrupted.get(0, 0);
    assertTrue(gap > 2, "the corrupted prompt has the same answer");
    for (int m = 0; m < masks.count(); m++) {
      assertEquals(clean.get(m, 0) - corrupted.get(m, 0), difference.get(m, 0), 1e-4);
      assertEquals((clean.get(m, 0) - corrupted.get(0, 0)) / gap, share.get(m, 0), 1e-4);
    }
    assertEquals(1, share.get(0, 0), 1e-5);
  }

  @Test
  void nothingKeptOfAResampledPairIsNearlyTheCorruptedPrompt() {
    HeadsLens lens =
        HeadsLens.of(
            Settings.STANDARD
                .with(HeadsLens.CONTRAST, Contrast.SHARE)
                .with(HeadsLens.ABLATE, HeadAblation.RESAMPLE));
    Examples pairs = new Examples(List.of(pair()));
    Values share = values(lens.game(facts, pairs), masks(8));
    assertEquals(1, share.get(0, 0), 1e-5);
    int[] clean = ids(facts, CLEAN + " Tom", true);
    int[] corrupted = ids(facts, CORRUPTED + " Tom", true);
    SwitchedModel patched =
        facts.replacing(new Replacement.Paired(List.of(clean), List.of(corrupted)));
    float own = patched.logProbabilities(new int[][] {clean}, new int[] {1}, new float[1][8])[0][0];
    HeadsGame logs =
        HeadsLens.of(
                Settings.STANDARD
                    .with(HeadsLens.VALUE, HeadValue.LOG_PROBABILITY)
                    .with(HeadsLens.ABLATE, HeadAblation.RESAMPLE))
            .game(facts, pairs);
    float floor = facts.logProbabilities(new int[][] {corrupted}, new int[] {1}, null)[0][0];
    assertEquals(own - floor, values(logs, masks(8)).get(1, 0), 4e-5);
  }

  @Test
  void meansAreOfTheExamplesOrOfAReference() {
    Examples examples = new Examples(REVIEWS);
    HeadsGame game = lens(HeadsLens.ABLATE, HeadAblation.MEAN).game(sentiment, examples);
    Masks masks = masks(game.features());
    List<int[]> rows =
        REVIEWS.stream()
            .map(e -> ids(sentiment, ((PromptSource.Text) e.clean().content()).text(), false))
            .toList();
    SwitchedModel mean = sentiment.replacing(new Replacement.Mean(rows, false));
    float[] logits = mean.logits(new int[][] {rows.get(0)}, scales(masks, 1))[0];
    Values each =
        values(
            HeadsLens.of(
                    Settings.STANDARD
                        .with(HeadsLens.ABLATE, HeadAblation.MEAN)
                        .with(HeadsLens.EACH, true))
                .game(sentiment, examples),
            masks);
    int label = ((TextClassifier) sentiment.text()).labels().indexOf("positive");
    assertEquals(ValueFunction.LOG_ODDS.of(logits, 0, 2, label), each.get(1, 0), 2e-5);
    double zeros = logOdds(REVIEWS.get(0), label, scales(masks, 1));
    assertNotEquals(zeros, each.get(1, 0), 1e-3);
  }

  @Test
  void itSaysWhoItIs() {
    Examples examples = new Examples(REVIEWS);
    HeadsGame game = HeadsLens.DEFAULT.game(sentiment, examples);
    assertEquals("L0H0", game.featureNames().get(0));
    Input.Components input = (Input.Components) game.subject().input();
    assertEquals(List.of(8, 8, 8, 8), input.heads());
    assertEquals(new Input.Component("head", 3, 7), input.components().get(31));
    assertEquals(Component.Kind.HEAD, game.components().get(31).kind());
    Examples others =
        new Examples(
            List.of(REVIEWS.get(0), REVIEWS.get(1), Example.labelled("It fails", "positive")));
    assertNotEquals(
        game.subject().settings().get("examples_sha256"),
        HeadsLens.DEFAULT.game(sentiment, others).subject().settings().get("examples_sha256"));
  }

  @Test
  void notesSayWhatHeadsAttendTo() {
    String twice = "red key Anna blue cup Tom red key Anna blue cup";
    List<String> notes =
        HeadsLens.DEFAULT
            .game(facts, new Examples(List.of(Example.answered(twice, " Tom", null))))
            .notes();
    String after =
        notes.stream().filter(n -> n.contains("after an earlier match")).findFirst().orElseThrow();
    assertTrue(after.contains("L1H1 "), after);
    String before =
        notes.stream().filter(n -> n.contains("the token before")).findFirst().orElseThrow();
    assertTrue(before.contains("L0H3 "), before);
  }

  @Test
  void answersThatTheModelDoesNotKnowAreSaid() {
    Example unknown = Example.answered(CLEAN, "Zaphod", null);
    Example known = Example.answered(CLEAN, "Tom", null);
    List<String> notes =
        HeadsLens.DEFAULT.game(facts, new Examples(List.of(known, unknown, unknown))).notes();
    assertTrue(
        notes.contains(
            "the model does not know all of the answer \"Zaphod\": a part is its token for unknown"
                + " words; so it is with 1 other examples"),
        notes.toString());
  }

  @Test
  void batchesOfManyMasksAreAsSingleOnes() {
    HeadsGame game = HeadsLens.DEFAULT.game(sentiment, new Examples(REVIEWS));
    Masks masks = masks(game.features());
    double[] together = values(game, masks).hostDoubles();
    double[] alone =
        IntStream.range(0, masks.count())
            .mapToDouble(m -> values(game, masks.select(new int[] {m})).get(0, 0))
            .toArray();
    assertArrayEquals(alone, together, 2e-5);
  }

  @Test
  void whatCannotBeAskedIsRefused() {
    Examples same =
        new Examples(
            List.of(
                new Example(
                    null,
                    "pairs line 1",
                    new PromptSource(new PromptSource.Text(CLEAN), List.of("Tom"), null),
                    new PromptSource(new PromptSource.Text(CLEAN), List.of("Tom"), null),
                    null)));
    HeadsLens share = lens(HeadsLens.CONTRAST, Contrast.SHARE);
    InputException none = assertThrows(InputException.class, () -> share.game(facts, same));
    assertTrue(none.getMessage().contains("no gap"), none.getMessage());
    Examples unnamed =
        new Examples(List.of(new Example(null, "file line 4", PromptSource.of("good"), null, "5")));
    InputException label =
        assertThrows(InputException.class, () -> HeadsLens.DEFAULT.game(sentiment, unnamed));
    assertTrue(label.getMessage().startsWith("file line 4: the model has no label \"5\""));
  }
}
