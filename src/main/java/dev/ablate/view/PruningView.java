package dev.ablate.view;

import dev.ablate.code.Characters;
import dev.ablate.search.Goal;
import dev.ablate.search.KeptCurve;
import dev.ablate.search.Pruning;
import java.util.ArrayList;
import java.util.List;

/** Sets of components to keep as text for a terminal. */
public final class PruningView {
  private PruningView() {}

  /** What is left of the value, a line a size; ends in a newline. */
  public static String render(Pruning pruning) {
    StringBuilder out = new StringBuilder();
    out.append(
        TerminalView.format(
            "%s of %s, of sets chosen by %s%n",
            Characters.line(pruning.value()),
            TerminalView.counted(pruning.heldOut(), "held-out example"),
            TerminalView.counted(pruning.fitting(), "other")));
    List<List<String>> rows = new ArrayList<>(List.of(head(pruning)));
    for (int s = 0; s < pruning.sizes().length; s++) {
      rows.add(row(pruning, s));
    }
    rows.add(areas("CPR", pruning));
    rows.add(areas("CMD", pruning));
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      for (int c = 0; c < row.size(); c++) {
        int column = c;
        int longest = rows.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
        line.append(row.get(c)).append(" ".repeat(longest - row.get(c).length() + 2));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.append(summary(pruning)).toString();
  }

  private static List<String> head(Pruning pruning) {
    List<String> head = new ArrayList<>(List.of("kept"));
    for (Pruning.Way way : pruning.ways()) {
      head.add(way.name());
      if (way.accuracy() != null) {
        head.add("right");
      }
      if (isCompared(way)) {
        head.add("lead");
      }
    }
    return head;
  }

  /** The lead of the sets that others are compared with is 0. */
  private static boolean isCompared(Pruning.Way way) {
    return !way.name().equals(Pruning.SINGLES);
  }

  private static List<String> row(Pruning pruning, int size) {
    List<String> row = new ArrayList<>();
    row.add(TerminalView.format("%d of %d", pruning.sizes()[size], pruning.features()));
    for (Pruning.Way way : pruning.ways()) {
      row.add(TerminalView.signed(way.heldOut().values()[size]));
      if (way.accuracy() != null) {
        row.add(TerminalView.number("%.3f", way.accuracy().values()[size]));
      }
      if (isCompared(way)) {
        row.add(lead(way, size));
      }
    }
    return row;
  }

  private static String lead(Pruning.Way way, int size) {
    String lead = TerminalView.signed(way.lead()[size]);
    double error = way.leadErrors()[size];
    return Double.isNaN(error) ? lead : lead + " ± " + TerminalView.number("%.3f", error);
  }

  private static List<String> areas(String name, Pruning pruning) {
    List<String> row = new ArrayList<>(List.of(name));
    for (Pruning.Way way : pruning.ways()) {
      KeptCurve curve = way.heldOut();
      double area = name.equals("CPR") ? cpr(curve) : cmd(curve);
      row.add(Double.isNaN(area) ? "unknown" : TerminalView.number("%.3f", area));
      if (way.accuracy() != null) {
        row.add("");
      }
      if (isCompared(way)) {
        row.add("");
      }
    }
    return row;
  }

  private static double cpr(KeptCurve curve) {
    return curve.isMeasurable() ? curve.cpr() : Double.NaN;
  }

  private static double cmd(KeptCurve curve) {
    return curve.isMeasurable() ? curve.cmd() : Double.NaN;
  }

  private static String summary(Pruning pruning) {
    return TerminalView.format(
        "sets of the %s %s by the spectrum of %s (R² %s); lead: how much better than the %s,"
            + " ± its standard error%n",
        pruning.goal() == Goal.MIN ? "smallest" : "largest",
        Characters.line(pruning.value()),
        TerminalView.counted(pruning.masks(), "mask"),
        TerminalView.rounded(pruning.r2()),
        Pruning.SINGLES);
  }
}
