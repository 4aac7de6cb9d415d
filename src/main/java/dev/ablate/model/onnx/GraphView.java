package dev.ablate.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProtoOrBuilder;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph by who makes and who uses its tensors, as it was when this was made. */
final class GraphView {
  /** Gives numbers for each row, and one scale and zero point for all. */
  private static final String QUANTISATION = "DynamicQuantizeLinear";

  /** Operators that give their first input in another form, weights in front of a product. */
  private static final Set<String> SAME_WEIGHTS =
      Set.of("Identity", "Cast", "DequantizeLinear", "Transpose");

  private final Map<String, Integer> makers = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();
  private final Map<String, List<NodeProto>> users = new HashMap<>();
  private final Map<String, List<Long>> weights = new HashMap<>();
  private final List<NodeProto> nodes;

  /** Tensors without an axis for rows: weights, and the scales of quantised tensors. */
  private final Set<String> rowless = new HashSet<>();

  GraphView(GraphProtoOrBuilder graph) {
    this.nodes = List.copyOf(graph.getNodeList());
    rowless.add("");
    for (TensorProto tensor : graph.getInitializerList()) {
      rowless.add(tensor.getName());
      weights.put(tensor.getName(), List.copyOf(tensor.getDimsList()));
    }
    graph.getSparseInitializerList().forEach(tensor -> rowless.add(tensor.getValues().getName()));
    for (int n = 0; n < nodes.size(); n++) {
      NodeProto node = nodes.get(n);
      for (String output : node.getOutputList()) {
        makers.put(output, n);
      }
      count(node);
      for (String input : Set.copyOf(node.getInputList())) {
        users.computeIfAbsent(input, key -> new ArrayList<>()).add(node);
      }
      if (rowless.containsAll(node.getInputList()) && !hasGraphs(node)) {
        rowless.addAll(node.getOutputList());
        note(node);
      } else if (node.getOpType().equals(QUANTISATION)) {
        rowless.addAll(node.getOutputList().subList(1, node.getOutputCount()));
      }
    }
  }

  /** Inner graphs may use any tensor. */
  private static boolean hasGraphs(NodeProto node) {
    return node.getAttributeList().stream()
        .anyMatch(attribute -> attribute.hasG() || attribute.getGraphsCount() > 0);
  }

  /** Counts who uses which tensor, nodes of inner graphs too. */
  private void count(NodeProto node) {
    node.getInputList().forEach(input -> uses.merge(input, 1, Integer::sum));
    for (AttributeProto attribute : node.getAttributeList()) {
      attribute.getG().getNodeList().forEach(this::count);
      attribute.getGraphsList().forEach(inner -> inner.getNodeList().forEach(this::count));
    }
  }

  /** Keeps the sizes of constants that are weights in another form. */
  private void note(NodeProto node) {
    if (node.getOpType().equals("Constant")) {
      node.getAttributeList().stream()
          .filter(AttributeProto::hasT)
          .forEach(
              value -> weights.put(node.getOutput(0), List.copyOf(value.getT().getDimsList())));
    } else if (SAME_WEIGHTS.contains(node.getOpType()) && weights.containsKey(node.getInput(0))) {
      List<Long> sizes = weights.get(node.getInput(0));
      boolean turned = node.getOpType().equals("Transpose") && sizes.size() == 2;
      weights.put(node.getOutput(0), turned ? List.of(sizes.get(1), sizes.get(0)) : sizes);
    }
  }

  /** The nodes in the order of the graph. */
  List<NodeProto> nodes() {
    return nodes;
  }

  /** The place of the node that makes a tensor; -1 for inputs and weights. */
  int maker(String tensor) {
    return makers.getOrDefault(tensor, -1);
  }

  /** The node that makes a tensor; null for inputs and weights. */
  NodeProto making(String tensor) {
    return makers.containsKey(tensor) ? nodes.get(makers.get(tensor)) : null;
  }

  /** How often nodes use a tensor, those of inner graphs too. */
  int uses(String tensor) {
    return uses.getOrDefault(tensor, 0);
  }

  /** The nodes that use a tensor, without those of inner graphs. */
  List<NodeProto> users(String tensor) {
    return users.getOrDefault(tensor, List.of());
  }

  /** Whether a tensor is the same for all rows. */
  boolean isRowless(String tensor) {
    return rowless.contains(tensor);
  }

  /** The sizes of a tensor that is a weight, also one in another form; null for others. */
  List<Long> weightSizes(String tensor) {
    return weights.get(tensor);
  }
}
