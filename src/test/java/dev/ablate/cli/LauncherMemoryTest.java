package dev.ablate.cli;

import static dev.ablate.cli.Checkout.assertRan;
import static dev.ablate.cli.Checkout.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./ablate} makes of {@code --memory}. */
@Timeout(120)
class LauncherMemoryTest {
  @TempDir private Path folder;
  private Checkout checkout;

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = new Checkout(folder, "project");
  }

  /** Java must know it before it starts; what is no size is left to the command. */
  @Test
  void memoryIsToldToJava() throws Exception {
    for (List<String> words :
        List.of(
            List.of("solve", "--memory", "900m", "--masks", "m.npy"),
            List.of("explain", "--per-token", "--memory=900m", "--memory=1g"))) {
      assertRan(
          checkout.run(Map.of("ABLATE_JAVA_OPTIONS", "-Xmx1g"), words.toArray(String[]::new)));
      String started = checkout.started();
      assertTrue(started.contains(" -Xmx1g -Xmx900m -Dablate.memory=900m "), started);
    }
    for (String none : List.of("much", "8x", "g", "8gb", "0", "-1", "8g; rm *", "")) {
      assertRan(checkout.run("solve", "--memory", none));
      assertFalse(checkout.started().contains("-Xmx"), checkout.started());
    }
    for (List<String> words :
        List.of(
            List.of("explain", "--text", "--memory"),
            List.of("explain", "--text", "--memory=1g"),
            List.of("explain", "--text", "--memory", "1g"),
            List.of("best", "--memory", "1g"))) {
      assertRan(checkout.run(words.toArray(String[]::new)));
      assertFalse(checkout.started().contains("-Xmx"), checkout.started());
    }
  }

  /** Java itself would start with it, and end with lines of its own. */
  @Test
  void memoryThatIsTooLittleIsRefused() throws Exception {
    assertRan(checkout.run("solve", "--memory", "16m"));
    assertRefused(2, "2097152 bytes", checkout.run("solve", "--memory", "2m"));
    assertRefused(
        2, "16m or more", checkout.run(Map.of("ABLATE_JAVA_OPTIONS", "-Xmx2m"), "explain"));
  }

  /** The launcher must tell flags from options whose next word is a value. */
  @Test
  void flagsAndCommandsWithMemoryAreThoseOfTheCommands() throws IOException {
    String launcher = Files.readString(Path.of("ablate"));
    String reads = launcher.substring(launcher.indexOf("memory_asked() {"));
    Set<String> commands = labels(reads, "    explain |");
    Set<String> flags = labels(reads, "      -h |");
    Set<String> expectedCommands = new HashSet<>();
    Set<String> expectedFlags = new HashSet<>();
    Main.commandLine(new String[0])
        .getSubcommands()
        .forEach(
            (name, command) -> {
              if (command.getCommandSpec().findOption("--memory") != null) {
                expectedCommands.add(name);
                command.getCommandSpec().options().stream()
                    .filter(option -> option.arity().max() == 0)
                    .forEach(option -> expectedFlags.addAll(List.of(option.names())));
              }
            });
    assertEquals(expectedCommands, commands);
    assertEquals(expectedFlags, flags);
  }

  /** The words of the first label of a case that begins so. */
  private static Set<String> labels(String script, String begins) {
    String label = script.substring(script.indexOf(begins));
    return Set.of(label.substring(0, label.indexOf(')')).strip().split(" \\| "));
  }
}
