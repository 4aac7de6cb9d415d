package dev.ablate.table;

import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A CSV file that is read row by row: RFC 4180, UTF-8 with or without a byte order mark, cells
 * between commas, semicolons or tabs as its first line has them. Rows are as long as the first
 * line. An empty line is passed over; in a file of one column it is an empty cell.
 */
public final class CsvInput implements Closeable {
  private static final int SHOWN = 60;

  private final Path file;
  private final char delimiter;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private final Decimals decimals;
  private final List<String> names;
  private final int columns;

  /** The first line, where it holds no names. */
  private String[] waiting;

  private String[] row = new String[0];
  private long rows;

  private CsvInput(Path file, char delimiter, BufferedReader in, boolean named) throws IOException {
    this.file = file;
    this.delimiter = delimiter;
    this.decimals = new Decimals(delimiter != ',');
    this.parser =
        CSVFormat.RFC4180
            .builder()
            .setDelimiter(delimiter)
            .setIgnoreEmptyLines(false)
            .get()
            .parse(in);
    this.records = parser.iterator();
    String[] first = record();
    if (first == null) {
      throw new InputException(file + " is empty: write a row a line");
    }
    columns = first.length;
    if (named || !Arrays.stream(first).allMatch(Decimals::looksLikeNumber)) {
      names = Arrays.stream(first).map(String::strip).toList();
      requireNames(named);
    } else {
      names = List.of();
      waiting = first;
    }
  }

  /**
   * Opens a file whose first line holds names, unless all its cells are numbers or empty.
   *
   * @throws InputException if there is none, or it is no CSV
   */
  public static CsvInput open(Path file) {
    return open(file, false);
  }

  /**
   * Opens a file whose first line holds names, whatever they are; a column may have none.
   *
   * @throws InputException if there is none, or it is no CSV
   */
  public static CsvInput openNamed(Path file) {
    return open(file, true);
  }

  /** Whether a path is taken as CSV: by its ending. */
  public static boolean isCsv(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".csv") || name.endsWith(".tsv");
  }

  private static CsvInput open(Path file, boolean named) {
    TableFiles.requireFile(file);
    try {
      char delimiter;
      try (BufferedReader in = reader(file)) {
        delimiter = delimiter(in);
      }
      BufferedReader in = reader(file);
      try {
        return new CsvInput(file, delimiter, in, named);
      } catch (IOException | RuntimeException e) {
        in.close();
        throw e;
      }
    } catch (IOException e) {
      throw trouble(file, e);
    }
  }

  private static BufferedReader reader(Path file) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()),
            1 << 16);
    in.mark(1);
    if (in.read() != '\uFEFF') {
      in.reset();
    }
    return in;
  }

  /** What separates cells: a semicolon or a tab that the first line has outside quotes. */
  private static char delimiter(BufferedReader in) throws IOException {
    boolean quoted = false;
    boolean tab = false;
    boolean comma = false;
    for (int c = in.read(); c >= 0 && (quoted || c != '\n' && c != '\r'); c = in.read()) {
      quoted ^= c == '"';
      if (!quoted && c == ';') {
        return ';';
      }
      tab |= !quoted && c == '\t';
      comma |= !quoted && c == ',';
    }
    return tab && !comma ? '\t' : ',';
  }

  /** Who asks for columns by their names passes over one without. */
  private void requireNames(boolean byName) {
    Set<String> seen = new HashSet<>();
    for (int c = 0; c < columns; c++) {
      String name = names.get(c);
      if (name.isEmpty() && byName) {
        continue;
      }
      if (name.isEmpty()) {
        throw new InputException(
            file
                + ": its header cannot be used: column "
                + c
                + " has no name; name every column, and write no column of row numbers");
      }
      if (!seen.add(name)) {
        throw new InputException(
            file
                + ": its header cannot be used: two columns are called "
                + shown(name)
                + "; rename one");
      }
    }
  }

  /** The names in the first line, as many as columns; empty where it holds numbers. */
  public List<String> names() {
    return names;
  }

  /** Cells a row. */
  public int columns() {
    return columns;
  }

  /**
   * The cells of the next row.
   *
   * @return {@code (columns)}, null after the last row
   * @throws InputException if it has more or fewer cells than the first line, or cannot be read
   */
  public String[] next() {
    try {
      String[] next = waiting == null ? record() : waiting;
      waiting = null;
      rows++;
      if (next != null && next.length != columns) {
        throw new InputException(
            where()
                + ": has "
                + next.length
                + " cells, and the header "
                + columns
                + "; quote cells that hold "
                + (delimiter == ',' ? "commas" : delimiter == ';' ? "semicolons" : "tabs"));
      }
      row = next;
      return row;
    } catch (IOException e) {
      throw trouble(file, e);
    }
  }

  /** The cells of the next line that is not empty; in a file of one column of the next line. */
  private String[] record() throws IOException {
    try {
      while (records.hasNext()) {
        CSVRecord record = records.next();
        if (columns <= 1 || record.size() > 1 || !record.get(0).isEmpty()) {
          return record.values();
        }
      }
      return null;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The file and its last row, from 1 below the names, for messages. */
  public String where() {
    return file + " row " + rows;
  }

  /** A cell of the last row, for messages. */
  public String where(int column) {
    return where()
        + ", column "
        + (names.isEmpty() ? Integer.toString(column) : shown(names.get(column)));
  }

  /**
   * A cell of the last row as a finite number.
   *
   * @throws InputException if it is empty or something else
   */
  public double number(int column) {
    return decimals.parse(row[column], this, column);
  }

  /**
   * The column of a name, else of a number from 0 where no column is called so.
   *
   * @throws InputException if there is none
   */
  public int column(String nameOrNumber) {
    int named = names.indexOf(nameOrNumber.strip());
    if (named >= 0) {
      return named;
    }
    try {
      int number = Integer.parseInt(nameOrNumber.strip());
      if (number >= 0 && number < columns) {
        return number;
      }
    } catch (NumberFormatException e) {
      // A name that no column has.
    }
    throw new InputException(
        file
            + " has no column "
            + shown(nameOrNumber)
            + ": name one of "
            + (names.isEmpty()
                ? "0 to " + (columns - 1)
                : OneLine.brief(String.join(", ", names), 4 * SHOWN)));
  }

  static String shown(String text) {
    return "\"" + OneLine.brief(text, SHOWN) + "\"";
  }

  private static InputException trouble(Path file, IOException e) {
    if (e instanceof CharacterCodingException) {
      return new InputException(file + " is not UTF-8 text: save the file as UTF-8", e);
    }
    return e instanceof CSVException
        ? new InputException(
            file + " is no CSV: " + e.getMessage() + "; quote cells that hold quotes or commas", e)
        : TableFiles.unreadable(file.toString(), e);
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw trouble(file, e);
    }
  }
}
