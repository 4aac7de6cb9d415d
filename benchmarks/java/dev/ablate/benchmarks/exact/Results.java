package dev.ablate.benchmarks.exact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Lines of results of one build, by cell. */
public final class Results {
  private final String commit;
  private final int others;
  private final List<JsonNode> rows;
  private final Map<Published.Cell, List<JsonNode>> byCell = new LinkedHashMap<>();

  /**
   * Reads lines; the build is that of the last one.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Results(List<String> lines) {
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("the file of results has no line");
    }
    List<JsonNode> all = lines.stream().map(Results::parse).toList();
    commit = all.get(all.size() - 1).get("commit").asText();
    rows = all.stream().filter(r -> r.get("commit").asText().equals(commit)).toList();
    others = all.size() - rows.size();
    for (JsonNode row : rows) {
      for (Asked asked : family(row).asked()) {
        Published.Cell cell =
            new Published.Cell(row.get("set").asText(), asked.label(), row.get("masks").asInt());
        byCell.computeIfAbsent(cell, c -> new ArrayList<>()).add(row);
      }
    }
  }

  private static JsonNode parse(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Family family(JsonNode row) {
    String option = row.get("family").asText();
    for (Family family : Family.values()) {
      if (family.option().equals(option)) {
        return family;
      }
    }
    throw new IllegalArgumentException("no family " + option);
  }

  /** The build that was measured. */
  public String commit() {
    return commit;
  }

  /** How many lines are of other builds and do not count. */
  public int others() {
    return others;
  }

  /** Every line of the build. */
  public List<JsonNode> rows() {
    return rows;
  }

  /** Every cell with a line. */
  public Set<Published.Cell> cells() {
    return new LinkedHashSet<>(byCell.keySet());
  }

  /** The lines of a cell on which the product did not refuse. */
  public List<JsonNode> fitted(Published.Cell cell) {
    return all(cell).stream().filter(row -> row.has("indices")).toList();
  }

  /** The lines of a cell. */
  public List<JsonNode> all(Published.Cell cell) {
    return byCell.getOrDefault(cell, List.of());
  }

  /** The mean of a score over the games of a cell; NaN where there is none. */
  public double mean(Published.Cell cell, String score) {
    return mean(fitted(cell), row -> row.get("indices").get(cell.asked()).get(score).asDouble());
  }

  /** The largest squared error of a cell as a share of its game's variance. */
  public double worstShare(Published.Cell cell) {
    return fitted(cell).stream()
        .mapToDouble(
            row ->
                row.get("indices").get(cell.asked()).get("mse").asDouble()
                    / row.get("variance").asDouble())
        .max()
        .orElse(Double.NaN);
  }

  /** A mean over lines; NaN where there is none. */
  public static double mean(List<JsonNode> rows, ToDoubleFunction<JsonNode> figure) {
    return rows.stream().mapToDouble(figure).average().orElse(Double.NaN);
  }
}
