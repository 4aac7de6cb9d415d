package dev.ablate.backend.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ablate.backend.Paths;
import dev.ablate.code.Philox;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Descent and homotopy are two ways to one solution. */
class HostPathsTest {
  @ParameterizedTest
  @CsvSource({"30, 10", "200, 60", "90, 80", "400, 150"})
  void homotopyAndDescentAgree(int rows, int columns) {
    Paths.Problem problem = gaussian(rows, columns);
    double[] descent = new HostPathsDescent(problem, 1e-10, 100_000).path(false);
    double[] homotopy = new HostPathsHomotopy(problem, 1e-6).path();
    // The least eigenvalue of 90 rows on 80 columns is about 0.3: products to 1e-9 fix the weights.
    assertArrayEquals(descent, homotopy, 1e-7);
  }

  @ParameterizedTest
  @CsvSource({"90, 80"})
  void strictDescentGivesUp(int rows, int columns) {
    assertNull(new HostPathsDescent(gaussian(rows, columns), 1e-10, 3).path(true));
  }

  /** Normal columns, the first free, and values that depend on every third. */
  private static Paths.Problem gaussian(int rows, int columns) {
    Philox.Stream random = Philox.stream(rows, columns);
    double[][] x = new double[rows][columns];
    double[] gram = new double[columns * columns];
    double[] products = new double[columns];
    for (double[] row : x) {
      double y = random.nextGaussian();
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian();
        y += j % 3 == 0 ? row[j] : 0;
      }
      for (int i = 0; i < columns; i++) {
        products[i] += row[i] * y;
        for (int j = 0; j < columns; j++) {
          gram[i * columns + j] += row[i] * row[j];
        }
      }
    }
    boolean[] free = new boolean[columns];
    free[0] = true;
    double[] penalties = {rows, rows / 3.0, rows / 10.0, rows / 100.0};
    return new Paths.Problem(columns, gram, products, free, penalties);
  }
}
