package dev.ablate.backend.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Paths;
import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Descent and homotopy are two ways to one solution. */
class HostPathsTest {
  private static final Workers ALONE = new Workers(1);

  @ParameterizedTest
  @CsvSource({"30, 10", "200, 60", "90, 80", "400, 150"})
  void homotopyAndDescentAgree(int rows, int columns) {
    Paths.Problem problem = gaussian(rows, columns);
    double[] descent = new HostPathsDescent(ALONE, problem, 1e-10, 100_000, 1e12).path(false);
    double[] homotopy = new HostPathsHomotopy(problem, 1e-6, 1e12).path();
    // The least eigenvalue of 90 rows on 80 columns is about 0.3: products to 1e-9 fix the weights.
    assertArrayEquals(descent, homotopy, 1e-7);
  }

  @ParameterizedTest
  @CsvSource({"90, 80"})
  void strictDescentGivesUp(int rows, int columns) {
    assertNull(new HostPathsDescent(ALONE, gaussian(rows, columns), 1e-10, 3, 1e12).path(true));
  }

  /** So many columns that threads share the products with the Gram matrix. */
  @Test
  void threadsDoNotChangeABit() {
    Paths.Problem problem = gaussian(2_000, 600);
    double[] alone = new HostPathsDescent(ALONE, problem, 1e-6, 100_000, 1e12).path(false);
    try (Workers three = new Workers(3)) {
      assertArrayEquals(
          alone, new HostPathsDescent(three, problem, 1e-6, 100_000, 1e12).path(false));
    }
    long inside = Arrays.stream(alone).skip(alone.length - 600).filter(w -> w != 0).count();
    assertTrue(600 * inside >= 1 << 18, "no work to share with " + inside + " columns");
  }

  @Test
  void aPathEndsWhereItsWorkDoes() {
    Paths.Problem problem = gaussian(400, 150);
    double[] whole = new HostPathsHomotopy(problem, 1e-6, 1e12).path();
    double work = 1e4;
    double[] cut = new HostPathsHomotopy(problem, 1e-6, work).path();
    while (distance(solution(whole, 0), solution(cut, 0)) > 1e-12) {
      work *= 1.1;
      cut = new HostPathsHomotopy(problem, 1e-6, work).path();
    }
    // Just enough for the first penalty; behind the end the last solution stays.
    assertArrayEquals(solution(cut, 2), solution(cut, 3), 1e-12);
    double lost = distance(solution(whole, 3), solution(cut, 3));
    assertTrue(lost > 0.01, "the work sufficed: " + lost);
    assertTrue(
        lost <= distance(solution(whole, 3), solution(cut, 0)), "further along it was worse");
  }

  @Test
  void descentEndsWhereItsWorkDoes() {
    Paths.Problem problem = gaussian(90, 80);
    assertNull(new HostPathsDescent(ALONE, problem, 1e-10, 100_000, 1e6).path(true));
    double[] settled = new HostPathsDescent(ALONE, problem, 1e-10, 100_000, 1e12).path(false);
    double[] cut = new HostPathsDescent(ALONE, problem, 1e-10, 100_000, 1e6).path(false);
    assertArrayEquals(solution(settled, 0), solution(cut, 0), 1e-7);
  }

  private static double[] solution(double[] path, int penalty) {
    int size = path.length / 4;
    return Arrays.copyOfRange(path, penalty * size, (penalty + 1) * size);
  }

  private static double distance(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(j -> Math.abs(a[j] - b[j])).max().orElseThrow();
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
