package dev.ablate.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Sets;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Method;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.PerOutput;
import dev.ablate.explanation.Provenance;
import dev.ablate.explanation.R2Kind;
import dev.ablate.explanation.RoundsReport;
import dev.ablate.explanation.RunReport;
import dev.ablate.game.Input;
import dev.ablate.game.Span;
import dev.ablate.index.Index;
import dev.ablate.solve.FitReport;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TerminalViewTest {
  private static final RunReport REPORT =
      new RunReport(
          null,
          "host: asked for",
          "cpu: asked for",
          null,
          null,
          null,
          Map.of(),
          Map.of(),
          "uniform",
          100L,
          new RoundsReport(
              0.9,
              "target reached",
              List.of(
                  new RoundsReport.Round(
                      50, new PerOutput<>(List.of(0.5)), new PerOutput<>(List.of(0.1))),
                  new RoundsReport.Round(100, new PerOutput<>(List.of(0.95)), null))),
          null,
          "fbii",
          2,
          new PerOutput<>(
              List.of(
                  new FitReport.Contest(
                      new TreeMap<>(Map.of("gp", 0.98765, "screen", Double.NaN)),
                      "gp",
                      List.of(5.0),
                      4.0,
                      new FitReport.Terms(5)))),
          List.of("a note"),
          null);

  /** f = 4 a b - c: Banzhaf values 2, 2, -1 and one interaction of 4. */
  private static Explanation explanation() {
    Spectrum spectrum =
        new Spectrum(
            3,
            Sets.of(
                List.of(
                    new int[] {}, new int[] {0}, new int[] {1}, new int[] {2}, new int[] {0, 1})),
            new double[] {0.5, -1, -1, 0.5, 1});
    Input input =
        new Input.Text(
            "not, bad! film", List.of(new Span(0, 3), new Span(5, 8), new Span(10, 14)), "word");
    Fit fit = new Fit(0.98765, R2Kind.HELD_OUT, 200, 100, 302, 3, 0, new Fit.Seconds(0, 1.25, 0.5));
    Output output =
        new Output(
            "positive",
            "log-odds",
            new Method("auto", "proxyspex", "lasso"),
            spectrum,
            Interactions.of(Index.FBII.interactions(spectrum, 2)),
            fit);
    return new Explanation(
        3,
        List.of("not", "bad", "film"),
        input,
        List.of(output),
        new Provenance("0", "c", 0, "host", "d", null, "17", null, REPORT));
  }

  /** Contests of the outputs that are shown have a line each, those of all outputs one. */
  @Test
  void contestsOfManyOutputsAreCounted() {
    Explanation one = explanation();
    List<FitReport> contests = new ArrayList<>();
    for (int o = 0; o < 40; o++) {
      String chosen = o % 4 == 0 ? "screen" : "gp";
      contests.add(
          new FitReport.Contest(
              Map.of("gp", 0.5, "screen", 0.4), chosen, List.of(5.0), 4.0, new FitReport.Terms(5)));
    }
    RunReport old = REPORT;
    RunReport report =
        new RunReport(
            null,
            old.backendChoice(),
            null,
            null,
            null,
            null,
            Map.of(),
            Map.of(),
            "uniform",
            100L,
            null,
            null,
            "fbii",
            2,
            new PerOutput<>(contests),
            List.of(),
            null);
    Explanation many =
        new Explanation(
            3,
            one.featureNames(),
            one.input(),
            Collections.nCopies(40, one.outputs().get(0)),
            new Provenance("0", "c", 0, "host", "d", null, "17", null, report));
    String view = new TerminalView(false).render(many);
    assertEquals(32, view.lines().filter(l -> l.startsWith("held-out R² of each")).count());
    assertTrue(view.contains("chosen over all outputs: gp for 30, screen for 10\n"), view);
    assertFalse(new TerminalView(false).render(one).contains("chosen over all outputs"));
  }

  @Test
  void aLinkIsNamed() {
    Output old = explanation().outputs().get(0);
    Output linked =
        new Output(
            old.target(),
            old.value(),
            old.method(),
            old.spectrum(),
            old.standardErrors(),
            old.foundBy(),
            old.interactions(),
            old.fit(),
            null,
            Link.logit(0, 1, 0.001));
    Explanation plain = explanation();
    String view =
        new TerminalView(false)
            .render(
                new Explanation(
                    3, plain.featureNames(), plain.input(), List.of(linked), plain.provenance()));
    String line =
        "terms are before the link, interactions behind it: logit of values from 0.0 to 1.0";
    assertTrue(view.contains(line), view);
    assertFalse(new TerminalView(false).render(plain).contains("link"));
  }

  @Test
  void plainTextSaysEverything() {
    String view = new TerminalView(false).render(explanation());
    assertFalse(view.contains("\u001b"), view);
    List<String> lines = view.lines().toList();
    assertEquals("not, bad! film", lines.get(0));
    assertTrue(view.contains("log-odds of positive: +3.000 with everything, +0.000 with nothing"));
    assertTrue(lines.contains("  film  -1.000  ░░░░░░░░░░░░░░░░░░░░░░░░"), view);
    assertTrue(lines.contains("  not × bad  +4.000  ████████████████████████"), view);
    assertTrue(view.contains("R² 0.9877 on 200 held-out masks"), view);
    assertTrue(view.contains("proxyspex + lasso, 5 terms from 100 masks (302 evaluated in all)"));
    assertTrue(view.contains("plan 0.00 s, evaluate 1.25 s, solve 0.50 s"), view);
    assertEquals(
        List.of(
            "held-out R² of each: gp 0.9877, screen undefined; chosen: gp",
            "2 rounds: 50, 100 masks; stopped: target reached (target R² 0.9)",
            "ran on host: asked for",
            "model on cpu: asked for"),
        lines.subList(lines.size() - 4, lines.size()));
  }

  @Test
  void whatIsNotKnownHasNoLine() {
    Explanation bare = explanation().scale(1);
    String view = new TerminalView(false).render(bare);
    assertFalse(view.contains("held-out R² of each"), view);
    assertFalse(view.contains("rounds"), view);
    assertFalse(view.contains("ran on"), view);
    assertFalse(view.contains("model on"), view);
  }

  @Test
  void coloursFollowTheEffect() {
    String view = new TerminalView(true).render(explanation());
    assertTrue(view.startsWith("\u001b[1;7;32mnot\u001b[0m, \u001b[1;7;32mbad\u001b[0m! "), view);
    assertTrue(view.contains("\u001b[1;31mfilm\u001b[0m"), view);
  }

  @Test
  void namesThatRepeatAreNumbered() {
    assertEquals(
        List.of("the[0]", "film", "the[2]"), FeatureLabels.of(List.of("the", "film", "the")));
  }

  @Test
  void longNamesAreCutButStayApart() {
    List<String> sentences = List.of("The film was slow.", "The film was long.", "No.");
    assertEquals("The…[0] × The…[1]", FeatureLabels.join(new int[] {0, 1}, sentences, 14));
    assertEquals("No.", FeatureLabels.join(new int[] {2}, sentences, 14));
  }

  private static RunReport report(String backendChoice, Map<String, Object> lens) {
    return new RunReport(
        null,
        backendChoice,
        null,
        null,
        null,
        null,
        Map.of(),
        lens,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(),
        null);
  }

  @Test
  void whatOthersNamedIsShownAndNotObeyed() {
    String red = "\u001b[31m";
    Explanation plain = explanation();
    Output first = plain.outputs().get(0);
    Output output =
        new Output(
            "posi" + red + "tive\u009b2J",
            "log\u202e-odds",
            new Method("auto", "proxy" + red, "none"),
            first.spectrum(),
            first.interactions(),
            first.fit());
    RunReport report =
        report("host" + red, Map.of("ablate", "substitute", "substitute", red + "x"));
    Explanation foreign =
        new Explanation(
            3,
            List.of("n" + red + "ot", "b\nad", "film\u0007"),
            new Input.Text(
                "n" + red + "\r\n \u0007film",
                List.of(new Span(0, 6), new Span(7, 8), new Span(9, 14)),
                "word"),
            List.of(output),
            new Provenance("0", "c", 0, "host", "d", null, "17", null, report));
    String view = new TerminalView(false).render(foreign);
    assertEquals("", view.replaceAll("[^\\p{Cntrl}\\x80-\\x9f\u202e]|\n", ""), view);
    assertTrue(view.contains("log<U+202E>-odds of posi<U+001B>[31mtive<U+009B>2J: +3.000"), view);
    assertTrue(view.contains("  n<U+001B>[31mot × b ad  +4.000"), view);
    assertTrue(view.contains("film<U+0007>  -1.000"), view);
  }

  @Test
  void saysHowFeaturesWereHidden() {
    RunReport report = report(null, Map.of("ablate", "unk"));
    Explanation plain = explanation();
    Explanation hidden =
        new Explanation(
            3,
            plain.featureNames(),
            plain.input(),
            plain.outputs(),
            new Provenance("0", "c", 0, "host", "d", null, "17", null, report));
    List<String> lines = new TerminalView(false).render(hidden).lines().toList();
    assertEquals("with ablate unk", lines.get(lines.size() - 1));
  }

  @Test
  void answersStandInQuotesAndAreCut() {
    String answer = "the blue cup " + "and the red key ".repeat(20);
    Map<String, Object> lens = new LinkedHashMap<>();
    lens.put("ablate", "remove");
    lens.put("keep", List.of());
    lens.put("answer", List.of("the blue cup", "Tom"));
    lens.put("answer_tokens", List.of(List.of(9, 76, 117), List.of(67)));
    lens.put("against", "the red key");
    lens.put("against_tokens", List.of(9, 87, 128));
    Explanation plain = explanation();
    Output first = plain.outputs().get(0);
    List<Output> outputs =
        List.of(
            new Output(
                answer,
                "answer",
                first.method(),
                first.spectrum(),
                first.interactions(),
                first.fit()),
            new Output(
                "It always works",
                "similarity",
                first.method(),
                first.spectrum(),
                first.interactions(),
                first.fit()));
    RunReport report = report(null, lens);
    Explanation answered =
        new Explanation(
            3,
            plain.featureNames(),
            plain.input(),
            outputs,
            new Provenance("0", "c", 0, "host", "d", null, "17", null, report));
    List<String> lines = new TerminalView(false).render(answered).lines().toList();
    String ends = ": +3.000 with everything, +0.000 with nothing";
    assertEquals(
        "mean log-probability of the answer \"" + answer.substring(0, 79) + "…\"" + ends,
        lines.get(2));
    assertTrue(lines.contains("similarity to \"It always works\"" + ends), lines.toString());
    assertEquals(
        "with ablate remove, answer \"the blue cup\" Tom, against \"the red key\"",
        lines.get(lines.size() - 1));
  }

  @Test
  void namesThatOnlyLookTheSameAreNumbered() {
    assertEquals(
        List.of("caf\u00e9[0]", "caf\u00e9[1]"),
        FeatureLabels.of(List.of("caf\u00e9", "cafe\u0301")));
    assertEquals(
        "\uD83D\uDE00…[0] × \uD83D\uDE01…[1]",
        FeatureLabels.join(
            new int[] {0, 1}, List.of("\uD83D\uDE00".repeat(9), "\uD83D\uDE01".repeat(9)), 10));
  }
}
