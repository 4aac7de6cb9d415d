package dev.ablate.solve.gp;

import dev.ablate.backend.Backend;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Where the search for a prior starts: decays in proportion to what each feature does alone. */
final class Influences {
  /** Sum of all decays: a value then correlates with that of a mask that differs in half. */
  private static final double TOTAL = 1.5;

  /** Share of the decays that all features get alike. */
  private static final double ALIKE = 0.1;

  /** Share of the variance that is taken for noise. */
  private static final double NOISE = 0.01;

  /** A threshold that every coefficient exceeds. */
  private static final double EVERY = -1;

  private Influences() {}

  /** The prior to start from for one output. */
  static Prior prior(Rows rows, int output, Backend backend) {
    int features = rows.masks().features();
    Sets singletons = Sets.of(IntStream.range(0, features).mapToObj(i -> new int[] {i}).toList());
    double[] y = rows.values().column(output);
    ParityRegression.Hits alone =
        backend
            .parityRegression()
            .hits(
                singletons,
                rows.masks().buffer(),
                rows.masks().count(),
                features,
                HostBuffer.of(y),
                EVERY);
    double squares = Arrays.stream(y).map(v -> v * v).average().orElse(0);
    double variance = Math.max(squares, Double.MIN_NORMAL);
    double[] decays = new double[features];
    double sum = 0;
    for (int i = 0; i < features; i++) {
      double c = alone.coefficients()[i];
      decays[i] = Math.sqrt(Math.max(0, c * c - variance / y.length));
      sum += decays[i];
    }
    double unit = sum > 0 ? TOTAL * (1 - ALIKE) / sum : 0;
    Arrays.setAll(decays, i -> unit * decays[i] + ALIKE * TOTAL / features);
    return new Prior(decays, variance, NOISE * variance);
  }
}
