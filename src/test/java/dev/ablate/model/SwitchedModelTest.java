package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.model.SwitchedReference.Line;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Components of real architectures, switched off, against graphs that were edited otherwise. */
class SwitchedModelTest {
  private static final double EXACT = 1e-5;
  private static final double HALF = 1e-2;

  /** Layers and heads of those that have others than most. */
  private static final Map<String, List<Integer>> SIZES =
      Map.of("modernbert-ts", List.of(4, 4), "sentiment", List.of(4, 8));

  /** Models whose attention is one operator, which does not show what it attends to. */
  private static final List<String> FUSED =
      List.of("attention", "multi-head", "grouped", "opset23", "bert-dynamo23");

  private static final String NEURONS = "neurons";

  @TempDir private Path place;

  static List<Line> lines() {
    return SwitchedReference.lines();
  }

  static List<String> models() {
    return SwitchedReference.models();
  }

  private SwitchedModel open(String model, String components) throws IOException {
    return SwitchedModel.open(
        SwitchedReference.open(model, place), ComponentChoice.parse(components, null), 1);
  }

  private static float[][] values(SwitchedModel model, int[][] rows, float[][] scales) {
    int[] asked = new int[rows.length];
    Arrays.fill(asked, SwitchedReference.ASKED);
    return model.text() instanceof LanguageModel
        ? model.logProbabilities(rows, asked, scales)
        : model.logits(rows, scales);
  }

  private static float[][] ones(SwitchedModel model, int rows) {
    float[][] ones = new float[rows][model.components().size()];
    for (float[] row : ones) {
      Arrays.fill(row, 1);
    }
    return ones;
  }

  private static double tolerance(String model) {
    return model.contains("fp16") ? HALF : EXACT;
  }

