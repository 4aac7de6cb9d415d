package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.kernel.Commands;
import dev.ablate.backend.kernel.SharedLibraries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Java of its own: what a start loads, and what it makes of words that it cannot decode. */
@Timeout(120)
class StartTest {
  private static Commands.Result java(
      List<String> before, String option, String locale, String... words) throws Exception {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dai.djl.offline=true",
            "-cp",
            System.getProperty("java.class.path"),
            option,
            Main.class.getName()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.matches("LANG|LC_.*"));
    builder.environment().put("LC_ALL", locale);
    return Commands.run(builder, 100);
  }

  /** The classes that a command loads. */
  private static List<String> loaded(String... words) throws Exception {
    Commands.Result result = java(List.of(), "-Xlog:class+load:stdout:none", "C.UTF-8", words);
    assertEquals(0, result.status(), result.output());
    List<String> classes =
        result
            .output()
            .lines()
            .filter(line -> line.contains(" source: "))
            .map(line -> line.substring(0, line.indexOf(" source: ")))
            .toList();
    assertTrue(classes.contains(Main.class.getName()), "classes read: " + classes.size());
    return classes;
  }

  private static void assertNone(String pattern, List<String> classes) {
    assertEquals(List.of(), classes.stream().filter(name -> name.matches(pattern)).toList());
  }

  @Test
  void theHostNeedsNoBindingOfADevice() throws Exception {
    List<String> classes = loaded("explain", "--text", "not bad", "--backend", "host");
    assertTrue(classes.contains("dev.ablate.backend.host.HostBackend"));
    assertNone("jcuda\\..*|org\\.jocl\\..*|dev\\.ablate\\.backend\\.kernel\\.K.*", classes);
  }

  /** Looking for devices loads only the bindings whose libraries the machine has. */
  @Test
  void aMachineWithoutNvidiasDriverNeedsNoBindingOfCuda() throws Exception {
    assumeTrue(SharedLibraries.lacks("libcuda.so.1"), "an NVIDIA driver is installed");
    List<String> classes = loaded("devices");
    assertTrue(classes.contains("dev.ablate.backend.kernel.cuda.CudaDevices"));
    assertNone("jcuda\\..*", classes);
  }

  @Test
  void helpNeedsNoModel() throws Exception {
    assertNone("(ai\\.djl|org\\.bytedeco|jcuda|org\\.jocl)\\..*", loaded("explain", "--help"));
  }

  /** Java puts U+FFFD in the place of bytes that the locale's encoding does not hold. */
  @Test
  void wordsThatCannotBeDecodedAreRefused() throws Exception {
    // The shell makes the bytes, which this Java's own locale might not hold.
    String word = "exec \"$@\" \"$(printf 'bad \\303\\251 film')\"";
    Commands.Result result =
        java(List.of("sh", "-c", word, "sh"), "-Xshare:auto", "C", "explain", "--text");
    assertEquals(2, result.status(), result.output());
    assertEquals(1, result.output().lines().count(), result.output());
    assertTrue(result.output().startsWith("ablate: word 3 of the command"), result.output());
  }

  @Test
  void theSignForBytesThatAreNoTextIsRefused() {
    for (String option : List.of("--text", "--json", "--model")) {
      Cli.Result result = Cli.run("explain", option, "bad \uFFFD film");
      assertEquals(2, result.status(), result.err());
      assertEquals("", result.out());
      assertTrue(result.err().startsWith("ablate: word 3 of the command"), result.err());
    }
  }
}
