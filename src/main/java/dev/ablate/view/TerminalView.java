package dev.ablate.view;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.explanation.Causes;
import dev.ablate.explanation.ExampleFindings;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.LayerFindings;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.RoundsReport;
import dev.ablate.explanation.RunReport;
import dev.ablate.game.Input;
import dev.ablate.game.Span;
import dev.ablate.index.Index;
import dev.ablate.solve.FitReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An explanation as text for a terminal: the input in colour, bars, and how well it fits. */
public final class TerminalView {
  /** Characters of what the lens says; the file has all. */
  private static final int LENS = 200;

  private static final int BAR = 24;
  private static final int NAME = 40;
  private static final int SINGLES = 8;
  private static final int SETS = 10;

  /** Of more outputs the first ones are shown; the file has all. */
  private static final int OUTPUTS = 32;

  private static final double MOST_PLAIN = 1e9;

  private final boolean colour;

  /**
   * A view.
   *
   * @param colour whether to use ANSI colours
   */
  public TerminalView(boolean colour) {
    this.colour = colour;
  }

  /**
   * The whole picture: what all outputs say together, a block an output, then the choice of the
   * backend; ends in a newline.
   */
  public String render(Explanation explanation) {
    InputException.required(explanation, "the explanation to show");
    StringBuilder out = new StringBuilder();
    List<Output> outputs = explanation.outputs();
    if (explanation.input() instanceof Input.Examples && ExampleFindings.together(outputs)) {
      out.append(bold("training examples over " + outputs.size() + " outputs (95 % intervals)"))
          .append('\n')
          .append(
              ExampleView.of(
                  ExampleFindings.over(outputs),
                  FeatureLabels.of(explanation.featureNames()),
                  NAME));
    }
    for (Output output : outputs.subList(0, Math.min(OUTPUTS, outputs.size()))) {
      if (out.length() > 0) {
        out.append('\n');
      }
      renderOutput(explanation, output, out);
    }
    if (outputs.size() > OUTPUTS) {
      out.append('\n')
          .append(outputs.size() - OUTPUTS)
          .append(" more outputs are in the file that --json writes\n");
    }
    RunReport report = explanation.provenance().report();
    if (report.solver() != null) {
      report.solver().values().stream().limit(OUTPUTS).forEach(fit -> contest(fit, out));
      winners(report.solver().values(), out);
    }
    if (report.rounds() != null) {
      out.append(roundsLine(report.rounds())).append('\n');
    }
    if (!report.lens().isEmpty()) {
      out.append("with ")
          .append(OneLine.brief(Characters.line(report.lensInWords()), LENS))
          .append('\n');
    }
    if (report.backendChoice() != null) {
      out.append("ran on ").append(Characters.line(report.backendChoice())).append('\n');
    }
    if (report.providerChoice() != null) {
      out.append("model on ").append(Characters.line(report.providerChoice())).append('\n');
    }
    return out.toString();
  }

  /** What each contender of the default method reached, output by output. */
  private static void contest(FitReport fit, StringBuilder out) {
    if (fit instanceof FitReport.Contest contest) {
      List<String> each = new ArrayList<>();
      contest.heldOutR2().forEach((name, r2) -> each.add(name + " " + rounded(r2)));
      out.append("held-out R² of each: ")
          .append(String.join(", ", each))
          .append("; chosen: ")
          .append(contest.chosen())
          .append('\n');
    }
  }

  /** Of more outputs than are shown, how many each contender of the default method won. */
  private static void winners(List<FitReport> fits, StringBuilder out) {
    Map<String, Integer> won = new TreeMap<>();
    for (FitReport fit : fits) {
      if (fit instanceof FitReport.Contest contest) {
        won.merge(contest.chosen(), 1, Integer::sum);
      }
    }
    if (fits.size() > OUTPUTS && !won.isEmpty()) {
      List<String> each = new ArrayList<>();
      won.forEach((name, count) -> each.add(name + " for " + count));
      out.append("chosen over all outputs: ").append(String.join(", ", each)).append('\n');
    }
  }

