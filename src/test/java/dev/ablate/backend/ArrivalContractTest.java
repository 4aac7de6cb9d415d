package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Buffer.Element;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers that leave a backend while it works on, and memory that it still has. */
class ArrivalContractTest {
  private static final int ROWS = 1000;

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  private static double[] values(int batch) {
    double[] values = new double[ROWS];
    Arrays.setAll(values, r -> batch + r / 1024.0);
    return values;
  }

  /** Each batch is taken from memory that the next one writes anew. */
  @ParameterizedTest
  @MethodSource("backends")
  void whatWasFetchedIsWhatStoodThere(Backend backend) {
    List<Arrival> arrivals = new ArrayList<>();
    for (int batch = 0; batch < 20; batch++) {
      try (Buffer there = backend.upload(HostBuffer.of(values(batch)))) {
        arrivals.add(backend.fetch(there, 7, ROWS - 10));
      }
    }
    for (int batch = 19; batch >= 0; batch--) {
      double[] expected = Arrays.copyOfRange(values(batch), 7, ROWS - 3);
      assertArrayEquals(expected, arrivals.get(batch).await().doubles());
      assertTrue(arrivals.get(batch).here());
      assertArrayEquals(expected, arrivals.get(batch).await().doubles());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyElementArrivesAndIsCounted(Backend backend) {
    for (Element element : Element.values()) {
      try (Buffer zeros = backend.zeros(element, 100)) {
        long before = backend.traffic().toHost();
        HostBuffer some = backend.fetch(zeros, 50, 3).await();
        assertEquals(element, some.element());
        assertEquals(3, some.length());
        boolean host = zeros instanceof HostBuffer;
        assertEquals(host ? 0 : 3L * element.bytes(), backend.traffic().toHost() - before);
        assertEquals(0, backend.fetch(zeros, 100, 0).await().length());
      }
    }
    HostBuffer own = HostBuffer.of(new int[] {1, 2, 3});
    assertArrayEquals(new int[] {2, 3}, backend.fetch(own, 1, 2).await().ints());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void memoryIsLeft(Backend backend) {
    assertTrue(backend.freeMemory() > 1 << 20, backend.freeMemory() + " bytes");
  }
}
