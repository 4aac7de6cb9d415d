package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenLimitTest {
  private static final int POSITIONS = 34;

  @TempDir private Path directory;

  /** Positions start behind the padding token's number, 1: of 34 positions 32 serve tokens. */
  private TextClassifier open(String config) throws IOException {
    TinyModels.copyTo(directory);
    Files.writeString(directory.resolve("config.json"), "{" + config.replace('\'', '"') + "}");
    float[] factors = new float[POSITIONS];
    for (int p = 2; p < POSITIONS; p++) {
      factors[p] = 1 + (p - 2) / 64f;
    }
    GraphBuilder graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .floats("factors", factors, POSITIONS)
            .longs("start", new long[] {2})
            .longs("step", new long[] {1})
            .longs("axis", new long[] {1})
            .node("Shape", "input_ids", "shape")
            .node("Gather", "shape axis", "length")
            .node("Add", "length start", "end")
            .node("Range", "start end step", "places")
            .node("Gather", "factors places", "factor")
            .node("Mul", "kept factor", "kept_factor")
            .node("Unsqueeze", "kept_factor two", "factor_column")
            .node("Mul", "scores factor_column", "placed")
            .node("ReduceSum", "placed one", "limited", GraphBuilder.attribute("keepdims", 0));
    Files.write(
        directory.resolve("model.onnx"),
        graph
            .node("Identity", "limited", "logits")
            .output("logits", ElementType.FLOAT, "batch", TinyGraphs.LABELS)
            .bytes());
    return (TextClassifier) ModelDirectory.open(directory).load(1);
  }

  private static int[] text(int tokens) {
    return IntStream.range(0, tokens).map(t -> 5 + t % 30).toArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'max_position_embeddings': 34, 'model_type': 'roberta-prelayernorm', 'pad_token_id': 1",
        "'max_position_embeddings': 34, 'model_type': 'unheard-of'",
        "'n_positions': 34",
        "'max_position_embeddings': 1000",
        ""
      })
  void theLimitIsWhatTheGraphTakes(String config) throws IOException {
    try (TextClassifier model = open(config)) {
      for (int tokens : new int[] {33, 34, 35, 60, 1001}) {
        int[] text = text(tokens);
        InputException e =
            assertThrows(
                InputException.class,
                () -> {
                  model.requireLength(text);
                  model.logits(text);
                });
        assertEquals(
            "the text has "
                + tokens
                + " tokens, special ones included, but the model "
                + directory
                + " takes at most 32; shorten it, or explain its parts one by one",
            e.getMessage());
      }
      model.requireLength(text(32));
      assertEquals(TinyGraphs.LABELS, model.logits(text(32)).length);
    }
  }

  @ParameterizedTest
  @CsvSource({"max_position_embeddings, 20", "n_positions, 20", "n_ctx, 20"})
  void theConfigurationMaySayLess(String key, int expected) throws IOException {
    try (TextClassifier model = open("'" + key + "': 20")) {
      assertEquals(expected, model.maxTokens());
      model.requireLength(text(20));
      InputException e = assertThrows(InputException.class, () -> model.requireLength(text(21)));
      assertTrue(e.getMessage().contains("takes at most 20;"), e.getMessage());
    }
  }

  @Test
  void anotherFailureStaysWhatItIs() throws IOException {
    try (TextClassifier model = open("'max_position_embeddings': 34")) {
      InputException e =
          assertThrows(InputException.class, () -> model.logits(new int[] {5, 4000, 6}));
      assertTrue(e.getMessage().contains("idx=4000 must be within"), e.getMessage());
      assertTrue(e.getMessage().contains("failed on a batch of 1 x 3 tokens"), e.getMessage());
      float[] five = model.logits(new int[] {5});
      assertArrayEquals(
          new float[] {(float) TinyGraphs.weight(5, 0), (float) TinyGraphs.weight(5, 1)}, five);
    }
  }
}
