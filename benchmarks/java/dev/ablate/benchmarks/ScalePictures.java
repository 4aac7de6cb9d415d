package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.benchmarks.ScalePoint.Axis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Pictures of the lines of {@link Scale}: a figure a kind of game and axis. */
final class ScalePictures {
  /** Beyond these the picture tells nothing more, and zero has no logarithm. */
  private static final double LEAST = 1e-7;

  private static final double MOST = 10;

  private ScalePictures() {}

  /** Draws every kind of game of the lines. */
  static void draw(List<JsonNode> lines, Path folder) throws IOException {
    Files.createDirectories(folder);
    Set<String> kinds = new LinkedHashSet<>();
    lines.forEach(line -> kinds.add(line.get("kind").asText()));
    for (String kind : kinds) {
      for (Axis axis : Axis.values()) {
        List<JsonNode> own =
            lines.stream()
                .filter(line -> line.get("kind").asText().equals(kind))
                .filter(line -> on(axis, line))
                .toList();
        if (!own.isEmpty()) {
          Path file = folder.resolve(kind + "-" + axis.word() + ".svg");
          Files.writeString(file, figure(kind, axis, own));
          System.out.println(file);
        }
      }
    }
  }

  private static boolean on(Axis axis, JsonNode line) {
    ScalePoint point = ScalePoint.of(line);
    return ScalePoint.of(axis, point.kind(), List.of(point.method()), null).contains(point);
  }

  private static String figure(String kind, Axis axis, List<JsonNode> lines) {
    String heading =
        axis == Axis.MASKS
            ? kind + " game of " + ScalePoint.FEATURES + " features"
            : kind + " games at 8 n log2 n masks, 80,000 above 1,000 features";
    return LineChart.figure(
        heading,
        List.of(
            panel(axis, lines, "processor seconds", l -> positive(l, "processor_s")),
            panel(axis, lines, "seconds", l -> positive(l, "s")),
            panel(axis, lines, "peak memory in MiB", l -> positive(l, "peak_mib")),
            panel(
                axis,
                lines,
                "1 − R² on fresh masks (lower is better)",
                l -> Math.min(MOST, Math.max(LEAST, l.get("missed_fresh").asDouble())))));
  }

  private static double positive(JsonNode line, String name) {
    return Math.max(1e-3, line.get(name).asDouble());
  }

  private static LineChart panel(
      Axis axis, List<JsonNode> lines, String title, ToDoubleFunction<JsonNode> figure) {
    LineChart chart = new LineChart(title, axis.word() + " (log scales); a cross: no result", true);
    Set<String> methods = new LinkedHashSet<>(Sweep.METHODS);
    lines.forEach(line -> methods.add(line.get("method").asText()));
    int style = 0;
    for (String method : methods) {
      TreeMap<Double, Double> points = new TreeMap<>();
      for (JsonNode line : lines) {
        if (line.get("method").asText().equals(method)) {
          boolean missing = line.has("missing");
          String size = axis == Axis.FEATURES ? "features" : missing ? "asked" : "masks";
          double y = missing ? Double.NaN : figure.applyAsDouble(line);
          points.put(line.get(size).asDouble(), y);
        }
      }
      List<double[]> all = new ArrayList<>();
      points.forEach((x, y) -> all.add(new double[] {x, y}));
      chart.add(new LineChart.Line(method, style++, all));
    }
    return chart;
  }
}
