package dev.ablate.model.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a file declares of an input or output. Field numbers are those of {@code onnx.proto3}: of
 * {@code ValueInfoProto} and of the type in it.
 */
final class DeclaredTensors {
  private static final int NAME = 1;
  private static final int TYPE = 2;
  private static final int TENSOR = 1;
  private static final int ELEMENT = 1;
  private static final int SHAPE = 2;
  private static final int DIMENSION = 1;
  private static final int SIZE = 1;

  private DeclaredTensors() {}

  /**
   * Reads one.
   *
   * @param declared a {@code ValueInfoProto}
   * @return without sizes where none are declared
   * @throws IOException if it is no such message
   */
  static TensorInfo read(ByteString declared) throws IOException {
    UnknownFieldSet info = UnknownFieldSet.parseFrom(declared);
    UnknownFieldSet tensor = inside(inside(info, TYPE), TENSOR);
    List<Long> type = tensor.getField(ELEMENT).getVarintList();
    String name = "";
    for (ByteString text : info.getField(NAME).getLengthDelimitedList()) {
      name = text.toStringUtf8();
    }
    return new TensorInfo(
        name,
        type.isEmpty() ? ElementType.OTHER : ElementType.of(type.get(0).intValue()),
        sizes(inside(tensor, SHAPE)));
  }

  /** Sizes of axes, -1 where a run decides. */
  private static List<Long> sizes(UnknownFieldSet shape) throws IOException {
    List<Long> sizes = new ArrayList<>();
    for (ByteString axis : shape.getField(DIMENSION).getLengthDelimitedList()) {
      List<Long> size = UnknownFieldSet.parseFrom(axis).getField(SIZE).getVarintList();
      sizes.add(size.isEmpty() ? -1 : size.get(0));
    }
    return sizes;
  }

  private static UnknownFieldSet inside(UnknownFieldSet message, int field) throws IOException {
    List<ByteString> messages = message.getField(field).getLengthDelimitedList();
    return messages.isEmpty()
        ? UnknownFieldSet.getDefaultInstance()
        : UnknownFieldSet.parseFrom(messages.get(0));
  }
}
