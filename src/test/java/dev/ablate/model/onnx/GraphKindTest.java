package dev.ablate.model.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.ablate.code.InputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphKindTest {
  private static final int VOCABULARY = 900;

  private static GraphKind of(byte[] graph, String architecture, int vocabulary)
      throws IOException {
    List<String> architectures = architecture == null ? List.of() : List.of(architecture);
    GraphScan scan = GraphScan.of(new ByteArrayInputStream(graph));
    return GraphKind.of(GraphSource.of(graph, "graph"), scan, architectures, vocabulary);
  }

  private static byte[] perToken(Object... sizes) {
    return TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
        .node("Identity", "scores", "logits")
        .output("logits", ElementType.FLOAT, sizes)
        .bytes();
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-lm-ts, LANGUAGE_MODEL",
    "llama-lm-dynamo, LANGUAGE_MODEL",
    "qwen2-lm-past-ts, LANGUAGE_MODEL",
    "gpt2-cls-ts, CLASSIFIER",
    "bert-ts, CLASSIFIER",
    "modernbert-ts, CLASSIFIER"
  })
  void knowsRealArchitectures(String name, GraphKind kind) throws IOException {
    byte[] graph = Files.readAllBytes(CausalFolders.folder(name).resolve("model.onnx"));
    assertEquals(kind, of(graph, null, VOCABULARY));
  }

  @Test
  void knowsASentenceEmbedder() throws IOException {
    try (InputStream in = GraphKindTest.class.getResourceAsStream("/all-minilm-l6-v2-q.onnx")) {
      assertEquals(GraphKind.ENCODER, of(in.readAllBytes(), "BertModel", 30522));
    }
  }

  private static byte[] withoutShape(byte[] graph) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(graph).toBuilder();
    model
        .getGraphBuilder()
        .getOutputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .clearShape();
    return model.build().toByteArray();
  }

  /** What a file does not declare ONNX Runtime knows. */
  @Test
  void shapesNeedNotBeDeclared() throws IOException {
    byte[] words = withoutShape(perToken("batch", "sequence", TinyGraphs.LABELS));
    assertEquals(GraphKind.LANGUAGE_MODEL, of(words, null, TinyGraphs.LABELS));
    byte[] classifier =
        withoutShape(TinyGraphs.logits(TinyGraphs.sums(ElementType.INT64, "batch", "sequence")));
    assertEquals(GraphKind.CLASSIFIER, of(classifier, null, TinyGraphs.LABELS));
  }

  @ParameterizedTest
  @CsvSource({"GPT2LMHeadModel", "LlamaForCausalLM"})
  void theArchitectureMaySayIt(String architecture) throws IOException {
    byte[] graph = perToken("batch", "sequence", "words");
    assertEquals(GraphKind.LANGUAGE_MODEL, of(graph, architecture, Integer.MAX_VALUE));
  }

  @ParameterizedTest
  @CsvSource({"BertForTokenClassification, 48", ", 48", "BertForMaskedLM, 2"})
  void refusesScoresOfTokens(String architecture, int vocabulary) {
    byte[] graph = perToken("batch", "sequence", TinyGraphs.LABELS);
    InputException e =
        assertThrows(InputException.class, () -> of(graph, architecture, vocabulary));
    assertTrue(e.getMessage().contains("gives logits for each token"), e.getMessage());
  }

  @Test
  void whatIsNothingOfAllThisIsLeftToTheClassifier() throws IOException {
    byte[] graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .node("Identity", "sums", "start_logits")
            .output("start_logits", ElementType.FLOAT, "batch", TinyGraphs.LABELS)
            .bytes();
    assertEquals(GraphKind.CLASSIFIER, of(graph, null, VOCABULARY));
  }
}
