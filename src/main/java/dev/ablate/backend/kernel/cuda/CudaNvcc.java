package dev.ablate.backend.kernel.cuda;

import dev.ablate.backend.kernel.KernelSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An {@code nvcc} on the {@code PATH}. */
final class CudaNvcc implements CudaCompiler {
  private static final long SECONDS = 300;

  private final String architecture;

  /** For an architecture such as {@code sm_90}. */
  CudaNvcc(String architecture) {
    this.architecture = architecture;
  }

  @Override
  public String name() {
    return "nvcc";
  }

  @Override
  public String version(KernelSource source) throws Refusal {
    return output(List.of("nvcc", "--version"));
  }

  @Override
  public byte[] compile(KernelSource source) throws Refusal {
    Path in = null;
    Path out = null;
    try {
      in = Files.createTempFile(source.stem(), ".cu");
      out = Files.createTempFile(source.stem(), ".cubin");
      Files.writeString(in, source.text());
      List<String> command = new ArrayList<>(List.of("nvcc", "-cubin", "-arch=" + architecture));
      command.addAll(Arrays.asList(CudaImages.options(source).split(" ")));
      command.addAll(List.of("-o", out.toString(), in.toString()));
      output(command);
      return Files.readAllBytes(out);
    } catch (IOException e) {
      throw new Refusal(e.toString());
    } finally {
      delete(in);
      delete(out);
    }
  }

  /** What a command prints, both streams together. */
  private static String output(List<String> command) throws Refusal {
    Path log = null;
    try {
      log = Files.createTempFile("nvcc", ".log");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      String text = Files.readString(log, StandardCharsets.UTF_8).trim();
      if (!ended || process.exitValue() != 0) {
        throw new Refusal(ended ? text : "still running after " + SECONDS + " s");
      }
      return text;
    } catch (IOException e) {
      throw new Refusal("not found on the PATH");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("interrupted");
    } finally {
      delete(log);
    }
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // It lies in the folder for temporary files.
    }
  }
}
