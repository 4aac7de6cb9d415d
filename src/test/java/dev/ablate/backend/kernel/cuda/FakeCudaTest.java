package dev.ablate.backend.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.kernel.Commands;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The CUDA backend over native/fakecuda, a driver that runs the kernels as plain C: a Java of its
 * own with that driver in place of NVIDIA's runs the tests of the device and the contract tests.
 */
@Timeout(600)
class FakeCudaTest {
  private static final Path DRIVER = Path.of("target", "fakecuda").toAbsolutePath();

  @TempDir Path folder;

  @BeforeAll
  static void build() throws Exception {
    assumeTrue(Commands.present("cc"), "no C compiler");
    Commands.Result built = Commands.run(Map.of(), "native/fakecuda/build", DRIVER.toString());
    assertEquals(0, built.status(), built.output());
  }

  private String junit(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-Dablate.test.kind=cuda",
                "-Dablate.test.group=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.junit.platform.console.ConsoleLauncher",
                "execute",
                "--disable-banner",
                "--disable-ansi-colors",
                "--details=summary",
                "--include-engine=junit-jupiter"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", DRIVER.toString());
    builder.environment().put("ABLATE_CACHE_DIR", folder.toString());
    // The fake driver takes PTX alone, so a kernel without must not come from a compiler.
    builder.environment().put("PATH", folder.toString());
    builder.environment().put("CUDA_HOME", folder.toString());
    builder.environment().putAll(environment);
    return Commands.run(builder, 500).output();
  }

  private static void assertAllPassed(String output) {
    String start = output.lines().limit(60).collect(Collectors.joining("\n"));
    assertEquals(0, tests(output, "failed"), start);
    assertEquals(0, tests(output, "aborted"), start);
    assertEquals(tests(output, "found"), tests(output, "successful"), start);
    assertTrue(tests(output, "successful") > 0, start);
  }

  /** A line of JUnit's summary such as {@code [ 12 tests failed ]}. */
  private static int tests(String output, String what) {
    Matcher line = Pattern.compile("\\[\\s*(\\d+) tests " + what).matcher(output);
    assertTrue(line.find(), output);
    return Integer.parseInt(line.group(1));
  }

  /** In either schedule of several streams. */
  @ParameterizedTest
  @ValueSource(strings = {"late", "early"})
  void deviceKeepsItsContract(String schedule) throws Exception {
    Map<String, String> all = new HashMap<>();
    all.put("FAKECUDA_MEMORY", String.valueOf(512L << 20));
    if (!schedule.equals("late")) {
      all.put("FAKECUDA_SCHEDULE", schedule);
    }
    assertAllPassed(
        junit(
            all,
            "--select-class=" + CudaDeviceTest.class.getName(),
            "--select-class=" + CudaTurnsTest.class.getName()));
  }

  /** From masks to values through kernels and a stub of a model, in either schedule. */
  @ParameterizedTest
  @ValueSource(strings = {"late", "early"})
  void chainStaysOnTheDevice(String schedule) throws Exception {
    Map<String, String> all =
        schedule.equals("late") ? Map.of() : Map.of("FAKECUDA_SCHEDULE", schedule);
    assertAllPassed(junit(all, "--select-class=dev.ablate.lens.text.ResidentChainCases"));
  }

  /**
   * At one item a group, which is what plain C has; the two that take longest there with {@code
   * -Dablate.test.slow=true}.
   */
  @Test
  void operationsKeepTheirContracts() throws Exception {
    String some =
        Boolean.getBoolean("ablate.test.slow")
            ? ".*ContractTest"
            : ".*(?<!GaussianProcess|CodedRegression)ContractTest";
    assertAllPassed(
        junit(Map.of(), "--select-package=dev.ablate.backend", "--include-classname=" + some));
  }

  @Test
  void everyWayToMachineCodeIsTriedAndNamed() throws Exception {
    String output =
        junit(
            Map.of("FAKECUDA_LINK", "refuse"),
            "--select-method="
                + CudaDeviceTest.class.getName()
                + "#kernelsRunAtAnyGroupSizeAndWithMuchLocalMemory()");
    assertEquals(1, tests(output, "failed"), output);
    assertTrue(
        output.contains(
            "PTX: cuLinkAddData: CUDA_ERROR_UNSUPPORTED_PTX_VERSION: "
                + "ptxas fatal   : Unsupported .version; NVRTC: "),
        output);
    assertTrue(output.contains("NVRTC: "), output);
    assertTrue(output.contains("nvcc: not found on the PATH"), output);
  }

  /** In either schedule of several streams. */
  @ParameterizedTest
  @ValueSource(strings = {"late", "early"})
  void modelsShareItsMemory(String schedule) throws Exception {
    Map<String, String> all = new HashMap<>();
    if (!schedule.equals("late")) {
      all.put("FAKECUDA_SCHEDULE", schedule);
    }
    assertAllPassed(
        junit(
            all,
            "--select-class=dev.ablate.model.onnx.SharedMemoryTest",
            "--select-class=dev.ablate.model.ServingOnDeviceTest"));
  }

  private String faulty(Map<String, String> environment, String method) throws Exception {
    Map<String, String> all = new HashMap<>(environment);
    all.put("FAKECUDA_FAIL", "sampling_uniform");
    return junit(all, "--select-method=" + CudaFaultCases.class.getName() + "#" + method + "()");
  }

  @Test
  void faultNamesTheLastKernelsAndTheSwitch() throws Exception {
    assertAllPassed(faulty(Map.of(), "laterFaultNamesTheLastKernelsAndTheSwitch"));
  }

  @Test
  void faultNamesItsKernelWhenEveryLaunchWaits() throws Exception {
    assertAllPassed(faulty(Map.of("ABLATE_CUDA_SYNC", "1"), "faultNamesItsKernel"));
    assertAllPassed(
        faulty(Map.of("JAVA_TOOL_OPTIONS", "-Dablate.cuda.sync=true"), "faultNamesItsKernel"));
  }
}
