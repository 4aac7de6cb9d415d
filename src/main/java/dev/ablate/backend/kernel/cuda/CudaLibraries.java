package dev.ablate.backend.kernel.cuda;

import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.code.InputException;
import dev.ablate.natives.Natives;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * NVIDIA's libraries of CUDA 12 or 13 for JCuda's bindings, which ask for version 12 by name. On a
 * machine with version 13 alone, {@code native/cuda13} is built into the library they ask for; that
 * takes a C compiler once.
 */
final class CudaLibraries {
  private static final String SOURCES = "/dev/ablate/native/cuda13/";
  private static final long SECONDS = 60;

  private final List<Path> folders;
  private final Map<String, String> refusals = new HashMap<>();

  /** Libraries that lie in the given folders. */
  CudaLibraries(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /** Where the loader and NVIDIA's installers put libraries. */
  static List<Path> folders() {
    List<Path> folders = new ArrayList<>();
    String path = System.getenv().getOrDefault("LD_LIBRARY_PATH", "");
    Stream.of(path.split(":")).filter(f -> !f.isEmpty()).map(Path::of).forEach(folders::add);
    String home = System.getenv().getOrDefault("CUDA_HOME", "");
    if (!home.isEmpty()) {
      folders.add(Path.of(home, "lib64"));
    }
    folders.add(Path.of("/usr/local/cuda/lib64"));
    try (Stream<Path> versions = Files.list(Path.of("/usr/local"))) {
      versions
          .filter(f -> f.getFileName().toString().startsWith("cuda-"))
          .sorted()
          .map(f -> f.resolve("lib64"))
          .forEach(folders::add);
    } catch (IOException e) {
      // Nothing is installed there.
    }
    folders.add(Path.of("/usr/lib/x86_64-linux-gnu"));
    folders.add(Path.of("/usr/lib64"));
    return folders;
  }

  /**
   * Loads a library so that JCuda's binding finds it; does nothing if it is loaded already.
   *
   * @param name {@code nvrtc} or {@code cublas}
   * @throws CudaCompiler.Refusal if the machine has none
   */
  synchronized void load(String name) throws CudaCompiler.Refusal {
    if (!refusals.containsKey(name)) {
      refusals.put(name, attempt(name));
    }
    if (refusals.get(name) != null) {
      throw new CudaCompiler.Refusal(refusals.get(name));
    }
  }

  /** Loads a library; what stood in the way, or null. */
  private String attempt(String name) {
    Path twelve = find("lib" + name + ".so.12");
    Path thirteen = find("lib" + name + ".so.13");
    if (twelve == null && thirteen == null) {
      return "neither lib" + name + ".so.12 nor lib" + name + ".so.13 found";
    }
    try {
      if (twelve != null) {
        System.load(twelve.toString());
      } else {
        // Once loaded it is found by its name, wherever it lies.
        System.load(thirteen.toString());
        System.load(forwarding(name).toString());
      }
      return null;
    } catch (IOException | InputException | LinkageError e) {
      return e.getMessage();
    }
  }

  private Path find(String file) {
    return folders.stream()
        .map(folder -> folder.resolve(file).toAbsolutePath())
        .filter(Files::isReadable)
        .findFirst()
        .orElse(null);
  }

  /** The library of version 12 that leads to version 13, built at its first use. */
  private static Path forwarding(String name) throws IOException {
    Map<String, byte[]> sources = new LinkedHashMap<>();
    StringBuilder all = new StringBuilder();
    for (String file : List.of("build", "forward.c", name + ".list", name + ".map")) {
      sources.put(file, source(file));
      all.append(KernelCache.key(new String(sources.get(file), StandardCharsets.UTF_8)));
    }
    return Natives.make(
        KernelCache.key(all.toString()).substring(0, 16) + ".so",
        library -> build(name, sources, library));
  }

  private static void build(String name, Map<String, byte[]> sources, Path library)
      throws IOException {
    // Beside the library: what is compiled must be as safe as what is loaded.
    Path work = Files.createTempDirectory(library.getParent(), "cuda13");
    try {
      for (Map.Entry<String, byte[]> source : sources.entrySet()) {
        Files.write(work.resolve(source.getKey()), source.getValue());
      }
      run(List.of("sh", work.resolve("build").toString(), name, library.toString()), work);
    } finally {
      delete(work);
    }
  }

  private static byte[] source(String file) throws IOException {
    try (InputStream in = CudaLibraries.class.getResourceAsStream(SOURCES + file)) {
      if (in == null) {
        throw new IOException("the build has no native/cuda13/" + file);
      }
      return in.readAllBytes();
    }
  }

  private static void run(List<String> command, Path work) throws IOException {
    Path log = work.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while native/cuda13 was built");
    }
    if (process.exitValue() != 0) {
      throw new IOException("building native/cuda13 failed: " + Files.readString(log).trim());
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
