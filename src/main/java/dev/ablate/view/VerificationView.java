package dev.ablate.view;

import dev.ablate.code.Characters;
import dev.ablate.explanation.Verification;
import dev.ablate.explanation.Verification.Compared;
import java.util.ArrayList;
import java.util.List;

/** What a game said when it was asked again, as a table: predicted beside measured. */
final class VerificationView {
  /** Interactions that are shown; the file has all. */
  private static final int CHECKS = 10;

  private static final List<String> COLUMNS =
      List.of("", "removed", "alone", "removed, beyond parts", "alone, beyond parts");

  private VerificationView() {}

  /**
   * The table, with what it comes to.
   *
   * @param labels a label for each feature
   * @param width most characters of the labels of a set
   */
  static String of(Verification verification, List<String> labels, int width) {
    List<List<String>> rows = new ArrayList<>(List.of(COLUMNS));
    verification.checks().stream()
        .limit(CHECKS)
        .forEach(
            check ->
                rows.add(
                    List.of(
                        FeatureLabels.join(check.interaction().features(), labels, width),
                        cell(check.removed().value()),
                        cell(check.alone().value()),
                        cell(check.removed().beyond()),
                        cell(check.alone().beyond()))));
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      for (int c = 0; c < row.size(); c++) {
        String cell = row.get(c);
        int column = c;
        int longest = rows.stream().mapToInt(each -> length(each.get(column))).max().orElse(0);
        line.append(cell).append(" ".repeat(longest - length(cell) + 2));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    out.append(TerminalView.more(verification.checks().size() - CHECKS));
    return out.append(summary(verification)).append('\n').toString();
  }

  private static int length(String cell) {
    return Characters.of(cell).size();
  }

  private static String cell(Compared compared) {
    return compared == null
        ? ""
        : TerminalView.signed(compared.predicted())
            + " / "
            + TerminalView.signed(compared.measured());
  }

  private static String summary(Verification verification) {
    String fitted =
        verification.fitted() == null
            ? ""
            : TerminalView.format("%d of them fitted, ", verification.fitted());
    return TerminalView.format(
        "on %s (%s%d evaluated on top): correlation %s, beyond parts %s, off by %s (root mean square)",
        TerminalView.counted(verification.masks(), "mask"),
        fitted,
        verification.evaluated(),
        TerminalView.rounded(verification.correlation()),
        TerminalView.rounded(verification.correlationBeyond()),
        TerminalView.number("%.3f", verification.error()));
  }
}
