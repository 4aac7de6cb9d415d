package dev.ablate.table;

import dev.ablate.code.InputException;
import dev.ablate.code.JavaMemory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads {@link NumberTable}s. */
final class NumberTables {
  private NumberTables() {}

  static NumberTable read(Path file, String texts) {
    if (CsvInput.isCsv(file)) {
      return csv(file, texts);
    }
    if (texts != null) {
      throw new InputException(
          file + " has no column " + CsvInput.shown(texts) + ": NPY arrays have numbers alone");
    }
    return npy(file);
  }

  private static NumberTable csv(Path file, String asked) {
    try (CsvInput in = CsvInput.open(file)) {
      int textColumn = asked == null ? -1 : in.column(asked);
      int columns = in.columns() - (asked == null ? 0 : 1);
      List<String> names = new ArrayList<>(in.names());
      if (asked != null && !names.isEmpty()) {
        names.remove(textColumn);
      }
      List<String> texts = new ArrayList<>();
      double[] numbers = new double[1024];
      int rows = 0;
      for (String[] cells = in.next(); cells != null; cells = in.next()) {
        long needed = (rows + 1L) * columns;
        if (needed > numbers.length) {
          numbers =
              Arrays.copyOf(
                  numbers,
                  JavaMemory.length(file.toString(), Math.max(needed, 2L * numbers.length), 8));
        }
        int at = rows * columns;
        for (int c = 0; c < cells.length; c++) {
          if (c == textColumn) {
            texts.add(text(cells[c], in.where(c)));
          } else {
            numbers[at++] = in.number(c);
          }
        }
        rows++;
      }
      if (rows == 0) {
        throw new InputException(file + " has names and no rows: write a row a line below them");
      }
      return new NumberTable(
          file.toString(), names, rows, columns, Arrays.copyOf(numbers, rows * columns), texts);
    }
  }

  private static String text(String cell, String where) {
    String text = cell.strip();
    if (text.isEmpty()) {
      throw new InputException(where + ": is empty; fill it, or leave the row out");
    }
    return text;
  }

  private static NumberTable npy(Path file) {
    try (NpyInput in = NpyInput.open(file)) {
      long[] shape = in.header().shape();
      if (shape.length < 1 || shape.length > 2 || Arrays.stream(shape).anyMatch(d -> d < 1)) {
        throw new InputException(
            in.where()
                + " has shape "
                + in.header().shownShape()
                + ": it needs (rows,) or (rows, columns), at least one of each");
      }
      NpyNumber type = NpyNumber.of(in);
      long columns = shape.length == 2 ? shape[1] : 1;
      String what = in.where() + " has shape " + in.header().shownShape();
      if (shape[0] > JavaMemory.LONGEST || columns > JavaMemory.LONGEST / 8) {
        throw new InputException(what + ": too many for one table");
      }
      in.requireLength(shape[0] * columns * type.bytes());
      double[] numbers = new double[JavaMemory.length(what, shape[0] * columns, Double.BYTES)];
      int at = 0;
      for (int r = 0; r < shape[0]; r++) {
        ByteBuffer row = in.next((int) columns * type.bytes());
        for (int c = 0; c < columns; c++) {
          double value = type.next(row);
          if (!Double.isFinite(value)) {
            throw new InputException(
                in.where()
                    + " holds "
                    + value
                    + " in row "
                    + r
                    + ", column "
                    + c
                    + ": numbers must be finite, fill it or leave the row out");
          }
          numbers[at++] = value;
        }
      }
      return new NumberTable(
          in.where(), List.of(), (int) shape[0], (int) columns, numbers, List.of());
    }
  }

  static List<String> texts(Path file) {
    if (CsvInput.isCsv(file)) {
      try (CsvInput in = CsvInput.open(file)) {
        if (in.columns() != 1) {
          throw new InputException(
              file + " has " + in.columns() + " columns: give one, a text a row");
        }
        List<String> texts = new ArrayList<>();
        for (String[] cells = in.next(); cells != null; cells = in.next()) {
          texts.add(text(cells[0], in.where()));
        }
        return texts;
      }
    }
    return NpyTexts.read(file);
  }
}
