package dev.ablate.model.onnx;

import static dev.ablate.model.onnx.Nodes.attribute;
import static dev.ablate.model.onnx.Nodes.node;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.ablate.code.InputException;
import java.util.List;

/**
 * Lets the rows of a batch share the keys and values of the tokens in front of them: each input of
 * them loses its batch, and is repeated for every row inside the graph.
 */
final class PastEdit {
  private static final String SHARED = CausalEdit.OWN + "shared/";
  private static final String SHAPE = SHARED + "shape";
  private static final String ROWS = SHARED + "rows";
  private static final String FIRST = SHARED + "first";
  private static final String ONES = SHARED + "ones";
  private static final String EXPANSION = SHARED + "expansion";

  /** Most heads, and most numbers of one: far more than any network has. */
  private static final int LARGEST = 1 << 16;

  private static final int AXES = 4;
  private static final int HEADS = 1;
  private static final int SIZE = 3;

  private PastEdit() {}

  /** Whether an input of an edited graph takes keys or values that rows share. */
  static boolean isShared(String input) {
    return input.startsWith(SHARED);
  }

  /** The name that an input had before. */
  static String plain(String input) {
    return isShared(input) ? input.substring(SHARED.length()) : input;
  }

  /**
   * Edits a graph, if it takes keys and values.
   *
   * @param ids the name of an input with an axis for the rows of a batch first
   * @param origin where the graph came from, for messages
   * @throws InputException if it takes them in another form than {@code (batch, heads, tokens,
   *     size)}
   */
  static void share(GraphProto.Builder graph, String ids, String origin) {
    int nodes = 0;
    for (int i = 0; i < graph.getInputCount(); i++) {
      ValueInfoProto input = graph.getInput(i);
      if (PastTensors.isPast(input.getName())) {
        graph.setInput(i, shared(input, origin));
        String name = SHARED + input.getName();
        graph.addNode(nodes++, node("Expand", List.of(name, EXPANSION), input.getName()));
      }
    }
    if (nodes > 0) {
      graph
          .addInitializer(Nodes.constant(FIRST, 0))
          .addInitializer(Nodes.constant(ONES, 1, 1, 1))
          .addNode(0, node("Shape", List.of(ids), SHAPE))
          .addNode(1, node("Gather", List.of(SHAPE, FIRST), ROWS))
          .addNode(2, node("Concat", List.of(ROWS, ONES), EXPANSION, attribute("axis", 0)));
    }
  }

  private static boolean isSize(Dimension axis) {
    return axis.getDimValue() >= 1 && axis.getDimValue() <= LARGEST;
  }

  /** The same input under another name, for a single row. */
  private static ValueInfoProto shared(ValueInfoProto input, String origin) {
    List<Dimension> axes = input.getType().getTensorType().getShape().getDimList();
    if (axes.size() != AXES || !isSize(axes.get(HEADS)) || !isSize(axes.get(SIZE))) {
      throw new InputException(
          "the graph "
              + origin
              + " takes "
              + input.getName()
              + " in another form than (batch, heads, tokens, size) with heads and size from 1 to "
              + LARGEST
              + "; export it again, or without keys and values (the task text-generation of"
              + " optimum-cli export onnx)");
    }
    ValueInfoProto.Builder shared = input.toBuilder().setName(SHARED + input.getName());
    shared
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .setDim(0, Dimension.newBuilder().setDimValue(1))
        .setDim(2, Dimension.newBuilder().setDimParam(SHARED + "tokens"));
    return shared.build();
  }
}