  /** Each set off, one row at a time, as the reference was made. */
  @ParameterizedTest
  @MethodSource("lines")
  void whatIsSwitchedOffIsWhatAnotherEditGives(Line line) throws IOException {
    boolean means = line.kind().startsWith("mean");
    String layer = line.off().get(0).get(0).split("\\.")[0];
    String choice = line.kind().equals(NEURONS) ? "neurons:" + layer : means ? "heads" : line.kind();
    try (SwitchedModel zeros = open(line.model(), choice)) {
      SwitchedModel model =
          means
              ? zeros.replacing(
                  new Replacement.Mean(
                      SwitchedReference.REFERENCE, line.kind().equals("mean-of-position")))
              : zeros;
      List<String> names =
          model.components().stream().map(c -> c.layer() + "." + c.number()).toList();
      float[][] unswitched = values(model, SwitchedReference.ROWS, null);
      double largest = 0;
      for (int set = 0; set < line.off().size(); set++) {
        float[][] scales = ones(model, 1);
        line.off().get(set).forEach(name -> scales[0][names.indexOf(name)] = 0);
        for (int r = 0; r < SwitchedReference.ROWS.length; r++) {
          float[] found = values(model, new int[][] {SwitchedReference.ROWS[r]}, scales)[0];
          double[] expected = line.values()[set][r];
          assertEquals(expected.length, found.length);
          for (int i = 0; i < found.length; i++) {
            double size = Math.max(1, Math.abs(expected[i]));
            assertEquals(
                expected[i], found[i], size * tolerance(line.model()), line.off().get(set) + "");
            largest = Math.max(largest, Math.abs(expected[i] - unswitched[r][i]));
          }
        }
      }
      // Something must have moved by much more than the tolerance.
      assertTrue(largest > 10 * tolerance(line.model()), "largest effect " + largest);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void thereAreAsManyHeadsAsTheArchitectureHas(String name) throws IOException {
    try (SwitchedModel model = open(name, "heads")) {
      List<Integer> sizes = SIZES.getOrDefault(name, List.of(2, 4));
      List<String> expected =
          IntStream.range(0, sizes.get(0))
              .boxed()
              .flatMap(l -> IntStream.range(0, sizes.get(1)).mapToObj(h -> "L" + l + "H" + h))
              .toList();
      assertEquals(expected, model.components().stream().map(Component::name).toList());
    }
  }

  /** The same rows in the same batch: only then may the last bits be compared. */
  @ParameterizedTest
  @MethodSource("models")
  void withAllOnesTheModelIsWhatItIsBitForBit(String name) throws IOException {
    for (String choice : choices(name)) {
      try (SwitchedModel model = open(name, choice)) {
        int[][] rows = SwitchedReference.ROWS;
        assertArrayEquals(plain(model.text(), rows), values(model, rows, null), choice);
        assertArrayEquals(
            plain(model.text(), rows), values(model, rows, ones(model, rows.length)), choice);
      }
    }
  }

  private static List<String> choices(String name) {
    boolean blocks =
        lines().stream().anyMatch(line -> line.model().equals(name) && line.kind().equals("mlp"));
    return blocks ? List.of("heads", "mlp", "heads+mlp", "neurons:1") : List.of("heads");
  }

  private static float[][] plain(TextModel text, int[][] rows) {
    if (text instanceof LanguageModel language) {
      int[] asked = {SwitchedReference.ASKED, SwitchedReference.ASKED};
      // Batches of the edited model go by length, the shortest row first.
      int[][] sorted = {rows[1], rows[0]};
      float[][] found = language.scorer().logProbabilities(new int[0], sorted, asked);
      return new float[][] {found[1], found[0]};
    }
    Scorer scorer = ((TextClassifier) text).scorer();
    int width = rows[0].length;
    int[] ids = new int[2 * width];
    System.arraycopy(rows[1], 0, ids, 0, rows[1].length);
    System.arraycopy(rows[0], 0, ids, width, width);
    float[] scores = new float[2 * scorer.scores()];
    scorer.score(ids, new int[] {rows[1].length, width}, 2, width, scores);
    return new float[][] {
      Arrays.copyOfRange(scores, scorer.scores(), scores.length),
      Arrays.copyOf(scores, scorer.scores())
    };
  }

  /** One batch with another mask in each row, against a run for each mask. */
  @ParameterizedTest
  @MethodSource("models")
  void masksOfRowsAreWhatTheyAreAlone(String name) throws IOException {
    for (String choice : choices(name)) {
      try (SwitchedModel model = open(name, choice)) {
        int count = model.components().size();
        int[][] rows = new int[6][];
        float[][] scales = ones(model, rows.length);
        for (int r = 0; r < rows.length; r++) {
          rows[r] = SwitchedReference.ROWS[r % 2];
          for (int c = 0; c < count; c++) {
            scales[r][c] = (c * 7 + r * 5) % 3 == 0 ? 0 : 1;
          }
        }
        float[][] together = values(model, rows, scales);
        for (int r = 0; r < rows.length; r++) {
          float[] alone = values(model, new int[][] {rows[r]}, new float[][] {scales[r]})[0];
          assertArrayEquals(alone, together[r], (float) tolerance(name), choice);
        }
        assertFalse(Arrays.equals(together[0], together[2]), "masks must matter: " + choice);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void attentionOfATokenSumsToOneAndNeverLooksAhead(String name) throws IOException {
    try (SwitchedModel model = open(name, "heads")) {
      int[] row = SwitchedReference.ROWS[0];
      for (float[][] head : model.attention(row)) {
        assertEquals(FUSED.contains(name), head == null);
        for (int t = 0; head != null && t < row.length; t++) {
          double sum = 0;
          double ahead = 0;
          for (int to = 0; to < row.length; to++) {
            sum += head[t][to];
            ahead += to > t ? head[t][to] : 0;
          }
          assertEquals(1, sum, tolerance(name), "token " + t);
          assertTrue(ahead == 0 || model.text() instanceof TextClassifier, "token " + t);
        }
      }
    }
  }
}
