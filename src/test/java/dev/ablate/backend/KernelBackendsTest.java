package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every operation has its kernel, its contract test and its driver, and devices to run them. */
class KernelBackendsTest {
  private static final Path TESTS = Path.of("src", "test", "java", "dev", "ablate", "backend");
  private static final Path KERNELS =
      Path.of("src", "main", "java", "dev", "ablate", "backend", "kernel");

  /** CI sets this; elsewhere contract tests run over the devices that happen to be there. */
  @Test
  void requiredDevicesAreThere() {
    for (Map.Entry<String, String> asked :
        Map.of("opencl", "ABLATE_REQUIRE_OPENCL", "cuda", "ABLATE_REQUIRE_CUDA").entrySet()) {
      if ("1".equals(System.getenv(asked.getValue()))) {
        assertTrue(
            KernelBackends.devices().stream().anyMatch(d -> d.kind().equals(asked.getKey())),
            asked.getValue() + "=1, but " + Backends.devices());
      }
    }
    assumeTrue(
        !KernelBackends.devices().isEmpty(),
        () -> "no device besides the host: " + Backends.devices());
    assertEquals(4 * KernelBackends.devices().size(), KernelBackends.all().count());
  }

  /** The families are the methods of {@link Backend} that return an interface beside it. */
  private static List<Class<?>> families() {
    return Arrays.stream(Backend.class.getMethods())
        .<Class<?>>map(Method::getReturnType)
        .filter(type -> type.isInterface() && type.getPackage().equals(Backend.class.getPackage()))
        .filter(type -> type != Buffer.class)
        .toList();
  }

  @Test
  void everyFamilyHasAContractTestOverTheBackendsPresent() throws IOException {
    assertTrue(families().size() >= 8, families().toString());
    for (Class<?> family : families()) {
      Path test = TESTS.resolve(family.getSimpleName() + "ContractTest.java");
      assertTrue(Files.exists(test), "no " + test);
      assertTrue(Files.readString(test).contains("BackendsUnderTest.all()"), test.toString());
    }
  }

  @Test
  void everyKernelHasItsClassItsContractTestAndItsDriver() throws IOException {
    TreeSet<String> stems = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of("kernels"))) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".cl"))
          .forEach(name -> stems.add(name.replace(".cl", "")));
    }
    assertFalse(stems.isEmpty());
    String classes = "";
    try (Stream<Path> files = Files.list(KERNELS)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        classes += Files.readString(file);
      }
    }
    TreeSet<String> tested = new TreeSet<>();
    try (Stream<Path> files = Files.walk(TESTS)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("ContractTest.java"))
          .forEach(name -> tested.add(name.replace("ContractTest.java", "").replace("Kernel", "")));
    }
    TreeSet<String> faults = new TreeSet<>();
    for (String stem : stems) {
      // A family may have several files of kernels, whose names begin with its own.
      String plain = stem.replace("_", "");
      if (tested.stream().noneMatch(t -> plain.startsWith(t.toLowerCase(Locale.ROOT)))) {
        faults.add("no contract test of " + stem);
      }
      if (!classes.contains("\"" + stem + "\"")) {
        faults.add("no class runs kernels/" + stem + ".cl");
      }
      if (!Files.exists(Path.of("native", stem + "_driver.c"))) {
        faults.add("no native/" + stem + "_driver.c");
      }
      String text =
          Files.readString(Path.of("kernels", stem + ".cl"))
              .replaceAll("GROUP_AT_MOST\\([^)]*\\) ", "");
      if (text.lines()
          .anyMatch(l -> l.startsWith("KERNEL ") && !l.startsWith("KERNEL void " + stem + "_"))) {
        faults.add("a kernel of " + stem + ".cl does not begin with " + stem + "_");
      }
    }
    for (Class<?> family : families()) {
      Path kernel = KERNELS.resolve("Kernel" + family.getSimpleName() + ".java");
      if (!Files.exists(kernel)) {
        faults.add("no " + kernel);
      }
    }
    assertEquals(new TreeSet<String>(), faults);
  }
}
