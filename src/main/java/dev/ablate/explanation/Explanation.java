package dev.ablate.explanation;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.game.Input;
import dev.ablate.index.Index;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * What a run found: for every output of a game its spectrum, its interactions and how well they
 * fit. The methods without an output speak of the first one.
 *
 * @param features number of features
 * @param featureNames a name for each feature
 * @param input what was explained
 * @param outputs at least one
 * @param provenance where it comes from
 */
public record Explanation(
    int features,
    List<String> featureNames,
    Input input,
    List<Output> outputs,
    Provenance provenance) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if names, spans or spectra do not fit the features
   */
  public Explanation {
    InputException.required(input, "an explanation's input");
    InputException.required(provenance, "an explanation's provenance");
    InputException.required(outputs, "an explanation's list of outputs");
    InputException.required(featureNames, "an explanation's list of feature names");
    featureNames = List.copyOf(featureNames);
    outputs = List.copyOf(outputs);
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("an explanation needs at least one output");
    }
    if (featureNames.size() != features) {
      throw new IllegalArgumentException(
          featureNames.size() + " feature names for " + features + " features");
    }
    input.requireFeatures(features);
    for (Output output : outputs) {
      if (output.spectrum().features() != features) {
        throw new IllegalArgumentException(
            "a spectrum of " + output.spectrum().features() + " features among " + features);
      }
    }
  }

  /** The first output's spectrum, before the link where it has one. */
  public Spectrum spectrum() {
    return outputs.get(0).spectrum();
  }

  /** How the output fits whose R² is lowest, of those that have one; the first where none has. */
  public Fit lowestFit() {
    return outputs.stream()
        .map(Output::fit)
        .filter(fit -> Double.isFinite(fit.r2()))
        .min(Comparator.comparingDouble(Fit::r2))
        .orElse(outputs.get(0).fit());
  }

  /** The verification whose correlation is lowest, of those that have one; null where none is. */
  public Verification lowestVerification() {
    return outputs.stream()
        .map(Output::verification)
        .filter(Objects::nonNull)
        .min(Comparator.comparingDouble(Verification::correlation))
        .orElse(null);
  }

  /** The first output's interactions in the index that the run was asked for. */
  public Interactions interactions() {
    return outputs.get(0).interactions();
  }

  /**
   * The first output's interactions in another index.
   *
   * @param index name of an index, such as {@code fbii}
   * @param order highest order
   * @throws InputException if there is no such index, or it is not to be had behind a link, as
   *     {@link Output#interactions(Index, int)} says
   */
  public Interactions interactions(String index, int order) {
    return outputs.get(0).interactions(Index.parse(index), order);
  }

  /** The first output's {@code count} largest interactions of at least one feature. */
  public List<Interaction> top(int count) {
    return interactions().top(count);
  }

  /**
   * What is predicted of the first output, one value a mask, in the unit of the game.
   *
   * @throws InputException if the masks have another number of features, or a value is no double
   */
  public double[] predict(Masks masks) {
    requireFeatures(masks);
    return finite(outputs.get(0).predict(masks), 0);
  }

  /**
   * What is predicted of all outputs, {@code (outputs)} arrays of {@code (masks)}.
   *
   * @throws InputException if the masks have another number of features, or a value is no double
   */
  public double[][] predictAll(Masks masks, Backend backend) {
    requireFeatures(masks);
    double[][] values = new double[outputs.size()][];
    for (int o = 0; o < values.length; o++) {
      values[o] = finite(outputs.get(o).predict(masks, backend), o);
    }
    return values;
  }

  private void requireFeatures(Masks masks) {
    if (InputException.required(masks, "the masks to predict").features() != features) {
      throw new InputException(
          "masks of "
              + masks.features()
              + " features, but the explanation has "
              + features
              + ": give masks of its features");
    }
  }

  private double[] finite(double[] values, int output) {
    for (int r = 0; r < values.length; r++) {
      if (!Double.isFinite(values[r])) {
        throw new InputException(
            outputs.get(output).target()
                + ": the value of mask "
                + r
                + " is "
                + values[r]
                + ", because the coefficients are too large; scale the explanation down");
      }
    }
    return values;
  }

  /**
   * The explanation of this game plus another one.
   *
   * @throws InputException if they do not speak of the same thing or have a link, as {@link #mean}
   *     says
   */
  public Explanation plus(Explanation other) {
    return combined("sum of 2", pair(other), new double[] {1, 1});
  }

  /**
   * The explanation of this game minus another one: what changed.
   *
   * @throws InputException if they do not speak of the same thing or have a link, as {@link #mean}
   *     says
   */
  public Explanation minus(Explanation other) {
    return combined("difference of 2", pair(other), new double[] {1, -1});
  }

  private List<Explanation> pair(Explanation other) {
    return List.of(this, InputException.required(other, "the explanation to combine"));
  }

  /**
   * The explanation of this game times a number.
   *
   * @throws InputException if the number, or what becomes of a coefficient, is not finite, or an
   *     output has a link
   */
  public Explanation scale(double factor) {
    if (!Double.isFinite(factor)) {
      throw new InputException("an explanation times " + factor + ": give a finite number");
    }
    return combined("multiple of 1", List.of(this), new double[] {factor});
  }

  /**
   * The explanation of the mean of several games.
   *
   * @throws InputException if they differ in input, features, outputs, kinds of value or index,
   *     what becomes of a coefficient is not finite, or an output has a link
   */
  public static Explanation mean(List<Explanation> explanations) {
    InputException.required(explanations, "the list of explanations");
    if (explanations.isEmpty()) {
      throw new InputException("mean of no explanations: give at least one");
    }
    double[] weights = new double[explanations.size()];
    Arrays.fill(weights, 1.0 / weights.length);
    return combined("mean of " + weights.length, explanations, weights);
  }

  /**
   * Only the terms and interactions between two orders, both included; the fit is dropped.
   *
   * @throws InputException if an output has a link
   */
  public Explanation ofOrders(int min, int max) {
    requireNoLink();
    return withOutputs(
        "orders " + min + " to " + max,
        output ->
            derived(
                output,
                output.spectrum().ofOrders(min, max),
                output.interactions().ofOrders(min, max)));
  }

  private Explanation withOutputs(String what, UnaryOperator<Output> change) {
    return new Explanation(
        features,
        featureNames,
        input,
        outputs.stream().map(change).toList(),
        provenance.withReport(RunReport.derived(what)));
  }

  private static Explanation combined(String what, List<Explanation> parts, double[] weights) {
    Explanation first = parts.get(0);
    for (Explanation part : parts) {
      requireAlike(first, part);
    }
    List<Output> outputs = new ArrayList<>();
    for (int o = 0; o < first.outputs.size(); o++) {
      Spectrum sum = sum(parts, weights, o);
      Output old = first.outputs.get(o);
      Interactions asked = old.interactions();
      outputs.add(
          derived(old, sum, Interactions.of(asked.index().interactions(sum, asked.order()))));
    }
    return new Explanation(
        first.features,
        first.featureNames,
        first.input,
        outputs,
        first.provenance.withReport(RunReport.derived(what)));
  }

  private static Spectrum sum(List<Explanation> parts, double[] weights, int output) {
    try {
      Spectrum sum = parts.get(0).outputs.get(output).spectrum().scale(weights[0]);
      for (int p = 1; p < parts.size(); p++) {
        sum = sum.plus(parts.get(p).outputs.get(output).spectrum().scale(weights[p]));
      }
      return sum;
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "a coefficient of the combined explanation is no double ("
              + e.getMessage()
              + "): scale the explanations down first",
          e);
    }
  }

  /** Terms before a link are no parts of the value, so that neither sums nor shares are. */
  private void requireNoLink() {
    for (Output output : outputs) {
      if (!output.link().isIdentity()) {
        throw new InputException(
            output.target()
                + ": the explanation has a "
                + output.link().label()
                + " link, so that its terms are no parts of the value; combine and cut only"
                + " explanations without a link, such as those of "
                + InputException.setting("method")
                + " screen");
      }
    }
  }

  private static void requireAlike(Explanation a, Explanation b) {
    InputException.required(b, "an explanation to combine").requireNoLink();
    if (!a.featureNames.equals(b.featureNames)) {
      throw new InputException(
          "the explanations speak of different features; combine those of the same features only");
    }
    if (a.outputs.size() != b.outputs.size()) {
      throw new InputException(
          "the explanations have "
              + a.outputs.size()
              + " and "
              + b.outputs.size()
              + " outputs; combine those with the same outputs only");
    }
    requireSame("inputs", a.input.record(), b.input.record());
    for (int o = 0; o < a.outputs.size(); o++) {
      Output one = a.outputs.get(o);
      Output other = b.outputs.get(o);
      requireSame("kinds of value", one.value(), other.value());
      requireSame("outputs", one.target(), other.target());
      requireSame(
          "indices",
          one.interactions().index().label() + " of order " + one.interactions().order(),
          other.interactions().index().label() + " of order " + other.interactions().order());
    }
  }

  private static void requireSame(String what, Object one, Object other) {
    if (!one.equals(other)) {
      throw new InputException(
          "the explanations have different "
              + what
              + ", "
              + one
              + " and "
              + other
              + "; combine those that speak of the same thing");
    }
  }

  /** The same output with another spectrum; errors, finders and fit of the old one are dropped. */
  private static Output derived(Output old, Spectrum spectrum, Interactions interactions) {
    return new Output(
        old.target(),
        old.value(),
        new Method(old.method().asked(), "derived", "none"),
        spectrum,
        interactions,
        Fit.unmeasured(spectrum.all(), spectrum.none()));
  }
}
