package dev.ablate.lens.heads;

import dev.ablate.code.InputException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/** Examples in CSV as RFC 4180 has it, UTF-8, with a line of names first; others pass unread. */
final class CsvExamples {
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .setIgnoreEmptyLines(true)
          .setDuplicateHeaderMode(DuplicateHeaderMode.ALLOW_ALL)
          .setAllowMissingColumnNames(true)
          .get();

  private CsvExamples() {}

  /**
   * Reads the examples; none where there is a header alone. A cell that is empty is not there.
   *
   * @throws InputException if it is no such file, or an example in it cannot be used
   */
  static List<Example> read(Path file) throws IOException {
    List<Example> examples = new ArrayList<>();
    try (Reader in = withoutMark(file);
        CSVParser parser = FORMAT.parse(in)) {
      if (!parser.getHeaderNames().isEmpty()) {
        requireText(parser.getHeaderNames(), file);
      }
      for (CSVRecord record : parser) {
        examples.add(example(record, file + " row " + record.getRecordNumber()));
      }
    } catch (UncheckedIOException e) {
      throw trouble(file, e.getCause());
    } catch (CharacterCodingException | CSVException e) {
      throw trouble(file, e);
    }
    return examples;
  }

  private static InputException trouble(Path file, IOException e) {
    return e instanceof CharacterCodingException
        ? new InputException(file + " is not UTF-8 text: save the file as UTF-8", e)
        : new InputException(
            file + " is no CSV: " + e.getMessage() + "; quote cells that hold quotes or commas", e);
  }

  private static Reader withoutMark(Path file) throws IOException {
    PushbackReader in =
        new PushbackReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()));
    int first = in.read();
    if (first != BYTE_ORDER_MARK && first >= 0) {
      in.unread(first);
    }
    return in;
  }

  private static void requireText(List<String> names, Path file) {
    for (String name : names) {
      if (!name.isEmpty() && Collections.frequency(names, name) > 1) {
        throw new InputException(
            file + ": has several columns \"" + name + "\"; name each of them otherwise");
      }
    }
    if (names.stream().noneMatch(ExampleReader.TEXTS::contains)) {
      throw new InputException(
          file
              + ": has the columns "
              + names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "))
              + "; name one of them text, prompt or clean in the first line, with commas between"
              + " them");
    }
  }

  private static Example example(CSVRecord record, String where) {
    if (record.size() != record.getParser().getHeaderNames().size()) {
      throw new InputException(
          where
              + ": has "
              + record.size()
              + " cells, and the header "
              + record.getParser().getHeaderNames().size()
              + "; quote cells that hold commas");
    }
    Map<String, Object> keys = new LinkedHashMap<>();
    record.toMap().forEach((name, cell) -> keys.put(name, cell.isEmpty() ? null : cell));
    keys.keySet().removeAll(List.of("segments", "messages", "tools"));
    return ExampleReader.read(keys, where);
  }
}
