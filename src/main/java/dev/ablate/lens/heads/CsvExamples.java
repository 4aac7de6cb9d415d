package dev.ablate.lens.heads;

import dev.ablate.code.InputException;
import dev.ablate.table.CsvInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Examples in CSV with a line of names first; columns of other names pass unread. */
final class CsvExamples {
  private CsvExamples() {}

  /**
   * Reads the examples; none where there is a header alone. A cell that is empty is not there.
   *
   * @throws InputException if it is no such file, or an example in it cannot be used
   */
  static List<Example> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    List<Example> examples = new ArrayList<>();
    try (CsvInput in = CsvInput.openNamed(file)) {
      requireText(in.names(), file);
      for (String[] cells = in.next(); cells != null; cells = in.next()) {
        examples.add(example(cells, in));
      }
    }
    return examples;
  }

  private static void requireText(List<String> names, Path file) {
    if (names.stream().noneMatch(ExampleReader.TEXTS::contains)) {
      throw new InputException(
          file
              + ": has the columns "
              + String.join(", ", names)
              + "; name one of them text, prompt or clean in the first line");
    }
  }

  private static Example example(String[] cells, CsvInput in) {
    Map<String, Object> keys = new LinkedHashMap<>();
    for (int c = 0; c < cells.length; c++) {
      keys.put(in.names().get(c), cells[c].isEmpty() ? null : cells[c]);
    }
    // Columns without a name, as of row numbers.
    keys.remove("");
    keys.keySet().removeAll(List.of("segments", "messages", "tools"));
    return ExampleReader.read(keys, in.where());
  }
}
