package dev.ablate.view;

import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.search.BestSubset;
import dev.ablate.search.Goal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The best sets of an explanation as text for a terminal. */
public final class BestSubsetView {
  private static final int LINE = 78;
  private static final String INDENT = "  ";

  private BestSubsetView() {}

  /**
   * A block an output; ends in a newline.
   *
   * @param outputs those that were searched
   * @param found the best set of each
   */
  public static String render(
      Explanation explanation, List<Output> outputs, Goal goal, List<BestSubset> found) {
    List<String> labels = FeatureLabels.of(explanation.featureNames());
    List<String> blocks = new ArrayList<>();
    for (int o = 0; o < found.size(); o++) {
      blocks.add(block(labels, outputs.get(o), goal, found.get(o)));
    }
    return String.join("\n", blocks);
  }

  private static String block(List<String> labels, Output output, Goal goal, BestSubset best) {
    int features = labels.size();
    StringBuilder out = new StringBuilder();
    out.append(
        format(
            "%s: %s predicted with these %d of %d kept, %s with everything, %s with nothing%n",
            Headline.of(output),
            TerminalView.signed(best.value()),
            best.features().length,
            features,
            TerminalView.signed(output.all()),
            TerminalView.signed(output.none())));
    out.append(names(labels, best.features()));
    if (best.idle().length > 0) {
      out.append(
          format(
              "%d of them fill the size: no term of the spectrum holds them, and another such"
                  + " feature does as well%n",
              best.idle().length));
    }
    return out.append(bound(goal, best)).toString();
  }

  private static String names(List<String> labels, int[] features) {
    StringBuilder out = new StringBuilder();
    String line = INDENT;
    for (int k = 0; k < features.length; k++) {
      String name = labels.get(features[k]) + (k + 1 < features.length ? ", " : "");
      if (line.length() + name.length() > LINE && !line.isBlank()) {
        out.append(line.stripTrailing()).append('\n');
        line = INDENT;
      }
      line += name;
    }
    return out.append(line).append('\n').toString();
  }

  private static String bound(Goal goal, BestSubset best) {
    boolean all = best.search() == BestSubset.Search.EXHAUSTIVE;
    String how =
        all ? "all sets were looked at" : format("branch and bound, %d nodes", best.nodes());
    String better = goal == Goal.MAX ? "above" : "below";
    return best.proven()
        ? format("no set of this size is %s it (%s)%n", better, how)
        : format(
            "no set of this size is %s %s: at most %s better (%s; not proven best)%n",
            better,
            TerminalView.signed(best.bound()),
            TerminalView.number("%.3f", best.gap()),
            how);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
