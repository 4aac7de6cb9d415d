package dev.ablate.solve;

import dev.ablate.backend.Backend;
import dev.ablate.index.Index;
import dev.ablate.index.IndexValues;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.List;

/**
 * What a solver found for one output.
 *
 * @param spectrum the recovered spectrum, before the link
 * @param standardErrors one for each term of the spectrum, NaN where unknown; empty when the solver
 *     gives none
 * @param foundBy which searches found each term of the spectrum; empty when nobody says
 * @param ran method that ran, such as {@code proxyspex}
 * @param refine refinement that ran: {@code none}, {@code ridge} or {@code lasso}
 * @param heldOutR2 R² on masks that neither fitting nor choosing saw, NaN when none were held out
 * @param heldOutMasks how many masks that was
 * @param report what was chosen
 * @param notes lines for the user, such as warnings
 * @param reading what interactions are read off where the spectrum is not all, else null
 * @param link what is between the spectrum and the values; not the identity only with a reading
 */
public record Solution(
    Spectrum spectrum,
    double[] standardErrors,
    List<List<String>> foundBy,
    String ran,
    String refine,
    double heldOutR2,
    int heldOutMasks,
    FitReport report,
    List<String> notes,
    Reading reading,
    Link link) {
  /** A solution that is its spectrum. */
  public Solution(
      Spectrum spectrum,
      double[] standardErrors,
      List<List<String>> foundBy,
      String ran,
      String refine,
      double heldOutR2,
      int heldOutMasks,
      FitReport report,
      List<String> notes) {
    this(
        spectrum,
        standardErrors,
        foundBy,
        ran,
        refine,
        heldOutR2,
        heldOutMasks,
        report,
        notes,
        null,
        Link.IDENTITY);
  }

  /** A solution whose terms carry neither standard errors nor finders. */
  public Solution(
      Spectrum spectrum,
      String ran,
      String refine,
      double heldOutR2,
      int heldOutMasks,
      FitReport report,
      List<String> notes) {
    this(spectrum, new double[0], List.of(), ran, refine, heldOutR2, heldOutMasks, report, notes);
  }

  /** The same with other standard errors, one for each term. */
  public Solution withStandardErrors(double[] errors) {
    return with(spectrum, errors, notes, reading);
  }

  /** The same with another reading. */
  public Solution withReading(Reading other) {
    return with(spectrum, standardErrors, notes, other);
  }

  /** The same with a spectrum of as many terms in the same order. */
  public Solution withSpectrum(Spectrum other) {
    return with(other, standardErrors, notes, reading);
  }

  /** The same without a line for the user. */
  public Solution without(String note) {
    List<String> others = notes.stream().filter(line -> !line.equals(note)).toList();
    return with(spectrum, standardErrors, others, reading);
  }

  private Solution with(Spectrum terms, double[] errors, List<String> lines, Reading other) {
    return new Solution(
        terms, errors, foundBy, ran, refine, heldOutR2, heldOutMasks, report, lines, other, link);
  }

  /** {@code (masks)} the values that the spectrum predicts. */
  public double[] predict(Masks masks, Backend backend) {
    return link.inverse(spectrum.evaluate(masks, backend));
  }

  /**
   * Interactions, from the fitted function where it is more than the spectrum.
   *
   * @param order highest order, at least 1
   * @param backend where the operations run
   */
  public IndexValues interactions(Index index, int order, Backend backend) {
    return reading == null
        ? index.interactions(spectrum, order, standardErrors)
        : reading.interactions(index, order, backend);
  }
}
