package dev.ablate.model.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an {@code .onnx} file says before it is opened. The graph is walked as it streams by, so
 * that weights inside it take no memory; subgraphs, functions and training graphs count too. Field
 * numbers are those of {@code onnx.proto3}, ONNX 1.19.
 */
public final class GraphScan {
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int OPERATOR = 4;
  private static final int DOMAIN = 7;
  private static final int OVERLOAD = 8;
  private static final int FUNCTION_NAME = 1;
  private static final int FUNCTION_DOMAIN = 10;
  private static final int FUNCTION_OVERLOAD = 13;
  private static final int DATA_TYPE = 2;
  private static final int DATA_LOCATION = 14;
  private static final int EXTERNAL = 1;

  /** Messages inside messages; ONNX Runtime reads fewer. */
  private static final int DEEPEST = 300;

  /** Graphs inside graphs, such as branches: each level doubles the time of ONNX Runtime. */
  private static final int MOST_GRAPHS = 8;

  private static final int INPUT = 11;
  private static final int OUTPUT = 12;

  /** The graph of a model is inside of it; all others are deeper. */
  private static final int MAIN_GRAPH = 2;

  private static final String LOCATION = "location";

  /** Domain, name and overload of what a node calls, and of a function. */
  private static final Map<Message, List<Integer>> NAMES =
      Map.of(
          Message.NODE, List.of(DOMAIN, OPERATOR, OVERLOAD),
          Message.FUNCTION, List.of(FUNCTION_DOMAIN, FUNCTION_NAME, FUNCTION_OVERLOAD));

  /** The messages on the way from a model to what is looked for. */
  private enum Message {
    MODEL,
    TRAINING,
    FUNCTION,
    GRAPH,
    NODE,
    ATTRIBUTE,
    SPARSE_TENSOR,
    TENSOR,
    ENTRY
  }

  /** For each message its fields that may lead there. */
  private static final Map<Message, Map<Integer, Message>> FIELDS =
      Map.of(
          Message.MODEL, Map.of(7, Message.GRAPH, 20, Message.TRAINING, 25, Message.FUNCTION),
          Message.TRAINING, Map.of(1, Message.GRAPH, 2, Message.GRAPH),
          Message.FUNCTION, Map.of(7, Message.NODE, 11, Message.ATTRIBUTE),
          Message.GRAPH, Map.of(1, Message.NODE, 5, Message.TENSOR, 15, Message.SPARSE_TENSOR),
          Message.NODE, Map.of(5, Message.ATTRIBUTE),
          Message.ATTRIBUTE,
              Map.of(
                  5, Message.TENSOR,
                  6, Message.GRAPH,
                  10, Message.TENSOR,
                  11, Message.GRAPH,
                  22, Message.SPARSE_TENSOR,
                  23, Message.SPARSE_TENSOR),
          Message.SPARSE_TENSOR, Map.of(1, Message.TENSOR, 2, Message.TENSOR),
          Message.TENSOR, Map.of(13, Message.ENTRY),
          Message.ENTRY, Map.of());

  private final CodedInputStream in;
  private final Set<String> weightFiles = new TreeSet<>();
  private final Set<String> operators = new TreeSet<>();
  private final FunctionCalls functions = new FunctionCalls();
  // What the nodes of the function being read call; null outside of functions.
  private List<String> called;
  private final List<TensorInfo> inputs = new ArrayList<>();
  private final List<TensorInfo> outputs = new ArrayList<>();
  private boolean half;
  private int depth;
  private int graphs;
  private int innermost;
  // The file that the tensor being read names, or null.
  private String location;

  private GraphScan(InputStream graph) {
    in = CodedInputStream.newInstance(graph);
    in.setSizeLimit(Integer.MAX_VALUE);
  }

  /**
   * Reads a graph.
   *
   * @param graph the content of an {@code .onnx} file; read to its end, not closed
   * @throws IOException if it cannot be read or is no protobuf message
   */
  public static GraphScan of(InputStream graph) throws IOException {
    GraphScan scan = new GraphScan(graph);
    scan.walk(Message.MODEL);
    return scan;
  }

