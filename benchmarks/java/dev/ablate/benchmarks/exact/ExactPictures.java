package dev.ablate.benchmarks.exact;

import dev.ablate.benchmarks.LineChart;
import dev.ablate.benchmarks.exact.Published.Cell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Mean squared errors against masks, one figure a set and a panel an index. */
final class ExactPictures {
  private static final String LOWEST = "lowest of all";

  /**
   * A published method that is drawn.
   *
   * @param label the words beside its line
   * @param style its colour and marker, another for each method of a panel
   */
  private record Drawn(String method, String label, int style) {}

  private static final List<Drawn> DRAWN =
      List.of(
          new Drawn("RegressionMSR/37", "RegressionMSR", 0),
          new Drawn("LeverageSHAP/37", "LeverageSHAP", 2),
          new Drawn("ProxySHAP-XGB+MSR", "ProxySHAP", 0),
          new Drawn("SVARMIQ", "SVARM-IQ", 2),
          new Drawn("KernelSHAPIQ", "KernelSHAP-IQ", 3));

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
    for (Drawn drawn : DRAWN) {
      List<double[]> points =
          cells.stream()
              .filter(c -> published.at(c).containsKey(drawn.method()))
              .map(
                  c ->
                      new double[] {
                        c.masks(), Math.max(LEAST, published.at(c).get(drawn.method()))
                      })
              .toList();
      chart.add(new LineChart.Line(drawn.label(), drawn.style(), points));
    }
    return chart;
  }
}
