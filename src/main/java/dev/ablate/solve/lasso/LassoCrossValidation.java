package dev.ablate.solve.lasso;

import dev.ablate.backend.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The lasso with a cross-validated penalty. Everything is computed from Gram matrices; the error on
 * a fold is {@code y'y - 2w'b + w'Gw} over its rows.
 *
 * <p>Penalties fall geometrically from the smallest that leaves every column out. The weak end of
 * the path, where most columns are in and descent is slow, is only walked when the error still
 * falls there.
 */
public final class LassoCrossValidation {
  /** Ends of the stretches of the path, as positions in the penalties. */
  private static final int[] STRETCHES = {36, 40, 44};

  /** Ratio of neighbouring penalties: ten of them make a decade. */
  private static final double RATIO = Math.pow(10, -0.1);

  private LassoCrossValidation() {}

  /**
   * Chooses the penalty of least error and fits all rows with it.
   *
   * @param regression the problem
   * @param scales {@code (k)} positive; the penalty of column {@code j} is multiplied by {@code
   *     scales[j]} (adaptive lasso; Zou, JASA 101, 2006)
   */
  public static CrossValidated fit(ParityRegression regression, double[] scales) {
    Moments total = regression.total().scaled(scales);
    double[] penalties = penalties(total, regression.free());
    int size = total.size();
    List<Moments> rests = new ArrayList<>();
    for (int f = 0; f < regression.foldCount(); f++) {
      rests.add(regression.rest(f).scaled(scales));
    }
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    int from = 0;
    for (int to : STRETCHES) {
      double[] errors = errors(regression, rests, scales, Arrays.copyOfRange(penalties, from, to));
      for (int p = 0; p < errors.length; p++) {
        if (errors[p] < least) {
          best = from + p;
          least = errors[p];
        }
      }
      if (best < to - 1) {
        break;
      }
      from = to;
    }
    return new CrossValidated(
        weights(regression, total, scales, penalties[best]),
        penalties[best],
        1 - least / total.energy());
  }

  /**
   * The lasso on all rows with a given penalty.
   *
   * @param penalty per row
   * @return {@code (k)} weights
   */
  public static double[] fit(ParityRegression regression, double[] scales, double penalty) {
    return weights(regression, regression.total().scaled(scales), scales, penalty);
  }

  private static double[] weights(
      ParityRegression regression, Moments total, double[] scales, double penalty) {
    Paths.Problem problem = total.problem(regression.free(), new double[] {penalty * total.rows()});
    double[] weights = regression.backend().paths().lasso(List.of(problem)).get(0);
    for (int j = 0; j < weights.length; j++) {
      weights[j] /= scales[j];
    }
    return weights;
  }

  /** Penalties per row. */
  private static double[] penalties(Moments moments, boolean[] free) {
    double largest = 0;
    for (int j = 0; j < moments.size(); j++) {
      largest = free[j] ? largest : Math.max(largest, Math.abs(moments.products()[j]));
    }
    double[] penalties = new double[STRETCHES[STRETCHES.length - 1]];
    for (int p = 0; p < penalties.length; p++) {
      penalties[p] = largest / moments.rows() * Math.pow(RATIO, p);
    }
    return penalties;
  }

  /** Squared errors over all folds for each penalty. */
  private static double[] errors(
      ParityRegression regression, List<Moments> rests, double[] scales, double[] penalties) {
    List<Paths.Problem> problems = new ArrayList<>();
    for (Moments rest : rests) {
      double[] sums = Arrays.stream(penalties).map(p -> p * rest.rows()).toArray();
      problems.add(rest.problem(regression.free(), sums));
    }
    List<double[]> paths = regression.backend().paths().lasso(problems);
    double[] errors = new double[penalties.length];
    for (int f = 0; f < paths.size(); f++) {
      double[] path = paths.get(f);
      for (int p = 0; p < penalties.length; p++) {
        for (int j = 0; j < scales.length; j++) {
          path[p * scales.length + j] /= scales[j];
        }
        errors[p] += regression.fold(f).squaredError(path, p * scales.length);
      }
    }
    return errors;
  }
}
