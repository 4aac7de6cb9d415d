package dev.ablate.model.onnx;

import static dev.ablate.model.onnx.Nodes.attribute;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.ablate.model.Component.Kind;
import dev.ablate.model.onnx.Site.Form;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the feed-forward blocks of a graph by their second product, whose weights are {@code
 * (inner, hidden)}. Its data are the neurons; its output, with what belongs to it, is the block's.
 */
final class MlpSites {
  private static final String BITS = "MatMulNBits";

  /** Products with weights, and which input those are. */
  private static final Map<String, Integer> PRODUCTS =
      Map.of(
          "MatMul", 1,
          "FusedMatMul", 1,
          "Gemm", 1,
          "MatMulInteger", 1,
          "MatMulIntegerToFloat", 1,
          "DynamicQuantizeMatMul", 1,
          BITS, 1);

  /** What gives the numbers of its first input in another form. */
  private static final Set<String> SAME =
      Set.of(
          "Reshape",
          "Cast",
          "Identity",
          "Dropout",
          "QuantizeLinear",
          "DequantizeLinear",
          "DynamicQuantizeLinear");

  /** What adds to the product, or scales it, by what is the same for all rows. */
  private static final Set<String> OWN = Set.of("Add", "Mul");

  /** What bends numbers, each for itself. */
  private static final Set<String> ACTIVATIONS =
      Set.of(
          "Gelu",
          "BiasGelu",
          "FastGelu",
          "QuickGelu",
          "Erf",
          "Tanh",
          "Sigmoid",
          "Relu",
          "LeakyRelu",
          "Elu",
          "HardSwish",
          "Swish",
          "Mish",
          "Softplus");

  /** What mixes positions, or begins another block: no way inside of a block leads over it. */
  private static final Set<String> OUTSIDE =
      Set.of(
          "LayerNormalization",
          "SkipLayerNormalization",
          "SimplifiedLayerNormalization",
          "SkipSimplifiedLayerNormalization",
          "RMSNormalization",
          "ReduceMean",
          "Softmax",
          "Attention",
          "Gather");

  /** Operators that add two tensors, normalise, and may add a bias: which input that is. */
  private static final Map<String, Integer> FUSED_BIAS =
      Map.of("SkipLayerNormalization", 4, "SkipSimplifiedLayerNormalization", 3);

  private final GraphView view;
  private final NetworkSizes sizes;

  private MlpSites(GraphView view, NetworkSizes sizes) {
    this.view = view;
    this.sizes = sizes;
  }

  /**
   * The blocks in the order of the graph, or their neurons; layers are numbered in that order.
   *
   * @param kind blocks or neurons
   */
  static List<Site> in(GraphView view, NetworkSizes sizes, Kind kind) {
    MlpSites sites = new MlpSites(view, sizes);
    List<Site> found = new ArrayList<>();
    for (NodeProto node : view.nodes()) {
      if (sites.isSecond(node)) {
        Site site = kind == Kind.MLP ? sites.block(node) : sites.neurons(node);
        found.add(site.in(found.size()));
      }
    }
    return found;
  }

  /** What is looked for, as a part of a line. */
  static String wanted(NetworkSizes sizes) {
    String inner = sizes.inner().isPresent() ? "" + sizes.inner().getAsInt() : "inner";
    String hidden = sizes.hidden().isPresent() ? "" + sizes.hidden().getAsInt() : "hidden";
    return "products with weights (" + inner + ", " + hidden + ") behind an activation";
  }

  private boolean isSecond(NodeProto node) {
    List<Long> weights = weights(node);
    if (weights == null
        || sizes.hidden().isPresent() && weights.get(1) != sizes.hidden().getAsInt()
        || sizes.inner().isPresent() && weights.get(0) != sizes.inner().getAsInt()) {
      return false;
    }
    boolean telling = sizes.inner().isPresent() && sizes.hidden().isPresent();
    return telling && !weights.get(0).equals(weights.get(1)) || isBehindActivation(node);
  }

