package dev.ablate.lens.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.lens.text.PromptSource;
import dev.ablate.mask.Masks;
import dev.ablate.model.ComponentChoice;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.SwitchedModel;
import dev.ablate.setting.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Right answers without wrong ones, and numbers of single examples behind a mean. */
class AnswersUnderMasksTest {
  /** The size of the model's vocabulary. */
  private static final int TOKENS = 154;

  private static final String CLEAN =
      "Anna has the red key. Tom has the blue cup. Who has the blue cup?";

  private static SwitchedModel facts;

  @BeforeAll
  static void open() {
    facts = SwitchedModel.open(ModelDirectory.bundled("facts"), ComponentChoice.HEADS, 2);
  }

  @AfterAll
  static void close() {
    facts.close();
  }

  private static int[] ids(String text) {
    return facts.text().tokenizer().tokenize(text).open().ids();
  }

  private static Values values(Game game, Masks masks) {
    Values out = Values.zeros(masks.count(), game.outputs());
    game.evaluate(masks, out);
    return out;
  }

  private static float[] scales(Masks masks, int row) {
    float[] scales = new float[masks.features()];
    for (int f = 0; f < scales.length; f++) {
      scales[f] = masks.kept(row, f) ? 1 : 0;
    }
    return scales;
  }

  /** Everything, and masks without one or some of the heads. */
  private static Masks masks() {
    Masks all = Masks.exhaustive(8);
    return all.select(new int[] {255, 0, 254, 223, 43, 41, 247, 187});
  }

  /** The likeliest token is looked for among the probabilities of all of them. */
  @Test
  void anAnswerIsRightWhereEachTokenIsTheLikeliest() {
    Examples examples =
        new Examples(
            List.of(
                Example.answered(CLEAN, "Tom", null),
                Example.answered(CLEAN, "Anna", null),
                Example.answered("red key Anna blue cup Tom red key", " Anna blue", null)));
    HeadsGame game =
        HeadsLens.of(
                Settings.STANDARD
                    .with(HeadsLens.VALUE, HeadValue.ACCURACY)
                    .with(HeadsLens.EACH, true))
            .game(facts, examples);
    Masks masks = masks();
    Values found = values(game, masks);
    List<int[]> rows =
        List.of(
            ids(CLEAN + " Tom"),
            ids(CLEAN + " Anna"),
            ids("red key Anna blue cup Tom red key Anna blue"));
    int[] asked = {1, 1, 2};
    int right = 0;
    for (int m = 0; m < masks.count(); m++) {
      for (int e = 0; e < asked.length; e++) {
        boolean expected = true;
        for (int back = asked[e]; back > 0; back--) {
          int[] before = Arrays.copyOf(rows.get(e), rows.get(e).length - back);
          int token = rows.get(e)[before.length];
          expected &= likeliest(before, token, scales(masks, m));
        }
        assertEquals(expected ? 1 : 0, found.get(m, e), "mask " + m + ", example " + e);
        right += expected ? 1 : 0;
      }
    }
    assertEquals(1, found.get(0, 0), "the model knows who has the cup");
    assertTrue(right > 1 && right < 3 * masks.count(), "all the same: " + right);
  }

  private static boolean likeliest(int[] before, int token, float[] scales) {
    int[][] rows = new int[TOKENS][];
    int[] asked = new int[TOKENS];
    float[][] all = new float[TOKENS][];
    for (int t = 0; t < TOKENS; t++) {
      rows[t] = Arrays.copyOf(before, before.length + 1);
      rows[t][before.length] = t;
      asked[t] = 1;
      all[t] = scales;
    }
    float[][] logs = facts.logProbabilities(rows, asked, all);
    return IntStream.range(0, TOKENS).allMatch(t -> logs[t][0] <= logs[token][0]);
  }

  @Test
  void numbersOfExamplesHaveTheValueAsTheirMean() {
    Examples pairs =
        new Examples(
            List.of(
                pair(
                    "Anna has the red key. Tom has the blue cup.",
                    "Anna has the blue cup. Tom has the red key.",
                    " Who has the blue cup?",
                    "Tom",
                    "Anna"),
                pair(
                    "Gina has the pink pen. Hugo has the grey hat.",
                    "Gina has the grey hat. Hugo has the pink pen.",
                    " Who has the pink pen?",
                    "Gina",
                    "Hugo")));
    Masks masks = masks();
    for (Contrast contrast : Contrast.values()) {
      HeadsGame game =
          HeadsLens.of(Settings.STANDARD.with(HeadsLens.CONTRAST, contrast)).game(facts, pairs);
      Values mean = values(game, masks);
      Values each = Values.zeros(masks.count(), 2);
      game.examples().evaluate(masks, each);
      double apart = 0;
      for (int m = 0; m < masks.count(); m++) {
        assertEquals(mean.get(m, 0), (each.get(m, 0) + each.get(m, 1)) / 2, 1e-9);
        apart = Math.max(apart, Math.abs(each.get(m, 0) - each.get(m, 1)));
      }
      assertTrue(apart > 0.1, "the examples are alike");
    }
  }

  private static Example pair(
      String clean, String corrupted, String question, String answer, String against) {
    return new Example(
        null,
        null,
        new PromptSource(new PromptSource.Text(clean + question), List.of(answer), against),
        new PromptSource(new PromptSource.Text(corrupted + question), List.of(answer), against),
        null);
  }
}
