package dev.ablate.model.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which files hold the weights of an ONNX graph that are not in it. The graph is walked as it
 * streams by, so that weights inside it take no memory. Field numbers are those of {@code
 * onnx.proto3}, ONNX 1.19.
 */
public final class ExternalData {
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final String LOCATION = "location";

  /** The messages on the way from a model to the entries that name a file. */
  private enum Message {
    MODEL,
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
          Message.MODEL, Map.of(7, Message.GRAPH, 25, Message.FUNCTION),
          Message.FUNCTION, Map.of(7, Message.NODE),
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
  private final Set<String> files = new TreeSet<>();

  private ExternalData(InputStream graph) {
    in = CodedInputStream.newInstance(graph);
    in.setSizeLimit(Integer.MAX_VALUE);
  }

  /**
   * The names of the files, relative to the folder of the graph, in alphabetical order.
   *
   * @param graph the content of an {@code .onnx} file; read to its end, not closed
   * @throws IOException if it cannot be read or is no protobuf message
   */
  public static Set<String> files(InputStream graph) throws IOException {
    ExternalData walk = new ExternalData(graph);
    walk.walk(Message.MODEL);
    return walk.files;
  }

  private void walk(Message message) throws IOException {
    String key = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      Message inside = FIELDS.get(message).get(field);
      boolean delimited = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (delimited && inside != null) {
        int outer = in.pushLimit(in.readRawVarint32());
        walk(inside);
        in.popLimit(outer);
      } else if (delimited && message == Message.ENTRY && field == KEY) {
        key = in.readString();
      } else if (delimited && message == Message.ENTRY && field == VALUE) {
        value = in.readString();
      } else {
        in.skipField(tag);
      }
    }
    if (key.equals(LOCATION)) {
      files.add(value);
    }
  }
}
