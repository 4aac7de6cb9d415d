package dev.ablate.table;

import dev.ablate.code.OneLine;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
public record NpyHeader(String type, boolean fortran, long[] shape) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  private static final int LONGEST = 1 << 20;
  private static final int SHOWN = 60;

  /** Stands for every type that is a list of fields or has a shape of its own. */
  private static final String STRUCTURED = "structured";

  private static final Set<String> KEYS = Set.of("descr", "fortran_order", "shape");

  /** A key and its value; of a type that is a list or a tuple only the bracket. */
  private static final Pattern ENTRY =
      Pattern.compile(
          "\\s*['\"](\\w+)['\"]\\s*:\\s*"
              + "(['\"][^'\"]*['\"]|True|False|\\([0-9L, ]*\\)|[\\[(])\\s*");

  /**
   * Reads a header.
   *
   * @return null when the bytes are no NPY header
   */
  public static NpyHeader read(InputStream in) throws IOException {
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

  /** Reads a dictionary of exactly the three keys, in any order; null when it is something else. */
  private static NpyHeader parse(String text) {
    String inside = inside(text.strip());
    if (inside == null) {
      return null;
    }
    Map<String, String> values = new HashMap<>();
    Matcher entry = ENTRY.matcher(inside);
    for (int at = 0; at < inside.length(); at = entry.end() + 1) {
      boolean next = entry.region(at, inside.length()).lookingAt();
      if (!next || values.put(entry.group(1), entry.group(2)) != null) {
        return null;
      }
      if (entry.group(1).equals("descr") && entry.group(2).matches("[\\[(]")) {
        return new NpyHeader(STRUCTURED, false, new long[0]);
      }
      if (entry.end() < inside.length() && inside.charAt(entry.end()) != ',') {
        return null;
      }
    }
    return values.keySet().equals(KEYS)
        ? of(values.get("descr"), values.get("fortran_order"), values.get("shape"))
        : null;
  }

  private static NpyHeader of(String type, String order, String tuple) {
    boolean quoted = type.startsWith("'") || type.startsWith("\"");
    boolean ordered = order.equals("True") || order.equals("False");
    long[] shape = tuple.endsWith(")") ? dimensions(tuple.substring(1, tuple.length() - 1)) : null;
    return quoted && ordered && shape != null
        ? new NpyHeader(type.substring(1, type.length() - 1), order.equals("True"), shape)
        : null;
  }

  /** What stands between the braces, without white space at its end; null where there are none. */
  private static String inside(String dictionary) {
    return dictionary.startsWith("{") && dictionary.endsWith("}") && dictionary.length() >= 2
        ? dictionary.substring(1, dictionary.length() - 1).stripTrailing()
        : null;
  }

  /** The numbers of a tuple, null where one is none. */
  private static long[] dimensions(String tuple) {
    try {
      return Arrays.stream(tuple.split(","))
          .map(String::strip)
          .filter(d -> !d.isEmpty())
          .mapToLong(d -> Long.parseLong(d.endsWith("L") ? d.substring(0, d.length() - 1) : d))
          .toArray();
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Whether an element is a record of fields, or an array itself. */
  public boolean isStructured() {
    return type.equals(STRUCTURED);
  }

  /** The bytes of this header in version 1.0, padded so that the data is aligned. */
  public byte[] bytes() {
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
  private String shapeText() {
    String joined = LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
    return "(" + joined + (shape.length == 1 ? ",)" : ")");
  }

  /** The shape in a message; one of absurdly many dimensions is cut. */
  public String shownShape() {
    return OneLine.brief(shapeText(), SHOWN);
  }

  /** The type in a message; one that is absurdly long is cut. */
  public String shownType() {
    return OneLine.brief(type, SHOWN);
  }
}
