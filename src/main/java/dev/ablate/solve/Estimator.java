package dev.ablate.solve;

import dev.ablate.solve.lasso.LeastSquares;
import dev.ablate.solve.surrogate.SpectrumSurrogate;
import dev.ablate.solve.surrogate.Surrogate;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.List;

/**
 * A way to recover spectra from uniform masks that can be measured: it fits part of the masks, is
 * scored on the rest, and then fits all of them with what the first fit chose. Estimators hold
 * settings only and are safe from threads.
 */
public interface Estimator {
  /** Name, as in the provenance and in {@code found_by}. */
  String name();

  /** The method that ran where there is nothing to choose, as in the explanation. */
  default String ran() {
    return name();
  }

  /** How the coefficients of what it finds are refined. */
  default Refine refine() {
    return Refine.NONE;
  }

  /**
   * Fits some masks.
   *
   * @param train the rows to fit
   * @param held rows that fitting may not touch; choices among few variants may be made on them.
   *     Null where no masks can be spared
   */
  Trial estimate(Problem train, Problem held);

  /**
   * Fits some masks, and may judge what it tries by further divisions of all.
   *
   * @param all the rows of both
   * @param train the rows to fit
   * @param held rows that fitting may not touch
   */
  default Trial estimate(Problem all, Problem train, Problem held) {
    return estimate(train, held);
  }

  /**
   * Fits other rows of the same game. It may take over from an earlier trial what says next to
   * nothing about the rows that are held out now, to save the time of choosing it again.
   *
   * @param before an earlier trial
   * @param places {@code (outputs)} its number of each output of the rows
   */
  default Trial again(Trial before, int[] places, Problem train, Problem held) {
    return estimate(train, held);
  }

  /** What an estimator made of part of the masks, for every output of the problem. */
  interface Trial {
    /** The spectrum of an output from the rows of the trial; with a link that before it. */
    Spectrum spectrum(int output);

    /** What is between an output's spectrum and its values. */
    default Link link(int output) {
      return Link.IDENTITY;
    }

    /**
     * R² of an output on rows that the fit has not seen, and no more than the fit of all rows,
     * which has seen them, keeps of it.
     *
     * @param held the rows that were held out
     * @param refitted the fit of all rows
     */
    default double heldOutR2(int output, Problem held, Spectrum refitted) {
      double measured = HeldFifth.r2(spectrum(output), link(output), held, output);
      return Math.min(measured, HeldFifth.r2(refitted, link(output), held, output));
    }

    /** How many rows that R² is over. */
    default int heldOutRows(int output, Problem held) {
      return held.rows();
    }

    /**
     * Whether interactions are read off the fitted function, which folds make again for their
     * errors; else off its spectrum.
     */
    default boolean readsFunctions() {
      return true;
    }

    /**
     * Fits all masks with what the trial chose.
     *
     * @param all all rows, those of the trial among them, of the outputs that are asked for alone
     * @param outputs the trial's number of each
     * @return one fit for each of {@code outputs}
     */
    List<Fitted> onAll(Problem all, int[] outputs);
  }

  /**
   * A fit of one output.
   *
   * @param spectrum the recovered spectrum, before the link
   * @param standardErrors one for each term, NaN where unknown; or empty
   * @param foundBy which searches found each term; or empty
   * @param ran method that ran, as in the explanation
   * @param refine refinement that ran
   * @param report what was chosen
   * @param notes lines for the user
   * @param surrogate the fitted function where it is more than the spectrum, else null
   * @param refit makes the function again from other rows, or null
   * @param link what is between the spectrum and the values
   */
  record Fitted(
      Spectrum spectrum,
      double[] standardErrors,
      List<List<String>> foundBy,
      String ran,
      Refine refine,
      FitReport report,
      List<String> notes,
      Surrogate surrogate,
      Refit refit,
      Link link) {
    /** A fit without a link. */
    public Fitted(
        Spectrum spectrum,
        double[] standardErrors,
        List<List<String>> foundBy,
        String ran,
        Refine refine,
        FitReport report,
        List<String> notes,
        Surrogate surrogate,
        Refit refit) {
      this(
          spectrum,
          standardErrors,
          foundBy,
          ran,
          refine,
          report,
          notes,
          surrogate,
          refit,
          Link.IDENTITY);
    }

    /** A fit that is its spectrum. */
    public Fitted(
        Spectrum spectrum,
        double[] standardErrors,
        List<List<String>> foundBy,
        String ran,
        Refine refine,
        FitReport report,
        List<String> notes) {
      this(spectrum, standardErrors, foundBy, ran, refine, report, notes, null, null);
    }

    /** The fitted function. */
    public Surrogate function() {
      return surrogate != null ? surrogate : new SpectrumSurrogate(spectrum);
    }

    /** Whether the function can be made again from fewer rows. */
    public boolean repeatable() {
      return refit != null || surrogate == null;
    }

    /** The function made again from other rows of one output; a spectrum by least squares. */
    public Surrogate again(Problem rows) {
      if (refit != null) {
        return refit.of(rows);
      }
      if (2 * spectrum.size() > rows.rows()) {
        return function();
      }
      try (LeastSquares fit = LeastSquares.of(rows, 0, spectrum.sets())) {
        return new SpectrumSurrogate(
            new Spectrum(rows.features(), spectrum.sets(), fit.coefficients()));
      }
    }
  }
}
