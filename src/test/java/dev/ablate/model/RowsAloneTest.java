package dev.ablate.model;

import static dev.ablate.model.onnx.GraphBuilder.attribute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.model.onnx.ElementType;
import dev.ablate.model.onnx.GraphBuilder;
import dev.ablate.model.onnx.TinyGraphs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a graph does with its batch, a row has the scores that it has alone. */
class RowsAloneTest {
  /** A token that no tokenizer here knows as padding. */
  private static final int PADDING = 20;

  @TempDir private Path directory;

  /** What a row alone is worth for a label. */
  private interface Formula {
    double of(int[] row, int label);
  }

  @BeforeEach
  void copy() throws IOException {
    TinyModels.copyTo(directory);
    config("");
  }

  private void config(String json) throws IOException {
    Files.writeString(directory.resolve("config.json"), "{" + json.replace('\'', '"') + "}");
  }

  private void graph(byte[] graph) throws IOException {
    Files.write(directory.resolve("model.onnx"), graph);
  }

  private static double sum(int[] row, int label) {
    return Arrays.stream(row).mapToDouble(token -> TinyGraphs.weight(token, label)).sum();
  }

  private static double last(int[] row, int label) {
    int at = row.length - 1;
    while (at > 0 && row[at] == PADDING) {
      at--;
    }
    return TinyGraphs.weight(row[at], label);
  }

