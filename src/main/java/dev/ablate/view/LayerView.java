package dev.ablate.view;

import dev.ablate.code.Characters;
import dev.ablate.explanation.LayerFindings;
import dev.ablate.explanation.LayerFindings.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was found between layers, as lines for a terminal. */
final class LayerView {
  /** Sets of a kind that are shown. */
  private static final int SETS = 5;

  private static final int PAIR = 2;
  private static final int TRIPLE = 3;

  private LayerView() {}

  /**
   * Shares of the energy, then redundant and synergistic sets with their intervals.
   *
   * @param labels a label for each feature
   * @param width most characters of the labels of a set
   */
  static String of(LayerFindings findings, List<String> labels, int width) {
    LayerFindings.Shares shares = findings.shares();
    StringBuilder out = new StringBuilder();
    out.append(
        TerminalView.format(
            "  energy: %s linear, %s within a layer, %s across two layers, %s across more%n",
            share(shares.linear()),
            share(shares.within()),
            share(shares.across()),
            share(shares.acrossMore())));
    if (!findings.sets().isEmpty()) {
      out.append("  of a sure sign (95 %): ")
          .append(counts(findings, PAIR, "pairs"))
          .append("; ")
          .append(counts(findings, TRIPLE, "triples"))
          .append('\n');
    }
    sets("redundant", findings.redundant(PAIR), findings.redundant(TRIPLE), labels, width, out);
    sets(
        "synergistic",
        findings.synergistic(PAIR),
        findings.synergistic(TRIPLE),
        labels,
        width,
        out);
    return out.toString();
  }

  private static String share(double share) {
    return Double.isNaN(share) ? "none" : TerminalView.format("%.1f %%", 100 * share);
  }

  private static String counts(LayerFindings findings, int order, String what) {
    return TerminalView.format(
        "%s %d redundant, %d synergistic, %d unsure",
        what,
        findings.redundant(order).size(),
        findings.synergistic(order).size(),
        findings.unsure(order));
  }

  private static void sets(
      String title,
      List<Found> pairs,
      List<Found> triples,
      List<String> labels,
      int width,
      StringBuilder out) {
    List<Found> shown =
        Stream.concat(pairs.stream().limit(SETS), triples.stream().limit(SETS)).toList();
    if (shown.isEmpty()) {
      return;
    }
    out.append("  ").append(title).append('\n');
    List<String> names = new ArrayList<>();
    shown.forEach(
        found -> names.add(FeatureLabels.join(found.interaction().features(), labels, width)));
    int longest = names.stream().mapToInt(name -> Characters.of(name).size()).max().orElse(0);
    for (int i = 0; i < shown.size(); i++) {
      Found found = shown.get(i);
      out.append(
          TerminalView.format(
              "    %s%s  %s%s  %s%n",
              names.get(i),
              " ".repeat(longest - Characters.of(names.get(i)).size()),
              TerminalView.signed(found.interaction().value()),
              TerminalView.interval(found.interaction()),
              place(found)));
    }
    int more = pairs.size() + triples.size() - shown.size();
    if (more > 0) {
      out.append("  ").append(TerminalView.more(more));
    }
  }

  private static String place(Found found) {
    String layers = found.layers().stream().map(Object::toString).collect(Collectors.joining(", "));
    return (found.layers().size() == 1 ? "layer " : "layers ") + layers;
  }
}
