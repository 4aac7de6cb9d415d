package dev.ablate.model;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs whose components are not found end with a line that says what was looked for. */
class SwitchedRefusalsTest {
  @TempDir private Path place;

  private String refusal(String components, String layers) {
    InputException e =
        assertThrows(
            InputException.class,
            () ->
                SwitchedModel.open(
                        ModelDirectory.open(place), ComponentChoice.parse(components, layers), 1)
                    .close());
    return e.getMessage();
  }

  private void attentionWith(String config) throws IOException {
    SwitchedReference.open("attention", place);
    Files.writeString(place.resolve("config.json"), config);
  }

  @ParameterizedTest
  @CsvSource({
    "heads, shows the attention of 0 layers, Softmax",
    "mlp, shows the feed-forward block of 0 layers, an activation",
    "neurons:0, shows the feed-forward block of 0 layers, an activation"
  })
  void refusesGraphsWithoutComponents(String components, String found, String wanted)
      throws IOException {
    TinyModels.copyTo(place);
    String line = refusal(components, null);
    assertTrue(line.contains(found) && line.contains(wanted), line);
    assertTrue(line.contains("export the model again"), line);
  }

  @Test
  void refusesOtherNumbersOfLayersThanTheConfigurationSays() throws IOException {
    attentionWith("{\"num_hidden_layers\": 3, \"num_attention_heads\": 4}");
    String line = refusal("heads", null);
    assertTrue(line.contains("of 2 layers where config.json names 3 (num_hidden_layers)"), line);
    assertTrue(line.contains("found: layers.0/attention, layers.1/attention"), line);
  }

  @Test
  void refusesOtherNumbersOfHeads() throws IOException {
    attentionWith("{\"num_hidden_layers\": 2, \"num_attention_heads\": 8}");
    String line = refusal("heads", null);
    assertTrue(line.contains("the node layers.0/attention of the graph"), line);
    assertTrue(line.contains("of shape [2, 3, 32] for 2 rows of 3 tokens"), line);
    assertTrue(line.contains("(rows, tokens, 8 heads * size)"), line);
  }

  @Test
  void whatTheConfigurationDoesNotSayIsNotLookedAt() throws IOException {
    attentionWith("{}");
    try (SwitchedModel model =
        SwitchedModel.open(ModelDirectory.open(place), ComponentChoice.HEADS, 1)) {
      assertEquals(8, model.components().size());
      assertEquals("(batch, tokens, 4 * 8)", model.components().get(0).shape());
    }
  }

  @ParameterizedTest
  @CsvSource({"2, names layer 2", "0-2, names layer 2", "1-7, names layer 7"})
  void refusesLayersThatThereAreNot(String layers, String found) throws IOException {
    SwitchedReference.open("attention", place);
    String line = refusal("heads", layers);
    assertTrue(line.contains(found + ", but the network has 2 layers: 0 to 1"), line);
  }

  @Test
  void someLayersAreThoseLayers() throws IOException {
    try (SwitchedModel model =
        SwitchedModel.open(
            SwitchedReference.open("attention", place), ComponentChoice.parse(null, "1"), 1)) {
      assertEquals("L1H0", model.components().get(0).name());
      assertEquals(4, model.components().size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"head", "", "neurons", "neurons:x", "heads,mlp", "neurons:-1"})
  void refusesOtherKinds(String components) {
    InputException e =
        assertThrows(InputException.class, () -> ComponentChoice.parse(components, null));
    assertTrue(e.getMessage().contains("give heads, mlp, heads+mlp or neurons:LAYER"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "3-1", "1-", "-2", "1-2-3", "99999999"})
  void refusesOtherLayers(String layers) {
    assertThrows(InputException.class, () -> ComponentChoice.parse("heads", layers));
  }

  @Test
  void neuronsNameTheirOwnLayer() {
    assertThrows(InputException.class, () -> ComponentChoice.parse("neurons:1", "0-1"));
  }

  @Test
  void refusesEncoders() throws IOException {
    TinyModels.copyTo(place);
    GraphBuilder graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .node("Identity", "sums", "sentence_embedding")
            .output("sentence_embedding", ElementType.FLOAT, "batch", TinyGraphs.LABELS);
    Files.write(place.resolve("model.onnx"), graph.bytes());
    String line = refusal("heads", null);
    assertTrue(line.contains("is an encoder of texts"), line);
  }

  @Test
  void aModelOfOneKindIsNotAskedForTheOther() throws IOException {
    try (SwitchedModel model =
        SwitchedModel.open(
            SwitchedReference.open("attention", place), ComponentChoice.HEADS, 1)) {
      int[][] rows = {{5, 6, 7}};
      InputException e =
          assertThrows(
              InputException.class, () -> model.logProbabilities(rows, new int[] {1}, null));
      assertTrue(e.getMessage().contains("which gives no probabilities of tokens"));
    }
  }
}
