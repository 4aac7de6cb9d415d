package dev.ablate.backend.kernel.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.DeviceListing;
import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.KernelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs of OpenCL come back from disk, and from the source when what is there does not fit. */
class OpenClCacheTest {
  @TempDir Path folder;

  private KernelCache cache() {
    return new KernelCache(folder, 1 << 24);
  }

  private long[] masks() {
    DeviceListing listing = OpenClPlatforms.listing(cache());
    assumeTrue(listing.problem() == null, () -> listing.problem());
    DeviceListing.Candidate first = listing.devices().get(0);
    assumeTrue(first.usable(), () -> first.problem());
    HostBuffer masks = HostBuffer.zeros(Element.U64, 40);
    try (Device device = first.open().get();
        Device.Memory memory = device.allocate(masks.bytes())) {
      Device.Kernel kernel =
          device.kernel(KernelSource.of("sampling", Map.of()), "sampling_uniform");
      device.launch(kernel, 2, 8, 0, memory, 5L, 1, 0L, 20L, 100);
      device.read(memory, 0, masks);
    }
    return masks.words();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void programsAreKeptAndBrokenOnesReplaced() throws IOException {
    long[] expected = masks();
    List<Path> files = files();
    // A driver may give no binaries; then there is nothing to keep.
    assumeTrue(!files.isEmpty(), "the driver gives no binaries");
    assertEquals(1, files.size());
    byte[] entry = Files.readAllBytes(files.get(0));
    assertArrayEquals(expected, masks());
    assertArrayEquals(entry, Files.readAllBytes(files.get(0)));

    Files.write(files.get(0), new byte[100]);
    assertArrayEquals(expected, masks());
    assertEquals(files, files());

    // Whole, but nothing the driver takes.
    String key = files.get(0).getFileName().toString().replace(".kernel", "");
    cache().write(key, new byte[] {1, 2, 3});
    assertArrayEquals(expected, masks());
    assertArrayEquals(expected, masks());
    assertEquals(files, files());
  }
}
