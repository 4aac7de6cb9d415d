package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Prints lines of results as a Markdown table: what was measured, the figure, what is asked. */
public final class ResultsTable {
  private static final Set<String> ABOUT =
      Set.of("commit", "device", "driver", "memory_gib", "step", "jdk", "benchmark", "reached");

  private static final String LEAST = "_least";
  private static final String MOST = "_most";

  private ResultsTable() {}

  /** Least and most of a figure where they differ, or nothing. */
  private static String spread(JsonNode node, String name) {
    String least = node.path(name + LEAST).asText();
    String most = node.path(name + MOST).asText();
    return least.equals(most) ? "" : " (" + least + " to " + most + ")";
  }

  /** Arguments: a file of results, one JSON object a line. */
  public static void main(String[] args) throws IOException {
    System.out.println("| benchmark | measured | reached | commit | device |");
    System.out.println("|---|---|---|---|---|");
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      JsonNode node = new ObjectMapper().readTree(line);
      List<String> fields = new ArrayList<>();
      node.properties()
          .forEach(
              field -> {
                String name = field.getKey();
                if (!ABOUT.contains(name) && !name.endsWith(LEAST) && !name.endsWith(MOST)) {
                  fields.add(name + " " + field.getValue().asText() + spread(node, name));
                }
              });
      String reached = node.has("reached") ? node.get("reached").asBoolean() ? "yes" : "no" : "";
      System.out.printf(
          "| %s | %s | %s | %s | %s |%n",
          node.get("benchmark").asText(),
          String.join(", ", fields),
          reached,
          node.get("commit").asText(),
          node.get("device").asText());
    }
  }
}
