package dev.ablate.backend.kernel;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Other programs, for tests that need a compiler or a Java of their own. */
public final class Commands {
  private static final int SECONDS = 300;

  private Commands() {}

  /** How a program ended and what it printed, both streams together. */
  public record Result(int status, String output) {}

  /** Whether a program is on the PATH. */
  public static boolean present(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** Runs a program to its end. */
  public static Result run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(List.of(command)).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return run(builder, SECONDS);
  }

  /** Runs a program to its end, or kills it after so many seconds. */
  public static Result run(ProcessBuilder builder, int seconds)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("command", ".log");
    try {
      Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        return new Result(-1, "killed after " + seconds + " s\n" + Files.readString(log));
      }
      return new Result(process.exitValue(), Files.readString(log));
    } finally {
      Files.delete(log);
    }
  }
}