  /** Four decimals, or a word. */
  static String rounded(double r2) {
    return Double.isFinite(r2) ? format("%.4f", r2) : "undefined";
  }

  private void renderOutput(Explanation explanation, Output output, StringBuilder out) {
    Fit fit = output.fit();
    List<String> names = FeatureLabels.of(explanation.featureNames());
    if (!explanation.input().marks().isEmpty()) {
      // Banzhaf values are the effects that the spectrum itself is linear in.
      Interactions effects =
          output.convertible() ? output.interactions(Index.BV, 1) : output.interactions();
      out.append(colouredText(explanation.input(), effects)).append("\n\n");
    }
    out.append(
        format(
            "%s: %s with everything, %s with nothing%n%n",
            Headline.of(output),
            measured(fit.all(), output.all()),
            measured(fit.none(), output.none())));
    Interactions interactions = output.interactions();
    String index = interactions.index().label();
    bars("alone (" + index + ")", interactions.ofOrders(1, 1), SINGLES, names, output, out);
    if (interactions.order() >= 2) {
      String title = "together (" + index + ", order 2 to " + interactions.order() + ")";
      bars(title, interactions.ofOrders(2, interactions.order()), SETS, names, output, out);
    }
    if (explanation.input() instanceof Input.Text text && text.isOfParts()) {
      String causes = CauseView.of(Causes.of(output), names);
      out.append(causes.isEmpty() ? "" : bold("what it turns on") + '\n' + causes + '\n');
    }
    if (explanation.input() instanceof Input.Components components) {
      out.append(bold("between layers (" + index + ")")).append('\n');
      LayerFindings findings = LayerFindings.of(output, components);
      out.append(LayerView.of(findings, names, NAME)).append('\n');
    }
    if (explanation.input() instanceof Input.Examples) {
      out.append(bold("training examples (95 % intervals)")).append('\n');
      out.append(ExampleView.of(ExampleFindings.of(output), names, NAME)).append('\n');
    }
    if (output.verification() != null) {
      out.append(bold("asked again (predicted / measured)")).append('\n');
      out.append(VerificationView.of(output.verification(), names, NAME)).append('\n');
    }
    out.append(fitLine(output)).append('\n');
  }

  private void bars(
      String title,
      Interactions all,
      int most,
      List<String> labels,
      Output output,
      StringBuilder out) {
    List<Interaction> values = all.top(most);
    out.append(bold(title)).append('\n');
    if (values.isEmpty()) {
      out.append("  none\n\n");
      return;
    }
    double largest = Math.abs(values.get(0).value());
    List<String> names = new ArrayList<>();
    int width = 0;
    for (Interaction interaction : values) {
      String name = FeatureLabels.join(interaction.features(), labels, NAME);
      names.add(name);
      width = Math.max(width, Characters.of(name).size());
    }
    for (int i = 0; i < values.size(); i++) {
      double value = values.get(i).value();
      int length = largest == 0 ? 0 : (int) Math.round(BAR * (Math.abs(value) / largest));
      String bar = (value < 0 ? "░" : "█").repeat(length);
      out.append(
          format(
              "  %s%s  %s%s  %s%s%n",
              names.get(i),
              " ".repeat(width - Characters.of(names.get(i)).size()),
              signed(value),
              error(values.get(i)),
              paint(bar, value < 0 ? "31" : "32"),
              finders(values.get(i), output)));
    }
    out.append(more(all.values().size() - values.size())).append('\n');
  }

  /** That there are more than are shown; nothing where there are not. */
  static String more(int count) {
    return count <= 0 ? "" : format("  … and %d more (--json has all)%n", count);
  }

