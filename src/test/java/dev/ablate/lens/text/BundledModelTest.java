package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.Ablate;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The bundled sentiment model, against what PyTorch and the training script's own tokenizer printed
 * (src/models/sentiment/README.md, two digits).
 */
class BundledModelTest {
  private static final double PRINTED = 0.0051;

  private static TextModel model;

  @BeforeAll
  static void open() {
    model = ModelDirectory.bundled().load(2);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static double[] positive(String text, Ablation ablation, Masks... masks) {
    TextLens lens =
        new TextLens(Unit.WORD, ablation, ValueFunction.LOG_ODDS, List.of("positive"), List.of());
    TextGame game = lens.game(model, text);
    Masks evaluated = masks.length > 0 ? masks[0] : Masks.all(game.features());
    Values values = Values.zeros(evaluated.count(), 1);
    game.evaluate(evaluated, values);
    return values.column(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2.19  | Her acting never fails to impress",
        "-2.75 | Her acting fails to impress",
        "-2.03 | It isn't good.",
        "1.88  | The film is not bad at all",
        "-0.43 | I can hardly recommend this boring mess",
        "3.25  | A clever, funny and moving story",
        "-0.34 | The plot is dull but the actors save it"
      })
  void givesTheLogOddsThatPyTorchGave(double expected, String text) {
    assertEquals(expected, positive(text, Ablation.MASK)[0], PRINTED);
  }

  @ParameterizedTest
  @CsvSource({"MASK, 0.06", "UNK, 0.05", "REMOVE, 0.01"})
  void isUndecidedWhenAllWordsAreAblated(Ablation ablation, double expected) {
    String text = "Her acting never fails to impress";
    assertEquals(expected, positive(text, ablation, Masks.none(1, 6))[0], PRINTED);
  }

  @ParameterizedTest
  @CsvSource({"MASK, 4.50", "UNK, 5.90", "REMOVE, 8.33"})
  void neverFailsToImpressActTogether(Ablation ablation, double expected) {
    // At order 3 the Faith-Banzhaf value of a triple is its Banzhaf value: the mean, over the masks
    // of the other words, of the triple's alternating sum.
    Masks masks = Masks.exhaustive(6);
    double[] values = positive("Her acting never fails to impress", ablation, masks);
    double together = 0;
    for (int m = 0; m < 64; m++) {
      boolean odd = masks.kept(m, 2) ^ masks.kept(m, 3) ^ masks.kept(m, 5);
      together += (odd ? values[m] : -values[m]) / 8;
    }
    assertEquals(expected, together, PRINTED);
  }

  @Test
  void neverAndFailsAreAmongTheThreeStrongest() {
    TextGame game = TextLens.DEFAULT.game(model, "Her acting never fails to impress");
    Explanation explanation = Ablate.builder().game(game).explain();
    List<Interaction> top = explanation.interactions().ofOrders(2, 3).top(3);
    assertTrue(
        top.stream().anyMatch(i -> Arrays.equals(i.features(), new int[] {2, 3})), top.toString());
  }

  @Test
  void knowsNegationItWasNotTaught() throws IOException {
    int right = 0;
    int pairs = 0;
    for (String line : resource("/dev/ablate/models/negation-pairs.tsv").lines().toList()) {
      String[] columns = line.split("\t");
      double plain = positive(columns[0], Ablation.MASK)[0];
      double negated = positive(columns[1], Ablation.MASK)[0];
      boolean plainRight = plain > 0 == columns[2].equals("positive");
      right += plainRight && plain > 0 != negated > 0 ? 1 : 0;
      pairs++;
    }
    assertEquals(42, pairs);
    assertEquals(42, right);
  }

  @Test
  void takesTextsUpToItsLimit() {
    assertTrue(Double.isFinite(positive("good ".repeat(510), Ablation.MASK)[0]));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = BundledModelTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
