package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.kernel.KernelSource;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every operation has its kernel, its contract test and its driver, and devices to run them. */
class KernelBackendsTest {
  private static final Path TESTS = Path.of("src", "test", "java", "dev", "ablate", "backend");
  private static final Path KERNELS =
      Path.of("src", "main", "java", "dev", "ablate", "backend", "kernel");

  /** Files of kernels that serve a family of another name. */
  private static final Map<String, String> TESTED_BY =
      Map.of(
          "peeling",
          "decoding",
          "set_sums",
          "treespectra",
          "paths_ridge",
          "paths",
          "cholesky",
          "gaussianprocess");

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
    assertEquals(
        KernelBackends.devices().size() * KernelBackends.groupSizes().size(),
        KernelBackends.all().count());
  }

  /** The families are the methods of {@link Backend} that return an interface of operations. */
  private static List<Class<?>> families() {
    return Arrays.stream(Backend.class.getMethods())
        .<Class<?>>map(Method::getReturnType)
        .filter(type -> type.isInterface() && type.getPackage().equals(Backend.class.getPackage()))
        .filter(type -> type != Buffer.class && type != Arrival.class)
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
    String classes = texts(KERNELS, ".java");
    String drivers = texts(Path.of("native"), "_driver.c");
    TreeSet<String> tested = new TreeSet<>();
    try (Stream<Path> files = Files.walk(TESTS)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("ContractTest.java"))
          .map(name -> name.replace("ContractTest.java", "").replace("Kernel", ""))
          .forEach(name -> tested.add(name.toLowerCase(Locale.ROOT)));
    }
    TreeSet<String> faults = new TreeSet<>();
    for (String stem : stems) {
      String test = TESTED_BY.getOrDefault(stem, stem.replace("_", ""));
      if (!tested.contains(test)) {
        faults.add("no contract test of " + stem);
      }
      if (!classes.contains("\"" + stem + "\"")) {
        faults.add("no class runs kernels/" + stem + ".cl");
      }
      if (!drivers.contains("/" + stem + ".cl\"")) {
        faults.add("no driver in native/ runs " + stem + ".cl");
      }
      String text = KernelSource.of(stem, Map.of()).text();
      String name = "KERNEL void (?:[A-Z_]+\\([^)]*\\) )?+";
      if (text.lines().anyMatch(l -> l.matches(name + "(?!" + stem + "_).*"))) {
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

  /** A stem is one file, or one file and headers of its name; others are for several stems. */
  @Test
  void everyFileOfKernelsIsShortAndEveryHeaderBelongsToItsStem() throws IOException {
    TreeSet<String> faults = new TreeSet<>();
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(Path.of("kernels"))) {
      for (Path file : all.filter(f -> f.toString().matches(".*\\.(cl|h)")).toList()) {
        files.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    for (Map.Entry<String, String> file : files.entrySet()) {
      if (file.getValue().lines().count() > 400) {
        faults.add(file.getKey() + " has more than 400 lines");
      }
      String include = "#include \"" + file.getKey() + "\"";
      TreeSet<String> users = new TreeSet<>();
      files.forEach((name, text) -> users.addAll(text.contains(include) ? Set.of(name) : Set.of()));
      boolean header = file.getKey().endsWith(".h");
      if (header && users.isEmpty()) {
        faults.add("nothing includes " + file.getKey());
      }
      boolean kernels = header && file.getValue().contains("\nKERNEL ");
      String stem = file.getKey().replaceAll("_[a-z]+\\.h$", "") + ".cl";
      if (kernels && !users.equals(Set.of(stem))) {
        faults.add("kernels of " + file.getKey() + " are included by " + users);
      }
    }
    assertEquals(new TreeSet<String>(), faults);
  }

  /** All files of a folder with an ending, one after another. */
  private static String texts(Path folder, String ending) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(ending)).toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }
}
