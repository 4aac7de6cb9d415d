package dev.ablate.table;

import dev.ablate.code.InputException;
import java.nio.file.Path;
import java.util.List;

/**
 * Rows of numbers of a file, and one column of it as texts where that was asked for.
 *
 * @param where the file, for messages
 * @param names of the columns of numbers; empty where the file has none
 * @param rows how many
 * @param columns numbers a row
 * @param numbers {@code (rows, columns)} row-major, all finite
 * @param texts the cells of the column of texts, one a row; empty where none was asked for
 */
public record NumberTable(
    String where, List<String> names, int rows, int columns, double[] numbers, List<String> texts) {
  /** Copies the lists. */
  public NumberTable {
    names = List.copyOf(names);
    texts = List.copyOf(texts);
  }

  /**
   * Reads CSV, where the name ends in {@code .csv} or {@code .tsv}, else NPY or a member of an NPZ
   * archive: {@code bool}, whole numbers or little-endian floats, {@code (rows,)} or {@code (rows,
   * columns)}.
   *
   * @throws InputException if the file holds something else, or a number that is not finite
   */
  public static NumberTable read(Path file) {
    return NumberTables.read(file, null);
  }

  /**
   * The same, with one column of a CSV file read as texts; it is none of the numbers.
   *
   * @param texts its name, or its number from 0 where no column is called so
   * @throws InputException if the file is no CSV, has no such column or an empty cell in it, or
   *     holds other things than numbers elsewhere
   */
  public static NumberTable read(Path file, String texts) {
    return NumberTables.read(file, texts);
  }

  /**
   * Reads one text a row, such as labels: CSV of one column, or NPY of shape {@code (rows,)} with
   * whole numbers, floats, {@code bool} or texts of NumPy's type {@code U}. Whole numbers are
   * written without a point, whatever their type.
   *
   * @throws InputException if the file holds something else, or an empty text
   */
  public static List<String> texts(Path file) {
    return NumberTables.texts(file);
  }
}
