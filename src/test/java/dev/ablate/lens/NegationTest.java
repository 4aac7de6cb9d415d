package dev.ablate.lens;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the bundled model is for: it understands negation that it has not read. */
class NegationTest {
  private static final Path PAIRS =
      Path.of("src/test/resources/dev/ablate/models/negation-pairs.tsv");
  private static final TextLens LENS =
      new TextLens(
          Unit.WORD, Ablation.MASK, ValueFunction.LOG_ODDS, List.of("positive"), List.of());

  private static TextModel model;

  @BeforeAll
  static void open() {
    model = ModelDirectory.bundled().load(2);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static double logOdds(String text) {
    TextGame game = LENS.game(model, text);
    Values out = Values.zeros(1, 1);
    game.evaluate(Masks.all(game.features()), out);
    return out.get(0, 0);
  }

  /** The pairs' words do not meet in the training text; the training script asserts that. */
  @Test
  void negationTurnsTheSign() throws IOException {
    List<String> wrong = new ArrayList<>();
    List<String> pairs = Files.readAllLines(PAIRS);
    for (String pair : pairs) {
      String[] column = pair.split("\t");
      double sign = column[2].equals("positive") ? 1 : -1;
      if (sign * logOdds(column[0]) <= 0 || sign * logOdds(column[1]) >= 0) {
        wrong.add(column[0] + " / " + column[1]);
      }
    }
    assertTrue(pairs.size() >= 40, "pairs: " + pairs.size());
    assertTrue(wrong.size() <= 0.1 * pairs.size(), "wrong: " + wrong);
  }

  @Test
  void neverAndFailsActTogether() {
    TextGame game = LENS.game(model, "Her acting never fails to impress");
    Explanation explanation = Ablate.builder().game(game).explain();
    assertEquals("exact", explanation.outputs().get(0).method().ran());
    List<Interaction> top = explanation.interactions().ofOrders(2, 3).top(3);
    assertTrue(
        top.stream().anyMatch(i -> Arrays.equals(i.features(), new int[] {2, 3})), top.toString());
  }
}
