package dev.ablate.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs commands in this process, and writes NPY files byte by byte. */
final class Cli {
  private Cli() {}

  /** What a command left behind. */
  record Result(int status, String out, String err) {}

  static Result run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    int status = Main.run(words, new PrintWriter(out, true), new PrintWriter(err, true));
    return new Result(status, out.toString(), err.toString());
  }

  /** An NPY file, version 1.0, from its parts. */
  static Path npy(Path file, String descr, boolean fortran, String shape, byte[] data)
      throws IOException {
    String header =
        "{'descr': '"
            + descr
            + "', 'fortran_order': "
            + (fortran ? "True" : "False")
            + ", 'shape': "
            + shape
            + ", }";
    header += " ".repeat(63 - (10 + header.length()) % 64) + "\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(header.length() & 255);
    out.write(header.length() >> 8);
    out.write(header.getBytes(StandardCharsets.US_ASCII));
    out.write(data);
    return Files.write(file, out.toByteArray());
  }

  /** Masks {@code (rows, features)} as bytes. */
  static Path masks(Path file, int[][] rows) throws IOException {
    ByteBuffer data = ByteBuffer.allocate(rows.length * rows[0].length);
    for (int[] row : rows) {
      for (int bit : row) {
        data.put((byte) bit);
      }
    }
    return npy(file, "|u1", false, "(" + rows.length + ", " + rows[0].length + ")", data.array());
  }

  /** Values {@code (rows,)} as doubles. */
  static Path values(Path file, double... values) throws IOException {
    return npy(file, "<f8", false, "(" + values.length + ",)", doubles(values));
  }

  static byte[] doubles(double... values) {
    ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      data.putDouble(value);
    }
    return data.array();
  }

  /** All masks of {@code features} features. */
  static int[][] everyMask(int features) {
    int[][] rows = new int[1 << features][features];
    for (int m = 0; m < rows.length; m++) {
      for (int i = 0; i < features; i++) {
        rows[m][i] = m >> i & 1;
      }
    }
    return rows;
  }
}
