package dev.ablate.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * What src/test/models/heads_reference.py found without this program, and the models that it looked
 * at.
 */
final class SwitchedReference {
  /** The rows of tokens that it asked about. */
  static final int[][] ROWS = {{5, 17, 33, 21, 8, 40}, {5, 9, 12, 27}};

  /** The texts of its means. */
  static final List<int[]> REFERENCE =
      List.of(
          new int[] {7, 30, 12, 9, 44, 3, 21}, new int[] {5, 17, 33}, new int[] {11, 2, 28, 40});

  /** Tokens of a row that a language model is asked about. */
  static final int ASKED = 2;

  private static final Path FOLDER = Path.of("src", "test", "resources", "switched");
  private static final Path SHARED =
      Path.of(System.getProperty("ablate.shared", "../shared")).resolve("models");

  /**
   * A line of it.
   *
   * @param off for each set the components that are off, {@code layer.number}
   * @param values for each set and row some numbers
   */
  record Line(String model, String kind, List<List<String>> off, double[][][] values) {
    @Override
    public String toString() {
      return model + " " + kind;
    }
  }

  private SwitchedReference() {}

  static List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    ObjectMapper mapper = new ObjectMapper();
    try {
      for (String text : Files.readAllLines(FOLDER.resolve("reference.jsonl"))) {
        JsonNode line = mapper.readTree(text);
        lines.add(
            new Line(
                line.get("model").asText(),
                line.get("kind").asText(),
                Arrays.stream(mapper.treeToValue(line.get("off"), String[][].class))
                    .map(List::of)
                    .toList(),
                mapper.treeToValue(line.get("values"), double[][][].class)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  /** All models that it looked at. */
  static List<String> models() {
    return lines().stream().map(Line::model).distinct().toList();
  }

  /**
   * Opens one; the test is skipped where its folder is missing.
   *
   * @param place an empty folder, for models that lack a tokenizer
   */
  static ModelDirectory open(String model, Path place) throws IOException {
    if (ModelDirectory.BUNDLED.contains(model)) {
      return ModelDirectory.bundled(model);
    }
    if (!Files.isDirectory(FOLDER.resolve(model))) {
      Path folder = SHARED.resolve(model);
      Assumptions.assumeTrue(Files.isDirectory(folder), "no model in " + folder);
      return ModelDirectory.open(folder);
    }
    TinyModels.copyTo(place);
    for (String file : List.of("model.onnx", "config.json")) {
      Files.copy(
          FOLDER.resolve(model).resolve(file),
          place.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
    return ModelDirectory.open(place);
  }
}
