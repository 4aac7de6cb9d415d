package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.kernel.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which natives {@code ./ablate} brings: those for GPUs where there is NVIDIA's driver. */
@Timeout(120)
class LauncherGpuTest {
  private static final String CPU = "linux-x86_64";
  private static final String GPU = "linux-x86_64-gpu";
  private static final String FAILING =
      "[ $natives != linux-x86_64-gpu ] || { echo gone; exit 1; }";

  @TempDir private Path folder;
  private Checkout checkout;
  private Map<String, String> driver;

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = new Checkout(folder, "project");
    Path drivers = Files.createDirectory(folder.resolve("drivers"));
    Files.createFile(drivers.resolve("libcuda.so.1"));
    driver = Map.of("ABLATE_GPU", "", "LD_LIBRARY_PATH", "/nonexistent:" + drivers);
  }

  private void assertRan(String program, Map<String, String> environment) throws Exception {
    Commands.Result result = checkout.run(environment, "explain");
    assertEquals("ran\n", result.output());
    assertEquals(0, result.status());
    assertEquals(program, checkout.program());
  }

  /** Runs the build for the processor and says in one line that it is that one. */
  private void assertRanOnTheProcessor(Map<String, String> environment) throws Exception {
    Commands.Result result = checkout.run(environment, "explain");
    assertEquals(0, result.status(), result.output());
    List<String> lines = result.output().lines().toList();
    assertEquals(2, lines.size(), result.output());
    assertTrue(lines.get(0).startsWith("ablate: models run on the processor: "), lines.get(0));
    assertTrue(lines.get(0).contains("target/cuda") && lines.get(0).contains("ABLATE_GPU=0"));
    assertEquals("ran", lines.get(1));
    assertEquals("ablate.jar", checkout.program());
  }

  @Test
  void theDriverBringsTheNativesForGpus() throws Exception {
    assertRan("cuda/ablate.jar", driver);
    assertRan("cuda/ablate.jar", driver);
    assertEquals(List.of(GPU), checkout.built());
    assertFalse(Files.exists(checkout.target("lib")));
    checkout.edit();
    assertRan("cuda/ablate.jar", driver);
    assertEquals(List.of(GPU, GPU), checkout.built());
  }

  /** Machines with and without a GPU may share a project. */
  @Test
  void buildsOfBothKindsStandSideBySide() throws Exception {
    for (int i = 0; i < 2; i++) {
      assertRan("ablate.jar", Map.of("ABLATE_GPU", "0"));
      assertRan("cuda/ablate.jar", driver);
      assertRan("cuda/ablate.jar", Map.of("ABLATE_GPU", "1"));
    }
    assertEquals(List.of(CPU, GPU), checkout.built());
  }

  @Test
  void nothingBringsThemAgainstTheUsersWord() throws Exception {
    assertRan(
        "ablate.jar", Map.of("ABLATE_GPU", "0", "LD_LIBRARY_PATH", driver.get("LD_LIBRARY_PATH")));
    assertEquals(List.of(CPU), checkout.built());
  }

  @Test
  void anotherWordIsRefused() throws Exception {
    Commands.Result result = checkout.run(Map.of("ABLATE_GPU", "no"), "explain");
    assertEquals(2, result.status(), result.output());
    assertEquals(1, result.output().lines().count(), result.output());
    assertTrue(result.output().startsWith("ablate: ABLATE_GPU is no: "), result.output());
    assertEquals(0, checkout.builds());
  }

  @Test
  void whatCannotBeBuiltForAGpuRunsOnTheProcessor() throws Exception {
    checkout.conduct(FAILING);
    assertRanOnTheProcessor(driver);
    assertRanOnTheProcessor(driver);
    // It is not tried again, for what it lacks is still not there.
    assertEquals(List.of(GPU, CPU), checkout.built());
    assertTrue(Files.readString(checkout.target("cuda/refused")).contains("gone"));
    checkout.conduct("");
    Files.setLastModifiedTime(
        checkout.target("cuda/refused"), FileTime.from(Instant.now().minus(Duration.ofDays(3))));
    assertRan("cuda/ablate.jar", driver);
    assertFalse(Files.exists(checkout.target("cuda/refused")));
  }

  @Test
  void aSourceThatChangedIsTriedAgain() throws Exception {
    checkout.conduct(FAILING);
    assertRanOnTheProcessor(driver);
    checkout.conduct("");
    checkout.edit();
    assertRan("cuda/ablate.jar", driver);
    assertEquals(List.of(GPU, CPU, GPU), checkout.built());
  }

  @Test
  void aStartThatWasKilledLeavesNothing() throws Exception {
    checkout.conduct("touch \"$bin/half\"; sleep 1");
    Process killed = checkout.launcher(driver, "explain").start();
    while (!Files.exists(folder.resolve("bin/half"))) {
      assertTrue(killed.isAlive());
      Thread.sleep(10);
    }
    killed.destroyForcibly().waitFor();
    checkout.conduct("");
    assertRan("cuda/ablate.jar", driver);
    try (Stream<Path> left = Files.list(checkout.target("cuda"))) {
      assertEquals(
          List.of(".lock", "ablate.jar", "ablate.jsa", "ablate.stamp", "build.log", "lib"),
          left.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void withoutMavenTheBuildThatIsThereRuns() throws Exception {
    assertRan("ablate.jar", Map.of());
    checkout.without("mvn");
    assertRanOnTheProcessor(driver);
    assertTrue(Files.readString(checkout.target("cuda/refused")).contains("Maven"));
  }
}
