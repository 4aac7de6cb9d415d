package dev.ablate.model.onnx;

import static dev.ablate.model.onnx.Nodes.attribute;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.ablate.model.Component.Kind;
import dev.ablate.model.onnx.Site.Form;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds what the attention heads of a graph give, before they are projected together. Where
 * attention is written out, that is the product of attention weights and values, which is known by
 * the transposition behind it: the one that puts heads and tokens back in their places. Where one
 * operator does it all, that is its output.
 */
final class AttentionSites {
  private static final String SOFTMAX = "Softmax";
  private static final String TRANSPOSE = "Transpose";
  private static final List<Long> TOKENS_BEFORE_HEADS = List.of(0L, 2L, 1L, 3L);

  /** Products of two tensors that both depend on the text. */
  private static final Set<String> PRODUCTS = Set.of("MatMul", "FusedMatMul", "MatMulInteger");

  /** What may stand between the softmax and that product; guards against rows of no number too. */
  private static final Set<String> BEFORE_PRODUCT =
      Set.of(
          "Where",
          "Cast",
          "Dropout",
          "Identity",
          "Mul",
          "Reshape",
          "QuantizeLinear",
          "DequantizeLinear",
          "DynamicQuantizeLinear");

  /** What may stand between the product and the transposition. */
  private static final Set<String> BEHIND_PRODUCT =
      Set.of("Cast", "Reshape", "Identity", "Mul", "QuantizeLinear", "DequantizeLinear");

  /** Operators of ONNX Runtime that attend, and how they call the number of heads. */
  private static final Set<String> FUSED =
      Set.of(
          "Attention",
          "QAttention",
          "MultiHeadAttention",
          "GroupQueryAttention",
          "DecoderMaskedMultiHeadAttention",
          "SparseAttention");

  private static final String FUSED_DOMAIN = "com.microsoft";
  private static final String FUSED_HEADS = "num_heads";
  private static final String ATTENTION = "Attention";
  private static final String JOINED_HEADS = "q_num_heads";

  private final GraphView view;

  private AttentionSites(GraphView view) {
    this.view = view;
  }

  /** What attends, in the order of the graph; layers are numbered in that order. */
  static List<Site> in(GraphView view) {
    AttentionSites sites = new AttentionSites(view);
    List<Site> found = new ArrayList<>();
    Set<String> tensors = new HashSet<>();
    for (NodeProto node : view.nodes()) {
      Site site = sites.site(node);
      if (site != null && tensors.add(site.tensor())) {
        found.add(site.in(found.size()));
      }
    }
    return found;
  }

  /** The nodes that could be the start of an attention and are not understood as one. */
  static List<String> notUnderstood(GraphView view) {
    AttentionSites sites = new AttentionSites(view);
    return view.nodes().stream()
        .filter(node -> isOnnx(node, SOFTMAX) && sites.site(node) == null)
        .map(node -> node.getName().isEmpty() ? node.getOutput(0) : node.getName())
        .toList();
  }

  private static boolean isOperator(NodeProto node) {
    return isOnnx(node, ATTENTION)
        || node.getDomain().equals(FUSED_DOMAIN) && FUSED.contains(node.getOpType());
  }

  private static boolean isOnnx(NodeProto node, String operator) {
    return node.getOpType().equals(operator)
        && (node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx"));
  }

  private Site site(NodeProto node) {
    if (isOnnx(node, SOFTMAX)) {
      return writtenOut(node);
    }
    if (!isOperator(node)) {
      return null;
    }
    boolean fused = node.getDomain().equals(FUSED_DOMAIN);
    long heads = attribute(node, fused ? FUSED_HEADS : JOINED_HEADS, 0);
    Form form = fused || heads > 0 ? Form.JOINED_HEADS : Form.HEADS;
    return site(node, node.getOutput(0), (int) heads, form, null);
  }

  private Site site(NodeProto node, String tensor, int heads, Form form, String weights) {
    String name = node.getName().isEmpty() ? tensor : node.getName();
    return Site.at(Kind.HEAD, tensor, name, heads, form).attending(weights);
  }

  private Site writtenOut(NodeProto softmax) {
    for (NodeProto product : reached(softmax.getOutput(0), BEFORE_PRODUCT, this::isProduct)) {
      String weights = product.getInput(0);
      for (NodeProto turn : reached(product.getOutput(0), BEHIND_PRODUCT, this::isTurn)) {
        return site(product, turn.getInput(0), 0, Form.HEADS, weights);
      }
    }
    return null;
  }

  /** Whether a node multiplies attention weights, its first input, with values. */
  private boolean isProduct(NodeProto node) {
    return PRODUCTS.contains(node.getOpType()) && !view.isRowless(node.getInput(1));
  }

  private boolean isTurn(NodeProto node) {
    return node.getOpType().equals(TRANSPOSE)
        && node.getAttributeList().stream()
            .filter(attribute -> attribute.getName().equals("perm"))
            .map(AttributeProto::getIntsList)
            .anyMatch(TOKENS_BEFORE_HEADS::equals);
  }

  /** The nodes of a kind that use a tensor as their first input, behind some operators at most. */
  private List<NodeProto> reached(String from, Set<String> through, Predicate<NodeProto> wanted) {
    List<NodeProto> found = new ArrayList<>();
    Set<String> seen = new HashSet<>(Set.of(from));
    Deque<String> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      String tensor = open.remove();
      for (NodeProto node : view.users(tensor)) {
        if (node.getInput(0).equals(tensor) && wanted.test(node)) {
          found.add(node);
        } else if (through.contains(node.getOpType()) && seen.add(node.getOutput(0))) {
          open.add(node.getOutput(0));
        }
      }
    }
    return found;
  }
}
