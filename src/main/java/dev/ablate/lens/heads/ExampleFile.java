package dev.ablate.lens.heads;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.json.Lines;
import dev.ablate.json.StrictJson;
import dev.ablate.table.CsvInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads files of examples: a JSON object a line, or CSV where the name ends so. */
final class ExampleFile {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ExampleFile() {}

  /**
   * Reads the examples, at least one.
   *
   * @param option what named the file, for messages
   * @throws InputException if the file cannot be read or an example in it cannot be used
   */
  static Examples read(Path file, String option) {
    List<Example> examples;
    try {
      examples = CsvInput.isCsv(file) ? CsvExamples.read(file) : lines(file);
    } catch (IOException e) {
      throw new InputException(
          option + " " + file + ": cannot be read (" + FileTrouble.reason(e) + "), check the path",
          e);
    }
    if (examples.isEmpty()) {
      throw new InputException(
          option + " " + file + ": no examples; give a JSON object a line, or CSV with a header");
    }
    try {
      return new Examples(examples);
    } catch (InputException e) {
      throw e.at(option + " " + file);
    }
  }

  private static List<Example> lines(Path file) throws IOException {
    List<Example> examples = new ArrayList<>();
    try (Lines lines = new Lines(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!line.isBlank()) {
          examples.add(example(line, lines.where()));
        }
      }
    }
    return examples;
  }

  private static Example example(String line, String where) {
    JsonNode node = StrictJson.parse(line, where);
    if (!node.isObject()) {
      throw new InputException(where + ": not a JSON object");
    }
    Map<String, Object> keys = MAPPER.convertValue(node, new TypeReference<>() {});
    return ExampleReader.read(keys, where);
  }
}