  /** The sizes (in, out) of the weights of a product; null where it has none. */
  private List<Long> weights(NodeProto node) {
    if (!PRODUCTS.containsKey(node.getOpType()) || view.isRowless(node.getInput(0))) {
      return null;
    }
    if (node.getOpType().equals(BITS)) {
      return List.of(attribute(node, "K", 0), attribute(node, "N", 0));
    }
    List<Long> found = view.weightSizes(node.getInput(PRODUCTS.get(node.getOpType())));
    if (found == null || found.size() != 2) {
      return null;
    }
    return attribute(node, "transB", 0) == 0 ? found : List.of(found.get(1), found.get(0));
  }

  /** Whether the way back to other products leads over an activation and stays inside the block. */
  private boolean isBehindActivation(NodeProto second) {
    boolean active = false;
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(second.getInput(0)));
    while (!open.isEmpty()) {
      String tensor = open.remove();
      NodeProto node = view.making(tensor);
      if (view.isRowless(tensor) || !seen.add(tensor)) {
        continue;
      }
      if (node == null || OUTSIDE.contains(node.getOpType())) {
        return false;
      }
      active |= ACTIVATIONS.contains(node.getOpType());
      if (weights(node) == null) {
        if (PRODUCTS.containsKey(node.getOpType())) {
          return false;
        }
        // Shapes are made of tensors too, and hold none of their numbers.
        open.addAll(
            SAME.contains(node.getOpType())
                ? List.of(node.getInput(0))
                : node.getOpType().equals("Shape") ? List.of() : node.getInputList());
      }
    }
    return active;
  }

  private static String name(NodeProto node) {
    return node.getName().isEmpty() ? node.getOutput(0) : node.getName();
  }

  private Site neurons(NodeProto second) {
    String tensor = second.getInput(0);
    for (NodeProto node = view.making(tensor);
        node != null && SAME.contains(node.getOpType());
        node = view.making(tensor)) {
      tensor = node.getInput(0);
    }
    int count = weights(second).get(0).intValue();
    return Site.at(Kind.NEURON, tensor, name(second), count, Form.NEURONS);
  }

  /** A bias that is added later stays where it is, so that what is fused behind it stays so. */
  private Site block(NodeProto second) {
    String tensor = second.getOutput(0);
    String bias = null;
    for (NodeProto node = next(tensor); node != null; node = next(tensor)) {
      bias = bias(node, tensor);
      if (bias != null || FUSED_BIAS.containsKey(node.getOpType())) {
        break;
      }
      tensor = node.getOutput(0);
    }
    return Site.at(Kind.MLP, tensor, name(second), 1, Form.BLOCK).biased(bias);
  }

  /** What a node adds to a tensor that is the same for all rows; null if nothing. */
  private static String bias(NodeProto node, String tensor) {
    if (node.getOpType().equals("Add")) {
      return node.getInput(node.getInput(0).equals(tensor) ? 1 : 0);
    }
    Integer fused = FUSED_BIAS.get(node.getOpType());
    boolean has = fused != null && node.getInputCount() > fused && !node.getInput(fused).isEmpty();
    return has ? node.getInput(fused) : null;
  }

  /** The node that goes on with a tensor inside of a block, or adds a bias of it; null if none. */
  private NodeProto next(String tensor) {
    List<NodeProto> users =
        view.users(tensor).stream().filter(node -> !node.getOpType().equals("Shape")).toList();
    if (users.size() != 1) {
      return null;
    }
    NodeProto node = users.get(0);
    boolean own =
        OWN.contains(node.getOpType())
            && node.getInputList().stream().filter(in -> !view.isRowless(in)).count() == 1;
    boolean same = SAME.contains(node.getOpType()) && !node.getOpType().endsWith("Linear");
    return own || same || FUSED_BIAS.containsKey(node.getOpType()) ? node : null;
  }
}
