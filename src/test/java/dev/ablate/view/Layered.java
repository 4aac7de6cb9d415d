package dev.ablate.view;

import dev.ablate.backend.Sets;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Method;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Provenance;
import dev.ablate.explanation.RunReport;
import dev.ablate.game.Input;
import dev.ablate.index.Index;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;

/** An explanation of components in three layers, by hand. */
final class Layered {
  static final Input.Components INPUT =
      new Input.Components(
          List.of(2, 2, 1),
          List.of(
              new Input.Component(Input.Component.HEAD, 0, 0),
              new Input.Component(Input.Component.HEAD, 0, 1),
              new Input.Component(Input.Component.HEAD, 1, 0),
              new Input.Component(Input.Component.MLP, 2, 0)));

  static final List<String> NAMES = List.of("L0H0", "L0H1", "L1H0", "L2MLP");

  /** Energy 4 of a single feature; of sets 1 in a layer, 2 in two layers and 1 in three. */
  static final Spectrum SPECTRUM =
      new Spectrum(
          4,
          Sets.of(
              List.of(
                  new int[] {},
                  new int[] {0},
                  new int[] {0, 1},
                  new int[] {0, 2},
                  new int[] {0, 1, 2},
                  new int[] {0, 2, 3})),
          new double[] {5, 2, 1, -1, 1, -1});

  /** Sets of two are sure at a standard error of a half, but for the smallest. */
  static final List<Interaction> INTERACTIONS =
      List.of(
          set(-4, 0.5, 0, 2),
          set(2, 0.5, 0, 1),
          set(0.9, 0.5, 1, 2),
          set(-1.5, 0.25, 0, 1, 2),
          new Interaction(new int[] {0, 2, 3}, 0.75),
          set(-2, 0.1, 0),
          set(1, 0.1, 2),
          set(3, 0.1));

  private Layered() {}

  private static Interaction set(double value, double error, int... features) {
    return new Interaction(features, value, error);
  }

  static Output output(String target, Spectrum spectrum, List<Interaction> interactions) {
    return output(target, "log-odds", spectrum, new Interactions(Index.FBII, 3, interactions));
  }

  /** The same interactions as another index has them, of another kind of value. */
  static Output output(String value, Index index) {
    return output("yes", value, SPECTRUM, new Interactions(index, 3, INTERACTIONS));
  }

  private static Output output(
      String target, String value, Spectrum spectrum, Interactions interactions) {
    return new Output(
        target,
        value,
        new Method("auto", "gp", "none"),
        spectrum,
        interactions,
        Fit.unmeasured(1, 0));
  }

  static Explanation explanation(Output... outputs) {
    return explanation(NAMES, outputs);
  }

  static Explanation explanation(List<String> names, Output... outputs) {
    Provenance provenance =
        new Provenance("1", "abc", 0, "host", "CPU", null, "17", null, RunReport.NONE);
    return new Explanation(4, names, INPUT, Arrays.asList(outputs), provenance);
  }
}
