package dev.ablate.model.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;

/** An ONNX graph that is not open yet, and can be opened as it is or changed. */
public final class GraphSource {
  private final String origin;
  private final Path file;
  private final byte[] content;
  private final Provider provider;

  private GraphSource(String origin, Path file, byte[] content, Provider provider) {
    this.origin = origin;
    this.file = file;
    this.content = content;
    this.provider = provider;
  }

  /** The graph in a file; weights may lie beside it. */
  public static GraphSource in(Path file) {
    return new GraphSource(file.toString(), file, null, Provider.CPU);
  }

  /**
   * A graph in memory.
   *
   * @param content an {@code .onnx} file that holds all its weights; not copied
   * @param origin where it came from, for messages
   */
  public static GraphSource of(byte[] content, String origin) {
    return new GraphSource(origin, null, content, Provider.CPU);
  }

  /** The same graph, to be opened elsewhere than on the processor. */
  public GraphSource on(Provider other) {
    return new GraphSource(origin, file, content, other);
  }

  /** Whether its sessions share memory with a backend. */
  boolean sharesMemory() {
    return provider.sharesMemory();
  }

  /** Where the graph came from, for messages. */
  public String origin() {
    return origin;
  }

  /**
   * Opens the graph as it is.
   *
   * @throws InputException if ONNX Runtime cannot run it
   */
  public OnnxSession open() {
    return file == null
        ? OnnxSession.of(content, origin, provider)
        : OnnxSession.open(file, provider);
  }

  /**
   * Opens the graph in another form. Weights beside the graph are found as before.
   *
   * @throws InputException if ONNX Runtime cannot run it
   */
  OnnxSession open(ModelProto changed) {
    Path folder = file == null ? null : file.toAbsolutePath().getParent();
    OnnxLibraries.load();
    try (BytePointer bytes = new BytePointer(changed.getSerializedSize())) {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes.asByteBuffer());
      changed.writeTo(out);
      out.flush();
      return OnnxSession.of(bytes, origin, folder, provider);
    } catch (IOException e) {
      throw new IllegalStateException("the size of " + origin + " was wrong", e);
    }
  }

  /**
   * Reads the graph. Its tensors are parts of the file, which is not copied.
   *
   * @throws InputException if it cannot be read
   */
  ModelProto read() {
    try {
      CodedInputStream in = bytes().newCodedInput();
      in.enableAliasing(true);
      in.setSizeLimit(Integer.MAX_VALUE);
      return ModelProto.parseFrom(in);
    } catch (IOException e) {
      throw new InputException(
          "cannot read the graph " + origin + ": " + FileTrouble.reason(e) + "; export it again",
          e);
    }
  }

  private ByteString bytes() throws IOException {
    if (file == null) {
      return UnsafeByteOperations.unsafeWrap(content);
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return UnsafeByteOperations.unsafeWrap(
          channel.map(MapMode.READ_ONLY, 0, Math.min(channel.size(), Integer.MAX_VALUE)));
    }
  }
}
