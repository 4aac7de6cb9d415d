package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.kernel.Commands;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The launcher in a project of its own, with stand-ins for Java and Maven that take no time. */
final class Checkout {
  /** What the launcher may use besides Java and Maven. */
  private static final List<String> TOOLS =
      List.of(
          "sh",
          "cat",
          "find",
          "flock",
          "grep",
          "head",
          "locale",
          "mkdir",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sleep",
          "tail",
          "touch",
          "tr",
          "wc");

  /** Notes how it was started; fails where a file of the build is missing or was cut short. */
  private static final String JAVA =
      """
      #!/bin/sh
      bin=${0%/*}
      while [ $# -gt 0 ]; do
        case $1 in
          -Xbogus) printf 'Unrecognized option: -Xbogus\\nError: no machine\\nmore\\n' >&2; exit 1 ;;
          -version)
            [ -z "$heap" ] || echo "   size_t MaxHeapSize              = $heap      {product}"
            cat "$bin/version" >&2
            exit
            ;;
          -Xmx2m) heap=2097152; words="$words $1" ;;
          -Xmx16m) heap=16777216; words="$words $1" ;;
          -XX:ArchiveClassesAtExit=*) archive=${1#*=} ;;
          -jar) jar=$2; shift ;;
          *) words="$words $1" ;;
        esac
        shift
      done
      for file in "$jar" "${jar%/*}/lib/first.jar" "${jar%/*}/lib/second.jar"; do
        [ "$(cat "$file" 2>&1)" = whole ] || { echo "$file is broken"; exit 1; }
      done
      [ -z "$archive" ] || [ ! -f "$bin/crash" ] || { echo arch >"$archive"; exit 134; }
      [ -z "$archive" ] || { echo archived >"$archive"; exit; }
      echo "LC_ALL=$LC_ALL $words LD_PRELOAD=$LD_PRELOAD JAR=${jar##*/target/}" >>"$bin/started"
      echo ran
      """;

  /** Notes that it was started, does what the file {@code conduct} says, and builds. */
  private static final String MAVEN =
      """
      #!/bin/sh
      bin=${0%/*}
      for word in "$@"; do
        case $word in
          -Dablate.target=*) made=${word#*=} ;;
          -Donnxruntime.natives=*) natives=${word#*=} ;;
        esac
      done
      echo "$natives" >>"$bin/builds"
      mkdir -p "$made/lib"
      printf whole >"$made/lib/first.jar"
      . "$bin/conduct"
      printf whole >"$made/lib/second.jar"
      printf whole >"$made/ablate.jar"
      """;

  private final Path programs;
  private Path home;

  /**
   * Makes one.
   *
   * @param folder where; everybody may read what is made
   * @param name of the project's folder in it
   */
  Checkout(Path folder, String name) throws IOException {
    programs = Files.createDirectories(folder.resolve("bin"));
    home = Files.createDirectories(folder.resolve(name));
    for (String tool : TOOLS) {
      Files.copy(which(tool), programs.resolve(tool), StandardCopyOption.COPY_ATTRIBUTES);
    }
    program("java", JAVA);
    program("mvn", MAVEN);
    conduct("");
    Files.writeString(programs.resolve("version"), "openjdk version \"17.0.1\" 2021-10-19\n");
    Files.copy(Path.of("ablate"), home.resolve("ablate"));
    Files.createDirectories(home.resolve("src/main"));
    Files.createDirectories(home.resolve("kernels"));
    Files.createDirectories(home.resolve("native"));
    Files.writeString(home.resolve("pom.xml"), "<project/>");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path which(String program) {
    Path found =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(folder -> Path.of(folder, program))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    assumeTrue(found != null, "no " + program);
    return found;
  }

  private void program(String name, String text) throws IOException {
    Path file = Files.writeString(programs.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** What Maven does in the middle of a build. */
  void conduct(String commands) throws IOException {
    Files.writeString(programs.resolve("conduct"), commands + "\n");
  }

  /** What {@code java -version} says. */
  void javaIs(String version) throws IOException {
    Files.writeString(
        programs.resolve("version"), "openjdk version \"" + version + "\" 2021-10-19\n");
  }

  /** Makes Java crash over archives. */
  void crashOverArchives() throws IOException {
    Files.createFile(programs.resolve("crash"));
  }

  /** Takes a program away. */
  void without(String program) throws IOException {
    Files.delete(programs.resolve(program));
  }

  /** Renames the project's folder. */
  void move(String name) throws IOException {
    home = Files.move(home, home.resolveSibling(name));
  }

  /** The folder with the launcher. */
  Path home() {
    return home;
  }

  /** A file of the build. */
  Path target(String file) {
    return home.resolve("target").resolve(file);
  }

  /** How often Maven was started. */
  int builds() throws IOException {
    return built().size();
  }

  /** What Maven was to bring in each of its builds: the natives of ONNX Runtime. */
  List<String> built() throws IOException {
    Path builds = programs.resolve("builds");
    return Files.exists(builds) ? Files.readAllLines(builds) : List.of();
  }

  /** The program that Java was started with last, as a file of the build's folder. */
  String program() throws IOException {
    return lastStart()[2];
  }

  /** How Java was started last: locale and words. */
  String started() throws IOException {
    return lastStart()[0];
  }

  /** What was to be loaded before all else when Java was started last. */
  String preloaded() throws IOException {
    return lastStart()[1];
  }

  private String[] lastStart() throws IOException {
    List<String> starts = Files.readAllLines(programs.resolve("started"));
    return starts.get(starts.size() - 1).split(" LD_PRELOAD=| JAR=", -1);
  }

  /** Makes a source newer than the build. */
  void edit() throws IOException {
    Path source = Files.writeString(home.resolve("src/main/Source.java"), "edited");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
  }

  /** The launcher, not yet started. */
  ProcessBuilder launcher(Map<String, String> environment, String... words) {
    return under(List.of("sh"), environment, words);
  }

  /** The launcher behind another command. */
  ProcessBuilder under(List<String> before, Map<String, String> environment, String... words) {
    List<String> command = new ArrayList<>(before);
    command.add(home.resolve("ablate").toString());
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("JAVA_HOME|LANG|LC_.*|ABLATE_.*|OCL_.*|LD_.*"));
    builder.environment().put("PATH", programs.toString());
    // The machine that runs the tests may have a GPU.
    builder.environment().put("ABLATE_GPU", "0");
    builder.environment().putAll(environment);
    return builder;
  }

  /** Runs the launcher. */
  Commands.Result run(String... words) throws Exception {
    return run(Map.of(), words);
  }

  /** Runs the launcher. */
  Commands.Result run(Map<String, String> environment, String... words) throws Exception {
    return Commands.run(launcher(environment, words), 60);
  }

  /** That the program ran and ended well. */
  static void assertRan(Commands.Result result) {
    assertEquals("ran\n", result.output());
    assertEquals(0, result.status());
  }

  /** That the launcher refused in one line with a part. */
  static void assertRefused(int status, String part, Commands.Result result) {
    assertEquals(status, result.status(), result.output());
    assertEquals(1, result.output().lines().count(), result.output());
    assertTrue(result.output().startsWith("ablate: "), result.output());
    assertTrue(result.output().contains(part), result.output());
  }
}
