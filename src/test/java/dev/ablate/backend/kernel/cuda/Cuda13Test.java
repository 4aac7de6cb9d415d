package dev.ablate.backend.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.kernel.Commands;
import dev.ablate.backend.kernel.KernelSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** native/cuda13: JCuda's bindings find what they ask for, and reach version 13 through it. */
class Cuda13Test {
  @TempDir Path folder;

  @BeforeEach
  void needsACompiler() {
    assumeTrue(Commands.present("cc") && Commands.present("nm"), "no C compiler");
  }

  private Path build(String name) throws Exception {
    Path library = folder.resolve("lib" + name + ".so.12");
    Commands.Result built = Commands.run(Map.of(), "native/cuda13/build", name, library.toString());
    assertEquals(0, built.status(), built.output());
    return library;
  }

  /** Names with the version of a library that a file defines (T) or asks for (U). */
  private static TreeSet<String> symbols(Path file, char kind, String library) throws Exception {
    Commands.Result result =
        Commands.run(Map.of(), "nm", "-D", "--with-symbol-versions", file.toString());
    assertEquals(0, result.status(), result.output());
    TreeSet<String> symbols = new TreeSet<>();
    Matcher line =
        Pattern.compile(" " + kind + " (\\w+)@@?" + Pattern.quote(library) + "$", Pattern.MULTILINE)
            .matcher(result.output());
    while (line.find()) {
      symbols.add(line.group(1));
    }
    return symbols;
  }

  private Path binding(String name) throws IOException {
    String resource = "/lib/lib" + name + "-12.6.0-linux-x86_64.so";
    try (InputStream in = Cuda13Test.class.getResourceAsStream(resource)) {
      assertNotNull(in, resource);
      Path file = folder.resolve(name + ".so");
      Files.copy(in, file);
      return file;
    }
  }

  @ParameterizedTest
  @CsvSource({"nvrtc, JNvrtc, 20", "cublas, JCublas, 100", "cublas, JCublas2, 400"})
  void exportsWhatTheBindingAsksFor(String name, String binding, int least) throws Exception {
    String library = "lib" + name + ".so.12";
    TreeSet<String> asked = symbols(binding(binding), 'U', library);
    assertTrue(asked.size() >= least, binding + " asks for " + asked);
    TreeSet<String> missing = new TreeSet<>(asked);
    missing.removeAll(symbols(build(name), 'T', library));
    assertEquals(new TreeSet<String>(), missing, "not in native/cuda13/" + name + ".list");
  }

  /** Prints what NVRTC answers, in a Java whose loader has not seen any yet. */
  public static final class Probe {
    private Probe() {}

    /** What is built goes into the folder of the environment. */
    public static void main(String[] arguments) {
      try {
        CudaNvrtc nvrtc = new CudaNvrtc("sm_90");
        System.out.println("version " + nvrtc.version(null));
        for (String stem : PtxTest.stems()) {
          KernelSource source = KernelSource.of(stem, Map.of());
          System.out.println(stem + " " + nvrtc.compile(source).length + " bytes");
        }
      } catch (IOException | CudaCompiler.Refusal e) {
        System.out.println("refused: " + e.getMessage());
      }
    }
  }

  private String probe(String libraries) throws Exception {
    return Commands.run(
            Map.of(
                "LD_LIBRARY_PATH",
                libraries,
                "ABLATE_CACHE_DIR",
                folder.resolve("cache").toString()),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Probe.class.getName())
        .output();
  }

  @Test
  void callsReachVersionThirteen() throws Exception {
    // A version 13 of two functions: what it does not have is refused with a status, not a crash.
    Path source = folder.resolve("nvrtc13.c");
    Files.writeString(
        source,
        """
        int nvrtcVersion(int *major, int *minor) { *major = 13; *minor = 7; return 0; }
        int nvrtcCreateProgram(void **p, const char *text, const char *name, int count,
            const char *const *headers, const char *const *names) {
          *p = 0;
          return text[0] == '/' && name[0] != 0 && count == 0 && !headers && !names ? 0 : 3;
        }
        """);
    Path libraries = Files.createDirectory(folder.resolve("lib"));
    Commands.Result built =
        Commands.run(
            Map.of(),
            "cc",
            "-shared",
            "-fPIC",
            "-Wl,-soname,libnvrtc.so.13",
            source.toString(),
            "-o",
            libraries.resolve("libnvrtc.so.13").toString());
    assertEquals(0, built.status(), built.output());
    for (int run = 0; run < 2; run++) {
      String output = probe(libraries.toString());
      assertTrue(output.startsWith("version 13.7\nrefused: NVRTC_ERROR_INTERNAL_ERROR"), output);
    }
  }

  @Test
  void realCompilerCompiles() throws Exception {
    String output = probe(System.getenv().getOrDefault("LD_LIBRARY_PATH", ""));
    assumeTrue(!output.startsWith("refused: neither"), output);
    assertTrue(output.matches("version 1[23]\\.\\d+\n(\\w+ \\d+ bytes\n)+"), output);
    assertEquals(PtxTest.stems().size() + 1, output.lines().count(), output);
  }
}
