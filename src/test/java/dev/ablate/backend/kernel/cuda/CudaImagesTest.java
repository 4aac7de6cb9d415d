package dev.ablate.backend.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.kernel.Commands;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.KernelSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways to machine code: their order, their reasons, and what is kept. */
class CudaImagesTest {
  private static final KernelSource SOURCE = KernelSource.of("sampling", Map.of());

  @TempDir Path folder;

  private static CudaDevices.Found device(String driver, int capability) {
    return new CudaDevices.Found(
        0, null, "GPU", driver, capability, new Device.Limits(1, 1024, 1 << 16, 1 << 30, 1 << 30));
  }

  /** A compiler that gives its name as machine code, or refuses. */
  private static final class Stub implements CudaCompiler {
    private final String name;
    private final String refusal;
    private int compiled;

    Stub(String name, String refusal) {
      this.name = name;
      this.refusal = refusal;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String version(KernelSource source) {
      return "1";
    }

    @Override
    public byte[] compile(KernelSource source) throws Refusal {
      compiled++;
      if (refusal != null) {
        throw new Refusal(refusal);
      }
      return name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  private CudaImages images(String driver, int capability, CudaCompiler... compilers) {
    return new CudaImages(
        device(driver, capability), new KernelCache(folder, 1 << 20), List.of(compilers));
  }

  @Test
  void firstThatDoesNotRefuseCounts() {
    Stub a = new Stub("a", "too old");
    Stub b = new Stub("b", null);
    Stub c = new Stub("c", null);
    byte[] image = images("1", 90, a, b, c).image(SOURCE);
    assertArrayEquals(new byte[] {'b'}, image);
    assertEquals(0, c.compiled);
  }

  @Test
  void allReasonsAreNamed() {
    CudaImages images = images("1", 89, new Stub("a", "too old"), new Stub("b", "not here"));
    String message =
        assertThrows(IllegalStateException.class, () -> images.image(SOURCE)).getMessage();
    assertEquals(
        "no machine code of kernels/sampling.cl for GPU (sm_89): a: too old; b: not here", message);
  }

  @Test
  void machineCodeIsKeptForTheSameDriverAndDeviceOnly() {
    Stub a = new Stub("a", null);
    images("1", 90, a).image(SOURCE);
    images("1", 90, a).image(SOURCE);
    assertEquals(1, a.compiled);
    images("2", 90, a).image(SOURCE);
    images("1", 80, a).image(SOURCE);
    images("1", 90, a).image(KernelSource.of("sampling", Map.of("X", 1)));
    assertEquals(4, a.compiled);
    assertArrayEquals(new byte[] {'a'}, images("1", 90, a).image(SOURCE));
    assertEquals(4, a.compiled);
  }

  @Test
  void ptxIsThatOfItsSourceAndADeviceTakesOlderOnes() throws Exception {
    String oldest = new CudaPtx(80).version(SOURCE);
    assertEquals(oldest, new CudaPtx(89).version(SOURCE));
    assertEquals(new CudaPtx(90).version(SOURCE), new CudaPtx(120).version(SOURCE));
    assertEquals(
        "none is built for sampling",
        assertThrows(CudaCompiler.Refusal.class, () -> new CudaPtx(75).version(SOURCE))
            .getMessage());
    KernelSource other = KernelSource.of("sampling", Map.of("X", 1));
    assertEquals(
        "none is built for sampling-X_1",
        assertThrows(CudaCompiler.Refusal.class, () -> new CudaPtx(90).version(other))
            .getMessage());
    KernelSource changed = new KernelSource("sampling", SOURCE.text() + " ", SOURCE.defines());
    assertEquals(
        "sampling.sm_80.ptx.gz was built from another source",
        assertThrows(CudaCompiler.Refusal.class, () -> new CudaPtx(90).version(changed))
            .getMessage());
  }

  @Test
  void nvccCompilesOrSaysWhatIsWrong() throws Exception {
    assumeTrue(Commands.present("nvcc"), "no nvcc on the PATH");
    CudaNvcc nvcc = new CudaNvcc("sm_90");
    assertTrue(nvcc.version(SOURCE).contains("release"), nvcc.version(SOURCE));
    byte[] image = nvcc.compile(SOURCE);
    // Machine code comes as an ELF file.
    assertArrayEquals(new byte[] {0x7f, 'E', 'L', 'F'}, java.util.Arrays.copyOf(image, 4));
    KernelSource broken = new KernelSource("broken", "no C at all", SOURCE.defines());
    String message =
        assertThrows(CudaCompiler.Refusal.class, () -> nvcc.compile(broken)).getMessage();
    assertTrue(message.contains("error"), message);
    assertThrows(CudaCompiler.Refusal.class, () -> new CudaNvcc("sm_1").compile(SOURCE));
  }
}
