package dev.ablate.table;

import dev.ablate.code.InputException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One text a row of an NPY array: NumPy's texts as they are, numbers as people write them. */
final class NpyTexts {
  private static final Pattern TEXT = Pattern.compile("<U(\\d{1,6})");

  private NpyTexts() {}

  static List<String> read(Path file) {
    try (NpyInput in = NpyInput.open(file)) {
      long[] shape = in.header().shape();
      if (shape.length != 1 || shape[0] < 1 || shape[0] > Integer.MAX_VALUE) {
        throw new InputException(
            in.where()
                + " has shape "
                + in.header().shownShape()
                + ": one text a row needs (rows,), at least one");
      }
      Matcher text = TEXT.matcher(in.header().type());
      if (in.header().type().matches("[|<>]?S\\d+")) {
        throw new InputException(
            in.where()
                + " has type "
                + in.header().type()
                + ": texts are read as type U; save"
                + " array.astype('U')");
      }
      NpyNumber number = text.matches() ? null : NpyNumber.of(in);
      int bytes = number == null ? 4 * Integer.parseInt(text.group(1)) : number.bytes();
      in.requireLength(shape[0] * bytes);
      List<String> texts = new ArrayList<>();
      for (int r = 0; r < shape[0]; r++) {
        ByteBuffer row = in.next(bytes);
        String cell = number == null ? characters(row, in, r) : written(number.next(row));
        if (cell.isEmpty()) {
          throw new InputException(in.where() + " holds an empty text in row " + r + ": fill it");
        }
        texts.add(cell);
      }
      return texts;
    }
  }

  /** NumPy writes a text as code points of four bytes and zeros behind them. */
  private static String characters(ByteBuffer row, NpyInput in, int r) {
    StringBuilder text = new StringBuilder();
    while (row.hasRemaining()) {
      int point = row.getInt();
      if (!Character.isValidCodePoint(point)) {
        throw new InputException(
            in.where() + " holds what is no character in row " + r + ": write it again");
      }
      if (point != 0) {
        text.appendCodePoint(point);
      }
    }
    return text.toString().strip();
  }

  private static String written(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1L << 53
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
