package dev.ablate.backend.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ablate.backend.kernel.KernelSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The PTX in kernels/ptx is that of the kernels as they are; kernels/build-ptx makes it. */
class PtxTest {
  private static final Path KERNELS = Path.of("kernels");
  private static final Path FOLDER = KERNELS.resolve("ptx");
  private static final int OLDEST = Arrays.stream(CudaPtx.ARCHITECTURES).min().orElseThrow();
  private static final String MEND = "; run kernels/build-ptx";

  /** The stems of all kernels. */
  static List<String> stems() throws IOException {
    try (Stream<Path> files = Files.list(KERNELS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".cl"))
          .map(name -> name.substring(0, name.length() - 3))
          .sorted()
          .toList();
    }
  }

  /** Every source with the macros that PTX is built for, and the oldest architecture it is for. */
  static Map<KernelSource, Integer> sources() throws IOException {
    Map<KernelSource, Integer> sources = new LinkedHashMap<>();
    for (String stem : stems()) {
      sources.put(KernelSource.of(stem, Map.of()), OLDEST);
    }
    for (String line : Files.readAllLines(KERNELS.resolve("variants.txt"))) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.trim().split("\\s+");
      Map<String, Integer> defines = new TreeMap<>();
      int oldest = OLDEST;
      for (int i = 1; i < words.length; i++) {
        if (words[i].startsWith("sm_")) {
          oldest = Integer.parseInt(words[i].substring("sm_".length()));
          continue;
        }
        String[] define = words[i].split("=");
        defines.put(define[0], Integer.valueOf(define[1]));
      }
      sources.put(KernelSource.of(words[0], defines), oldest);
    }
    return sources;
  }

  @Test
  void everySourceHasItsPtxAndThereIsNoOther() throws IOException {
    TreeSet<String> needed = new TreeSet<>();
    TreeSet<String> allowed = new TreeSet<>();
    sources()
        .forEach(
            (source, oldest) -> {
              needed.add(CudaPtx.file(source, oldest));
              for (int architecture : CudaPtx.ARCHITECTURES) {
                if (architecture >= oldest) {
                  allowed.add(CudaPtx.file(source, architecture));
                }
              }
            });
    TreeSet<String> present = new TreeSet<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      files.forEach(file -> present.add(file.getFileName().toString()));
    }
    assertFalse(needed.isEmpty());
    needed.removeAll(present);
    assertEquals(new TreeSet<String>(), needed, "missing in kernels/ptx" + MEND);
    present.removeAll(allowed);
    assertEquals(new TreeSet<String>(), present, "kernels/ptx has what no source needs" + MEND);
  }

  @TestFactory
  Stream<DynamicTest> isThatOfItsSourceAndAssembles() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    sources()
        .forEach(
            (source, oldest) -> {
              for (int architecture : CudaPtx.ARCHITECTURES) {
                Path file = FOLDER.resolve(CudaPtx.file(source, architecture));
                if (architecture == oldest || Files.exists(file)) {
                  String name = file.getFileName().toString();
                  tests.add(dynamicTest(name, () -> check(source, architecture, file)));
                }
              }
            });
    return tests.stream();
  }

  private static void check(KernelSource source, int architecture, Path file) throws IOException {
    String ptx;
    try (InputStream in = Files.newInputStream(file)) {
      ptx = CudaPtx.unpack(in);
    }
    assertEquals(
        CudaPtx.header(source, architecture), ptx.lines().findFirst().orElse(""), file + MEND);
    assertTrue(ptx.contains("\n.version " + CudaPtx.LANGUAGE + "\n"), file + ": version of PTX");
    assertTrue(ptx.contains("\n.target sm_" + architecture + "\n"), file + ": target");
    // Other macros change sizes, not the instructions in use.
    if (source.defines().isEmpty() || architecture != OLDEST) {
      assertEquals("", assemble(ptx, architecture));
      // Newer devices run it too.
      assertEquals("", assemble(ptx, CudaPtx.ARCHITECTURES[0]));
    }
  }

  /** What the assembler of CUDA 12, which comes with JCuda, has against PTX. */
  private static String assemble(String ptx, int architecture) {
    byte[] text = (ptx + "\0").getBytes(StandardCharsets.UTF_8);
    nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
    int created = JNvPTXCompiler.nvPTXCompilerCreate(compiler, text.length, text);
    assertEquals(nvPTXCompileResult.NVPTXCOMPILE_SUCCESS, created);
    try {
      String[] options = {"--gpu-name=sm_" + architecture, "--opt-level=0"};
      int result = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
      if (result == nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
        return "";
      }
      long[] size = new long[1];
      JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, size);
      byte[] log = new byte[(int) size[0] + 1];
      JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, log);
      return nvPTXCompileResult.stringFor(result)
          + ": "
          + new String(log, StandardCharsets.UTF_8).replace("\0", "");
    } finally {
      JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
    }
  }
}
