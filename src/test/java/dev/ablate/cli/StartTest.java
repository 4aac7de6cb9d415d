package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.kernel.Commands;
import dev.ablate.backend.kernel.GpuFiles;
import dev.ablate.backend.kernel.SharedLibraries;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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

  /** Its drivers may take the handlers of signals away from Java. */
  @Test
  void aMachineWithoutAGpuNeedsNoBindingOfOpenCl() throws Exception {
    assumeTrue(GpuFiles.problem() != null, "there may be a GPU");
    assertNone("org\\.jocl\\..*", loaded("explain", "--text", "not bad"));
  }

  @Test
  void helpNeedsNoModel() throws Exception {
    assertNone("(ai\\.djl|org\\.bytedeco|jcuda|org\\.jocl)\\..*", loaded("explain", "--help"));
  }

  /** Java 17 crashes over an archive of some classes, and every start would go without one. */
  @Test
  void theClassesCanBeArchived(@TempDir Path folder) throws Exception {
    Path jar = jar(folder);
    Path archive = folder.resolve("classes.jsa");
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    words.add("-XX:ArchiveClassesAtExit=" + archive);
    words.add("-XX:ErrorFile=" + folder.resolve("crash"));
    words.addAll(List.of("-cp", jar.toString(), Main.class.getName()));
    words.addAll(List.of("explain", "--text", "not bad"));
    Commands.Result result = Commands.run(new ProcessBuilder(words), 100);
    assertEquals(0, result.status(), result.output());
    assertTrue(Files.size(archive) > 0);
  }

  /** Archives are of jars: one of the classes, which leads to the jars of the class path. */
  private static Path jar(Path folder) throws Exception {
    String jars =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(Files::isRegularFile)
            .map(file -> file.toUri().toString())
            .collect(Collectors.joining(" "));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, jars);
    Path classes = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = folder.resolve("classes.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        Stream<Path> files = Files.walk(classes)) {
      out.setLevel(Deflater.NO_COMPRESSION);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
    return jar;
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
