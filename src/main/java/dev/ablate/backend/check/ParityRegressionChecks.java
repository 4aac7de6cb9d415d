package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Uniform samples of known terms without noise: regressions must give the terms back. */
final class ParityRegressionChecks {
  private static final int ROWS = 301;
  private static final int FEATURES = 70;
  private static final int FOLDS = 5;
  private static final long[] MASKS = Inputs.masks(ROWS, FEATURES, 71);
  private static final Sets SETS = Inputs.sets(30, FEATURES, 4, 72);
  private static final double[] COEFFICIENTS = Inputs.normal(SETS.size(), 73);
  private static final double[] VALUES = values();

  private ParityRegressionChecks() {}

  static List<Check> all() {
    return List.of(
        // As a share of the rows: sums over them in doubles, in any order.
        new Check("parityregression.products", "definition", 1e-12, with(s -> products(s))),
        // Thirty well-conditioned columns on 301 rows, solved to 1e-7 of the largest product.
        new Check("parityregression.leastSquares", "planted terms", 1e-6, with(s -> squares(s))),
        // The smallest penalty moves a coefficient by about its own size.
        new Check("parityregression.lasso", "planted terms", 1e-6, with(s -> lasso(s))),
        new Check("parityregression.ridge", "planted terms", 1e-6, with(s -> ridge(s))),
        new Check("parityregression.hits", "definition", 1e-12, b -> hits(b)),
        new Check("parityregression.together", "definition", 1e-12, b -> together(b)));
  }

  private static double[] values() {
    double[] values = new double[ROWS];
    for (int r = 0; r < ROWS; r++) {
      for (int s = 0; s < SETS.size(); s++) {
        values[r] += COEFFICIENTS[s] * Inputs.sign(SETS, s, MASKS, 2, r);
      }
    }
    return values;
  }

  private static ToDoubleFunction<Backend> with(ToDoubleFunction<ParityRegression.Sums> check) {
    long[][] folds = new long[FOLDS][(ROWS + 63) / 64];
    for (int r = 0; r < ROWS; r++) {
      folds[r % FOLDS][r >>> 6] |= 1L << r;
    }
    return backend -> {
      try (ParityRegression.Sums sums =
          backend
              .parityRegression()
              .sums(SETS, HostBuffer.of(MASKS), ROWS, FEATURES, HostBuffer.of(VALUES), folds)) {
        return check.applyAsDouble(sums);
      }
    };
  }

  private static double[] alone() {
    double[] alone = new double[SETS.size()];
    for (int s = 0; s < alone.length; s++) {
      for (int r = 0; r < ROWS; r++) {
        alone[s] += Inputs.sign(SETS, s, MASKS, 2, r) * VALUES[r] / ROWS;
      }
    }
    return alone;
  }

  private static double products(ParityRegression.Sums sums) {
    double[] mean = Arrays.stream(sums.products()).map(p -> p / ROWS).toArray();
    return Inputs.distance(alone(), mean);
  }

  private static double squares(ParityRegression.Sums sums) {
    int[] all = IntStream.range(0, SETS.size()).toArray();
    return Inputs.distance(COEFFICIENTS, sums.leastSquares(all));
  }

  /** Without noise folds predict each other ever better, and the last weights are the terms. */
  private static double lasso(ParityRegression.Sums sums) {
    double[] scales = new double[SETS.size()];
    Arrays.fill(scales, 1);
    double[] errors = sums.lassoErrors(scales, new double[] {0.1, 0.01, 0.001});
    if (!(errors[0] > errors[1] && errors[1] > errors[2])) {
      return Check.WRONG;
    }
    return Inputs.distance(COEFFICIENTS, sums.lasso(scales, 1e-8));
  }

  private static double ridge(ParityRegression.Sums sums) {
    double[] errors = sums.ridgeErrors(new double[] {100, 10, 1});
    if (!(errors[0] > errors[1] && errors[1] > errors[2])) {
      return Check.WRONG;
    }
    return Inputs.distance(COEFFICIENTS, sums.ridge(1e-7));
  }

  private static double hits(Backend backend) {
    double threshold = 0.7;
    double[] alone = alone();
    int[] expected =
        IntStream.range(0, alone.length).filter(s -> Math.abs(alone[s]) > threshold).toArray();
    ParityRegression.Hits hits =
        backend
            .parityRegression()
            .hits(SETS, HostBuffer.of(MASKS), ROWS, FEATURES, HostBuffer.of(VALUES), threshold);
    if (!Arrays.equals(expected, hits.positions()) || expected.length == 0) {
      return Check.WRONG;
    }
    double[] coefficients = Arrays.stream(expected).mapToDouble(s -> alone[s]).toArray();
    return Inputs.distance(coefficients, hits.coefficients());
  }

  /** The values and twice the values as two columns. */
  private static double together(Backend backend) {
    double[] values = new double[2 * ROWS];
    Arrays.setAll(values, k -> (1 + k % 2) * VALUES[k / 2] / ROWS);
    double[] products =
        backend
            .parityRegression()
            .products(SETS, HostBuffer.of(MASKS), ROWS, FEATURES, HostBuffer.of(values), 2);
    double[] alone = alone();
    double[] expected = new double[2 * alone.length];
    Arrays.setAll(expected, k -> (1 + k / alone.length) * alone[k % alone.length]);
    return Inputs.distance(expected, products);
  }
}
