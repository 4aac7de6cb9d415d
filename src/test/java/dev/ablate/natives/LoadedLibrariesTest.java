package dev.ablate.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.kernel.cuda.CudaDevices;
import dev.ablate.backend.kernel.opencl.OpenClPlatforms;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which libraries real processes load, from the kernel's own list of what they have in memory. */
class LoadedLibrariesTest {
  private static final int NOBODY = 65534;
  private static final List<String> OF_JARS =
      List.of("libJOCL", "libJCuda", "libtokenizers", "libonnxruntime", "libjni", "libdnnl");

  @TempDir private Path folder;
  private Path home;
  private Path temporary;
  private Path cache;

  @BeforeEach
  void makeFolders() throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/self/maps")), "no /proc");
    home = Files.createDirectory(folder.resolve("home"));
    temporary = Files.createDirectory(folder.resolve("tmp"));
    cache = folder.toRealPath().resolve("cache");
  }

  /** Opens every binding and prints the files that are mapped. */
  public static final class Probe {
    private Probe() {}

    /** The argument says whether JavaCPP's loader is left on, as it is for users of the library. */
    public static void main(String[] arguments) throws IOException {
      if (arguments.length > 0) {
        System.setProperty("org.bytedeco.javacpp.loadlibraries", arguments[0]);
      }
      System.out.println("opencl " + OpenClPlatforms.listing().problem());
      System.out.println("cuda " + CudaDevices.listing().problem());
      try (TextModel model = ModelDirectory.bundled().load(1)) {
        System.out.println("model " + model.getClass().getSimpleName());
      }
      TreeSet<String> mapped = new TreeSet<>();
      for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
        int path = line.indexOf('/');
        if (path >= 0 && line.contains(".so")) {
          mapped.add(line.substring(path));
        }
      }
      mapped.forEach(System.out::println);
    }
  }

  private record Run(Process process, Path log) {
    List<String> end() throws IOException, InterruptedException {
      int status = process.waitFor();
      String output = Files.readString(log);
      assertEquals(0, status, output);
      assertTrue(output.contains("\nmodel "), output);
      // The driver is missing, or it is there; what JCuda itself needs is never the reason.
      assertFalse(output.contains("JCuda does not load"), output);
      assertFalse(output.contains("binding does not load"), output);
      return output.lines().toList();
    }

    /** Where the libraries of the jars were loaded from. */
    List<Path> libraries() throws IOException, InterruptedException {
      return end().stream()
          .filter(line -> line.startsWith("/"))
          .map(Path::of)
          .filter(file -> OF_JARS.stream().anyMatch(file.getFileName().toString()::startsWith))
          .toList();
    }
  }

  private Run start(Path cacheFolder, String main, String... words) throws IOException {
    return start(cacheFolder, Map.of(), main, words);
  }

  private Run start(Path cacheFolder, Map<String, String> environment, String main, String... words)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Duser.home=" + home,
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                main));
    command.addAll(List.of(words));
    Path log = Files.createTempFile(folder, "run", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("ABLATE_CACHE_DIR", cacheFolder.toString());
    builder.environment().put("HOME", home.toString());
    builder.environment().keySet().removeAll(List.of("XDG_CACHE_HOME", "DJL_CACHE_DIR"));
    builder.environment().putAll(environment);
    return new Run(builder.start(), log);
  }

  private Run probe(Path cacheFolder) throws IOException {
    return start(cacheFolder, Probe.class.getName(), "false");
  }

  private static void assertAllIn(Path place, List<Path> libraries) throws IOException {
    assertTrue(libraries.size() >= 4, "tokenizers, ONNX Runtime, two bridges: " + libraries);
    for (Path library : libraries) {
      assertTrue(library.startsWith(place), library + " is not in " + place);
    }
  }

  /** Files that are no libraries, wherever a binding would take one by its name. */
  private List<Path> plant() throws IOException {
    List<Path> planted = new ArrayList<>();
    List<String> names =
        List.of(
            "tmp/libJOCL_2_0_5-linux-x86_64.so",
            "tmp/libJCudaDriver-12.6.0-linux-x86_64.so",
            "home/.djl.ai/tokenizers/0.21.0-0.38.0-cpu-linux-x86_64/libtokenizers.so",
            "tmp/.javacpp-" + System.getProperty("user.name") + "/cache/libjnijavacpp.so",
            "home/.javacpp/cache/javacpp-1.5.13-linux-x86_64.jar/org/bytedeco/javacpp/linux-x86_64/"
                + "libjnijavacpp.so");
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      planted.add(Files.writeString(file, "planted"));
    }
    Files.setAttribute(temporary, "unix:mode", 01777);
    return planted;
  }

  @Test
  void firstRunsAtOnceLoadWholeLibrariesOfTheirOwn() throws Exception {
    List<Path> planted = plant();
    List<Run> runs = new ArrayList<>();
    for (int run = 0; run < 3; run++) {
      runs.add(probe(cache));
    }
    for (Run run : runs) {
      assertAllIn(cache.resolve("natives"), run.libraries());
    }
    for (Path file : planted) {
      assertEquals("planted", Files.readString(file));
    }
    try (Stream<Path> all = Files.walk(cache.resolve("natives"))) {
      assertEquals(List.of(), all.filter(file -> file.toString().endsWith(".part")).toList());
    }
    // A cut file of each, as a full disk leaves it: none is loaded, all are replaced.
    List<Path> libraries = new ArrayList<>();
    try (Stream<Path> all = Files.walk(cache.resolve("natives"))) {
      all.filter(Files::isRegularFile).forEach(libraries::add);
    }
    List<Long> sizes = new ArrayList<>();
    for (Path library : libraries) {
      sizes.add(Files.size(library));
      byte[] half = Files.readAllBytes(library);
      Files.delete(library);
      Files.write(library, Arrays.copyOf(half, half.length / 2));
    }
    assertAllIn(cache.resolve("natives"), probe(cache).libraries());
    for (int i = 0; i < libraries.size(); i++) {
      assertEquals(sizes.get(i), Files.size(libraries.get(i)), libraries.get(i).toString());
    }
  }

  @Test
  void javaUsersLoadFromTheSameFolder() throws Exception {
    plant();
    Run run = start(cache, Probe.class.getName());
    assertAllIn(cache.resolve("natives"), run.libraries());
  }

  @Test
  void whereNoFolderCanBeMadeOneLastsForTheRun() throws Exception {
    List<Path> libraries = probe(Path.of("/dev/null/cache")).libraries();
    assertTrue(
        libraries.get(0).toString().startsWith(temporary.toRealPath() + "/ablate-natives"),
        libraries.toString());
    assertAllIn(libraries.get(0).getRoot().resolve(temporary.toRealPath()), libraries);
    assertNothingLeft();
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(
          List.of(),
          left.filter(file -> file.getFileName().toString().startsWith("ablate")).toList());
    }
  }

  @Test
  void aFolderOfAnotherUserOrForAllIsNotUsed() throws Exception {
    Path natives = Files.createDirectories(cache.resolve("natives"));
    if ((int) Files.getAttribute(natives, "unix:uid") == 0) {
      Files.setAttribute(natives, "unix:uid", NOBODY);
    } else {
      Files.setAttribute(natives, "unix:mode", 0777);
    }
    assertAllIn(temporary.toRealPath(), probe(cache).libraries());
    assertNothingLeft();
    try (Stream<Path> all = Files.list(natives)) {
      assertEquals(0, all.count());
    }
  }

  @Test
  void aLibraryThatTheUserNamesMustBeSafeToo() throws Exception {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.writeString(open.resolve(System.mapLibraryName("tokenizers")), "planted");
    Files.setAttribute(open, "unix:mode", 0777);
    Map<String, String> named = Map.of("RUST_LIBRARY_PATH", open.toString());
    Run explain = start(cache, named, "dev.ablate.cli.Main", "explain", "--text", "not bad");
    int status = explain.process().waitFor();
    String output = Files.readString(explain.log());
    assertEquals(2, status, output);
    assertEquals(1, output.lines().count(), output);
    assertTrue(output.contains("RUST_LIBRARY_PATH"), output);
    assertTrue(output.contains("others can write to " + open.toRealPath()), output);
  }

  @Test
  void withoutAnyFolderThereIsOneLine() throws Exception {
    temporary = Path.of("/dev/null/tmp");
    Run explain =
        start(Path.of("/dev/null/cache"), "dev.ablate.cli.Main", "explain", "--text", "not bad");
    int status = explain.process().waitFor();
    String output = Files.readString(explain.log());
    assertEquals(2, status, output);
    assertEquals(1, output.lines().count(), output);
    assertTrue(output.startsWith("ablate: "), output);
    assertTrue(output.contains("ABLATE_CACHE_DIR"), output);
    assertTrue(output.contains("/dev/null/cache"), output);
    assertTrue(output.contains("/dev/null/tmp"), output);
    // What needs no library of a jar goes on, and says what stands in the way of devices.
    Run devices = start(Path.of("/dev/null/cache"), "dev.ablate.cli.Main", "devices");
    assertEquals(0, devices.process().waitFor(), Files.readString(devices.log()));
    String listed = Files.readString(devices.log());
    assertTrue(listed.contains("ABLATE_CACHE_DIR"), listed);
    assertTrue(listed.contains("chosen: host"), listed);
  }
}
