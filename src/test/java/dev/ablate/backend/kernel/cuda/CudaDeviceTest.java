package dev.ablate.backend.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.Arrival;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.DeviceListing;
import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.KernelSource;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import jcuda.driver.CUctx_flags;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The device itself; runs where there is a GPU, and over the fake driver from FakeCudaTest. */
@Timeout(60)
class CudaDeviceTest {
  private static final int SLOT_WORDS = CudaStaging.SLOT_BYTES / 8;

  @TempDir Path folder;
  private CudaDevice device;

  @BeforeEach
  void open() {
    DeviceListing listing = CudaDevices.listing(new KernelCache(folder, 1 << 24));
    assumeTrue(listing.problem() == null, () -> listing.problem());
    DeviceListing.Candidate first = listing.devices().get(0);
    assumeTrue(first.usable(), () -> first.problem());
    device = (CudaDevice) first.open().get();
  }

  @AfterEach
  void close() {
    if (device != null) {
      assertEquals(0, device.allocated());
      device.close();
      device.close();
    }
  }

  private boolean fake() {
    return device.name().startsWith("Fake");
  }

  private static HostBuffer random(Element element, int length) {
    Random random = new Random(length);
    return switch (element) {
      case U64 -> HostBuffer.of(random.longs(length).toArray());
      case F64 -> HostBuffer.of(random.doubles(length).toArray());
      case I32 -> HostBuffer.of(random.ints(length).toArray());
      case F32 -> {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
          values[i] = random.nextFloat();
        }
        yield HostBuffer.of(values);
      }
      case U8 -> {
        byte[] values = new byte[length];
        random.nextBytes(values);
        yield HostBuffer.of(values);
      }
    };
  }

  private static void assertSame(HostBuffer expected, HostBuffer actual) {
    switch (expected.element()) {
      case U64 -> assertArrayEquals(expected.words(), actual.words());
      case F64 -> assertArrayEquals(expected.doubles(), actual.doubles());
      case I32 -> assertArrayEquals(expected.ints(), actual.ints());
      case F32 -> assertArrayEquals(expected.floats(), actual.floats());
      case U8 -> assertArrayEquals(expected.byteArray(), actual.byteArray());
    }
  }

  private void roundTrip(HostBuffer buffer, long offset) {
    try (Device.Memory memory = device.allocate(offset + buffer.bytes())) {
      device.write(memory, offset, buffer);
      HostBuffer back = HostBuffer.zeros(buffer.element(), (int) buffer.length());
      device.read(memory, offset, back);
      assertSame(buffer, back);
    }
  }

  @Test
  void everyElementGoesThereAndBack() {
    for (Element element : Element.values()) {
      for (int length : new int[] {1, 3, 1000}) {
        roundTrip(random(element, length), 0);
        roundTrip(random(element, length), 24);
      }
    }
  }

  @Test
  void transfersLargerThanTheStagingArePieced() {
    for (int length : new int[] {SLOT_WORDS - 1, SLOT_WORDS, SLOT_WORDS + 1, 7 * SLOT_WORDS + 5}) {
      roundTrip(random(Element.U64, length), 8);
    }
    roundTrip(random(Element.U8, CudaStaging.SLOT_BYTES + 3), 1);
    long words = 8L * (SLOT_WORDS - 1 + SLOT_WORDS + SLOT_WORDS + 1 + 7 * SLOT_WORDS + 5);
    assertEquals(words + CudaStaging.SLOT_BYTES + 3, device.traffic().toDevice());
    assertEquals(device.traffic().toDevice(), device.traffic().toHost());
  }

  @Test
  void arrayMayChangeAfterItWasWritten() {
    try (Device.Memory memory = device.allocate(64)) {
      long[] words = {1, 2, 3, 4, 5, 6, 7, 8};
      device.write(memory, 0, HostBuffer.of(words));
      words[0] = 99;
      HostBuffer back = HostBuffer.zeros(Element.U64, 8);
      device.read(memory, 0, back);
      assertArrayEquals(new long[] {1, 2, 3, 4, 5, 6, 7, 8}, back.words());
    }
  }

  /** Many more bytes than there is room for at once, and no command has run when they are given. */
  @Test
  void smallWritesKeepTheirOrderAndContents() {
    int length = CudaSmallWrites.MOST_BYTES / 8 - 5;
    int writes = 21;
    try (Device.Memory memory = device.allocate(8L * length * writes)) {
      HostBuffer words = HostBuffer.zeros(Element.U64, length);
      for (int i = 0; i < writes; i++) {
        Arrays.fill(words.words(), i);
        device.write(memory, 8L * length * i, words);
      }
      for (int i = 0; i < writes; i++) {
        long[] expected = new long[length];
        Arrays.fill(expected, i);
        device.read(memory, 8L * length * i, words);
        assertArrayEquals(expected, words.words());
      }
    }
  }

  @Test
  void severalBuffersAreReadTogether() {
    for (int length : new int[] {1, 5, 1000, SLOT_WORDS}) {
      List<Device.Fetch> fetches = new ArrayList<>();
      List<HostBuffer> expected = new ArrayList<>();
      try (Device.Memory memory = device.allocate(Element.values().length * (8L * length + 8))) {
        long offset = 0;
        for (Element element : Element.values()) {
          HostBuffer buffer = random(element, length);
          device.write(memory, offset, buffer);
          expected.add(buffer);
          fetches.add(new Device.Fetch(memory, offset, HostBuffer.zeros(element, length)));
          offset += 8L * length + 8;
        }
        device.read(fetches);
      }
      for (int i = 0; i < fetches.size(); i++) {
        assertSame(expected.get(i), fetches.get(i).to());
      }
    }
  }

  /** Sends numbers, lets what they were sent from be written anew at once, and compares. */
  private List<Arrival> send(List<HostBuffer> expected) {
    List<Arrival> arrivals = new ArrayList<>();
    for (HostBuffer buffer : expected) {
      try (Device.Memory memory = device.allocate(8 + buffer.bytes())) {
        device.write(memory, 8, buffer);
        HostBuffer to = HostBuffer.zeros(buffer.element(), (int) buffer.length());
        arrivals.add(device.send(new Device.Fetch(memory, 8, to)));
        device.clear(memory, 0, memory.bytes());
      }
    }
    return arrivals;
  }

  @Test
  void whatWasSentArrives() {
    List<HostBuffer> expected = new ArrayList<>();
    for (Element element : Element.values()) {
      for (int length : new int[] {1, 3, 10_000}) {
        expected.add(random(element, length));
      }
    }
    long before = device.traffic().toHost();
    List<Arrival> arrivals = send(expected);
    assertEquals(
        expected.stream().mapToLong(HostBuffer::bytes).sum(), device.traffic().toHost() - before);
    if (fake() && System.getenv("FAKECUDA_SCHEDULE") == null) {
      // Nobody has waited for anything, so no command has run.
      assertFalse(arrivals.get(0).here());
    }
    for (int i = arrivals.size() - 1; i >= 0; i--) {
      assertSame(expected.get(i), arrivals.get(i).await());
      assertSame(expected.get(i), arrivals.get(i).await());
      assertTrue(arrivals.get(i).here());
    }
  }

  @Test
  void whatWasSentIsThereSomeTimeWithoutAWait() throws Exception {
    List<HostBuffer> expected = List.of(random(Element.F64, 1000));
    Arrival arrival = send(expected).get(0);
    while (!arrival.here()) {
      Thread.sleep(1);
    }
    assertSame(expected.get(0), arrival.await());
  }

  /** More than there is pinned memory for, of changing sizes, and one that is too large for all. */
  @Test
  void pinnedMemoryIsBounded() {
    List<HostBuffer> expected = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      expected.add(random(Element.U64, (i % 4 + 1) << 16 | i));
    }
    expected.add(random(Element.U8, CudaArrivals.MOST_BYTES));
    expected.add(random(Element.U8, CudaArrivals.MOST_BYTES + 1));
    expected.add(random(Element.U8, 5));
    List<Arrival> arrivals = send(expected);
    for (int i = 0; i < arrivals.size(); i++) {
      assertSame(expected.get(i), arrivals.get(i).await());
    }
  }

  @Test
  void whatNobodyAskedForArrivesBeforeTheDeviceCloses() {
    List<HostBuffer> expected = List.of(random(Element.I32, 77), random(Element.F64, 5));
    List<Arrival> arrivals = send(expected);
    device.close();
    assertTrue(arrivals.get(1).here());
    assertSame(expected.get(0), arrivals.get(0).await());
    assertSame(expected.get(1), arrivals.get(1).await());
  }

  @Test
  void freeMemoryIsWhatNobodyUses() {
    assumeTrue(
        fake() || Boolean.getBoolean("ablate.test.alone"),
        "another process may use this device's memory; -Dablate.test.alone=true says that none does");
    long before = device.freeMemory();
    assertTrue(before > 0 && before <= device.limits().memoryBytes(), before + " bytes");
    try (Device.Memory memory = device.allocate(64 << 20)) {
      assertEquals(64 << 20, before - device.freeMemory(), 4 << 20);
      assertEquals(64 << 20, memory.bytes());
    }
    // What was kept for later is given back.
    assertEquals(before, device.freeMemory());
  }

  @Test
  void theContextIsMadeToSpin() {
    assumeTrue(fake(), "who makes the context of a GPU chooses for all");
    int[] flags = new int[1];
    int[] active = new int[1];
    CUdevice first = new CUdevice();
    assertEquals(0, JCudaDriver.cuDeviceGet(first, device.ordinal()));
    assertEquals(0, JCudaDriver.cuDevicePrimaryCtxGetState(first, flags, active));
    assertEquals(CUctx_flags.CU_CTX_SCHED_SPIN, flags[0]);
    assertEquals(1, active[0]);
  }

  @Test
  void partsAreMemoryOfTheWhole() {
    int step = device.alignment();
    Device.Memory whole = device.allocate(4L * step);
    Device.Memory part = device.part(whole, step, 2L * step);
    assertEquals(whole.address() + step, part.address());
    assertEquals(4L * step, device.allocated());
    HostBuffer words = random(Element.U64, step / 8);
    device.write(part, step, words);
    HostBuffer back = HostBuffer.zeros(Element.U64, step / 8);
    device.read(whole, 2L * step, back);
    assertSame(words, back);
    device.launch(uniform(), 1, 1, 0, part, 3L, 1, 0L, 2L, 100);
    device.read(whole, step, back);
    HostBuffer masks = masks(3, 2, 1, 1, 0);
    assertArrayEquals(masks.words(), Arrays.copyOf(back.words(), 4));
    assertThrows(IllegalArgumentException.class, () -> device.clear(part, step, step + 1L));
    assertThrows(IllegalArgumentException.class, () -> device.part(whole, step, 4L * step));
    part.close();
    whole.close();
    assertThrows(IllegalStateException.class, () -> device.clear(part, 0, 8));
  }

  @Test
  void copiesAndClearsParts() {
    try (Device.Memory from = device.allocate(64);
        Device.Memory to = device.allocate(64)) {
      device.write(from, 0, HostBuffer.of(new long[] {1, 2, 3, 4, 5, 6, 7, 8}));
      device.write(to, 0, HostBuffer.of(new long[] {-1, -1, -1, -1, -1, -1, -1, -1}));
      device.copy(from, 8, to, 16, 24);
      device.clear(to, 56, 8);
      device.clear(to, 0, 0);
      device.copy(from, 0, to, 0, 0);
      HostBuffer back = HostBuffer.zeros(Element.U64, 8);
      device.read(to, 0, back);
      assertArrayEquals(new long[] {-1, -1, 2, 3, 4, -1, -1, 0}, back.words());
      assertThrows(IllegalArgumentException.class, () -> device.clear(to, 60, 8));
      assertThrows(IllegalArgumentException.class, () -> device.copy(from, 48, to, 0, 24));
      assertThrows(IllegalArgumentException.class, () -> device.read(to, 8, back));
      assertThrows(IllegalArgumentException.class, () -> device.write(to, -8, back));
    }
  }

  @Test
  void memoryIsCountedAndReused() {
    Device.Memory first = device.allocate(1000);
    Device.Memory second = device.allocate(1 << 21);
    assertEquals(1000 + (1 << 21), device.allocated());
    assertEquals(1000, first.bytes());
    assertNotEquals(0, first.address());
    long address = second.address();
    second.close();
    second.close();
    assertEquals(1000, device.allocated());
    assertThrows(IllegalStateException.class, () -> device.clear(second, 0, 8));
    try (Device.Memory third = device.allocate((1 << 21) - 100)) {
      assertEquals(address, third.address());
    }
    first.close();
    // Left to the device, which frees it when it is closed.
    Device.Memory left = device.allocate(10);
    device.close();
    left.close();
    assertEquals(0, device.allocated());
  }

  @Test
  void sizesAreRounded() {
    assertEquals(512, CudaMemoryPool.rounded(1));
    assertEquals(512, CudaMemoryPool.rounded(512));
    assertEquals(1024, CudaMemoryPool.rounded(513));
    assertEquals(1 << 20, CudaMemoryPool.rounded((1 << 20) - 1));
    assertEquals(1 << 20, CudaMemoryPool.rounded(1 << 20));
    assertEquals(2 << 20, CudaMemoryPool.rounded((1 << 20) + 1));
    assertEquals(5000L << 20, CudaMemoryPool.rounded((5000L << 20) - 7));
  }

  @Test
  void tooMuchMemoryIsRefused() {
    long all = device.limits().memoryBytes();
    OutOfDeviceMemoryException e =
        assertThrows(OutOfDeviceMemoryException.class, () -> device.allocate(2 * all));
    assertEquals(2 * all, e.bytes());
    assertTrue(e.getMessage().contains(device.name()), e.getMessage());
    assertEquals(0, device.allocated());
    roundTrip(random(Element.U64, 100), 0);
  }

  @Test
  void keptBlocksGoBackBeforeMemoryIsRefused() {
    assumeTrue(
        fake() || Boolean.getBoolean("ablate.test.alone"),
        "another process may use this device's memory; -Dablate.test.alone=true says that none does");
    long all = device.limits().memoryBytes();
    device.allocate(all / 10).close();
    try (Device.Memory most = device.allocate(all / 100 * 97)) {
      assertEquals(all / 100 * 97, most.bytes());
    }
  }

  private Device.Kernel uniform() {
    return device.kernel(KernelSource.of("sampling", Map.of()), "sampling_uniform");
  }

  /** Masks of 100 features from the seed on the device. */
  private HostBuffer masks(long seed, int rows, int groups, int groupSize, int localBytes) {
    try (Device.Memory memory = device.allocate(16L * rows)) {
      device.launch(
          uniform(), groups, groupSize, localBytes, memory, seed, 1, 0L, (long) rows, 100);
      HostBuffer back = HostBuffer.zeros(Element.U64, 2 * rows);
      device.read(memory, 0, back);
      return back;
    }
  }

  @Test
  void kernelsRunAtAnyGroupSizeAndWithMuchLocalMemory() {
    HostBuffer expected = masks(5, 333, 1, 1, 0);
    assertNotEquals(expected.words()[0], expected.words()[2]);
    assertTrue(uniform().groupSize() >= (fake() ? 1 : 256));
    assertSame(expected, masks(5, 333, 7, 256, 0));
    assertSame(expected, masks(5, 333, 3, 96, 48 << 10));
    int most = (int) device.limits().localBytes();
    assertTrue(most > 48 << 10);
    assertSame(expected, masks(5, 333, 3, 96, most));
    assertThrows(IllegalStateException.class, () -> masks(5, 333, 3, 96, most + 1024));
    assertThrows(IllegalStateException.class, () -> masks(5, 333, 3, 2048, 0));
    assertThrows(
        IllegalArgumentException.class, () -> device.launch(uniform(), 1, 1, 0, (Object) "text"));
    assertSame(expected, masks(5, 333, 3, 96, 0));
  }

  /**
   * All launches use the same memory for their parameters, and none has run when the last is given.
   */
  @Test
  void everyLaunchKeepsItsOwnParameters() {
    int launches = 50;
    int rows = 7;
    try (Device.Memory memory = device.allocate(16L * rows * launches);
        Device.Memory one = device.allocate(16L * rows)) {
      for (int i = 0; i < launches; i++) {
        device.launch(uniform(), 1 + i % 3, 32, 0, one, 5L << 40 | i, i % 2, 0L, (long) rows, 100);
        device.copy(one, 0, memory, 16L * rows * i, 16L * rows);
      }
      for (int i = 0; i < launches; i++) {
        HostBuffer expected = HostBuffer.zeros(Element.U64, 2 * rows);
        device.launch(uniform(), 1, 1, 0, one, 5L << 40 | i, i % 2, 0L, (long) rows, 100);
        device.read(one, 0, expected);
        HostBuffer actual = HostBuffer.zeros(Element.U64, 2 * rows);
        device.read(memory, 16L * rows * i, actual);
        assertSame(expected, actual);
      }
    }
  }

  @Test
  void moreParametersThanThereIsRoomForAreRefused() {
    Object[] many = new Object[CudaParameters.MOST + 1];
    Arrays.fill(many, 1);
    assertThrows(IllegalArgumentException.class, () -> device.launch(uniform(), 1, 1, 0, many));
  }

  @Test
  void anArgumentOfAnotherTypeIsNamed() {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> device.launch(uniform(), 1, 1, 0, 1, "two"))
            .getMessage();
    assertEquals("argument 1 of a kernel is a two", message);
  }

  @Test
  void closedDeviceSaysSo() {
    Device.Kernel kernel = uniform();
    device.close();
    assertThrows(IllegalStateException.class, () -> device.launch(kernel, 1, 1, 0));
    assertThrows(IllegalStateException.class, () -> device.allocate(8));
  }

  @Test
  void missingKernelIsNamed() {
    KernelSource source = KernelSource.of("sampling", Map.of());
    String message =
        assertThrows(IllegalStateException.class, () -> device.kernel(source, "sampling_none"))
            .getMessage();
    assertTrue(message.contains("sampling_none") && message.contains("sampling.cl"), message);
  }

  @Test
  void machineCodeIsKeptOnDisk() throws IOException {
    HostBuffer expected = masks(7, 50, 1, 32, 0);
    List<Path> files = files();
    assertEquals(1, files.size());
    byte[] first = Files.readAllBytes(files.get(0));
    for (byte[] content : List.of(first, new byte[10])) {
      Files.write(files.get(0), content);
      device.close();
      device =
          (CudaDevice)
              CudaDevices.listing(new KernelCache(folder, 1 << 24)).devices().get(0).open().get();
      assertSame(expected, masks(7, 50, 1, 32, 0));
      assertEquals(files, files());
      // Whole again; a real assembler need not give the same bytes twice.
      String key = files.get(0).getFileName().toString().replace(".kernel", "");
      assertTrue(new KernelCache(folder, 1 << 24).read(key).isPresent());
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void threadsShareTheDevice() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Callable<Void>> work = new ArrayList<>();
      for (int t = 0; t < 6; t++) {
        int thread = t;
        work.add(
            () -> {
              for (int i = 0; i < 5; i++) {
                roundTrip(random(Element.U64, 3 * SLOT_WORDS + thread), 0);
                List<HostBuffer> sent =
                    List.of(random(Element.U64, 400_000 + thread), random(Element.F64, 9));
                List<Arrival> arrivals = send(sent);
                assertSame(sent.get(1), arrivals.get(1).await());
                assertSame(sent.get(0), arrivals.get(0).await());
                assertSame(masks(thread, 200, 1, 1, 0), masks(thread, 200, 4, 64, 0));
              }
              return null;
            });
      }
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void everyCallMayBeTheFirstOfItsThread() throws Exception {
    KernelSource source = KernelSource.of("sampling", Map.of());
    Device.Memory memory = device.allocate(16);
    Device.Memory large = device.allocate(device.limits().memoryBytes() / 4);
    HostBuffer words = HostBuffer.zeros(Element.U64, 2);
    Device.Kernel kernel = uniform();
    CudaStream stream = device.newStream();
    CudaTurns turns = stream.turns();
    List<Runnable> calls =
        List.of(
            () -> device.allocate(1000).close(),
            () -> device.write(memory, 0, words),
            () -> device.read(memory, 0, words),
            () -> device.clear(memory, 0, 8),
            () -> device.copy(memory, 0, memory, 8, 8),
            () -> device.kernel(source, "sampling_subspaces"),
            () -> device.launch(kernel, 1, 1, 0, memory, 1L, 1, 0L, 1L, 100),
            () -> device.newStream().close(),
            () -> stream.turns().close(),
            turns::kernelsGive,
            turns::streamTakes,
            turns::streamGives,
            turns::kernelsTake,
            turns::close,
            stream::close,
            () -> assertTrue(device.freeMemory() > 0),
            () -> device.send(new Device.Fetch(memory, 0, words)),
            () -> device.send(new Device.Fetch(memory, 0, words)).await(),
            () -> device.send(new Device.Fetch(memory, 0, words)).here(),
            () -> device.milliseconds(() -> {}),
            memory::close,
            // More than is kept: goes back to the driver at once.
            large::close,
            device::finish,
            device::close);
    for (Runnable call : calls) {
      FutureTask<Void> task = new FutureTask<>(call, null);
      Thread thread = new Thread(task);
      thread.start();
      task.get();
    }
  }

  @Test
  void streamsAreJoinedByEvents() {
    assertNotEquals(0, device.stream());
    try (CudaStream model = device.newStream()) {
      assertNotEquals(0, model.handle());
      assertNotEquals(device.stream(), model.handle());
      HostBuffer expected = masks(3, 20, 1, 1, 0);
      model.waitForKernels();
      model.letKernelsWait();
      assertSame(expected, masks(3, 20, 1, 1, 0));
    }
    double milliseconds = device.milliseconds(() -> masks(3, 20_000, 4, 64, 0));
    assertTrue(milliseconds > 0 && milliseconds < 60_000, milliseconds + " ms");
  }

  @Test
  void saysWhatItIs() {
    assertEquals("cuda", device.kind());
    assertTrue(device.architecture().matches("sm_\\d+"), device.architecture());
    assertTrue(device.driver().startsWith("CUDA "), device.driver());
    assertTrue(device.limits().units() > 0);
    assertEquals(1024, device.limits().groupSize());
    device.finish();
  }

  @Test
  void olderDevicesAreListedWithTheReason() {
    for (DeviceListing.Candidate candidate : CudaDevices.listing().devices()) {
      if (candidate.name().equals("Fake GPU 1")) {
        assertEquals("cuda:1", candidate.id());
        assertEquals("compute capability 7.5; 8.0 or newer is needed", candidate.problem());
      }
    }
  }
}
