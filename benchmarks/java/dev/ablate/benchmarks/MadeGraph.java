package dev.ablate.benchmarks;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.ablate.code.Philox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An ONNX graph in 16 bits whose weights are random: they are written beside it, each a function of
 * its place in that file, so that any machine makes the same ones.
 */
final class MadeGraph {
  /** The file of the weights, beside the graph. */
  static final String WEIGHTS = "model.onnx.data";

  private static final int OPSET = 17;
  private static final int IR = 8;
  private static final int FLOAT16 = 10;
  private static final int INT64 = 7;
  private static final int PAGE = 4096;
  private static final int BLOCK = 1 << 22;

  /** Root of the mean square of magnitudes that are uniform from 1 to 2. */
  private static final double ROOT = Math.sqrt(7.0 / 3);

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("made");
  private final List<Weight> weights = new ArrayList<>();
  private long bytes;
  private int named;

  /** Numbers of a tensor in the file of weights. */
  private record Weight(long offset, long count, int exponent) {}

  /** What an input or an output has: sizes are numbers, or names where a run decides. */
  private static ValueInfoProto info(String name, int type, String... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (String size : sizes) {
      if (Character.isDigit(size.charAt(0))) {
        shape.addDimBuilder().setDimValue(Long.parseLong(size));
      } else {
        shape.addDimBuilder().setDimParam(size);
      }
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /** An input of whole numbers, {@code (batch, sequence)}. */
  String input(String name) {
    graph.addInput(info(name, INT64, "batch", "sequence"));
    return name;
  }

  /** What a tensor of 16-bit floats is called outside. */
  void output(String name, String tensor, String... sizes) {
    graph.addNode(of("Identity", name, tensor));
    graph.addOutput(info(name, FLOAT16, sizes));
  }

  private static NodeProto of(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setName(output)
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  /** Adds a node. */
  String node(String operator, List<AttributeProto> attributes, String... inputs) {
    String output = operator + "_" + named++;
    graph.addNode(of(operator, output, inputs).toBuilder().addAllAttribute(attributes));
    return output;
  }

  /** A node without attributes. */
  String node(String operator, String... inputs) {
    return node(operator, List.of(), inputs);
  }

  /** An attribute that is a whole number. */
  static AttributeProto number(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  /** An attribute that is a list of them. */
  static AttributeProto numbers(String name, Long... values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.INTS)
        .addAllInts(List.of(values))
        .build();
  }

  /** A constant row of whole numbers; of one number without an axis where {@code scalar}. */
  String longs(boolean scalar, long... values) {
    String name = "longs_" + named++;
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(INT64);
    if (!scalar) {
      tensor.addDims(values.length);
    }
    Arrays.stream(values).forEach(tensor::addInt64Data);
    graph.addInitializer(tensor);
    return name;
  }

  /** A constant of so many equal 16-bit floats; without an axis where there are none. */
  String halves(int count, double value) {
    String name = "halves_" + named++;
    ByteBuffer raw = ByteBuffer.allocate(2 * Math.max(1, count)).order(ByteOrder.LITTLE_ENDIAN);
    while (raw.hasRemaining()) {
      raw.putShort(half(value));
    }
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(FLOAT16)
            .setRawData(ByteString.copyFrom(raw.array()));
    if (count > 0) {
      tensor.addDims(count);
    }
    graph.addInitializer(tensor);
    return name;
  }

  /** A normal number in 16 bits, its fraction cut off. */
  private static short half(double value) {
    if (value == 0) {
      return 0;
    }
    int bits = Float.floatToRawIntBits((float) value);
    int exponent = (bits >>> 23 & 0xff) - 127 + 15;
    return (short) (bits >>> 16 & 0x8000 | exponent << 10 | bits >>> 13 & 0x3ff);
  }

  /** Random weights of about a root mean square, a power of 2 times that of uniform magnitudes. */
  String random(double size, long... sizes) {
    String name = "weights_" + named++;
    long count = Arrays.stream(sizes).reduce(1, Math::multiplyExact);
    int exponent = (int) Math.round(Math.log(size / ROOT) / Math.log(2));
    weights.add(new Weight(bytes, count, exponent));
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(FLOAT16)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(entry("location", WEIGHTS))
            .addExternalData(entry("offset", Long.toString(bytes)))
            .addExternalData(entry("length", Long.toString(2 * count)));
    Arrays.stream(sizes).forEach(tensor::addDims);
    graph.addInitializer(tensor);
    bytes = (bytes + 2 * count + PAGE - 1) / PAGE * PAGE;
    return name;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  /** How many random weights there are. */
  long weights() {
    return weights.stream().mapToLong(Weight::count).sum();
  }

  /** Writes the graph and its weights. */
  void write(Path folder) {
    try {
      writeGraph(folder.resolve("model.onnx"));
      try (FileChannel file =
          FileChannel.open(
              folder.resolve(WEIGHTS), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        for (Weight weight : weights) {
          long blocks = (weight.count + BLOCK - 1) / BLOCK;
          IntStream.range(0, (int) blocks).parallel().forEach(b -> write(file, weight, b));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the graph alone; weights of the same graph are there. */
  void writeGraph(Path file) {
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(IR)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
            .setGraph(graph)
            .build();
    try {
      Files.write(file, model.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A block of a tensor: sign and fraction are random, the exponent is the tensor's. */
  private static void write(FileChannel file, Weight weight, int block) {
    long first = (long) block * BLOCK;
    int count = (int) Math.min(BLOCK, weight.count - first);
    ByteBuffer data = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
    int exponent = weight.exponent + 15 << 10;
    long at = weight.offset / 2 + first;
    int[] bits = new int[4];
    for (int i = 0; i < count; i += 8) {
      long counter = (at + i) / 8;
      Philox.generate(1, (int) counter, (int) (counter >>> 32), 0, 0, bits);
      for (int k = 0; k < 8 && i + k < count; k++) {
        data.putShort((short) (bits[k / 2] >>> 16 * (k % 2) & 0x83ff | exponent));
      }
    }
    data.flip();
    try {
      for (long to = 2 * at; data.hasRemaining(); ) {
        to += file.write(data, to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
