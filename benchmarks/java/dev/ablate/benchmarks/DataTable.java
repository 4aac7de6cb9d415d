package dev.ablate.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A table of numbers with a class a row.
 *
 * @param rows {@code (rows, features)}
 * @param classes {@code (rows)}
 */
record DataTable(double[][] rows, String[] classes) {
  /** Where the data sets and texts lie. */
  static final Path FOLDER = Path.of("..", "shared", "data");

  /** Reads comma-separated numbers, the class last; lines of another width are headings. */
  static DataTable read(String name, int features) {
    try {
      List<String[]> lines =
          Files.readAllLines(FOLDER.resolve(name)).stream()
              .map(line -> line.split(","))
              .filter(fields -> fields.length == features + 1)
              .toList();
      double[][] rows =
          lines.stream()
              .map(
                  fields ->
                      Arrays.stream(fields, 0, features).mapToDouble(Double::parseDouble).toArray())
              .toArray(double[][]::new);
      return new DataTable(
          rows, lines.stream().map(fields -> fields[features]).toArray(String[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Number of columns. */
  int features() {
    return rows[0].length;
  }

  /** The mean of each column. */
  double[] means() {
    double[] means = new double[features()];
    for (double[] row : rows) {
      for (int f = 0; f < means.length; f++) {
        means[f] += row[f] / rows.length;
      }
    }
    return means;
  }
}
