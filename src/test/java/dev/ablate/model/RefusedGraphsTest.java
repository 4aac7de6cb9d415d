package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.model.onnx.ElementType;
import dev.ablate.model.onnx.GraphBuilder;
import dev.ablate.model.onnx.TinyGraphs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs that cannot be explained end with one line that says why. */
class RefusedGraphsTest {
  @TempDir private Path directory;

  @BeforeEach
  void copy() throws IOException {
    TinyModels.copyTo(directory);
    Files.writeString(directory.resolve("config.json"), "{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"declared", "found"})
  void refusesMoreLabelsThanThereCanBe(String how) throws IOException {
    GraphBuilder graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .longs("repeats", new long[] {1, 1 << 20}, 2)
            .node("Tile", "sums repeats", "logits")
            .output(
                "logits",
                ElementType.FLOAT,
                "batch",
                how.equals("declared") ? (Object) (1L << 40) : "labels");
    Files.write(directory.resolve("model.onnx"), graph.bytes());
    refuses("logits a text; at most 65536 labels can be explained");
  }

  /** ONNX Runtime says where in its own sources it was; nobody can mend anything there. */
  @Test
  void weightsThatAreCutShortAreNamedWithoutPlacesInSources() throws IOException {
    TinyModels.copyTo(directory);
    TinyModels.moveWeightsTo(directory, "w.bin");
    Files.write(directory.resolve("w.bin"), new byte[3]);
    InputException e =
        assertThrows(InputException.class, () -> ModelDirectory.open(directory).load(1).close());
    assertTrue(e.getMessage().contains("given file_length: 3"), e.getMessage());
    assertFalse(e.getMessage().matches(".*(\\.cc|ONNXRuntimeError|Exception).*"), e.getMessage());
  }

  /** ONNX Runtime would end the process. */
  @Test
  void refusesFunctionsThatCallThemselves() throws IOException {
    GraphBuilder body = new GraphBuilder().node("Identity", "sums", "same");
    GraphBuilder graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .call("F", "sums", "logits", body.call("F", "same", "logits", new GraphBuilder()))
            .output("logits", ElementType.FLOAT, "batch", TinyGraphs.LABELS);
    Files.write(directory.resolve("model.onnx"), graph.bytes());
    refuses("model.onnx cannot be run: the function F calls itself; export it again");
  }

  /** As where dropout was left on: what a mask is worth would be another number each time. */
  @ParameterizedTest
  @ValueSource(strings = {"RandomNormalLike", "RandomUniformLike"})
  void refusesScoresThatAreDrawn(String operator) throws IOException {
    GraphBuilder graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .node(operator, "sums", "drawn")
            .floats("small", new float[] {1e-3f})
            .node("Mul", "drawn small", "noise")
            .node("Add", "sums noise", "logits")
            .output("logits", ElementType.FLOAT, "batch", TinyGraphs.LABELS);
    Files.write(directory.resolve("model.onnx"), graph.bytes());
    refuses("gives the same text other scores each time (a logit moves by up to ");
    refuses("export the model again in evaluation mode, with model.eval()");
  }

  /** The numbers stand on a second line of ONNX Runtime's message. */
  @Test
  void aLengthThatTheGraphDoesNotDeclareIsSaidWhole() throws IOException {
    GraphBuilder graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .longs("fixed", new long[] {1, 16}, 2)
            .node("Reshape", "input_ids fixed", "sixteen")
            .node("Cast", "sixteen", "numbers", GraphBuilder.attribute("to", 1))
            .node("ReduceSum", "numbers one", "sum", GraphBuilder.attribute("keepdims", 1))
            .node("Add", "sums sum", "logits")
            .output("logits", ElementType.FLOAT, "batch", TinyGraphs.LABELS);
    Files.write(directory.resolve("model.onnx"), graph.bytes());
    refuses("does not run on a text of 8 tokens: ");
    refuses("requested shape:{1,16}; export it again, with dynamic axes for batch and sequence");
  }

  @ParameterizedTest
  @ValueSource(strings = {"declared", "found", "past"})
  void refusesScoresOfTokens(String how) throws IOException {
    GraphBuilder graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .node("Identity", "scores", "logits");
    if (how.equals("past")) {
      graph.input("past_key_values.0.key", ElementType.FLOAT, "batch", 2, "past", 4);
    }
    if (how.equals("found")) {
      graph.output("logits", ElementType.FLOAT);
    } else {
      graph.output("logits", ElementType.FLOAT, "batch", "sequence", TinyGraphs.LABELS);
    }
    Files.write(directory.resolve("model.onnx"), graph.bytes());
    refuses(
        how.equals("past")
            ? "has the input past_key_values.0.key but no output present.0.key"
            : "gives logits for each token, and neither its vocabulary nor architectures");
  }

  @Test
  void refusesAsManyLogitsAsTokens() throws IOException {
    GraphBuilder graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .node("Cast", "input_ids", "logits", GraphBuilder.attribute("to", 1))
            .output("logits", ElementType.FLOAT, "batch", "anything");
    Files.write(directory.resolve("model.onnx"), graph.bytes());
    refuses("returns 8 logits for a text of 8 tokens and 7 for one of 7; needed is one a label");
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 31, 1L << 40})
  void refusesAPrescribedBatchThatFitsNoMemory(long length) throws IOException {
    Files.write(
        directory.resolve("model.onnx"),
        TinyGraphs.logits(TinyGraphs.sums(ElementType.INT64, 1, length)));
    refuses("tokens, which is too much; export it with dynamic axes");
  }

  private void refuses(String part) {
    InputException e =
        assertThrows(InputException.class, () -> ModelDirectory.open(directory).load(1).close());
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }
}
