package dev.ablate.solve;

import dev.ablate.spectrum.Spectrum;
import java.util.List;

/**
 * What a solver found for one output.
 *
 * @param spectrum the recovered spectrum
 * @param standardErrors one for each term of the spectrum, NaN where unknown; empty when the solver
 *     gives none
 * @param foundBy which searches found each term of the spectrum; empty when nobody says
 * @param ran method that ran, such as {@code proxyspex}
 * @param refine refinement that ran: {@code none}, {@code ridge} or {@code lasso}
 * @param heldOutR2 R² on masks that neither fitting nor choosing saw, NaN when none were held out
 * @param heldOutMasks how many masks that was
 * @param report what was chosen
 * @param notes lines for the user, such as warnings
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
    List<String> notes) {
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
    return new Solution(
        spectrum, errors, foundBy, ran, refine, heldOutR2, heldOutMasks, report, notes);
  }

  /** The same with a spectrum of as many terms in the same order. */
  public Solution withSpectrum(Spectrum other) {
    return new Solution(
        other, standardErrors, foundBy, ran, refine, heldOutR2, heldOutMasks, report, notes);
  }
}
