package dev.ablate.solve;

import dev.ablate.solve.boost.Folds;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;

/**
 * A fifth of the different masks, kept from fitting and choosing. Where masks come in pairs, the
 * ends (nothing kept, everything kept) are never among them: no others say what their values are.
 *
 * @param train {@code (ceil(rows/64))} bits of the rows to fit
 * @param held bits of the rows to score on
 */
public record HeldFifth(long[] train, long[] held) {
  /** Fewest different masks of which a fifth can be spared. */
  public static final int FEWEST = 10;

  /** The line for the user where there is no held-out fifth. */
  public static final String NONE =
      "fewer than " + FEWEST + " different masks: none were held out while fitting";

  /** How many fifths there are. */
  public static final int FOLDS = 5;

  /** Draws the fifth; null when there are too few different masks to spare one. */
  public static HeldFifth of(Problem problem) {
    if (problem.repeats().distinct() < FEWEST) {
      return null;
    }
    return fifth(problem, 0);
  }

  /**
   * One of five divisions whose held-out rows are disjoint; the first is {@link #of}'s.
   *
   * @param problem at least {@link #FEWEST} different masks
   * @param fifth 0 to 4
   */
  public static HeldFifth fifth(Problem problem, int fifth) {
    return of(problem, Folds.of(problem.repeats(), FOLDS, problem.seed()), fifth);
  }

  /** One fold of a problem's rows, but for the ends. */
  public static HeldFifth of(Problem problem, Folds folds, int fold) {
    long[] train = folds.rest(fold);
    long[] held = folds.held(fold);
    for (int r = 0; r < problem.rows() && problem.repeats().paired(); r++) {
      if (problem.repeats().isEnd(r)) {
        train[r >>> 6] |= 1L << r;
        held[r >>> 6] &= ~(1L << r);
      }
    }
    return new HeldFifth(train, held);
  }

  /** Five folds, or as many as there are different masks. */
  public static Folds folds(Problem problem) {
    // Another stream of the seed than the held-out fifth, which is gone from these rows anyway.
    int count = Math.min(FOLDS, problem.repeats().distinct());
    return Folds.of(problem.repeats(), count, problem.seed() + 1);
  }

  /** Number of rows to score on. */
  public int heldRows() {
    return Arrays.stream(held).mapToInt(Long::bitCount).sum();
  }

  /** R² of a spectrum on the held-out rows; NaN where all their values are equal. */
  public static double r2(Spectrum spectrum, Problem held, int output) {
    return r2(spectrum, Link.IDENTITY, held, output);
  }

  /** The same of a spectrum before a link. */
  public static double r2(Spectrum spectrum, Link link, Problem held, int output) {
    double r2 = held.r2(spectrum, link, output);
    return Double.isInfinite(r2) ? Double.NaN : r2;
  }
}