  /** The files that hold weights, relative to the folder of the graph, in alphabetical order. */
  public Set<String> weightFiles() {
    return weightFiles;
  }

  /**
   * The operators that let the rows of a batch influence each other: those that choose one scale
   * for a whole batch.
   */
  public Set<String> operatorsOverRows() {
    Set<String> found = new TreeSet<>(operators);
    found.removeIf(operator -> !operator.startsWith("DynamicQuantize"));
    return found;
  }

  /** What the graph declares to take, perhaps without types and sizes; weights may be among it. */
  public List<TensorInfo> inputs() {
    return inputs;
  }

  /** What the graph declares to give, perhaps without types and sizes. */
  public List<TensorInfo> outputs() {
    return outputs;
  }

  /** Whether weights are 16-bit floats, so that answers are no more exact than those. */
  public boolean isHalfPrecision() {
    return half;
  }

  /**
   * Why ONNX Runtime would not come back from opening the graph, as a part of a line; null if it
   * would.
   */
  public String trouble() {
    return innermost > MOST_GRAPHS
        ? "its graphs are nested " + innermost + " deep, and may be at most " + MOST_GRAPHS
        : functions.trouble();
  }

  private void walk(Message message) throws IOException {
    if (++depth > DEEPEST) {
      throw new IOException("its messages are nested more than " + DEEPEST + " deep");
    }
    if (message == Message.FUNCTION) {
      called = new ArrayList<>();
    }
    graphs += message == Message.GRAPH ? 1 : 0;
    innermost = Math.max(innermost, graphs);
    String key = "";
    String value = "";
    Map<Integer, String> names = new HashMap<>();
    boolean external = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      Message inside = FIELDS.get(message).get(field);
      boolean delimited = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      boolean number = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT;
      if (delimited && inside != null) {
        int outer = in.pushLimit(in.readRawVarint32());
        walk(inside);
        in.popLimit(outer);
      } else if (delimited && isDeclaration(message, field)) {
        (field == INPUT ? inputs : outputs).add(DeclaredTensors.read(in.readBytes()));
      } else if (delimited && message == Message.ENTRY && field == KEY) {
        key = in.readString();
      } else if (delimited && message == Message.ENTRY && field == VALUE) {
        value = in.readString();
      } else if (delimited && NAMES.getOrDefault(message, List.of()).contains(field)) {
        names.put(field, in.readString());
      } else if (number && message == Message.TENSOR && field == DATA_TYPE) {
        ElementType type = ElementType.of(in.readInt32());
        half |= type == ElementType.FLOAT16 || type == ElementType.BFLOAT16;
      } else if (number && message == Message.TENSOR && field == DATA_LOCATION) {
        external = in.readEnum() == EXTERNAL;
      } else {
        in.skipField(tag);
      }
    }
    if (key.equals(LOCATION)) {
      location = value;
    }
    if (NAMES.containsKey(message)) {
      name(message, names);
    }
    if (message == Message.TENSOR) {
      if (external && location != null) {
        weightFiles.add(location);
      }
      location = null;
    }
    graphs -= message == Message.GRAPH ? 1 : 0;
    depth--;
  }

  /** Whether a field says what the model takes or gives. */
  private boolean isDeclaration(Message message, int field) {
    return message == Message.GRAPH && depth == MAIN_GRAPH && (field == INPUT || field == OUTPUT);
  }

  /** A node or a function was read. */
  private void name(Message message, Map<Integer, String> names) {
    List<String> parts =
        NAMES.get(message).stream().map(field -> names.getOrDefault(field, "")).toList();
    String name = FunctionCalls.name(parts.get(0), parts.get(1), parts.get(2));
    if (message == Message.FUNCTION) {
      functions.add(name, called);
      called = null;
      return;
    }
    operators.add(parts.get(1));
    if (called != null) {
      called.add(name);
    }
  }
}
