package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GpuFilesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"dri", "nvidia0", "nvidiactl", "kfd", "dxg", "mali0", "kgsl-3d0", "nvgpu"})
  void aFileOfAGpuMeansThatThereMayBeOne(String name) throws IOException {
    Files.createFile(folder.resolve(name));
    assertNull(GpuFiles.problem(folder));
  }

  @Test
  void withoutOneThereIsNone() throws IOException {
    for (String name : new String[] {"null", "vda", "tty0", "kvm", "drivers"}) {
      Files.createFile(folder.resolve(name));
    }
    assertEquals(
        "no GPU (none has a file in " + folder + ", such as dri, kfd or nvidiactl)",
        GpuFiles.problem(folder));
  }

  @Test
  void whatCannotBeReadMayHoldOne() {
    assertNull(GpuFiles.problem(folder.resolve("missing")));
  }
}
