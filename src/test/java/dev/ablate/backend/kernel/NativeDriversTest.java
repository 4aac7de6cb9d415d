package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernels as plain C under sanitizers: what reads or writes past a buffer ends the driver. */
class NativeDriversTest {
  @TempDir private Path folder;

  static List<String> stems() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("native"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("_driver.c"))
          .map(name -> name.replace("_driver.c", ""))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("stems")
  void theDriverEndsWell(String stem) throws IOException, InterruptedException {
    boolean required = "1".equals(System.getenv("ABLATE_REQUIRE_OPENCL"));
    assumeTrue(required || compiler(), "no C compiler (cc) on the PATH");
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(Path.of("native", "check").toAbsolutePath().toString(), stem)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("ABLATE_NATIVE_OUT", folder.resolve("out").toString());
    int status = builder.start().waitFor();
    String said = Files.readString(log, StandardCharsets.UTF_8);
    assertEquals(0, status, said);
    assertTrue(said.endsWith(stem + ": ok\n"), said);
  }

  private static boolean compiler() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("cc", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      // Where there is no such program.
      return false;
    }
  }
}
