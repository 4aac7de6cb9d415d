package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.kernel.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ./ablate} finds when it is started: open files and the current folder. */
@Timeout(120)
class LauncherSurroundingsTest {
  @TempDir private Path folder;
  private Checkout checkout;

  @BeforeEach
  void makeCheckout() throws Exception {
    checkout = new Checkout(folder, "project");
    assertEquals(0, checkout.run("explain").status());
  }

  /** Runs the launcher after some commands of the shell, which end with what starts it. */
  private Commands.Result after(String commands) throws Exception {
    return Commands.run(
        checkout
            .under(List.of("sh", "-c", commands, "sh"), Map.of(), "explain")
            .directory(folder.toFile()),
        60);
  }

  /**
   * The first file that a process opens gets the first number that is free: were that of standard
   * output free, results would go into the file.
   */
  @ParameterizedTest
  @ValueSource(strings = {"<&-", ">&-", "2>&-", "<&- >&-", ">&- 2>&-", "<&- >&- 2>&-"})
  void whatIsClosedIsNoPlaceForOtherFiles(String closed) throws Exception {
    Path java = folder.resolve("bin/java");
    Files.writeString(
        java,
        Files.readString(java)
            .replace(
                "echo ran\n",
                """
                in=$(readlink -f /proc/$$/fd/0)
                out=$(readlink -f /proc/$$/fd/1)
                err=$(readlink -f /proc/$$/fd/2)
                echo ran
                told=$?
                printf '%s\\n' "$in" "$out" "$err" >"$bin/open"
                echo $told >"$bin/told"
                """));
    after("PATH=$PATH:/bin:/usr/bin; sh \"$@\" " + closed);
    List<String> open = Files.readAllLines(folder.resolve("bin/open"));
    assertEquals(3, open.size());
    for (int n = 0; n < 3; n++) {
      String own = n == 0 ? "<&-" : n == 1 ? " >&-" : "2>&-";
      if ((" " + closed).contains(own)) {
        assertEquals("/dev/null", open.get(n));
      }
    }
    boolean lost = (" " + closed).contains(" >&-");
    assertEquals(!lost, Files.readString(folder.resolve("bin/told")).equals("0\n"));
  }

  @Test
  void aFolderThatWasDeletedIsNamed() throws Exception {
    Commands.Result result = after("mkdir gone && cd gone && rm -r ../gone && exec sh \"$@\"");
    assertEquals(2, result.status(), result.output());
    String last = result.output().lines().reduce((a, b) -> b).orElse("");
    assertTrue(last.startsWith("ablate: the current folder is not there any more"), last);
  }

  @Test
  void aPathWithoutTheSystemsProgramsIsNamed() throws Exception {
    Commands.Result result = checkout.run(Map.of("PATH", "/nonexistent"), "explain");
    assertEquals(2, result.status(), result.output());
    assertEquals(1, result.output().lines().count(), result.output());
    assertTrue(result.output().startsWith("ablate: readlink is not on the PATH"), result.output());
  }
}
