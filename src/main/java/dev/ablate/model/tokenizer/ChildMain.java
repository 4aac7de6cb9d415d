package dev.ablate.model.tokenizer;

import dev.ablate.code.InputException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * The process in which a tokenizer may do what it likes. It reads frames, a length and so many
 * bytes: first the file, then texts or numbers of tokens, each behind a byte that says what is
 * wanted. It answers each with a frame that begins with {@link #DONE} or {@link #REFUSED}, after a
 * first one that says that it has started, and ends when its input does.
 */
final class ChildMain {
  /** What follows is a text in UTF-8, to be split without special tokens around it. */
  static final byte SPLIT = 0;

  /** The same with the special tokens. */
  static final byte SPLIT_WITH_SPECIAL = 1;

  /** What follows are numbers of tokens, of eight bytes each, to be made a text of. */
  static final byte JOIN = 2;

  /** The tokenizer is there, or what follows is an {@link Encoded} or a text in UTF-8. */
  static final byte DONE = 0;

  /** What follows is why not, in UTF-8. */
  static final byte REFUSED = 1;

  /** Where answers go. Standard output belongs to whatever the library prints. */
  static final String ANSWERS = "/dev/fd/3";

  private ChildMain() {}

  /**
   * Serves one tokenizer.
   *
   * @param arguments where its file came from, for messages
   */
  public static void main(String[] arguments) throws IOException {
    BlockingQueue<byte[]> frames = new ArrayBlockingQueue<>(1);
    // Deep recursion in the library gets what it would have on a main thread.
    Thread server = new Thread(null, () -> serve(frames, arguments[0]), "tokenizer", 8 << 20);
    server.setDaemon(true);
    server.start();
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(System.in))) {
      for (byte[] frame = read(in); frame != null; frame = read(in)) {
        frames.put(frame);
      }
    } catch (IOException | InterruptedException e) {
      // Nobody is left to hear of it.
    }
    // The other thread may be stuck in the library for good.
    Runtime.getRuntime().halt(0);
  }

  /** The next frame; null at the end. */
  private static byte[] read(DataInputStream in) throws IOException {
    byte[] length = in.readNBytes(Integer.BYTES);
    if (length.length < Integer.BYTES) {
      return null;
    }
    int size = ByteBuffer.wrap(length).getInt();
    byte[] frame = in.readNBytes(size);
    return frame.length < size ? null : frame;
  }

  private static void serve(BlockingQueue<byte[]> frames, String origin) {
    try (DataOutputStream out = new DataOutputStream(new FileOutputStream(ANSWERS))) {
      // Whoever waits knows from here on that what goes wrong is the tokenizer's.
      answer(out, new byte[] {DONE});
      Encoder encoder;
      try {
        encoder = NativeEncoder.of(frames.take(), origin);
      } catch (InputException e) {
        answer(out, refused(e));
        return;
      }
      answer(out, new byte[] {DONE});
      while (true) {
        answer(out, serve(encoder, frames.take()));
      }
    } catch (IOException | InterruptedException e) {
      System.err.println("no way to answer: " + e.getMessage());
      Runtime.getRuntime().halt(1);
    }
  }

  private static byte[] serve(Encoder encoder, byte[] frame) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(DONE);
    try {
      if (frame[0] == JOIN) {
        LongBuffer numbers = ByteBuffer.wrap(frame, 1, frame.length - 1).asLongBuffer();
        long[] ids = new long[numbers.remaining()];
        numbers.get(ids);
        bytes.writeBytes(encoder.decode(ids).getBytes(StandardCharsets.UTF_8));
      } else {
        String text = new String(frame, 1, frame.length - 1, StandardCharsets.UTF_8);
        encoder.encode(text, frame[0] == SPLIT_WITH_SPECIAL).write(new DataOutputStream(bytes));
      }
    } catch (Encoder.Refusal e) {
      return refused(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] refused(Exception e) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(REFUSED);
    bytes.writeBytes(e.getMessage().getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  private static void answer(DataOutputStream out, byte[] frame) throws IOException {
    out.writeInt(frame.length);
    out.write(frame);
    out.flush();
  }
}
