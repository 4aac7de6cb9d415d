package dev.ablate.jobs;

import dev.ablate.code.InputException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lines of a UTF-8 file, one by one; what is no file of lines never fills the memory. */
final class Lines implements Closeable {
  private static final int MOST_BYTES = 1 << 26;

  /** What some editors put before the first line. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Path path;
  private final InputStream in;
  private int number;
  private boolean afterReturn;

  Lines(Path path) throws IOException {
    this.path = path;
    this.in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
  }

  /**
   * The next line without its end, which is a line feed, a carriage return or both.
   *
   * @return null after the last one
   * @throws InputException if it is not UTF-8 or too long
   */
  String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    if (afterReturn && next == '\n') {
      next = in.read();
    }
    afterReturn = false;
    if (next < 0) {
      return null;
    }
    number++;
    while (next >= 0 && next != '\n' && next != '\r') {
      if (line.size() == MOST_BYTES) {
        throw new InputException(
            where() + " is longer than " + (MOST_BYTES >> 20) + " MiB: give a JSON object a line");
      }
      line.write(next);
      next = in.read();
    }
    afterReturn = next == '\r';
    return text(line.toByteArray());
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
  int number() {
    return number;
  }

  /** The last line, for messages. */
  String where() {
    return path + " line " + number;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
