package dev.ablate.cli;

import static dev.ablate.cli.Checkout.assertRan;
import static dev.ablate.cli.Checkout.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.kernel.Commands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ./ablate} does before Java starts. */
@Timeout(120)
class LauncherTest {
  @TempDir private Path folder;
  private Checkout checkout;

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = new Checkout(folder, "project");
  }

  private void assertNothingLeftOver() throws IOException {
    assertTargetHolds(".lock", "ablate.jar", "ablate.jsa", "ablate.stamp", "build.log", "lib");
  }

  private void assertTargetHolds(String... names) throws IOException {
    try (Stream<Path> files = Files.list(checkout.target(""))) {
      assertEquals(List.of(names), files.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void buildsOnFirstUseAndWhenASourceIsNewer() throws Exception {
    assertRan(checkout.run("explain"));
    assertRan(checkout.run("explain"));
    assertEquals(1, checkout.builds());
    checkout.edit();
    assertRan(checkout.run("explain"));
    assertEquals(2, checkout.builds());
    assertNothingLeftOver();
  }

  @Test
  void startsAtTheSameTimeWaitForOneBuild() throws Exception {
    checkout.conduct("sleep 1");
    List<Process> starts = new ArrayList<>();
    List<Path> outputs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      outputs.add(folder.resolve("output" + i));
      starts.add(
          checkout
              .launcher(Map.of(), "explain")
              .redirectErrorStream(true)
              .redirectOutput(outputs.get(i).toFile())
              .start());
    }
    for (int i = 0; i < 4; i++) {
      assertEquals(0, starts.get(i).waitFor());
      assertEquals("ran\n", Files.readString(outputs.get(i)));
    }
    assertEquals(1, checkout.builds());
  }

  /** What a build leaves that was killed while it wrote in place, and what a full disk leaves. */
  @ParameterizedTest
  @ValueSource(strings = {"ablate.jar", "lib/first.jar", "lib/second.jar"})
  void brokenBuildsAreMadeAnew(String file) throws Exception {
    assertRan(checkout.run("explain"));
    Files.writeString(checkout.target(file), "who");
    assertRan(checkout.run("explain"));
    Files.delete(checkout.target(file));
    assertRan(checkout.run("explain"));
    assertEquals(3, checkout.builds());
    assertRan(checkout.run("explain"));
    assertEquals(3, checkout.builds());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ablate.jsa", "ablate.stamp"})
  void whatTheLauncherAddsToABuildIsMadeAgainWithoutMaven(String file) throws Exception {
    assertRan(checkout.run("explain"));
    Files.delete(checkout.target("ablate.stamp"));
    Files.deleteIfExists(checkout.target(file));
    checkout.without("mvn");
    assertRan(checkout.run("explain"));
    assertTrue(checkout.started().contains("-XX:SharedArchiveFile="), checkout.started());
    assertNothingLeftOver();
  }

  /** The build is whole, only the archive is none. */
  @Test
  void aJavaThatCrashesOverArchivesDoesWithout() throws Exception {
    checkout.crashOverArchives();
    assertRan(checkout.run("explain"));
    checkout.without("mvn");
    Files.delete(checkout.target("ablate.stamp"));
    assertRan(checkout.run("explain"));
    assertFalse(checkout.started().contains("-XX:SharedArchiveFile="), checkout.started());
    assertTargetHolds(".lock", "ablate.jar", "ablate.stamp", "build.log", "lib");
  }

  /** An archive names the folder of its jar. */
  @Test
  void aProjectThatWasMovedGetsAnArchiveAgainWithoutMaven() throws Exception {
    assertRan(checkout.run("explain"));
    checkout.without("mvn");
    Files.writeString(checkout.target("ablate.jsa"), "archiveX\n");
    checkout.move("moved");
    assertRan(checkout.run("explain"));
    assertEquals("archived\n", Files.readString(checkout.target("ablate.jsa")));
  }

  /** Java would crash with it. */
  @Test
  void anArchiveCutShortIsNotUsed() throws Exception {
    assertRan(checkout.run("explain"));
    Files.delete(checkout.target("ablate.jsa"));
    Files.writeString(checkout.target("ablate.jsa"), "arch");
    assertRan(checkout.run("explain"));
    assertEquals("archived\n", Files.readString(checkout.target("ablate.jsa")));
    assertEquals(1, checkout.builds());
  }

  /** What Java says of it takes several lines, and its status stands for a failure inside. */
  @Test
  void aJavaThatDoesNotStartIsNamed() throws Exception {
    assertRan(checkout.run("explain"));
    Process refused =
        checkout.launcher(Map.of("ABLATE_JAVA_OPTIONS", "-Xbogus"), "explain").start();
    String said = new String(refused.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(2, refused.waitFor(), said);
    assertEquals(
        "ablate: Java does not start (Unrecognized option: -Xbogus Error: no machine): see"
            + " ABLATE_JAVA_OPTIONS and the limit on memory (ulimit -v)\n",
        said);
    assertEquals("", new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  @Test
  void aBuildThatWasKilledIsMadeAgain() throws Exception {
    checkout.conduct("touch \"$bin/half\"; sleep 1");
    Process killed = checkout.launcher(Map.of(), "explain").start();
    while (!Files.exists(folder.resolve("bin/half"))) {
      assertTrue(killed.isAlive());
      Thread.sleep(10);
    }
    killed.destroyForcibly().waitFor();
    checkout.conduct("");
    assertRan(checkout.run("explain"));
    assertNothingLeftOver();
  }

  /** Runs that began with the old build keep its files. */
  @Test
  void aFailedBuildLeavesTheOldOne() throws Exception {
    assertRan(checkout.run("explain"));
    checkout.edit();
    checkout.conduct("echo no such symbol; exit 1");
    Commands.Result result = checkout.run("explain");
    assertEquals(1, result.status());
    assertTrue(result.output().contains("no such symbol"), result.output());
    assertEquals("whole", Files.readString(checkout.target("ablate.jar")));
    assertNothingLeftOver();
  }

  @Test
  void mavenThatMakesNoJarIsNamed() throws Exception {
    checkout.conduct("exit 0");
    assertRefused(1, "made no ablate.jar", checkout.run("explain"));
  }

  @Test
  void whatNeedsMavenIsSaid() throws Exception {
    checkout.conduct("mv \"$bin/mvn\" \"$bin/gone\"");
    assertRan(checkout.run("explain"));
    assertRan(checkout.run("explain"));
    checkout.edit();
    assertRefused(2, "the sources are newer than the build", checkout.run("explain"));
    Files.delete(checkout.target("ablate.jar"));
    assertRefused(2, "the first use builds", checkout.run("explain"));
  }

  @Test
  void aBuildThatCannotBeReplacedIsUsed() throws Exception {
    assertRan(checkout.run("explain"));
    checkout.edit();
    Path target = checkout.target("");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      Commands.Result result = Commands.run(unprivileged("explain"), 60);
      assertEquals(0, result.status(), result.output());
      assertTrue(result.output().endsWith("\nran\n"), result.output());
      assertEquals(2, result.output().lines().count(), result.output());
      assertTrue(result.output().contains("running the old one"), result.output());
    } finally {
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    assertEquals(1, checkout.builds());
  }

  @Test
  void aProjectThatCannotBeBuiltIsRefused() throws Exception {
    Path home = checkout.home();
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assertRefused(2, "cannot be written to", Commands.run(unprivileged("explain"), 60));
    } finally {
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** As a user whom permissions bind. */
  private ProcessBuilder unprivileged(String word) throws IOException {
    List<String> shell = List.of(folder.resolve("bin/sh").toString());
    if (!System.getProperty("user.name").equals("root")) {
      return checkout.under(shell, Map.of(), word);
    }
    assumeTrue(Commands.present("setpriv"), "root, and no setpriv");
    Files.writeString(folder.resolve("bin/started"), "");
    Files.setPosixFilePermissions(
        folder.resolve("bin/started"), PosixFilePermissions.fromString("rw-rw-rw-"));
    List<String> setpriv = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    return checkout.under(Stream.concat(setpriv.stream(), shell.stream()).toList(), Map.of(), word);
  }

  @Test
  void anOldJavaIsRefused() throws Exception {
    checkout.javaIs("1.8.0_392");
    assertRefused(2, "1.8.0_392", checkout.run("explain"));
    Path home = Files.createDirectories(folder.resolve("jdk"));
    Files.createDirectory(home.resolve("bin"));
    Files.writeString(home.resolve("bin/java"), "#!/bin/sh\nexit 3\n");
    assertTrue(home.resolve("bin/java").toFile().setExecutable(true));
    Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"11.0.2\"\n");
    assertRefused(2, "11.0.2", checkout.run(Map.of("JAVA_HOME", home.toString()), "explain"));
    checkout.javaIs("21-ea");
    assertRan(checkout.run("explain"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"with blanks ", "with a feed\n", "\n", "tab\there", "-dash", "*?$(x)"})
  void theProjectMayLieAnywhere(String name) throws Exception {
    checkout = new Checkout(Files.createDirectory(folder.resolve("elsewhere")), name);
    assertRan(checkout.run("explain"));
    assertRan(checkout.run("explain"));
    assertEquals(1, checkout.builds());
  }

  @Test
  void aColonInThePathIsRefused() throws Exception {
    checkout = new Checkout(Files.createDirectory(folder.resolve("elsewhere")), "co:lon");
    assertRefused(2, "colon", checkout.run("explain"));
    assertEquals(0, checkout.builds());
  }

  @Test
  void wordsReachJavaInUtf8() throws Exception {
    assertRan(checkout.run(Map.of("LC_ALL", "C.UTF-8"), "explain"));
    assertTrue(checkout.started().startsWith("LC_ALL=C.UTF-8 "), checkout.started());
    for (String none : List.of("xx", "C", "POSIX", "de_DE.ISO-8859-1", "en_US.UTF-9")) {
      assertRan(checkout.run(Map.of("LC_ALL", none), "explain"));
      assertTrue(checkout.started().matches("LC_ALL=(C|en_US).UTF-8 .*"), checkout.started());
      assertRan(checkout.run(Map.of("LANG", none), "explain"));
      assertTrue(checkout.started().matches("LC_ALL=(C|en_US).UTF-8 .*"), checkout.started());
    }
    checkout.without("locale");
    assertRan(checkout.run(Map.of("LANG", "xx"), "explain"));
    assertTrue(checkout.started().startsWith("LC_ALL=C.UTF-8 "), checkout.started());
  }

  /**
   * What keeps the handlers of Java's signals comes with Java and stands before what users load.
   */
  @Test
  void whereADriverOfOpenClMayLoadJavaKeepsItsSignals() throws Exception {
    Path own = Path.of(System.getProperty("java.home"), "lib/libjsig.so");
    assumeTrue(Files.exists(own), "this Java has no libjsig");
    Path drivers = Files.createDirectory(folder.resolve("drivers"));
    Map<String, String> there = Map.of("OCL_ICD_VENDORS", drivers.toString());
    Path chain = Files.createDirectories(folder.resolve("lib")).resolve("libjsig.so");
    Files.createFile(drivers.resolve("some.icd"));
    assertRan(checkout.run(there, "explain"));
    assertEquals("", checkout.preloaded());
    Files.copy(own, chain);
    assertRan(checkout.run(there, "explain"));
    assertEquals(chain.toString(), checkout.preloaded());
    Map<String, String> both = new HashMap<>(there);
    both.put("LD_PRELOAD", own.toString());
    assertRan(checkout.run(both, "explain"));
    assertEquals(chain + ":" + own, checkout.preloaded());
    Files.delete(drivers.resolve("some.icd"));
    assertRan(checkout.run(there, "explain"));
    assertEquals("", checkout.preloaded());
  }

  @Test
  void tooFewOpenFilesAreSaid() throws Exception {
    for (int files : List.of(15, 40)) {
      String limited = "ulimit -n " + files + "; exec sh \"$0\" \"$@\"";
      Commands.Result result =
          Commands.run(checkout.under(List.of("sh", "-c", limited), Map.of(), "explain"), 60);
      assertRefused(2, "no more than " + files + " files", result);
    }
    assertEquals(0, checkout.builds());
  }

  /** Light compilation is only for what ends before more of it would pay. */
  @Test
  void onlyShortRunsAreCompiledLightly() throws Exception {
    String many = "word" + " word".repeat(9);
    for (List<String> words :
        List.of(
            List.<String>of(),
            List.of("--version"),
            List.of("explain", "--text", "not bad"),
            List.of("explain", "--json", "-", "--text=not bad", "--target=positive"))) {
      assertTrue(light(words), words.toString());
    }
    for (List<String> words :
        List.of(
            List.of("solve", "--masks", "m.npy"),
            List.of("explain", "--text", many),
            List.of("explain", "--text=" + many),
            List.of("explain", "--text", "not bad", "--budget", "9"),
            List.of("explain", "--input", "texts.jsonl", "--out", "o"))) {
      assertFalse(light(words), words.toString());
    }
    assertRan(checkout.run(Map.of("ABLATE_JAVA_OPTIONS", "-Xmx1g -Xms1g"), "explain"));
    assertFalse(checkout.started().contains("TieredStopAtLevel"), checkout.started());
    assertTrue(checkout.started().contains(" -Xmx1g -Xms1g "), checkout.started());
  }

  private boolean light(List<String> words) throws Exception {
    assertRan(checkout.run(words.toArray(String[]::new)));
    assertTrue(checkout.started().endsWith(String.join(" ", words).strip()), checkout.started());
    return checkout.started().contains("-XX:TieredStopAtLevel=1");
  }
}
