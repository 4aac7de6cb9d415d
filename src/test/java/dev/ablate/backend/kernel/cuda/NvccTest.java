package dev.ablate.backend.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ablate.backend.kernel.Commands;
import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.KernelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Where nvcc is present it compiles every kernel for the newest architecture, and with {@code
 * -Dablate.test.slow=true} for every other and with the macros of variants; the hot ones keep all they hold in registers. The
 * figures of each file go to target/nvcc.
 */
class NvccTest {
  /** The PTX of each kernel, which the oldest architecture has too, was made by the compiler. */
  private static final boolean EVERY = Boolean.getBoolean("ablate.test.slow");

  private static final Path OUT = Path.of("target", "nvcc");
  private static final Pattern KERNEL =
      Pattern.compile(
          "Compiling entry function '(\\w+)'(?:(?!Compiling entry).)*?"
              + "(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads"
              + "(?:(?!Compiling entry).)*?Used (\\d+) registers",
          Pattern.DOTALL);

  /** What the assembler says of a kernel. */
  record Usage(int registers, int stack, int spilled) {}

  private static TreeSet<String> hot() throws IOException {
    TreeSet<String> hot = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("kernels", "hot.txt"))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        hot.add(line.trim());
      }
    }
    return hot;
  }

  @Test
  void hotKernelsExist() throws IOException {
    for (String name : hot()) {
      boolean found = false;
      for (String stem : PtxTest.stems()) {
        found |=
            name.startsWith(stem + "_")
                && KernelSource.of(stem, Map.of()).text().contains(" " + name + "(");
      }
      assertTrue(found, "kernels/hot.txt: no kernel " + name);
    }
  }

  @TestFactory
  Stream<DynamicTest> compilesWithoutSpillsInHotKernels() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (KernelSource source : PtxTest.sources().keySet()) {
      for (int architecture : CudaPtx.ARCHITECTURES) {
        // Macros change sizes only: the newest architecture shows what they do to registers.
        boolean plain = source.defines().isEmpty();
        boolean newest = architecture == CudaPtx.ARCHITECTURES[0];
        if (plain ? !EVERY && !newest : !EVERY || !newest) {
          continue;
        }
        String name = source.variant() + ".sm_" + architecture;
        tests.add(dynamicTest(name, () -> check(source, architecture, name)));
      }
    }
    return tests.stream();
  }

  private static void check(KernelSource source, int architecture, String name) throws Exception {
    assumeTrue(Commands.present("nvcc"), "no nvcc on the PATH");
    Map<String, Usage> usage = parse(log(source, architecture));
    assertTrue(!usage.isEmpty(), "nvcc names no kernel of " + name);
    StringBuilder report = new StringBuilder();
    List<String> spills = new ArrayList<>();
    usage.forEach(
        (kernel, used) -> {
          report.append(
              String.format(
                  "%-8s %-40s %4d registers %6d bytes of stack %6d bytes spilled%n",
                  "sm_" + architecture, kernel, used.registers(), used.stack(), used.spilled()));
          if (used.spilled() > 0) {
            spills.add(kernel);
          }
        });
    Files.writeString(OUT.resolve(name + ".txt"), report);
    spills.retainAll(hot());
    assertEquals(List.of(), spills, "hot kernels that spill\n" + report);
  }

  private static Map<String, Usage> parse(String log) {
    Map<String, Usage> usage = new TreeMap<>();
    Matcher kernel = KERNEL.matcher(log);
    while (kernel.find()) {
      usage.put(
          kernel.group(1),
          new Usage(
              Integer.parseInt(kernel.group(5)),
              Integer.parseInt(kernel.group(2)),
              Integer.parseInt(kernel.group(3)) + Integer.parseInt(kernel.group(4))));
    }
    return usage;
  }

  /** What nvcc says of a source, compiled anew only when the source or the options changed. */
  private static String log(KernelSource source, int architecture) throws Exception {
    Files.createDirectories(OUT);
    String options = CudaImages.options(source) + " -arch=sm_" + architecture;
    Path log = OUT.resolve(KernelCache.key(options, source.text()) + ".log");
    if (!Files.exists(log)) {
      Path in = Files.writeString(OUT.resolve(source.variant() + ".cu"), source.text());
      List<String> command = new ArrayList<>(List.of("nvcc", "-cubin", "-Xptxas", "-v"));
      command.addAll(Arrays.asList(options.split(" ")));
      command.addAll(List.of("-o", OUT.resolve("out.cubin").toString(), in.toString()));
      Commands.Result result = Commands.run(Map.of(), command.toArray(String[]::new));
      assertEquals(0, result.status(), result.output());
      Files.writeString(log, result.output());
    }
    return Files.readString(log);
  }
}
