package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Joins;
import dev.ablate.backend.KernelBackends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Joins on devices against the host's where hits are more than a launch, keys more than a batch.
 */
class KernelJoinsContractTest {
  private static final int ROWS = 100;
  private static final int FEATURES = 20;

  static Stream<Runtime> runtimes() {
    return KernelBackends.tuned()
        .flatMap(
            backend ->
                Stream.of(1, 7, 64)
                    .map(
                        size ->
                            new Runtime(
                                ((KernelBackend) backend).deviceHandle(),
                                new Tuning(Map.of("group", size, "joins.kibibytes", 3)))));
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void launchesAreCutWhereHitsAreMany(Runtime runtime) {
    Philox.Stream random = Philox.stream(1, 2);
    long[] masks = new long[ROWS];
    Arrays.setAll(masks, r -> random.nextLong() & (1L << FEATURES) - 1);
    long[] signs = {random.nextLong(), random.nextLong()};
    int[][] keys = new int[7][4];
    for (int[] key : keys) {
      Arrays.setAll(key, b -> random.nextInt(ROWS));
    }
    Joins.Search search = new Joins.Search(3, 5, keys, 3, 2, 1 << 20);
    Joins.Hits expected;
    try (HostBackend host = new HostBackend(1)) {
      expected = join(host.joins(), masks, signs, search);
    }
    assertTrue(expected.found() > 1000);
    for (int most : new int[] {1, 40, 1 << 20}) {
      Joins.Hits hits = join(new KernelJoins(runtime, 8, most), masks, signs, search);
      assertEquals(expected.found(), hits.found());
      assertArrayEquals(expected.sets().starts(), hits.sets().starts());
      assertArrayEquals(expected.sets().features(), hits.sets().features());
      assertArrayEquals(expected.sums(), hits.sums());
    }
  }

  private static Joins.Hits join(Joins joins, long[] masks, long[] signs, Joins.Search search) {
    return joins.join(HostBuffer.of(masks), ROWS, FEATURES, HostBuffer.of(signs), search);
  }
}
