package dev.ablate.model.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.kernel.Commands;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What models lack that are to run on a GPU, by name. */
class ProviderLibrariesTest {
  private static final String FOLDER = "org/bytedeco/onnxruntime/linux-x86_64-gpu/";

  @TempDir Path folder;

  @Test
  void allThatIsMissingIsNamedInALine() {
    ProviderLibraries cuda = ProviderLibraries.CUDA;
    assertNull(cuda.problem(file -> true, library -> true));
    assertEquals(
        "libcufft.so.12, libcudnn.so.9 not found: add their folders to LD_LIBRARY_PATH",
        cuda.problem(
            file -> true, library -> !Set.of("libcudnn.so.9", "libcufft.so.12").contains(library)));
    String nothing = cuda.problem(file -> false, library -> false);
    assertEquals(1, nothing.lines().count());
    assertTrue(nothing.startsWith("this build has ONNX Runtime for the processor alone"), nothing);
    for (String library : cuda.needed()) {
      assertTrue(nothing.contains(library), nothing);
    }
  }

  /** Its provider calls what that of CUDA calls, too. */
  @Test
  void tensorRtNeedsMore() {
    ProviderLibraries tensorRt = ProviderLibraries.TENSORRT;
    assertNull(tensorRt.problem(file -> true, library -> true));
    assertEquals(
        "libcudart.so.13, libnvinfer.so.10 not found: add their folders to LD_LIBRARY_PATH",
        tensorRt.problem(
            file -> true,
            library -> !Set.of("libcudart.so.13", "libnvinfer.so.10").contains(library)));
    assertEquals(
        "ONNX Runtime comes without libonnxruntime_providers_tensorrt.so",
        tensorRt.problem(file -> !file.contains("tensorrt"), library -> true));
  }

  /** The list against the file itself, where Maven has brought it. */
  @Test
  void theListIsWhatTheProviderAsksFor() throws Exception {
    assumeTrue(Commands.present("readelf"), "no readelf");
    Path artifacts =
        Path.of(System.getProperty("user.home"), ".m2/repository/org/bytedeco/onnxruntime");
    assumeTrue(Files.isDirectory(artifacts), "no Maven repository in its usual place");
    List<Path> jars;
    try (Stream<Path> files = Files.walk(artifacts)) {
      jars = files.filter(file -> file.toString().endsWith("-linux-x86_64-gpu.jar")).toList();
    }
    assumeTrue(!jars.isEmpty(), "ONNX Runtime for GPUs was not fetched");
    for (Path jar : jars) {
      Path provider = folder.resolve("provider.so");
      try (ZipFile zip = new ZipFile(jar.toFile());
          InputStream in =
              zip.getInputStream(zip.getEntry(FOLDER + "libonnxruntime_providers_cuda.so"))) {
        Files.copy(in, provider);
      }
      Commands.Result dynamic = Commands.run(Map.of(), "readelf", "-d", provider.toString());
      assertEquals(0, dynamic.status(), dynamic.output());
      Set<String> needed =
          dynamic
              .output()
              .lines()
              .filter(line -> line.contains("(NEEDED)"))
              .map(line -> line.replaceAll(".*\\[(.*)\\].*", "$1"))
              .filter(name -> name.matches("lib(cu|nv).*"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(needed, new TreeSet<>(ProviderLibraries.CUDA.needed()), jar.toString());
      Files.delete(provider);
    }
  }
}
