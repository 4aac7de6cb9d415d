package dev.ablate.benchmarks.exact;

import dev.ablate.benchmarks.LineChart;
import dev.ablate.benchmarks.exact.Published.Cell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Mean squared errors against masks, one figure a set and a panel an index. */
final class ExactPictures {
  private static final String LOWEST = "lowest of all";

  /** The published methods that are drawn, by the words beside their lines. */
  private static final Map<String, String> DRAWN =
      Map.of(
          "LeverageSHAP/37", "LeverageSHAP",
          "RegressionMSR/37", "RegressionMSR",
          "ProxySHAP-XGB+MSR", "ProxySHAP",
          "KernelSHAPIQ", "KernelSHAP-IQ",
          "SVARMIQ", "SVARM-IQ");

  /** With every mask the error is rounding, which has no place on the axis. */
  private static final double LEAST = 1e-8;

  private ExactPictures() {}

  /** Draws every set with published curves into a folder. */
  static void draw(Published published, Results results, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String set : EvaluatedSet.NAMES) {
      List<LineChart> panels = new ArrayList<>();
      for (String asked : List.of("SV 1", "SII 2", "BII 2")) {
        List<Cell> cells =
            published.cells().stream()
                .filter(c -> c.set().equals(set) && c.asked().equals(asked))
                .filter(c -> !results.fitted(c).isEmpty())
                .filter(c -> c.masks() < 1 << ExactSummary.features(set))
                .sorted(Comparator.comparingInt(Cell::masks))
                .toList();
        if (!cells.isEmpty()) {
          panels.add(panel(published, results, asked, cells));
        }
      }
      if (!panels.isEmpty()) {
        Path file = folder.resolve(set + ".svg");
        Files.writeString(file, LineChart.figure(set, panels));
        System.out.println(file);
      }
    }
  }

  private static LineChart panel(
      Published published, Results results, String asked, List<Cell> cells) {
    LineChart chart =
        new LineChart(asked + ": mean squared error (log scale)", "masks (log scale)", true);
    List<double[]> ours = new ArrayList<>();
    List<double[]> lowest = new ArrayList<>();
    for (Cell cell : cells) {
      ours.add(new double[] {cell.masks(), Math.max(LEAST, results.mean(cell, "mse"))});
      lowest.add(new double[] {cell.masks(), Math.max(LEAST, published.lowest(cell).getValue())});
    }
    chart.add(new LineChart.Line("Ablate", 1, ours));
    chart.add(new LineChart.Line(LOWEST, 4, lowest));
    Set<String> methods = new LinkedHashSet<>();
    cells.forEach(cell -> methods.addAll(published.at(cell).keySet()));
    int[] styles = {0, 2, 3};
    int drawn = 0;
    for (String method : methods) {
      if (DRAWN.containsKey(method) && drawn < styles.length) {
        List<double[]> points =
            cells.stream()
                .filter(c -> published.at(c).containsKey(method))
                .map(c -> new double[] {c.masks(), Math.max(LEAST, published.at(c).get(method))})
                .toList();
        chart.add(new LineChart.Line(DRAWN.get(method), styles[drawn++], points));
      }
    }
    return chart;
  }
}
