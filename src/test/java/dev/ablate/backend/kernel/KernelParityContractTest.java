package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.KernelBackends;
import dev.ablate.backend.Parity;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parities on devices at group sizes that fill no tile, against the host's bits. */
class KernelParityContractTest {
  private static final int ROWS = 1300;
  private static final int FEATURES = 90;
  private static final int SETS = 75;
  private static final int PARTS = 2;

  static Stream<Device> devices() {
    return KernelBackends.tuned().map(backend -> ((KernelBackend) backend).deviceHandle());
  }

  private static Sets sets() {
    List<int[]> list = new ArrayList<>();
    for (int s = 0; s < SETS; s++) {
      list.add(s % 3 == 0 ? new int[] {s} : new int[] {s, s + 7, FEATURES - 1});
    }
    return Sets.of(list);
  }

  /** The first 700 rows, and the others. */
  private static HostBuffer parts() {
    int words = (ROWS + 63) / 64;
    long[] parts = new long[PARTS * words];
    for (int r = 0; r < ROWS; r++) {
      parts[(r < 700 ? 0 : words) + r / 64] |= 1L << r;
    }
    return HostBuffer.of(parts);
  }

  @ParameterizedTest
  @MethodSource("devices")
  void anyGroupSizeGivesTheHostsBits(Device device) {
    Philox.Stream random = Philox.stream(1, 1);
    double[] values = new double[ROWS];
    for (int r = 0; r < ROWS; r++) {
      values[r] = random.nextGaussian();
    }
    HostBuffer y = HostBuffer.of(values);
    try (HostBackend host = new HostBackend(1)) {
      Buffer masks = host.sampling().uniform(4, 0, 0, ROWS, FEATURES);
      Parity expected = host.parity();
      Buffer columns = expected.columns(sets(), masks, ROWS, FEATURES);
      double[] gram = expected.gram(columns, SETS, ROWS, parts(), PARTS).toHost().doubles();
      double[] products =
          expected.products(columns, SETS, ROWS, parts(), PARTS, y, 1).toHost().doubles();
      long before = device.allocated();
      for (int size : new int[] {3, 7, 33, 100, 200}) {
        Parity parity = new KernelParity(new Runtime(device, new Tuning(Map.of("group", size))));
        try (Buffer own = parity.columns(sets(), masks, ROWS, FEATURES);
            Buffer ownGram = parity.gram(own, SETS, ROWS, parts(), PARTS);
            Buffer ownProducts = parity.products(own, SETS, ROWS, parts(), PARTS, y, 1)) {
          assertArrayEquals(columns.toHost().words(), own.toHost().words(), "group " + size);
          assertArrayEquals(gram, ownGram.toHost().doubles(), "group " + size);
          assertArrayEquals(products, ownProducts.toHost().doubles(), "group " + size);
        }
      }
      assertEquals(before, device.allocated());
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void aFeatureThatMasksDoNotHaveIsRefused(Device device) {
    Parity parity = new KernelParity(new Runtime(device, new Tuning(Map.of())));
    long before = device.allocated();
    HostBuffer masks = HostBuffer.of(new long[3]);
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> parity.columns(Sets.of(List.of(new int[] {1, 5})), masks, 3, 5));
    assertEquals(before, device.allocated());
  }
}
