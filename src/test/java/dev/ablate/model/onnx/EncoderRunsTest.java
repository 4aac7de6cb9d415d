package dev.ablate.model.onnx;

import static dev.ablate.model.onnx.GraphBuilder.attribute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.model.Pooling;
import dev.ablate.model.TextTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EncoderRunsTest {
  private static final String MINI_LM = "/all-minilm-l6-v2-q";
  private static final List<String> TEXTS =
      List.of(
          "The cat sat on the mat and looked out of the window.",
          "The cat sat on the and looked out of the window.",
          "A dog.",
          "Quantised networks choose one scale for all numbers of a batch,",
          "");

  private static byte[] resource(String name) {
    try (InputStream in = EncoderRunsTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OnnxScorer embedder(byte[] graph, Pooling pooling, int... words) {
    SampleRows sample = new SampleRows(new int[0], words, new int[0]);
    OnnxSession session = OnnxSession.of(graph, "graph");
    try {
      GraphScan scan = GraphScan.of(new ByteArrayInputStream(graph));
      return OnnxScorer.encoder(session, scan, List.of(0), sample, 512, pooling);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private static float[] scores(OnnxScorer embedder, List<int[]> rows) {
    TokenRows all = TokenRows.of(rows);
    float[] found = new float[rows.size() * embedder.scores()];
    embedder.score(all.tokens(), all.lengths(), rows.size(), all.width(), found);
    return found;
  }

  /** What ONNX Runtime gives for the tokens of one row alone. */
  private static float[] tokens(OnnxSession session, int[] row, int size) {
    float[] found = new float[row.length * size];
    TensorInfo vectors = TensorInfo.named(session.outputs(), "last_hidden_state");
    session.run(
        run -> {
          for (TensorInfo input : session.inputs()) {
            ByteBuffer memory = run.input(input, 1, row.length);
            for (int t = 0; t < row.length; t++) {
              long attention = input.name().equals("attention_mask") ? 1 : 0;
              memory.putLong(8 * t, input.name().equals("input_ids") ? row[t] : attention);
            }
          }
          ByteBuffer out = run.output(vectors, 1, row.length, size);
          run.run();
          vectors.type().floats(out, found.length, found, 0);
        });
    return found;
  }

  private static double[] pooled(float[] tokens, int size, Pooling pooling) {
    int count = tokens.length / size;
    double[] vector = new double[size];
    for (int i = 0; i < size; i++) {
      double[] column = new double[count];
      for (int t = 0; t < count; t++) {
        column[t] = tokens[t * size + i];
      }
      vector[i] =
          switch (pooling) {
            case MEAN -> Arrays.stream(column).average().getAsDouble();
            case MAX -> Arrays.stream(column).max().getAsDouble();
            case FIRST -> column[0];
            case LAST -> column[count - 1];
          };
    }
    double length = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
    return Arrays.stream(vector).map(x -> x / length).toArray();
  }

  /** A real one, dynamically quantised: its rows would share a scale. */
  @ParameterizedTest
  @EnumSource
  void aSentenceEmbedderGivesPooledVectors(Pooling pooling) {
    byte[] graph = resource(MINI_LM + ".onnx");
    List<int[]> rows = new ArrayList<>();
    try (TextTokenizer tokenizer =
        TextTokenizer.of(resource(MINI_LM + "-tokenizer.json"), "tokenizer.json")) {
      TEXTS.forEach(text -> rows.add(tokenizer.tokenize(text).ids()));
    }
    try (OnnxScorer embedder = embedder(graph, pooling, 2000, 2500, 3000, 3500, 4000, 4500);
        OnnxSession alone = OnnxSession.of(graph, "graph")) {
      int size = embedder.scores();
      assertEquals(384, size);
      assertTrue(embedder.notes().get(0).contains("each row is evaluated alone"));
      float[] found = scores(embedder, rows);
      for (int r = 0; r < rows.size(); r++) {
        double[] expected = pooled(tokens(alone, rows.get(r), size), size, pooling);
        for (int i = 0; i < size; i++) {
          assertEquals(expected[i], found[r * size + i], 1e-6);
        }
      }
    }
  }

  /** Scores of tokens as vectors of two numbers. */
  private static byte[] vectors(String output) {
    return TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
        .node("Identity", output.equals("sentence_embedding") ? "sums" : "scores", output)
        .output(output, ElementType.FLOAT)
        .bytes();
  }

  private static void check(OnnxScorer embedder, Function<int[], double[]> expected) {
    List<int[]> rows = List.of(new int[] {5, 9, 17, 30}, new int[] {11}, new int[] {40, 8});
    float[] found = scores(embedder, rows);
    for (int r = 0; r < rows.size(); r++) {
      double[] vector = expected.apply(rows.get(r));
      double length = Math.hypot(vector[0], vector[1]);
      assertEquals(vector[0] / length, found[2 * r], 1e-6);
      assertEquals(vector[1] / length, found[2 * r + 1], 1e-6);
    }
  }

  private static double[] sum(int[] row) {
    return new double[] {
      Arrays.stream(row).mapToDouble(token -> TinyGraphs.weight(token, 0)).sum(),
      Arrays.stream(row).mapToDouble(token -> TinyGraphs.weight(token, 1)).sum()
    };
  }

  @ParameterizedTest
  @CsvSource({"last_hidden_state, MEAN", "token_embeddings, ", "sentence_embedding, "})
  void knowsTheNamesOfVectors(String output, Pooling pooling) {
    try (OnnxScorer embedder = embedder(vectors(output), pooling, 6, 7, 8, 9, 10)) {
      assertEquals(2, embedder.scores());
      assertEquals(List.of(), embedder.notes());
      check(embedder, EncoderRunsTest::sum);
    }
  }

  @Test
  void whatWasAskedForGoesBeforeWhatTheGraphPools() {
    byte[] graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .node("Identity", "sums", "sentence_embedding")
            .node("Identity", "scores", "token_embeddings")
            .output("token_embeddings", ElementType.FLOAT, "batch", "sequence", 2)
            .output("sentence_embedding", ElementType.FLOAT, "batch", 2)
            .bytes();
    try (OnnxScorer embedder = embedder(graph, Pooling.LAST, 6, 7, 8)) {
      check(embedder, row -> sum(Arrays.copyOfRange(row, row.length - 1, row.length)));
    }
    try (OnnxScorer embedder = embedder(graph, null, 6, 7, 8)) {
      check(embedder, EncoderRunsTest::sum);
    }
  }

  @Test
  void refusesVectorsOfNoUse() {
    byte[] graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .longs("last", new long[] {-1}, 1)
            .node("ReduceSum", "scores last", "last_hidden_state", attribute("keepdims", 0))
            .output("last_hidden_state", ElementType.FLOAT)
            .bytes();
    InputException e =
        assertThrows(InputException.class, () -> embedder(graph, null, 6, 7, 8).close());
    assertTrue(
        e.getMessage()
            .contains(
                "returns last_hidden_state of shape [1, 6] for one text; needed is"
                    + " (batch, sequence, size)"),
        e.getMessage());
  }
}
