package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.io.AtExit;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SecondInterruptTest {
  private static final int LONG = 120_000;

  /** A process that takes long to end. */
  public static final class Slow {
    private Slow() {}

    /** Prints when it is ready, and when it is told to end. */
    public static void main(String[] arguments) throws InterruptedException {
      SecondInterrupt.endsAtOnce();
      AtExit.add(
          () -> {
            System.out.println("keeping");
            try {
              Thread.sleep(LONG);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      System.out.println("ready");
      Thread.sleep(LONG);
    }
  }

  @Test
  void theFirstKeepsAndTheSecondEnds() throws Exception {
    assumeTrue(!isIgnored(), "this process was started without interrupts, as in a background");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Slow.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      assertEquals("ready", lines.readLine());
      interrupt(process);
      assertEquals("keeping", lines.readLine());
      interrupt(process);
      assertTrue(process.waitFor(LONG / 2, TimeUnit.MILLISECONDS), "it waits");
      assertEquals(130, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  /** What is ignored here is ignored by the processes that are started from here. */
  static boolean isIgnored() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("SigIgn:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0;
      }
    }
    return false;
  }

  private static void interrupt(Process process) throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }
}
