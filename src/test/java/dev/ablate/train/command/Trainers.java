package dev.ablate.train.command;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Commands for tests: scripts in Python, which most who train have. */
final class Trainers {
  /** The beginning of each: says what it gives, and reads what it is asked. */
  private static final String BEGINNING =
      """
      import json, os, sys, time
      folder = os.path.dirname(os.path.abspath(__file__))
      hello = json.loads(sys.stdin.readline())
      print(json.dumps({"outputs": 2}), flush=True)
      for line in sys.stdin:
          ask = json.loads(line)
          values = [sum(ask["kept"]) + 0.1, len(ask["groups"]) / 3]
      """;

  /** What an honest one answers. */
  static final String ANSWER =
      "print(json.dumps({\"id\": ask[\"id\"], \"values\": values}), flush=True)";

  private Trainers() {}

  /** Whether a command ends well. */
  static boolean runs(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * A trainer that adds up the numbers of the rows that are kept.
   *
   * @param lines what it does with each request
   * @return the command
   */
  static String adding(Path folder, String... lines) throws IOException {
    return script(folder, BEGINNING + "    " + String.join("\n    ", lines) + "\n");
  }

  /** A command of a script. */
  static String script(Path folder, String script) throws IOException {
    assumeTrue(runs("python3", "-c", "import json"), "no python3 to train with");
    Path file = Files.createTempFile(folder, "trainer", ".py");
    Files.writeString(file, script);
    return "python3 " + file;
  }
}
