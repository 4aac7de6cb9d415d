package dev.ablate.backend.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.DeviceListing;
import dev.ablate.backend.kernel.KernelCache;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kernels and a model take turns at two slots of memory. Runs over native/fakecuda, from
 * FakeCudaTest in each of its schedules: one shows when the kernels do not wait for the model, the
 * other when the model does not wait for the kernels.
 */
@Timeout(60)
class CudaTurnsTest {
  private static final int BATCHES = 7;
  private static final int ROWS = 33;

  /** What can be forgotten, and the schedule that shows it. */
  private enum Forgotten {
    NOTHING("none"),
    KERNELS_GIVE("early"),
    STREAM_TAKES("early"),
    STREAM_GIVES("late"),
    KERNELS_TAKE("late");

    private final String schedule;

    Forgotten(String schedule) {
      this.schedule = schedule;
    }
  }

  @TempDir Path folder;
  private CudaDevice device;

  @BeforeEach
  void open() {
    DeviceListing listing = CudaDevices.listing(new KernelCache(folder, 1 << 24));
    assumeTrue(listing.problem() == null, () -> listing.problem());
    DeviceListing.Candidate first = listing.devices().get(0);
    assumeTrue(
        first.name().startsWith("Fake"), "functions of the host cannot reach a GPU's memory");
    device = (CudaDevice) first.open().get();
  }

  @AfterEach
  void close() {
    if (device != null) {
      assertEquals(0, device.allocated());
      device.close();
    }
  }

  private record Slot(Device.Memory in, Device.Memory out, CudaTurns turns) {}

  /** What the model gives for all batches when something is forgotten in one of them. */
  private long[] run(Forgotten forgotten, int batch) {
    List<Slot> slots = new ArrayList<>();
    HostBuffer values = HostBuffer.zeros(Element.U64, BATCHES * ROWS);
    try (CudaStream model = device.newStream();
        Device.Memory results = device.allocate(8L * BATCHES * ROWS)) {
      for (int i = 0; i < 2; i++) {
        slots.add(new Slot(device.allocate(8 * ROWS), device.allocate(8 * ROWS), model.turns()));
      }
      for (int b = 0; b <= BATCHES; b++) {
        if (b < BATCHES) {
          give(model, slots.get(b % 2), b, b == batch ? forgotten : Forgotten.NOTHING);
        }
        if (b > 0) {
          boolean takes = forgotten != Forgotten.KERNELS_TAKE || b - 1 != batch;
          take(slots.get((b - 1) % 2), results, b - 1, takes);
        }
      }
      device.read(results, 0, values);
      model.finish();
      for (Slot slot : slots) {
        slot.in().close();
        slot.out().close();
        slot.turns().close();
      }
    }
    HostFunctions.check();
    return values.words();
  }

  private void give(CudaStream model, Slot slot, int batch, Forgotten forgotten) {
    device.write(slot.in(), 0, HostBuffer.of(input(batch)));
    if (forgotten != Forgotten.KERNELS_GIVE) {
      slot.turns().kernelsGive();
    }
    if (forgotten != Forgotten.STREAM_TAKES) {
      slot.turns().streamTakes();
    }
    long in = slot.in().address();
    long out = slot.out().address();
    HostFunctions.give(
        model,
        () -> {
          ByteBuffer rows = HostFunctions.read(in, 8 * ROWS);
          for (int r = 0; r < 8 * ROWS; r += 8) {
            rows.putLong(r, 3 * rows.getLong(r) + 1);
          }
          HostFunctions.write(out, rows);
        });
    if (forgotten != Forgotten.STREAM_GIVES) {
      slot.turns().streamGives();
    }
  }

  private void take(Slot slot, Device.Memory results, int batch, boolean takes) {
    if (takes) {
      slot.turns().kernelsTake();
    }
    device.copy(slot.out(), 0, results, 8L * ROWS * batch, 8L * ROWS);
  }

  private static long[] input(int batch) {
    return LongStream.range(0, ROWS).map(r -> 1000L * batch + r).toArray();
  }

  private static long[] expected() {
    long[] all = new long[BATCHES * ROWS];
    Arrays.setAll(all, i -> 3 * input(i / ROWS)[i % ROWS] + 1);
    return all;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsForgottenShows(Forgotten forgotten) {
    String schedule = System.getenv().getOrDefault("FAKECUDA_SCHEDULE", "late");
    for (int batch = 0; batch < BATCHES; batch++) {
      if (forgotten == Forgotten.NOTHING) {
        assertArrayEquals(expected(), run(forgotten, batch));
      } else if (forgotten.schedule.equals(schedule)) {
        assertFalse(Arrays.equals(expected(), run(forgotten, batch)), forgotten + " in " + batch);
      }
    }
  }

  @Test
  void functionsOfTheHostMayNotCallTheDriver() {
    int[] result = {-1};
    try (CudaStream model = device.newStream()) {
      HostFunctions.give(
          model, () -> result[0] = JCudaDriver.cuMemGetInfo(new long[1], new long[1]));
      model.finish();
    }
    assertEquals(CUresult.CUDA_ERROR_NOT_PERMITTED, result[0]);
  }
}
