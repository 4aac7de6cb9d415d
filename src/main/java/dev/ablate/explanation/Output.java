package dev.ablate.explanation;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.index.Index;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.SetTable;
import dev.ablate.spectrum.Spectrum;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What was found about one output of a game.
 *
 * @param target which output, such as a label
 * @param value kind of value, such as {@code log-odds}
 * @param method how the spectrum was found
 * @param spectrum the recovered spectrum, before the link
 * @param standardErrors one for each term of the spectrum, NaN where unknown; empty when no solver
 *     gave any; not a copy
 * @param foundBy which searches found each term of the spectrum; empty when nobody said
 * @param interactions those of the value in the index that was asked for
 * @param fit how well it fits
 * @param source reads other indices off the fit itself where the spectrum is not all of it, else
 *     null; nothing that a file holds
 * @param link what is between the spectrum and the values; the identity where nothing is
 * @param verification what the game said when it was asked again; null where it was not
 */
public record Output(
    String target,
    String value,
    Method method,
    Spectrum spectrum,
    double[] standardErrors,
    List<List<String>> foundBy,
    Interactions interactions,
    Fit fit,
    Source source,
    Link link,
    Verification verification) {
  /** Kinds of value of which less is better; a share of a gap is not one, whatever it is of. */
  private static final Set<String> LESS_IS_BETTER = Set.of("loss", "loss-difference", "perplexity");

  /** Up to so many features all masks are listed. */
  static final int LISTED = 16;

  /** Interactions of a fit that says more than its spectrum. */
  @FunctionalInterface
  public interface Source {
    /** The interactions of an index up to an order, at least 1. */
    Interactions interactions(Index index, int order);
  }

  /**
   * Checks that the lists belong to the spectrum.
   *
   * @throws IllegalArgumentException if a list is neither empty nor as long as the spectrum
   */
  public Output {
    foundBy = List.copyOf(foundBy);
    requireLength("standard errors", standardErrors.length, spectrum);
    requireLength("lists of finders", foundBy.size(), spectrum);
  }

  /** An output that was not verified. */
  public Output(
      String target,
      String value,
      Method method,
      Spectrum spectrum,
      double[] standardErrors,
      List<List<String>> foundBy,
      Interactions interactions,
      Fit fit,
      Source source,
      Link link) {
    this(
        target,
        value,
        method,
        spectrum,
        standardErrors,
        foundBy,
        interactions,
        fit,
        source,
        link,
        null);
  }

  /** An output whose spectrum is all there is. */
  public Output(
      String target,
      String value,
      Method method,
      Spectrum spectrum,
      double[] standardErrors,
      List<List<String>> foundBy,
      Interactions interactions,
      Fit fit) {
    this(
        target,
        value,
        method,
        spectrum,
        standardErrors,
        foundBy,
        interactions,
        fit,
        null,
        Link.IDENTITY);
  }

  /** An output whose terms carry neither standard errors nor finders. */
  public Output(
      String target,
      String value,
      Method method,
      Spectrum spectrum,
      Interactions interactions,
      Fit fit) {
    this(target, value, method, spectrum, new double[0], List.of(), interactions, fit);
  }

  /** Whether the value is one of which less is better, such as a loss. */
  public boolean lessIsBetter() {
    return LESS_IS_BETTER.contains(value);
  }

  /** The same with what the game said when it was asked again. */
  public Output withVerification(Verification other) {
    return new Output(
        target,
        value,
        method,
        spectrum,
        standardErrors,
        foundBy,
        interactions,
        fit,
        source,
        link,
        other);
  }

  /**
   * Any index of the values up to an order, with standard errors where they are known. With a link
   * and no fit at hand, as in a file, the values of all masks are transformed, up to {@link
   * #LISTED} features.
   *
   * @throws InputException if there is no fit at hand, a link, and more features
   */
  public Interactions interactions(Index other, int order) {
    if (source != null && order >= 1) {
      return source.interactions(other, order);
    }
    if (link.isIdentity()) {
      return Interactions.of(other.interactions(spectrum, order, standardErrors));
    }
    if (!convertible()) {
      throw new InputException(
          target
              + ": the explanation has a "
              + link.label()
              + " link, and with one only up to "
              + LISTED
              + " features are turned into another index; explain again with the "
              + InputException.setting("index")
              + " that is wanted");
    }
    return Interactions.of(other.interactions(ofValues(), order));
  }

  /** Whether {@link #interactions(Index, int)} has an answer. */
  public boolean convertible() {
    return source != null || link.isIdentity() || spectrum.features() <= LISTED;
  }

  /** The spectrum of the values, from those of all masks. */
  private Spectrum ofValues() {
    int features = spectrum.features();
    double[] values = predict(Masks.exhaustive(features));
    try (HostBackend host = new HostBackend(1)) {
      host.walsh().transform(HostBuffer.of(values), 1, values.length, 1.0 / values.length);
    }
    SetTable sets = new SetTable();
    for (int mask = 0; mask < values.length; mask++) {
      int bits = mask;
      int[] set = IntStream.range(0, features).filter(i -> (bits >>> i & 1) != 0).toArray();
      sets.add(set, 0, set.length);
    }
    return new Spectrum(features, sets.sets(), values);
  }

  /** {@code (masks)} the predicted values, in the unit of the game. */
  public double[] predict(Masks masks) {
    return link.inverse(spectrum.evaluate(masks));
  }

  /** The same where a backend is at hand. */
  public double[] predict(Masks masks, Backend backend) {
    return link.inverse(spectrum.evaluate(masks, backend));
  }

  /** The predicted value with everything kept. */
  public double all() {
    return link.inverse(spectrum.all());
  }

  /** The predicted value with nothing kept. */
  public double none() {
    return link.inverse(spectrum.none());
  }

  private static void requireLength(String what, int length, Spectrum spectrum) {
    if (length != 0 && length != spectrum.size()) {
      throw new IllegalArgumentException(
          length + " " + what + " for " + spectrum.size() + " terms of the spectrum");
    }
  }
}
