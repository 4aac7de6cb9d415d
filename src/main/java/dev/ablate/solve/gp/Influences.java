package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.Sets;
import dev.ablate.solve.Problem;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Where the search for a prior starts: decays in proportion to what each feature does alone. */
final class Influences {
  /** Sum of all decays: a value then correlates with that of a mask that differs in half. */
  static final double TOTAL = 1.5;

  /** Share of the decays that all features get alike. */
  private static final double ALIKE = 0.1;

  /** Share of the variance that is taken for noise. */
  private static final double NOISE = 0.01;

  /** A threshold that every coefficient exceeds. */
  private static final double EVERY = -1;

  private Influences() {}

  /** The prior to start from for one output, whose mean is 0. */
  static Prior prior(Problem rows, int output) {
    int features = rows.features();
    Sets singletons = Sets.of(IntStream.range(0, features).mapToObj(i -> new int[] {i}).toList());
    double[] alone;
    double chance;
    try (Problem values = rows.withoutSizes()) {
      alone =
          rows.backend()
              .parityRegression()
              .hits(
                  singletons,
                  rows.masks().buffer(),
                  rows.rows(),
                  features,
                  values.output(output),
                  EVERY)
              .coefficients();
      chance = values.summary(output).squares() / rows.rows() / rows.rows();
    }
    double squares = rows.summary(output).squares() / rows.rows();
    double variance = Math.max(squares, Double.MIN_NORMAL);
    double[] decays = new double[features];
    double sum = 0;
    for (int i = 0; i < features; i++) {
      decays[i] = Math.sqrt(Math.max(0, alone[i] * alone[i] - chance));
      sum += decays[i];
    }
    double unit = sum > 0 ? TOTAL * (1 - ALIKE) / sum : 0;
    Arrays.setAll(decays, i -> unit * decays[i] + ALIKE * TOTAL / features);
    return new Prior(decays, variance, NOISE * variance);
  }
}
