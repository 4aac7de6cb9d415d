package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.DeviceListing;
import dev.ablate.backend.kernel.DeviceListing.Candidate;
import dev.ablate.code.InputException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The choice of a backend on machines that are made up. */
class BackendsTest {
  private static final DeviceListing NO_CUDA = DeviceListing.none("cuda", "libcuda.so.1 not found");

  private final List<String> closed = new ArrayList<>();

  @Test
  void autoTakesTheFirstGpuAndTellsWhatItRejected() {
    DeviceListing opencl =
        listing("opencl", processor("opencl:0"), gpu("opencl:1", null), gpu("opencl:2", null));
    try (Backends.Choice choice = Backends.auto(List.of(NO_CUDA, opencl), 1)) {
      assertEquals("opencl:1", choice.id());
      assertEquals("opencl", choice.backend().name());
      assertEquals("device opencl:1", choice.backend().device());
      String reason = choice.reason();
      assertTrue(reason.startsWith("opencl:1: "), reason);
      assertTrue(reason.contains("cuda: libcuda.so.1 not found"), reason);
      assertTrue(reason.contains("opencl:0 (device opencl:0): it is the processor"), reason);
      assertTrue(reason.endsWith("--backend changes it"), reason);
      assertEquals(1, reason.lines().count(), reason);
    }
    assertEquals(List.of("device opencl:1"), closed);
  }

  @Test
  void autoPrefersCuda() {
    List<DeviceListing> listings =
        List.of(listing("cuda", gpu("cuda:0", null)), listing("opencl", gpu("opencl:0", null)));
    try (Backends.Choice choice = Backends.auto(listings, 1)) {
      assertEquals("cuda:0", choice.id());
    }
  }

  @Test
  void autoNeverTakesTheProcessorBehindOpenCl() {
    DeviceListing opencl = listing("opencl", processor("opencl:0"), gpu("opencl:1", "lacks x"));
    try (Backends.Choice choice = Backends.auto(List.of(NO_CUDA, opencl), 1)) {
      assertEquals("host", choice.id());
      assertTrue(choice.reason().contains("opencl:1 (device opencl:1): lacks x"), choice.reason());
    }
  }

  @Test
  void autoPassesOverADeviceThatDoesNotOpen() {
    DeviceListing cuda = listing("cuda", broken("cuda:0"), unlinked("cuda:1"), gpu("cuda:2", null));
    try (Backends.Choice choice = Backends.auto(List.of(cuda), 1)) {
      assertEquals("cuda:2", choice.id());
      String reason = choice.reason();
      assertTrue(reason.contains("cuda:0 (device cuda:0): cannot be opened (busy twice)"), reason);
      assertTrue(reason.contains("libother.so.3"), reason);
    }
  }

  @Test
  void aDeviceThatWasAskedForIsTakenOrRefused() {
    DeviceListing opencl =
        listing("opencl", processor("opencl:0"), gpu("opencl:1", "lacks x"), broken("opencl:2"));
    try (Backends.Choice choice = Backends.explicit("opencl:0", opencl, 0)) {
      assertEquals("opencl:0", choice.id());
    }
    assertTrue(refused("opencl:1", opencl, 1).contains("lacks x"));
    assertTrue(refused("opencl:2", opencl, 2).contains("busy"));
    assertTrue(refused("opencl:3", opencl, 3).contains("3 devices"));
    String missing = refused("cuda", NO_CUDA, -1);
    assertEquals("backend cuda: libcuda.so.1 not found (or use backend host)", missing);
  }

  @Test
  void withoutANumberGpusGoFirst() {
    DeviceListing opencl = listing("opencl", processor("opencl:0"), gpu("opencl:1", null));
    try (Backends.Choice choice = Backends.explicit("opencl", opencl, -1)) {
      assertEquals("opencl:1", choice.id());
    }
    DeviceListing poor = listing("opencl", processor("opencl:0"), gpu("opencl:1", "lacks x"));
    try (Backends.Choice choice = Backends.explicit("opencl", poor, -1)) {
      assertEquals("opencl:0", choice.id());
      assertTrue(choice.reason().contains("lacks x"), choice.reason());
    }
    String none = refused("opencl", listing("opencl", gpu("opencl:0", "lacks x")), -1);
    assertTrue(none.contains("opencl:0 (device opencl:0): lacks x"), none);
    assertTrue(none.endsWith("backend host"), none);
  }

  @Test
  void theHostIsAlwaysThere() {
    try (Backends.Choice choice = Backends.open("host", 2)) {
      assertEquals("host", choice.id());
      assertEquals("host: asked for", choice.reason());
      assertFalse(choice.backend().device().isEmpty());
    }
  }

  /** What a machine lists is named in the order that the flag counts in. */
  @Test
  void devicesOfThisMachineAreNumbered() {
    for (DeviceListing listing : Backends.devices()) {
      assertEquals(listing.problem() == null, !listing.devices().isEmpty(), listing.kind());
      for (int k = 0; k < listing.devices().size(); k++) {
        Candidate device = listing.devices().get(k);
        assertEquals(listing.kind() + ":" + k, device.id());
        if (device.usable()) {
          try (Backends.Choice choice = Backends.open(device.id(), 1)) {
            assertEquals(listing.kind(), choice.backend().name());
            assertEquals(device.name(), choice.backend().device());
            assertEquals(device.driver(), choice.backend().driver());
          }
        }
      }
    }
  }

  private static String refused(String asked, DeviceListing listing, int number) {
    String message =
        assertThrows(InputException.class, () -> Backends.explicit(asked, listing, number))
            .getMessage();
    assertTrue(message.startsWith("backend " + asked + ": "), message);
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  private static DeviceListing listing(String kind, Candidate... devices) {
    return new DeviceListing(kind, List.of(devices), null);
  }

  private Candidate processor(String id) {
    return candidate(id, false, null, () -> device(id));
  }

  private Candidate gpu(String id, String problem) {
    return candidate(id, true, problem, () -> device(id));
  }

  private static Candidate broken(String id) {
    return candidate(
        id,
        true,
        null,
        () -> {
          throw new IllegalStateException("busy\ntwice");
        });
  }

  private static Candidate unlinked(String id) {
    return candidate(
        id,
        true,
        null,
        () -> {
          throw new UnsatisfiedLinkError("libother.so.3");
        });
  }

  private static Candidate candidate(
      String id, boolean gpu, String problem, Supplier<Device> open) {
    return new Candidate(id, "device " + id, "driver 1", gpu, problem, open);
  }

  /** A device that knows its names and does nothing. */
  private Device device(String id) {
    return (Device)
        Proxy.newProxyInstance(
            Device.class.getClassLoader(),
            new Class<?>[] {Device.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "kind", "architecture" -> id.split(":")[0];
                  case "name" -> "device " + id;
                  case "driver" -> "driver 1";
                  case "close" -> closed.add("device " + id) ? null : null;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