  /** Which searches found the set itself; nothing where only sets around it were found. */
  private String finders(Interaction interaction, Output output) {
    int term = output.spectrum().indexOf(interaction.features());
    return term < 0 || output.foundBy().isEmpty()
        ? ""
        : "  " + paint(Characters.line(String.join(", ", output.foundBy().get(term))), "2");
  }

  private static String error(Interaction interaction) {
    return interaction.standardError() == null
        ? ""
        : " ± " + number("%.3f", interaction.standardError());
  }

  private String colouredText(Input input, Interactions effects) {
    double[] effect = new double[input.marks().size()];
    double largest = 0;
    for (Interaction single : effects.ofOrders(1, 1).values()) {
      effect[single.features()[0]] = single.value();
      largest = Math.max(largest, Math.abs(single.value()));
    }
    StringBuilder out = new StringBuilder();
    int end = 0;
    for (int i = 0; i < effect.length; i++) {
      Span span = input.marks().get(i);
      out.append(Characters.block(input.text().substring(end, span.start())));
      out.append(shade(Characters.block(span.of(input.text())), effect[i], largest));
      end = span.end();
    }
    return out.append(Characters.block(input.text().substring(end))).toString();
  }

  /** Three strengths of green for what raises the value, of red for what lowers it. */
  private String shade(String text, double effect, double largest) {
    double share = largest == 0 ? 0 : Math.abs(effect) / largest;
    if (share < 0.1) {
      return text;
    }
    String weight = share > 0.66 ? "1;7;" : share > 0.33 ? "1;" : "";
    return paint(text, weight + (effect < 0 ? "31" : "32"));
  }

  private static String fitLine(Output output) {
    Fit fit = output.fit();
    StringBuilder line = new StringBuilder();
    line.append(fit.faithfulness());
    String method =
        output.method().ran()
            + (output.method().refine().equals("none") ? "" : " + " + output.method().refine());
    line.append(
        format(
            "%n%s, %s from %s",
            Characters.line(method),
            counted(output.spectrum().size(), "term"),
            counted(fit.masks(), "mask")));
    if (!output.link().isIdentity()) {
      String link = output.link().inWords();
      line.append(format("%nterms are before the link, interactions behind it: %s", link));
    }
    Fit.Seconds seconds = fit.seconds();
    // A table that was evaluated elsewhere has neither of the first two stages.
    line.append(
        fit.evaluated() == 0
            ? format("%n")
            : format(
                " (%d evaluated in all)%nplan %.2f s, evaluate %.2f s, ",
                fit.evaluated(), seconds.plan(), seconds.evaluate()));
    line.append(format("solve %.2f s", seconds.solve()));
    return line.toString();
  }

  /** How many rounds of how many masks, and why they ended. */
  private static String roundsLine(RoundsReport report) {
    List<String> masks =
        report.rounds().stream().map(round -> Long.toString(round.masks())).toList();
    return format(
        "%d round%s: %s masks; stopped: %s (target R² %s)",
        masks.size(),
        masks.size() == 1 ? "" : "s",
        String.join(", ", masks),
        report.stopped(),
        report.targetR2());
  }

  /** A number of things. */
  static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static String measured(double value, double predicted) {
    return Double.isNaN(value) ? signed(predicted) + " (predicted)" : signed(value);
  }

  /** Three decimals with a sign. */
  static String signed(double value) {
    return number("%+.3f", value);
  }

  /** The 95 % interval of a value, with a blank before it; nothing where it is unknown. */
  static String interval(Interaction interaction) {
    return Double.isNaN(interaction.low())
        ? ""
        : " [" + signed(interaction.low()) + ", " + signed(interaction.high()) + "]";
  }

  /** Numbers of more digits than a line bears come as powers of ten. */
  static String number(String pattern, double value) {
    return format(Math.abs(value) < MOST_PLAIN ? pattern : pattern.replace('f', 'e'), value);
  }

  private String bold(String text) {
    return paint(text, "1");
  }

  private String paint(String text, String code) {
    return colour && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /** As everywhere, whatever the language of the machine. */
  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
