package dev.ablate.explanation;

import dev.ablate.index.Index;
import dev.ablate.spectrum.Spectrum;
import java.util.List;

/**
 * What was found about one output of a game.
 *
 * @param target which output, such as a label
 * @param value kind of value, such as {@code log-odds}
 * @param method how the spectrum was found
 * @param spectrum the recovered spectrum
 * @param standardErrors one for each term of the spectrum, NaN where unknown; empty when no solver
 *     gave any; not a copy
 * @param foundBy which searches found each term of the spectrum; empty when nobody said
 * @param interactions the spectrum in the index that was asked for
 * @param fit how well it fits
 * @param source reads other indices off the fit itself where the spectrum is not all of it, else
 *     null; nothing that a file holds
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
    Source source) {
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
        target, value, method, spectrum, standardErrors, foundBy, interactions, fit, null);
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

  /** Any index up to an order, with standard errors where they are known. */
  public Interactions interactions(Index other, int order) {
    if (source != null && order >= 1) {
      return source.interactions(other, order);
    }
    return Interactions.of(other.interactions(spectrum, order, standardErrors));
  }

  private static void requireLength(String what, int length, Spectrum spectrum) {
    if (length != 0 && length != spectrum.size()) {
      throw new IllegalArgumentException(
          length + " " + what + " for " + spectrum.size() + " terms of the spectrum");
    }
  }
}