  /** Batches of many shapes against the formula; returns what the user is told. */
  private List<String> check(Formula formula, int mostTokens, double tolerance) {
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      Random random = new Random(3);
      for (int run = 0; run < 30; run++) {
        int rows = 1 + random.nextInt(9);
        int width = 1 + random.nextInt(mostTokens);
        int[] lengths = IntStream.range(0, rows).map(r -> 1 + random.nextInt(width)).toArray();
        int[] tokens = random.ints(rows * width, 5, TinyGraphs.VOCABULARY).toArray();
        float[] scores = new float[rows * TinyGraphs.LABELS];
        model.scorer().score(tokens, lengths, rows, width, scores);
        for (int r = 0; r < rows; r++) {
          int[] row = Arrays.copyOfRange(tokens, r * width, r * width + lengths[r]);
          for (int c = 0; c < TinyGraphs.LABELS; c++) {
            double expected = formula.of(row, c);
            assertEquals(expected, scores[r * TinyGraphs.LABELS + c], tolerance);
          }
        }
      }
      return model.notes();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'pad_token_id': 20",
        "'pad_token_id': 20, 'pad_token': '[PAD]'",
        "'pad_token_id': 20, 'vocab_size': 48"
      })
  void paddingIsWhatTheConfigurationSays(String config) throws IOException {
    config(config);
    graph(TinyGraphs.logits(TinyGraphs.lastToken(PADDING, "batch", "sequence")));
    assertEquals(List.of(), check(RowsAloneTest::last, 12, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "'pad_token': '[PAD]'",
        "'pad_token_id': null",
        "'pad_token_id': -1",
        "'pad_token_id': 7",
        "'pad_token_id': 4000"
      })
  void rowsAreNotPaddedWherePaddingCounts(String config) throws IOException {
    config(config);
    graph(TinyGraphs.logits(TinyGraphs.lastToken(PADDING, "batch", "sequence")));
    List<String> notes = check(RowsAloneTest::last, 12, 0);
    assertEquals(1, notes.size());
    assertTrue(notes.get(0).endsWith("only rows of equal length share a batch"), notes.get(0));
  }

  @Test
  void rowsAreNotPaddedWhereNothingNamesThePadding() throws IOException {
    Path tokenizer = directory.resolve("tokenizer.json");
    Files.writeString(tokenizer, Files.readString(tokenizer).replace("[PAD]", "[QQQ]"));
    graph(TinyGraphs.logits(TinyGraphs.lastToken(PADDING, "batch", "sequence")));
    assertEquals(List.of(), check(RowsAloneTest::last, 12, 0));
  }

  @Test
  void aGraphMayLackTheAttentionMask() throws IOException {
    graph(TinyGraphs.logits(TinyGraphs.sumsWithoutAttention()));
    List<String> notes = check(RowsAloneTest::sum, 12, 1e-5);
    assertTrue(notes.get(0).endsWith("only rows of equal length share a batch"), notes.get(0));
  }

  @ParameterizedTest
  @CsvSource({
    "INT64, FLOAT, 1e-5",
    "INT32, FLOAT, 1e-5",
    "INT64, DOUBLE, 1e-5",
    "INT64, FLOAT16, 0.03",
    "INT32, BFLOAT16, 0.3"
  })
  void numbersMayHaveOtherTypes(ElementType whole, ElementType scores, double tolerance)
      throws IOException {
    graph(TinyGraphs.logits(TinyGraphs.sums(whole, "batch", "sequence"), scores));
    assertEquals(List.of(), check(RowsAloneTest::sum, 12, tolerance));
  }

  @ParameterizedTest
  @EnumSource(names = {"INT64", "INT32"})
  void positionsCountFromZero(ElementType whole) throws IOException {
    graph(TinyGraphs.logits(TinyGraphs.sumsByPosition(whole)));
    Formula formula =
        (row, label) ->
            IntStream.range(0, row.length)
                .mapToDouble(t -> TinyGraphs.weight(row[t], label) * (1 + t / 64.0))
                .sum();
    assertEquals(List.of(), check(formula, 12, 1e-4));
  }

  /** By the definition of the operator in the ONNX standard, in its own precision. */
  private static double quantisedAlone(int[] row, int label) {
    float own = (float) sum(row, label);
    float other = (float) sum(row, 1 - label);
    float low = Math.min(0, Math.min(own, other));
    float scale = (Math.max(0, Math.max(own, other)) - low) / 255;
    double zero = Math.rint(-low / scale);
    double step = Math.max(0, Math.min(255, Math.rint(own / scale) + zero));
    return (step - zero) * scale;
  }

  private List<String> checkQuantised(GraphBuilder graph) throws IOException {
    graph(graph.output("logits", ElementType.FLOAT, "batch", TinyGraphs.LABELS).bytes());
    return check(RowsAloneTest::quantisedAlone, 12, 1e-5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "subgraph", "function"})
  void aDynamicallyQuantisedGraphGetsOneRowABatch(String place) throws IOException {
    GraphBuilder graph = TinyGraphs.sums(ElementType.INT64, "batch", "sequence");
    GraphBuilder quantised =
        TinyGraphs.quantised().output("rounded", ElementType.FLOAT, "batch", TinyGraphs.LABELS);
    switch (place) {
      case "plain" ->
          graph
              .node("DynamicQuantizeLinear", "sums", "bytes scale zero_point")
              .node("DequantizeLinear", "bytes scale zero_point", "logits");
      case "function" ->
          graph
              .call("Rounded", "sums", "rounded", TinyGraphs.quantised())
              .node("Identity", "rounded", "logits");
      default ->
          graph
              .longs("yes", new long[] {1})
              .node("Cast", "yes", "condition", attribute("to", ElementType.BOOL.ordinal()))
              .node(
                  "If",
                  "condition",
                  "logits",
                  attribute("then_branch", quantised),
                  attribute("else_branch", quantised));
    }
    List<String> notes = checkQuantised(graph);
    assertTrue(notes.get(0).contains("(DynamicQuantizeLinear)"), notes.get(0));
    assertTrue(notes.get(0).endsWith("each row is evaluated alone"), notes.get(0));
  }

  @Test
  void aScaleOverTheBatchIsFoundByTrying() throws IOException {
    GraphBuilder graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .node("Abs", "sums", "sizes")
            .node("ReduceMax", "sizes", "largest", attribute("keepdims", 0))
            .node("Div", "sums largest", "shares");
    graph(
        graph
            .node("Identity", "shares", "logits")
            .output("logits", ElementType.FLOAT, "batch", TinyGraphs.LABELS)
            .bytes());
    Formula formula =
        (row, label) -> sum(row, label) / Math.max(Math.abs(sum(row, 0)), Math.abs(sum(row, 1)));
    List<String> notes = check(formula, 12, 1e-5);
    assertTrue(notes.get(0).contains("a logit moves by up to"), notes.get(0));
    assertTrue(notes.get(0).endsWith("each row is evaluated alone"), notes.get(0));
  }

  @Test
  void aGraphMayFailOnSeveralRows() throws IOException {
    GraphBuilder graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .longs("one_row", new long[] {1, TinyGraphs.LABELS}, 2)
            .node("Reshape", "sums one_row", "logits");
    graph(graph.output("logits", ElementType.FLOAT, "batch", TinyGraphs.LABELS).bytes());
    List<String> notes = check(RowsAloneTest::sum, 12, 1e-5);
    assertTrue(notes.get(0).contains("Got: 2 Expected: 1"), notes.get(0));
    assertTrue(
        notes.get(0).contains("it fails: Got invalid dimensions for output: logits"), notes.get(0));
    assertTrue(notes.get(0).endsWith("each row is evaluated alone"), notes.get(0));
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "3, 0", "0, 12", "1, 12", "4, 12"})
  void batchesMayBePrescribed(int rows, int length) throws IOException {
    graph(
        TinyGraphs.logits(
            TinyGraphs.sums(
                ElementType.INT64,
                rows == 0 ? "batch" : (Object) rows,
                length == 0 ? "sequence" : (Object) length)));
    assertEquals(List.of(), check(RowsAloneTest::sum, 12, 1e-5));
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      assertEquals(length == 0 ? Integer.MAX_VALUE : length, model.maxTokens());
    }
  }

  @Test
  void aPrescribedLengthNeedsThePadding() throws IOException {
    graph(TinyGraphs.logits(TinyGraphs.lastToken(PADDING, 2, 12)));
    config("'pad_token_id': 20");
    assertEquals(List.of(), check(RowsAloneTest::last, 12, 0));
    Path tokenizer = directory.resolve("tokenizer.json");
    Files.writeString(tokenizer, Files.readString(tokenizer).replace("[PAD]", "[QQQ]"));
    config("");
    InputException e =
        assertThrows(InputException.class, () -> ModelDirectory.open(directory).load(1).close());
    assertTrue(e.getMessage().contains("takes exactly 12 tokens, and its answer depends on what"));
    assertTrue(e.getMessage().contains("name the padding as pad_token_id in config.json"));
  }
}
