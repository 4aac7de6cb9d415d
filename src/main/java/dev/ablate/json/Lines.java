package dev.ablate.json;

import dev.ablate.code.InputException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lines of UTF-8 text, one by one; what has no lines never fills the memory. */
public final class Lines implements Closeable {
  private static final int MOST_BYTES = 1 << 26;

  /** What some editors put before the first line. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final String origin;
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int filled;
  private int number;
  private boolean afterReturn;

  /** Opens a file. */
  public Lines(Path path) throws IOException {
    this(Files.newInputStream(path), path.toString());
  }

  /**
   * Reads a stream, no further than the line that is asked for.
   *
   * @param origin what it is of, for messages
   */
  public Lines(InputStream in, String origin) {
    this.in = in;
    this.origin = origin;
  }

  /**
   * The next line without its end, which is a line feed, a carriage return or both.
   *
   * @return null after the last one
   * @throws InputException if it is not UTF-8 or too long
   */
  public String next() throws IOException {
    boolean half = afterReturn && more() && buffer[at] == '\n';
    at += half ? 1 : 0;
    afterReturn = false;
    if (!more()) {
      return null;
    }
    number++;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean ended = false;
    while (!ended && more()) {
      int end = at;
      while (end < filled && buffer[end] != '\n' && buffer[end] != '\r') {
        end++;
      }
      if (line.size() + end - at > MOST_BYTES) {
        throw new InputException(
            where() + " is longer than " + (MOST_BYTES >> 20) + " MiB: give a JSON object a line");
      }
      line.write(buffer, at, end - at);
      ended = end < filled;
      afterReturn = ended && buffer[end] == '\r';
      at = ended ? end + 1 : end;
    }
    return text(line.toByteArray());
  }

  /** Whether there is another byte; fills the buffer when it is used up. */
  private boolean more() throws IOException {
    if (at == filled) {
      filled = Math.max(0, in.read(buffer));
      at = 0;
    }
    return at < filled;
  }

  private String text(byte[] line) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      return number == 1 && text.startsWith(BYTE_ORDER_MARK)
          ? text.substring(BYTE_ORDER_MARK.length())
          : text;
    } catch (CharacterCodingException e) {
      throw new InputException(where() + " is not UTF-8 text: save the file as UTF-8", e);
    }
  }

  /** The number of the last line, from 1. */
  public int number() {
    return number;
  }

  /** The last line, for messages. */
  public String where() {
    return origin + " line " + number;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
