package dev.ablate.explanation;

import java.util.List;

/**
 * What a game said when it was asked again, after the fit, on masks that the explanation of an
 * output says matter most: for each of its largest interactions the mask that removes just these
 * features and the one that keeps nothing else, and the same for each of the features by itself.
 *
 * @param masks different masks that were asked for, of all outputs together; they are on top of the
 *     budget
 * @param fitted how many of them had been fitted, so that predicting them is easier; null when
 *     unknown
 * @param evaluated how many of them the game evaluated for this
 * @param journalMasks how many of them a journal had from earlier runs, beside those that the fit
 *     took from it; null without a journal
 * @param seconds wall-clock seconds
 * @param correlation Pearson's, of predicted and measured values over the different masks of this
 *     output; NaN where it is undefined
 * @param correlationBeyond the same over what features do together beyond the sum of what each does
 *     ({@link Side#beyond}); NaN where it is undefined
 * @param error root mean square of predicted minus measured values over the masks of this output,
 *     in the unit of the game
 * @param checks one an interaction
 */
public record Verification(
    int masks,
    Integer fitted,
    long evaluated,
    Long journalMasks,
    double seconds,
    double correlation,
    double correlationBeyond,
    double error,
    List<Check> checks) {
  /** Copies the list. */
  public Verification {
    checks = List.copyOf(checks);
  }

  /**
   * A number that the explanation predicts beside the one that the game gave.
   *
   * @param predicted by the explanation, in the unit of the game
   * @param measured from the game
   */
  public record Compared(double predicted, double measured) {
    /** The sum of two of them. */
    public Compared plus(Compared other) {
      return new Compared(predicted + other.predicted, measured + other.measured);
    }

    /** The difference of two of them. */
    public Compared minus(Compared other) {
      return new Compared(predicted - other.predicted, measured - other.measured);
    }
  }

  /**
   * One of the two ends: features removed from everything, or added to nothing.
   *
   * @param value of the mask that removes, or keeps alone, all features of the interaction
   * @param together how far that is from everything, or from nothing; null for a single feature
   * @param parts the sum over the features of how far removing, or adding, each by itself leads;
   *     null for a single feature
   */
  public record Side(Compared value, Compared together, Compared parts) {
    /** What the features do together beyond the sum of what each does; null for a single one. */
    public Compared beyond() {
      return together == null ? null : together.minus(parts);
    }
  }

  /**
   * One interaction.
   *
   * @param interaction what the explanation says
   * @param removed its features taken from everything
   * @param alone its features and nothing else
   */
  public record Check(Interaction interaction, Side removed, Side alone) {}
}
