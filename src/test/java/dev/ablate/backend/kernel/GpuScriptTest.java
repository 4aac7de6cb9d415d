package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** benchmarks/gpu.sh over a stand-in for Java: steps that hang or die end alone. */
@Timeout(120)
class GpuScriptTest {
  /** Notes how each step was started, and does what the file {@code conduct} says of its name. */
  private static final String JAVA =
      """
      #!/bin/sh
      here=$(dirname "$0")
      for word in "$@"; do
        case $word in
          -Dablate.results=*) results=${word#*=} ;;
          -Dablate.step=*) name=${word#*=} ;;
          -Xmx*) heap=$word ;;
        esac
      done
      echo "$name $heap sync=$ABLATE_CUDA_SYNC $LD_LIBRARY_PATH" >>"$here/started"
      eval "$(sed -n "s/^$name: //p" "$here/conduct")"
      """;

  /** Drops the options of the tool and runs what stands behind them. */
  private static final String SANITIZER =
      """
      #!/bin/sh
      while [ "${1#--}" != "$1" ]; do shift 2; done
      exec "$@"
      """;

  @TempDir Path folder;

  @BeforeEach
  void placeStandIns() throws IOException {
    assumeTrue(Commands.present("bash") && Commands.present("timeout"), "no bash or no timeout");
    Path programs = Files.createDirectories(folder.resolve("into/jre/bin"));
    for (String[] program : new String[][] {{"java", JAVA}, {"compute-sanitizer", SANITIZER}}) {
      Path file = Files.writeString(programs.resolve(program[0]), program[1]);
      assertTrue(file.toFile().setExecutable(true));
    }
    Path tests = Files.createDirectories(folder.resolve("into/test-classes/dev/ablate/some"));
    for (String name : List.of("FirstContractTest", "SecondContractTest", "OtherTest")) {
      Files.createFile(tests.resolve(name + ".class"));
    }
    conduct();
  }

  private void conduct(String... lines) throws IOException {
    Files.write(folder.resolve("into/jre/bin/conduct"), List.of(lines));
  }

  private Commands.Result script(String scale, String... arguments) throws Exception {
    return script(Path.of("benchmarks/gpu.sh"), scale, arguments);
  }

  private Commands.Result script(Path script, String scale, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", script.toString()));
    command.addAll(List.of("--out", folder.resolve("out").toString()));
    command.addAll(List.of("--into", folder.resolve("into").toString()));
    command.addAll(List.of(arguments));
    return Commands.run(
        Map.of("ABLATE_STEP_SCALE", scale, "LD_LIBRARY_PATH", "/kept/here"),
        command.toArray(String[]::new));
  }

  /** The steps that ran, in the order they ended, with their status. */
  private Map<String, String> steps() throws IOException {
    Map<String, String> steps = new LinkedHashMap<>();
    for (String line : Files.readAllLines(folder.resolve("out/steps.txt"))) {
      String[] words = line.trim().split("\\s+");
      assertEquals("rc", words[2], line);
      steps.put(words[1], words[3]);
    }
    return steps;
  }

  /** How the steps were started: name, heap, whether launches are waited for, libraries. */
  private List<String[]> started() throws IOException {
    return Files.readAllLines(folder.resolve("into/jre/bin/started")).stream()
        .filter(line -> !line.startsWith(" "))
        .map(line -> line.split(" "))
        .toList();
  }

