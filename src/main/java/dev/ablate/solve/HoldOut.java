package dev.ablate.solve;

import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import dev.ablate.solve.boost.Folds;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A fifth of the different masks, kept from fitting and choosing.
 *
 * @param train rows to fit
 * @param held rows to score on
 */
public record HoldOut(int[] train, int[] held) {
  /** Fewest different masks of which a fifth can be spared. */
  public static final int FEWEST = 10;

  /** The line for the user where there is no held-out fifth. */
  public static final String NONE =
      "fewer than " + FEWEST + " different masks: none were held out while fitting";

  private static final int FOLDS = 5;

  /** Draws the fifth; null when there are too few different masks to spare one. */
  public static HoldOut of(Masks masks, long seed) {
    if (distinct(masks) < FEWEST) {
      return null;
    }
    Folds folds = Folds.of(masks, FOLDS, seed);
    return new HoldOut(rows(folds.rest(0)), rows(folds.held(0)));
  }

  /** Five folds, or as many as there are different masks. */
  public static Folds folds(Masks masks, long seed) {
    // Another stream of the seed than the held-out fifth, which is gone from these rows anyway.
    return Folds.of(masks, Math.min(FOLDS, distinct(masks)), seed + 1);
  }

  private static int distinct(Masks masks) {
    return DistinctMasks.of(masks).masks().count();
  }

  private static int[] rows(long[] bits) {
    return IntStream.range(0, 64 * bits.length)
        .filter(r -> (bits[r >>> 6] >>> r & 1) != 0)
        .toArray();
  }

  /** The {@code (ceil(rows/64))} bits of the rows to fit. */
  public long[] trainBits(int rows) {
    long[] bits = new long[(rows + 63) >>> 6];
    for (int r : train) {
      bits[r >>> 6] |= 1L << r;
    }
    return bits;
  }

  /** The values of the rows to fit. */
  public double[] train(double[] values) {
    return Arrays.stream(train).mapToDouble(r -> values[r]).toArray();
  }

  /** R² of a spectrum on the held-out rows; NaN where all their values are equal. */
  public double r2(Spectrum spectrum, Problem problem, int output) {
    double[] values = problem.outputs().get(output);
    double[] expected = Arrays.stream(held).mapToDouble(r -> values[r]).toArray();
    double[] found = spectrum.evaluate(problem.masks().select(held), problem.backend());
    double r2 = R2.of(expected, found);
    return Double.isInfinite(r2) ? Double.NaN : r2;
  }
}
