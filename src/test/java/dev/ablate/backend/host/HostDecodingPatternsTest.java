package dev.ablate.backend.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.code.Philox;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostDecodingPatternsTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 10})
  void comesInOrderOfTotalWeight(int items) {
    Philox.Stream random = Philox.stream(items, 0);
    double[] weights = new double[items];
    double weight = 0;
    for (int i = 0; i < items; i++) {
      weight += random.nextDouble();
      weights[i] = weight;
    }
    List<Integer> expected =
        IntStream.range(0, 1 << items)
            .boxed()
            .sorted(Comparator.comparingDouble(subset -> total(subset, weights)))
            .toList();
    HostDecodingPatterns patterns = new HostDecodingPatterns(items, 1 << items);
    for (int repeat = 0; repeat < 2; repeat++) {
      patterns.start(weights, items);
      for (int subset : expected) {
        assertEquals(subset, patterns.next());
      }
      assertEquals(-1, patterns.next());
    }
  }

  private static double total(int subset, double[] weights) {
    return IntStream.range(0, weights.length)
        .filter(i -> (subset >> i & 1) != 0)
        .mapToDouble(i -> weights[i])
        .sum();
  }
}
