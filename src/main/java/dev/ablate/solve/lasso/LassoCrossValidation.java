package dev.ablate.solve.lasso;

import dev.ablate.backend.ParityRegression;
import dev.ablate.solve.HeldFifth;
import dev.ablate.work.Memory;
import java.util.Arrays;

/**
 * The lasso with a cross-validated penalty.
 *
 * <p>Penalties fall geometrically from the smallest that leaves every column out. The weak end of
 * the path, where most columns are in and descent is slow, is only walked when the error still
 * falls there.
 */
public final class LassoCrossValidation {
  /** Ends of the stretches of the path, as positions in the penalties. */
  private static final int[] STRETCHES = {24, 36, 40, 44};

  /** The error has passed its least when so many weaker penalties of a stretch do no better. */
  private static final int PASSED = 3;

  /** Ratio of neighbouring penalties: ten of them make a decade. */
  private static final double RATIO = Math.pow(10, -0.1);

  /**
   * Bytes of a pair of columns where the penalty is known: their products, scaled ones, those of
   * the columns that are chosen, and the inverse of those.
   */
  public static final double CHOSEN_PAIR = 5 * Double.BYTES;

  /** The same where folds choose it: the products of each, and those of all others. */
  public static final double PAIR = 2 * HeldFifth.FOLDS * Double.BYTES + CHOSEN_PAIR;

  private LassoCrossValidation() {}

  /** Says that a lasso took no more columns than memory holds. */
  public static void isShort(int most) {
    Memory.isShort("the lasso", "columns", most);
  }

  /**
   * Chooses the penalty of least error and fits all rows with it.
   *
   * @param regression the problem
   * @param scales {@code (k)} positive; the penalty of column {@code j} is multiplied by {@code
   *     scales[j]} (adaptive lasso; Zou, JASA 101, 2006)
   */
  public static CrossValidated fit(ParityRegression.Sums regression, double[] scales) {
    double[] penalties = penalties(regression, scales);
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    int from = 0;
    for (int to : STRETCHES) {
      double[] errors = regression.lassoErrors(scales, Arrays.copyOfRange(penalties, from, to));
      for (int p = 0; p < errors.length; p++) {
        if (errors[p] < least) {
          best = from + p;
          least = errors[p];
        }
      }
      if (best < to - PASSED) {
        break;
      }
      from = to;
    }
    return new CrossValidated(
        regression.lasso(scales, penalties[best]),
        penalties[best],
        1 - least / regression.energy());
  }

  /** The smallest penalty a row that leaves every column out. */
  public static double strongest(ParityRegression.Sums regression, double[] scales) {
    double[] products = regression.products();
    double largest = 0;
    for (int j = 0; j < products.length; j++) {
      double product = Math.abs(products[j] / scales[j]);
      largest = regression.free()[j] ? largest : Math.max(largest, product);
    }
    return largest / regression.rows();
  }

  /** Penalties per row. */
  private static double[] penalties(ParityRegression.Sums regression, double[] scales) {
    double strongest = strongest(regression, scales);
    double[] penalties = new double[STRETCHES[STRETCHES.length - 1]];
    for (int p = 0; p < penalties.length; p++) {
      penalties[p] = strongest * Math.pow(RATIO, p);
    }
    return penalties;
  }
}
