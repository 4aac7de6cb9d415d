package dev.ablate.backend.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Arrival;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.KernelSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is said when {@code sampling_uniform} fails as it runs. FakeCudaTest runs each case in a
 * Java of its own, as a context with a fault is of no more use.
 */
class CudaFaultCases {
  @TempDir Path folder;
  private CudaDevice device;
  private Device.Memory memory;

  @BeforeEach
  void open() {
    device =
        (CudaDevice)
            CudaDevices.listing(new KernelCache(folder, 1 << 24)).devices().get(0).open().get();
    memory = device.allocate(64);
  }

  private void launch(String kernel) {
    KernelSource source = KernelSource.of("sampling", Map.of());
    Device.Kernel compiled = device.kernel(source, kernel);
    if (kernel.equals("sampling_uniform")) {
      device.launch(compiled, 2, 3, 16, memory, 1L, 1, 0L, 1L, 100);
    } else {
      // No rows: nothing is read or written.
      device.launch(compiled, 1, 1, 0, memory, memory, memory, 0, 0, 0, 1);
    }
  }

  private static String message(Runnable call) {
    return assertThrows(IllegalStateException.class, call::run).getMessage();
  }

  @Test
  void laterFaultNamesTheLastKernelsAndTheSwitch() {
    for (int i = 0; i < 20; i++) {
      launch("sampling_subspaces");
    }
    CudaStream model = device.newStream();
    launch("sampling_uniform");
    Arrival sent = device.send(new Device.Fetch(memory, 0, HostBuffer.zeros(Element.U64, 8)));
    launch("sampling_subspaces");
    String first = message(device::finish);
    assertTrue(first.startsWith("waiting for the device: CUDA_ERROR_ILLEGAL_ADDRESS"), first);
    List<Runnable> calls =
        List.of(
            device::finish,
            () -> launch("sampling_subspaces"),
            () -> device.read(memory, 0, HostBuffer.zeros(Element.U64, 8)),
            () -> device.write(memory, 0, HostBuffer.zeros(Element.U64, 8)),
            () -> device.send(new Device.Fetch(memory, 0, HostBuffer.zeros(Element.U64, 8))),
            sent::await,
            sent::here,
            model::waitForKernels,
            model::finish,
            device::freeMemory,
            () -> device.clear(memory, 0, 8),
            () -> device.copy(memory, 0, memory, 8, 8),
            () -> device.allocate(1 << 20),
            () -> device.milliseconds(() -> {}));
    String last = "sampling_subspaces, ".repeat(6) + "sampling_uniform, sampling_subspaces. ";
    for (Runnable call : calls) {
      String message = message(call);
      assertTrue(message.contains("CUDA_ERROR_ILLEGAL_ADDRESS; an earlier kernel failed"), message);
      assertTrue(message.contains("the last ones started were " + last), message);
      assertTrue(message.contains("ABLATE_CUDA_SYNC=1 or -Dablate.cuda.sync=true"), message);
      assertEquals(1, Stream.of(message.split("earlier kernel")).skip(1).count(), message);
    }
    message(device::close);
    message(() -> device.allocate(8));
  }

  @Test
  void faultNamesItsKernel() {
    launch("sampling_subspaces");
    String message = message(() -> launch("sampling_uniform"));
    assertEquals(
        "running sampling_uniform with 2 groups of 3 and 16 bytes of local memory: "
            + "CUDA_ERROR_ILLEGAL_ADDRESS",
        message);
    message = message(device::finish);
    assertFalse(message.contains("earlier kernel"), message);
  }
}
