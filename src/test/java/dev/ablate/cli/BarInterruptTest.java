package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.io.AtExit;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A bar on a terminal leaves interrupts to Java, which keeps what is paid for. */
@Timeout(60)
class BarInterruptTest {
  private static final Path SCRIPT = Path.of("/usr/bin/script");
  private static final int COLUMNS = 57;

  /** A process that has drawn a bar and waits. */
  public static final class Drawn {
    private Drawn() {}

    /** Prints its process when a bar is drawn, and what an interrupt finds to keep. */
    public static void main(String[] arguments) throws InterruptedException {
      AtExit.add(() -> System.out.println("kept"));
      MaskProgress progress = new MaskProgress();
      progress.expect(10);
      progress.done(1);
      progress.close();
      System.out.println("process " + ProcessHandle.current().pid() + ".");
      Thread.sleep(60_000);
    }
  }

  @Test
  void interruptsAreHeardAfterABar() throws Exception {
    assumeTrue(Files.isExecutable(SCRIPT), "nothing here makes a terminal");
    assumeFalse(SecondInterruptTest.isIgnored(), "started without interrupts");
    String java =
        String.join(
            "' '",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dablate.stderr.terminal=true",
            "-cp",
            System.getProperty("java.class.path"),
            Drawn.class.getName());
    String command = "stty cols " + COLUMNS + "; exec '" + java + "'";
    Process process =
        new ProcessBuilder(SCRIPT.toString(), "-qefc", command, "/dev/null")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String drawn = until(lines, "process ");
      String bar = drawn.substring(0, drawn.indexOf("process "));
      assertTrue(bar.contains("masks"), bar);
      int widest = Stream.of(bar.split("\r")).mapToInt(String::length).max().orElse(0);
      assertEquals(COLUMNS - 1, widest, bar);
      String pid = drawn.replaceFirst("(?s).*process (\\d+)\\..*", "$1");
      new ProcessBuilder("kill", "-INT", pid).start().waitFor();
      until(lines, "kept");
      assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it waits");
      assertEquals(130, process.exitValue());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** All up to a line that holds some text. */
  private static String until(BufferedReader lines, String text) throws IOException {
    StringBuilder all = new StringBuilder();
    while (all.indexOf(text) < 0) {
      String line = lines.readLine();
      assertTrue(line != null, "it ended after " + all);
      all.append('\r').append(line);
    }
    return all.toString();
  }
}
