package dev.ablate.io;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The header of an NPY array, versions 1.0 to 3.0.
 *
 * @param type the element type as NumPy writes it, such as {@code <f8}
 * @param fortran whether the first index runs fastest
 * @param shape the dimensions
 */
record NpyHeader(String type, boolean fortran, long[] shape) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  private static final int LONGEST = 1 << 20;
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*('([^']*)'|\\[)");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, ]*)\\)");

  /**
   * Reads a header.
   *
   * @return null when the bytes are no NPY header
   */
  static NpyHeader read(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    byte[] start = data.readNBytes(MAGIC.length + 2);
    if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      return null;
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      return null;
    }
    byte[] size = data.readNBytes(version == 1 ? 2 : 4);
    if (size.length < (version == 1 ? 2 : 4)) {
      return null;
    }
    ByteBuffer little = ByteBuffer.wrap(size).order(ByteOrder.LITTLE_ENDIAN);
    int length = version == 1 ? little.getShort() & 0xFFFF : little.getInt();
    if (length < 0 || length > LONGEST) {
      return null;
    }
    byte[] text = data.readNBytes(length);
    return text.length < length ? null : parse(new String(text, StandardCharsets.UTF_8));
  }

  private static NpyHeader parse(String text) {
    Matcher type = TYPE.matcher(text);
    Matcher fortran = FORTRAN.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!type.find() || !fortran.find() || !shape.find()) {
      return null;
    }
    try {
      long[] dimensions =
          Arrays.stream(shape.group(1).split(","))
              .map(String::strip)
              .filter(d -> !d.isEmpty())
              .mapToLong(Long::parseLong)
              .toArray();
      String name = type.group(2) == null ? "structured" : type.group(2);
      return new NpyHeader(name, fortran.group(1).equals("True"), dimensions);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The bytes of this header in version 1.0, padded so that the data is aligned. */
  byte[] bytes() {
    String dict =
        "{'descr': '"
            + type
            + "', 'fortran_order': "
            + (fortran ? "True" : "False")
            + ", 'shape': "
            + shapeText()
            + ", }";
    int before = MAGIC.length + 4;
    int padding = ALIGNMENT - 1 - (before + dict.length()) % ALIGNMENT;
    byte[] text = (dict + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(before + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) text.length)
        .put(text)
        .array();
  }

  /** The shape as Python writes it. */
  String shapeText() {
    String joined = LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
    return "(" + joined + (shape.length == 1 ? ",)" : ")");
  }
}
