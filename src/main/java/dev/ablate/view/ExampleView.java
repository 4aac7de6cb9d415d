package dev.ablate.view;

import dev.ablate.code.Characters;
import dev.ablate.explanation.ExampleFindings;
import dev.ablate.explanation.Interaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What was found of training examples, as lines for a terminal. */
final class ExampleView {
  /** Examples or pairs of a kind that are shown. */
  private static final int SHOWN = 8;

  private ExampleView() {}

  /**
   * How many there are of each kind, then the largest of each with their intervals.
   *
   * @param labels a label for each feature
   * @param width most characters of the labels of a pair
   */
  static String of(ExampleFindings findings, List<String> labels, int width) {
    Map<String, List<Interaction>> kinds = findings.kinds();
    StringBuilder out = new StringBuilder("  ");
    List<String> counts = new ArrayList<>();
    kinds.forEach((kind, found) -> counts.add(found.size() + " " + kind));
    out.append(
        TerminalView.format(
            "alone (%s): %s, %s, %d unsure%n  pairs (%s): %s, %s, %d unsure%n",
            findings.alone().index().label(),
            counts.get(0),
            counts.get(1),
            findings.unsureAlone(),
            findings.pairs().index().label(),
            counts.get(2),
            counts.get(3),
            findings.unsurePairs()));
    kinds.forEach((kind, found) -> lines(kind, found, labels, width, out));
    return out.toString();
  }

  private static void lines(
      String kind, List<Interaction> all, List<String> labels, int width, StringBuilder out) {
    if (all.isEmpty()) {
      return;
    }
    out.append("  ").append(kind).append('\n');
    List<Interaction> shown = all.subList(0, Math.min(SHOWN, all.size()));
    List<String> names =
        shown.stream().map(one -> FeatureLabels.join(one.features(), labels, width)).toList();
    int longest = names.stream().mapToInt(name -> Characters.of(name).size()).max().orElse(0);
    for (int i = 0; i < shown.size(); i++) {
      out.append("    ")
          .append(names.get(i))
          .append(" ".repeat(longest - Characters.of(names.get(i)).size() + 2))
          .append(TerminalView.signed(shown.get(i).value()))
          .append(TerminalView.interval(shown.get(i)))
          .append('\n');
    }
    if (all.size() > shown.size()) {
      out.append("  ").append(TerminalView.more(all.size() - shown.size()));
    }
  }
}
