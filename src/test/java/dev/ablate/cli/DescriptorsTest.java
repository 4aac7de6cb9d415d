package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that the shell opened for a command: what they hold stays, and what is written follows. */
class DescriptorsTest {
  @TempDir private Path folder;

  /** Runs a line of the shell in which {@code solve} is a solve of a small table. */
  private int shell(String line) throws IOException, InterruptedException {
    Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "no /proc");
    Cli.masks(folder.resolve("m.npy"), Cli.everyMask(2));
    Cli.values(folder.resolve("v.npy"), 1, 2, 3, 5);
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classPath()));
    words.addAll(List.of(Main.class.getName(), "solve", "--backend", "host"));
    words.addAll(List.of("--masks", "m.npy", "--values", "v.npy"));
    String function = "solve() { '" + String.join("' '", words) + "' \"$@\"; }; ";
    return new ProcessBuilder("sh", "-c", function + line)
        .directory(folder.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
        .waitFor();
  }

  /** That of this process, which runs in another folder. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private List<String> log() throws IOException {
    return Files.readAllLines(folder.resolve("log"));
  }

  @Test
  void standardOutputIsAppendedTo() throws IOException, InterruptedException {
    int status =
        shell(
            "echo precious > log; solve --json /dev/stdout >> log; s=$?;"
                + " echo after >> log; exit $s");
    assertEquals(0, status);
    List<String> log = log();
    assertEquals("precious", log.get(0));
    assertEquals("{", log.get(1));
    assertEquals("after", log.get(log.size() - 1));
    assertTrue(log.contains("}"), log.toString());
    // The text for people follows the JSON.
    assertTrue(log.indexOf("}") < log.size() - 5, log.toString());
  }

  @Test
  void otherDescriptorsAreAppendedTo() throws IOException, InterruptedException {
    int status =
        shell(
            "echo precious > log; ln -s /dev/fd/7 link;"
                + " { solve --json /proc/self/fd/7 && solve --json link; } 7>> log >> text");
    assertEquals(0, status);
    assertEquals("precious", log().get(0));
    assertEquals(2, log().stream().filter("{"::equals).count());
    assertEquals(2, log().stream().filter("}"::equals).count());
    assertTrue(Files.isSymbolicLink(folder.resolve("link")));
  }

  @Test
  void aResultDoesNotReplaceWhereStandardOutputGoes() throws IOException, InterruptedException {
    assertEquals(2, shell("echo precious > log; solve --json log >> log 2> err"));
    assertEquals(List.of("precious"), log());
    String told = Files.readString(folder.resolve("err"));
    assertTrue(told.contains("standard output goes to the same file"), told);
  }
}
