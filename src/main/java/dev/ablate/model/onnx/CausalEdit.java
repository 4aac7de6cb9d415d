package dev.ablate.model.onnx;

import static dev.ablate.model.onnx.Nodes.attribute;
import static dev.ablate.model.onnx.Nodes.node;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.ablate.code.InputException;
import java.util.List;

/**
 * Edits the graph of a causal network, so that its head runs on some positions and not on all. It
 * has one input more:
 *
 * <ul>
 *   <li>{@link #PLACES}, int64 {@code (asked)}: positions, counted through all rows of the batch.
 * </ul>
 *
 * <p>In the place of its logits it gives those of these positions, for one who reads them where
 * they are:
 *
 * <ul>
 *   <li>{@link #LOGITS}, as they were, {@code (asked, vocabulary)};
 * </ul>
 *
 * <p>or log-probabilities of some tokens, so that few numbers leave the graph:
 *
 * <ul>
 *   <li>{@link #TARGETS}, int64 {@code (asked, 1)}, an input: a token for each position;
 *   <li>{@link #LOG_PROBABILITIES}, float {@code (asked, 1)}: of that token behind that position;
 *   <li>{@link #LIKELIEST}, int64 {@code (asked)}: the token of the largest logit there.
 * </ul>
 */
final class CausalEdit {
  static final String OWN = "ablate/";
  static final String PLACES = OWN + "places";
  static final String LOGITS = OWN + "logits";
  static final String TARGETS = OWN + "targets";
  static final String LOG_PROBABILITIES = OWN + "log_probabilities";
  static final String LIKELIEST = OWN + "likeliest";

  /** The first version of ONNX's own operators that has all that are used. */
  private static final long OPSET = 11;

  private static final String ASKED = OWN + "asked";
  private static final String FLOATS = OWN + "floats";
  private static final String ALL = OWN + "all";

  private CausalEdit() {}

  /** Whether the edit brought an input or output. */
  static boolean isOwn(String tensor) {
    return tensor.startsWith(OWN);
  }

  /** The inputs of an edited graph as they were. */
  static List<TensorInfo> unedited(List<TensorInfo> inputs) {
    return inputs.stream()
        .filter(input -> !isOwn(input.name()) || PastEdit.isShared(input.name()))
        .map(input -> new TensorInfo(PastEdit.plain(input.name()), input.type(), input.shape()))
        .toList();
  }

  /**
   * The graph that gives log-probabilities.
   *
   * @param origin where it came from, for messages
   * @throws InputException if its operators are too old
   */
  static ModelProto of(ModelProto model, String origin) {
    GraphProto.Builder graph = cut(model, origin);
    List<ValueInfoProto> kept = List.copyOf(graph.getOutputList());
    graph
        .addInput(Nodes.tensor(TARGETS, ElementType.INT64, ASKED, 1))
        .addNode(
            node("Cast", List.of(LOGITS), FLOATS, attribute("to", ElementType.FLOAT.ordinal())))
        .addNode(
            node(
                "ArgMax",
                List.of(FLOATS),
                LIKELIEST,
                attribute("axis", 1),
                attribute("keepdims", 0)))
        .addNode(node("LogSoftmax", List.of(FLOATS), ALL, attribute("axis", 1)))
        .addNode(
            node("GatherElements", List.of(ALL, TARGETS), LOG_PROBABILITIES, attribute("axis", 1)))
        .clearOutput()
        .addOutput(Nodes.tensor(LOG_PROBABILITIES, ElementType.FLOAT, ASKED, 1))
        .addOutput(Nodes.tensor(LIKELIEST, ElementType.INT64, ASKED))
        .addAllOutput(kept);
    return model.toBuilder().setGraph(graph).build();
  }

  /** The graph that gives logits; arguments and failures are those of {@link #of}. */
  static ModelProto withLogits(ModelProto model, String origin) {
    GraphProto.Builder graph = cut(model, origin);
    // Without a type: ONNX Runtime finds it.
    graph.addOutput(ValueInfoProto.newBuilder().setName(LOGITS));
    return model.toBuilder().setGraph(graph).build();
  }

  /**
   * The graph with the logits of some positions as an inner tensor; its outputs are keys and
   * values.
   */
  private static GraphProto.Builder cut(ModelProto model, String origin) {
    long opset =
        model.getOpsetImportList().stream()
            .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
            .mapToLong(OperatorSetIdProto::getVersion)
            .findFirst()
            .orElse(0);
    if (opset < OPSET) {
      throw new InputException(
          "the graph "
              + origin
              + " has operators of opset "
              + opset
              + ", and a language model needs "
              + OPSET
              + " or later; export it again");
    }
    GraphProto.Builder graph = model.getGraph().toBuilder();
    List<ValueInfoProto> kept =
        graph.getOutputList().stream()
            .filter(output -> PastTensors.isPresent(output.getName()))
            .toList();
    PastEdit.share(graph, Signature.IDS, origin);
    HeadRows.cut(graph, Signature.LOGITS, PLACES, LOGITS);
    return graph
        .addInput(Nodes.tensor(PLACES, ElementType.INT64, ASKED))
        .clearOutput()
        .addAllOutput(kept);
  }
}