  @Test
  void stepsThatHangOrDieEndAlone() throws Exception {
    String figure = "echo '{\"figure\":1}' >>\"$results\"; ";
    conduct(
        "screening: " + figure,
        "grid: " + figure + "trap '' QUIT; exec sleep 1000",
        "spex-300: kill -9 $$",
        "transform: exit 134",
        "evaluation: " + figure);
    Commands.Result result = script("0.03", "bench");
    assertEquals(1, result.status(), result.output());
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("screening", "0");
    expected.put("grid", "137");
    expected.put("spex-300", "137");
    expected.put("transform", "134");
    for (String name :
        List.of(
            "gp", "retrainings", "evaluation", "joins", "games-gp", "spex-10000", "games-lasso")) {
      expected.put(name, "0");
    }
    assertEquals(List.copyOf(expected.entrySet()), List.copyOf(steps().entrySet()));
    assertEquals(3, Files.readAllLines(folder.resolve("out/results.jsonl")).size());
    assertTrue(result.output().contains("bench          8      3"), result.output());
    try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
      List<Path> kept = files.filter(Files::isRegularFile).toList();
      assertTrue(kept.size() <= 8 && kept.contains(folder.resolve("out/logs.tgz")), "" + kept);
    }
    for (String[] one : started()) {
      assertEquals("/kept/here:/usr/local/nvidia/lib64:/usr/local/nvidia/lib", one[3]);
    }
  }

  @Test
  void stagesLeaveNothingToOneAnother() throws Exception {
    Commands.Result result = script("1", "check", "tests", "sanitize", "bench");
    assertEquals(0, result.status(), result.output());
    List<String> names = new ArrayList<>();
    for (String[] one : started()) {
      names.add(one[0]);
      boolean checks = names.size() <= 8;
      boolean waits = !one[0].equals("CudaDevice") && !one[0].endsWith("-32");
      assertEquals(checks ? waits ? "sync=1" : "sync=0" : "sync=", one[2], one[0]);
      assertEquals(names.size() > 10, one[1].equals("-Xmx16g"), one[0] + " " + one[1]);
    }
    assertEquals(List.of("open", "CudaDevice", "selftest", "KernelBackends"), names.subList(0, 4));
    List<String> tests = new ArrayList<>(names.subList(4, 8));
    tests.sort(null);
    assertEquals(List.of("First-256", "First-32", "Second-256", "Second-32"), tests);
    assertEquals(List.of("memcheck", "racecheck", "screening"), names.subList(8, 11));
  }

  @Test
  void checksThatFailEndNothingElse() throws Exception {
    conduct("selftest: exit 1", "CudaDevice: exit 1");
    assertEquals(1, script("1", "check", "tests").status());
    assertEquals("1", steps().get("selftest"));
    assertEquals("0", steps().get("Second-32"));
  }

  @Test
  void nothingRunsWithoutADevice() throws Exception {
    conduct("open: echo 'libcuda.so.1 not found'; exit 2");
    Commands.Result result = script("1", "check", "tests");
    assertEquals(1, result.status(), result.output());
    assertEquals(Map.of("open", "2"), steps());
    assertTrue(result.output().contains("libcuda.so.1 not found"), result.output());
  }

  /** Parcels of what models need, one for each transfer, in a project of their own. */
  private Path project(String graph, Path parcels) throws Exception {
    Path project = Files.createDirectories(parcels.resolve("project"));
    Path script = Files.createDirectories(project.resolve("benchmarks")).resolve("gpu.sh");
    Files.copy(Path.of("benchmarks/gpu.sh"), script);
    Path root = Files.createDirectories(parcels.resolve("model/root"));
    Files.writeString(root.resolve("graph"), graph);
    Path archive = parcels.resolve("model.tar.xz");
    String packed = archive + " -C " + parcels + " model";
    assumeTrue(
        Commands.run(Map.of(), "bash", "-c", "tar cJf " + packed).status() == 0, "no tar with xz");
    byte[] bytes = Files.readAllBytes(archive);
    String hash =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
    for (int n = 1; n <= 3; n++) {
      Path parcel = Files.createDirectories(parcels.resolve("parcel" + n));
      Files.write(
          parcel.resolve("model." + hash + "." + n + "-of-3"),
          Arrays.copyOfRange(bytes, (n - 1) * bytes.length / 3, n * bytes.length / 3));
    }
    return script;
  }

  /** What a transfer does: it puts one parcel in the place of the one before. */
  private static void transfer(Path parcel, Path script) throws IOException {
    Path place = script.resolveSibling("../target/parcels").normalize();
    if (Files.exists(place)) {
      try (Stream<Path> files = Files.walk(place)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    Path folder = Files.createDirectories(place.resolve("x"));
    try (Stream<Path> files = Files.list(parcel)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void parcelsComeOneAtATimeInAnyOrder() throws Exception {
    Path old = Files.createDirectories(folder.resolve("old"));
    project("old", old);
    Path parcels = Files.createDirectories(folder.resolve("parcels"));
    Path script = project("whole", parcels);
    assertEquals(1, script(script, "1", "bring").status());
    // One of an earlier making is not taken for one of these.
    transfer(old.resolve("parcel1"), script);
    assertEquals(0, script(script, "1", "bring").status());
    assertEquals(1, script(script, "1", "model").status());
    for (int n : new int[] {2, 3, 1}) {
      assertFalse(Files.exists(folder.resolve("into/model")));
      transfer(parcels.resolve("parcel" + n), script);
      Commands.Result result = script(script, "1", "bring");
      assertEquals(0, result.status(), result.output());
    }
    assertEquals("whole", Files.readString(folder.resolve("into/model/root/graph")));
    List<String> brought =
        Files.readAllLines(folder.resolve("out/steps.txt")).stream()
            .filter(line -> line.startsWith("bring"))
            .map(line -> line.split("\\s+")[1])
            .toList();
    assertEquals(List.of("parcels", "1-of-3", "1-of-3", "2-of-3", "unpack"), brought);
    // Nothing more to bring.
    Files.delete(folder.resolve("out/steps.txt"));
    transfer(Files.createDirectory(folder.resolve("none")), script);
    assertEquals(0, script(script, "1", "bring").status());
  }

  @Test
  void aParcelThatIsCutShortIsNamed() throws Exception {
    Path parcels = Files.createDirectories(folder.resolve("parcels"));
    Path script = project("whole", parcels);
    for (int n = 1; n <= 3; n++) {
      transfer(parcels.resolve("parcel" + n), script);
      if (n == 2) {
        try (Stream<Path> files = Files.walk(script.resolveSibling("../target/parcels"))) {
          Files.write(files.filter(Files::isRegularFile).findFirst().orElseThrow(), new byte[5]);
        }
      }
      Commands.Result result = script(script, "1", "bring");
      assertEquals(n == 3 ? 1 : 0, result.status(), result.output());
      assertEquals(n == 3, result.output().contains("do not fit together"), result.output());
    }
    assertFalse(Files.exists(folder.resolve("into/model")));
  }

  @Test
  void modelsRunWithWhatTheParcelsBrought() throws Exception {
    Path natives =
        Files.createDirectories(
            folder.resolve("into/model/root/org/bytedeco/onnxruntime/linux-x86_64-gpu"));
    // Any library whose own are all found stands for the provider.
    Path library = Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
    assumeTrue(Files.exists(library) && Commands.present("ldd"), "no libjsig or no ldd");
    Files.copy(library, natives.resolve("libonnxruntime_providers_cuda.so"));
    conduct("model: echo \"$JAVA_TOOL_OPTIONS\"; echo $* >>$here/words");
    Commands.Result result = script("1", "model");
    assertEquals(0, result.status(), result.output());
    assertEquals(List.of("libraries", "devices", "model"), List.copyOf(steps().keySet()));
    String words = Files.readString(folder.resolve("into/jre/bin/words"));
    assertTrue(words.contains("/into/model/root:"), words);
    assertTrue(words.strip().endsWith("dev.ablate.benchmarks.DeviceModel cuda"), words);
    Files.writeString(natives.resolve("libonnxruntime_providers_cuda.so"), "no library");
    Files.delete(folder.resolve("out/steps.txt"));
    assertEquals(1, script("1", "model").status());
    assertEquals("1", steps().get("libraries"));
    // At small sizes models run on the processor.
    Files.delete(folder.resolve("out/steps.txt"));
    assertEquals(0, script("1", "model", "--small").status());
    assertEquals("none", steps().get("libraries"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"benhc", "--smal", "--out", "--backend=cuda"})
  void mistypedWordsAreRefused(String word) throws Exception {
    Commands.Result result = script("1", "bench", word);
    assertEquals(2, result.status(), result.output());
    assertEquals(1, result.output().lines().count(), result.output());
    assertTrue(result.output().contains(word), result.output());
    assertFalse(Files.exists(folder.resolve("out")));
  }
}
