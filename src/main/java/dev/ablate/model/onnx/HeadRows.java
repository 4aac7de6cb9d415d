package dev.ablate.model.onnx;

import static dev.ablate.model.onnx.Nodes.attribute;
import static dev.ablate.model.onnx.Nodes.node;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes the logits of some positions out of a graph. The head, which multiplies every position by
 * the whole vocabulary, then sees those positions alone: what stands before it is cut to them.
 * Where the head is not found the logits themselves are cut, which gives the same and costs more.
 */
final class HeadRows {
  private static final Set<String> HEADS =
      Set.of(
          "MatMul", "Gemm", "FusedMatMul", "MatMulNBits", "MatMulInteger", "MatMulIntegerToFloat");

  /** Those whose second operand is one matrix, in whatever form. */
  private static final Set<String> BY_MATRIX = Set.of("Gemm", "MatMulNBits");

  /** What gives each number of its output from that number of its input alone. */
  private static final Set<String> ELEMENTWISE =
      Set.of("Cast", "Identity", "Tanh", "Add", "Sub", "Mul", "Div", "Min", "Max", "Clip");

  private static final List<String> TRANSPOSED = List.of("transA", "transBatchA");

  private final GraphProto.Builder graph;
  private final GraphView view;

  private HeadRows(GraphProto.Builder graph) {
    this.graph = graph;
    this.view = new GraphView(graph);
  }

  /**
   * Edits a graph.
   *
   * @param logits a tensor of the graph whose last axis is the vocabulary
   * @param places the name of an input: numbers of positions, counted through all rows of a batch
   * @param rows the tensor that receives the logits, {@code (places, vocabulary)}
   */
  static void cut(GraphProto.Builder graph, String logits, String places, String rows) {
    new HeadRows(graph).cut(logits, places, rows);
  }

  private void cut(String logits, String places, String rows) {
    List<Integer> way = wayToHead(logits);
    if (way == null) {
      graph.addNode(flat(logits, rows + "/all"));
      graph.addNode(node("Gather", List.of(rows + "/all", places), rows));
      return;
    }
    // Behind the head there are other rows from now on.
    Set<String> changed = new HashSet<>();
    for (int n : way) {
      NodeProto node = graph.getNode(n);
      changed.addAll(node.getOutputList());
      if (node.getOpType().equals("Reshape")) {
        graph.setNode(n, node("Identity", List.of(node.getInput(0)), node.getOutput(0)));
      }
    }
    dropShapes(changed);
    // What a node copies from tensor to tensor could be most of a vocabulary for each place.
    boolean flat = way.stream().map(graph::getNode).allMatch(this::keepsTwoAxes);
    int head = way.get(way.size() - 1);
    NodeProto node = graph.getNode(head);
    graph.setNode(head, node.toBuilder().setInput(0, rows + "/before").build());
    graph.addNode(head, node("Gather", List.of(rows + "/all", places), rows + "/before"));
    graph.addNode(head, flat(node.getInput(0), rows + "/all"));
    graph.addNode(flat ? node("Identity", List.of(logits), rows) : flat(logits, rows));
  }

  /** Whether two axes in front give two behind, by the sizes of the weights. */
  private boolean keepsTwoAxes(NodeProto node) {
    return BY_MATRIX.contains(node.getOpType())
        || node.getInputList().stream()
            .filter(view::isRowless)
            .filter(input -> !input.isEmpty())
            .map(view::weightSizes)
            .allMatch(sizes -> sizes != null && sizes.size() <= 2);
  }

  /** All axes but the last as one. */
  private static NodeProto flat(String from, String to) {
    return node("Flatten", List.of(from), to, attribute("axis", -1));
  }

  private void dropShapes(Set<String> changed) {
    List<ValueInfoProto> kept =
        graph.getValueInfoList().stream()
            .filter(info -> !changed.contains(info.getName()))
            .toList();
    graph.clearValueInfo().addAllValueInfo(kept);
  }

  /** The nodes from the logits back to the head; null where it is not found. */
  private List<Integer> wayToHead(String logits) {
    List<Integer> way = new ArrayList<>();
    String tensor = logits;
    for (int others = 0; view.maker(tensor) >= 0; others = 1) {
      if (view.uses(tensor) != others) {
        return null;
      }
      int n = view.maker(tensor);
      NodeProto node = graph.getNode(n);
      way.add(n);
      if (isHead(node)) {
        return way;
      }
      tensor = passed(node);
    }
    return null;
  }

  private boolean isHead(NodeProto node) {
    return HEADS.contains(node.getOpType())
        && TRANSPOSED.stream().allMatch(name -> attribute(node, name, 0) == 0)
        && node.getInputList().stream().skip(1).allMatch(view::isRowless)
        && !view.isRowless(node.getInput(0));
  }

  /** The one input of which each row of the output is made; "" if that is not so. */
  private String passed(NodeProto node) {
    if (node.getOpType().equals("Reshape")) {
      return node.getInput(0);
    }
    List<String> variable =
        node.getInputList().stream().filter(input -> !view.isRowless(input)).toList();
    boolean one = ELEMENTWISE.contains(node.getOpType()) && variable.size() == 1;
    return one ? variable.get(0) : "";
  }
}
