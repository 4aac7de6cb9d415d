package dev.ablate.spectrum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Positions by magnitude against a stable sort of objects. */
class MagnitudesTest {
  private static int[] sorted(double[] numbers, int most) {
    return IntStream.range(0, numbers.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -Math.abs(numbers[i])))
        .limit(most)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @Test
  void equalNumbersStayInTheirOrder() {
    double[] numbers = {1, -2, 0, 2, -0.0, 1, -1, Double.MAX_VALUE, 2};
    int[] expected = {7, 1, 3, 8, 0, 5, 6, 2, 4};
    assertArrayEquals(expected, Magnitudes.falling(numbers, 9));
    assertArrayEquals(Arrays.copyOf(expected, 4), Magnitudes.falling(numbers, 4));
    assertArrayEquals(new int[0], Magnitudes.falling(new double[0], 3));
    assertArrayEquals(new int[0], Magnitudes.falling(numbers, 0));
  }

  @Test
  void isAStableSort() {
    Philox.Stream random = Philox.stream(5, 1);
    for (int count : new int[] {1, 2, 63, 1000}) {
      for (int values : new int[] {2, 30, 1 << 30}) {
        double[] numbers = new double[count];
        Arrays.setAll(numbers, i -> random.nextInt(values) - values / 2);
        for (int most : new int[] {1, count / 3, count, 2 * count}) {
          assertArrayEquals(sorted(numbers, most), Magnitudes.falling(numbers, most));
        }
      }
    }
  }
}
