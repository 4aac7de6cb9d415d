package dev.ablate.model.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes small ONNX graphs for tests. Field numbers are those of {@code onnx.proto3}; the opset is
 * 17.
 */
public final class GraphBuilder {
  private static final int OPSET = 17;
  private static final int INT = 2;
  private static final int GRAPH = 5;
  private static final int INTS = 7;

  private final List<ByteString> nodes = new ArrayList<>();
  private final List<ByteString> tensors = new ArrayList<>();
  private final List<ByteString> inputs = new ArrayList<>();
  private final List<ByteString> outputs = new ArrayList<>();
  private final List<ByteString> functions = new ArrayList<>();

  /** A message: fields and what is in them, a number, a text, bytes, or a list of those. */
  public static ByteString message(Object... fieldsAndValues) {
    UnknownFieldSet.Builder message = UnknownFieldSet.newBuilder();
    for (int i = 0; i < fieldsAndValues.length; i += 2) {
      UnknownFieldSet.Field.Builder field = UnknownFieldSet.Field.newBuilder();
      Object value = fieldsAndValues[i + 1];
      for (Object one : value instanceof List<?> list ? list : List.of(value)) {
        if (one instanceof Number number) {
          field.addVarint(number.longValue());
        } else {
          field.addLengthDelimited(
              one instanceof ByteString bytes ? bytes : ByteString.copyFromUtf8((String) one));
        }
      }
      message.mergeField((int) fieldsAndValues[i], field.build());
    }
    return message.build().toByteString();
  }

  private static ByteString info(String name, ElementType type, Object... sizes) {
    List<ByteString> dimensions = new ArrayList<>();
    for (Object size : sizes) {
      dimensions.add(message(size instanceof Number ? 1 : 2, size));
    }
    ByteString shape = message(1, dimensions);
    return message(1, name, 2, message(1, message(1, type.ordinal(), 2, shape)));
  }

  /** An input; a size is a number, or a text where a run decides. */
  public GraphBuilder input(String name, ElementType type, Object... sizes) {
    inputs.add(info(name, type, sizes));
    return this;
  }

  /** An output. */
  public GraphBuilder output(String name, ElementType type, Object... sizes) {
    outputs.add(info(name, type, sizes));
    return this;
  }

  /** A constant tensor of floats. */
  public GraphBuilder floats(String name, float[] values, Object... sizes) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      raw.putFloat(value);
    }
    return tensor(message(1, List.of(sizes), 2, 1, 8, name, 9, ByteString.copyFrom(raw.array())));
  }

  /** A constant tensor of whole numbers; without sizes it is a single one. */
  public GraphBuilder longs(String name, long[] values, Object... sizes) {
    ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      raw.putLong(value);
    }
    return tensor(message(1, List.of(sizes), 2, 7, 8, name, 9, ByteString.copyFrom(raw.array())));
  }

  /** Any constant tensor. */
  public GraphBuilder tensor(ByteString tensor) {
    tensors.add(tensor);
    return this;
  }

  /** An attribute that is a whole number, a list of them, a graph or any other value. */
  public static ByteString attribute(String name, Object value) {
    if (value instanceof GraphBuilder graph) {
      return message(1, name, 6, graph.graph(), 20, GRAPH);
    }
    return value instanceof List<?>
        ? message(1, name, 8, value, 20, INTS)
        : message(1, name, 3, value, 20, INT);
  }

  private static List<String> names(String names) {
    return names.isEmpty() ? List.of() : List.of(names.split(" "));
  }

  private static ByteString nodeOf(
      String domain, String operator, String from, String to, ByteString... attributes) {
    return message(1, names(from), 2, names(to), 4, operator, 5, List.of(attributes), 7, domain);
  }

  /** A node; names of what it takes and gives have spaces between them. */
  public GraphBuilder node(String operator, String from, String to, ByteString... attributes) {
    nodes.add(nodeOf("", operator, from, to, attributes));
    return this;
  }

  /** A node whose operator is the nodes of another builder, a function of the same names. */
  public GraphBuilder call(String function, String from, String to, GraphBuilder body) {
    functions.add(
        message(
            1,
            function,
            4,
            names(from),
            5,
            names(to),
            7,
            body.nodes,
            9,
            opset("", OPSET),
            10,
            "test"));
    nodes.add(nodeOf("test", function, from, to));
    return this;
  }

  private static ByteString opset(String domain, int version) {
    return message(1, domain, 2, version);
  }

  /** The graph alone, for an attribute. */
  public ByteString graph() {
    return message(1, nodes, 2, "graph", 5, tensors, 11, inputs, 12, outputs);
  }

  /** The content of an {@code .onnx} file. */
  public byte[] bytes() {
    List<ByteString> opsets = List.of(opset("", OPSET), opset("test", 1));
    return message(1, 8, 7, graph(), 8, opsets, 25, functions).toByteArray();
  }
}
