package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/** Pictures of a sweep's rows, one figure a game; points are medians over the draws of masks. */
final class SweepPictures {
  private static final Path FOLDER = Path.of("docs", "sweep");

  /** Below this the picture tells nothing more, and zero has no logarithm. */
  private static final double LEAST = 1e-7;

  private SweepPictures() {}

  /** Draws every game of the rows. */
  static void draw(List<JsonNode> rows) throws IOException {
    Files.createDirectories(FOLDER);
    Set<String> games = new LinkedHashSet<>();
    rows.forEach(row -> games.add(row.get("game").asText()));
    for (String game : games) {
      List<JsonNode> own = rows.stream().filter(r -> r.get("game").asText().equals(game)).toList();
      List<LineChart> panels = new ArrayList<>();
      panels.add(
          panel(
              own,
              "1 − R² on fresh masks (log scale, lower is better)",
              true,
              row -> Math.max(LEAST, 1 - row.get("r2").asDouble())));
      if (own.get(0).has("found")) {
        panels.add(
            panel(
                own,
                "recovered share of the planted terms",
                false,
                row -> row.get("found").asDouble() / row.get("terms").asDouble()));
      }
      Path file = FOLDER.resolve(game + ".svg");
      Files.writeString(file, LineChart.figure(own.get(0).get("title").asText(), panels));
      System.out.println(file);
    }
  }

  private static LineChart panel(
      List<JsonNode> rows, String title, boolean logarithmic, ToDoubleFunction<JsonNode> figure) {
    LineChart chart = new LineChart(title, "masks (log scale)", logarithmic);
    Set<String> methods = new LinkedHashSet<>(Sweep.METHODS);
    rows.forEach(row -> methods.add(row.get("method").asText()));
    int style = 0;
    for (String method : methods) {
      List<JsonNode> own =
          rows.stream().filter(r -> r.get("method").asText().equals(method)).toList();
      TreeSet<Integer> sizes = new TreeSet<>();
      own.forEach(row -> sizes.add(row.get("masks").asInt()));
      List<double[]> points = new ArrayList<>();
      for (int size : sizes) {
        double[] draws =
            own.stream().filter(r -> r.get("masks").asInt() == size).mapToDouble(figure).toArray();
        points.add(new double[] {size, Measured.median(draws)});
      }
      chart.add(new LineChart.Line(method, style++, points));
    }
    return chart;
  }
}
