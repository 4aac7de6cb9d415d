package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Launches name their arguments, and what does not fit the kernel's source never starts. */
class ArgumentsTest {
  private static final Path CALLERS =
      Path.of("src", "main", "java", "dev", "ablate", "backend", "kernel");

  private final RecordingDevice device = new RecordingDevice();
  private final Runtime runtime = new Runtime(device, Tuning.host());
  private final KernelBuffer words = runtime.allocate(Element.U64, 8);
  private final KernelBuffer numbers = runtime.allocate(Element.I32, 8);

  private void gather(Arguments arguments) {
    runtime.forItems("sort", "sort_gather", 4, arguments);
  }

  private String refusal(Arguments arguments) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> gather(arguments)).getMessage();
    assertEquals(List.of(), device.launches());
    return message;
  }

  @Test
  void argumentsComeInTheOrderOfTheSourceWhateverTheirs() {
    KernelBuffer keys = runtime.allocate(Element.U64, 8);
    List<Object> ordered = List.of(keys.memory(), words.memory(), 3L, numbers.memory(), 4);
    gather(
        Arguments.of()
            .put("keys", keys)
            .put("words", words)
            .put("offset", 3L)
            .put("numbers", numbers)
            .put("count", 4));
    gather(
        Arguments.of()
            .put("count", 4)
            .put("numbers", numbers)
            .put("words", words)
            .put("keys", keys)
            .put("offset", 3L));
    RecordingDevice.Launch launch = new RecordingDevice.Launch("sort_gather", 0, ordered);
    assertEquals(List.of(launch, launch), device.launches());
  }

  @Test
  void moreLocalMemoryThanAGroupHasIsRefusedInOneLine() {
    Arguments arguments =
        Arguments.of()
            .put("keys", words)
            .put("words", words)
            .put("offset", 3L)
            .put("numbers", numbers)
            .put("count", 4);
    Runtime.Kernel kernel = runtime.kernel("sort", "sort_gather", Map.of());
    String message =
        assertThrows(
                InputException.class, () -> runtime.launch(kernel, 1, 1, (1 << 16) + 8, arguments))
            .getMessage();
    assertEquals(
        "sort_gather needs 65544 bytes of local memory at these sizes, and a group of "
            + device.name()
            + " has 65536: use the backend host",
        message);
    assertEquals(List.of(), device.launches());
    runtime.launch(kernel, 1, 1, 1 << 16, arguments);
    assertEquals(1, device.launches().size());
  }

  @Test
  void exchangedNamesAreRefused() {
    assertEquals(
        "sort_gather takes Long as offset, not Integer 4",
        refusal(
            Arguments.of()
                .put("keys", words)
                .put("words", words)
                .put("count", 3L)
                .put("numbers", numbers)
                .put("offset", 4)));
  }

  @Test
  void missingUnknownAndRepeatedNamesAreRefused() {
    assertEquals(
        "sort_gather lacks offset, count",
        refusal(Arguments.of().put("keys", words).put("words", words).put("numbers", numbers)));
    assertEquals(
        "sort_gather has no parameter offsets",
        refusal(
            Arguments.of()
                .put("keys", words)
                .put("words", words)
                .put("offsets", 3L)
                .put("numbers", numbers)
                .put("count", 4)));
    assertEquals(
        "sort_gather is given keys twice",
        refusal(
            Arguments.of()
                .put("keys", words)
                .put("keys", words)
                .put("offset", 3L)
                .put("numbers", numbers)
                .put("count", 4)));
  }

  @Test
  void otherTypesAreRefused() {
    assertEquals(
        "sort_gather takes Integer as count, not Long 4",
        refusal(
            Arguments.of()
                .put("keys", words)
                .put("words", words)
                .put("offset", 3L)
                .put("numbers", numbers)
                .put("count", 4L)));
    assertEquals(
        "sort_gather takes a buffer of I32 as numbers, not a buffer of U64",
        refusal(
            Arguments.of()
                .put("keys", words)
                .put("words", words)
                .put("offset", 3L)
                .put("numbers", words)
                .put("count", 4)));
    assertEquals(
        "sort_gather takes a buffer of I32 as numbers, not Integer 5",
        refusal(
            Arguments.of()
                .put("keys", words)
                .put("words", words)
                .put("offset", 3L)
                .put("numbers", 5)
                .put("count", 4)));
    assertEquals(
        "sort_gather takes Long as offset, not a buffer",
        refusal(
            Arguments.of()
                .put("keys", words)
                .put("words", words)
                .reinterpret("offset", words)
                .put("numbers", numbers)
                .put("count", 4)));
  }

  @Test
  void aBufferIsReinterpretedWhereTheCallSaysSo() {
    gather(
        Arguments.of()
            .put("keys", words)
            .put("words", words)
            .put("offset", 3L)
            .reinterpret("numbers", words)
            .put("count", 4));
    assertEquals(1, device.launches().size());
  }

  @Test
  void typesFollowTheMacrosOfTheSource() {
    KernelBuffer singles = runtime.allocate(Element.F32, 4);
    KernelBuffer doubles = runtime.allocate(Element.F64, 4);
    for (boolean wide : new boolean[] {false, true}) {
      Runtime.Kernel kernel =
          runtime.kernel(
              "coded_regression",
              "coded_regression_squares",
              wide ? Map.of("REAL_BITS", 64) : Map.of());
      Arguments arguments =
          Arguments.of()
              .put("squares", doubles)
              .put("transforms", wide ? doubles : singles)
              .put("offset", 0L)
              .put("groups", 1)
              .put("delays", 1)
              .put("points", 1);
      runtime.launch(kernel, 1, 1, 0, arguments);
      assertThrows(
          IllegalArgumentException.class,
          () ->
              kernel
                  .signature()
                  .order(
                      Arguments.of()
                          .put("squares", doubles)
                          .put("transforms", wide ? singles : doubles)
                          .put("offset", 0L)
                          .put("groups", 1)
                          .put("delays", 1)
                          .put("points", 1)));
    }
    assertEquals(2, device.launches().size());
  }

  /** The names of the parameters of every kernel, one list a kernel. */
  private static List<List<String>> signatures() throws IOException {
    List<List<String>> signatures = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("kernels"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".cl")).sorted().toList()) {
        String stem = file.getFileName().toString().replace(".cl", "");
        KernelMacros macros = KernelMacros.of(stem);
        List<String> kernels = KernelSignature.kernels(macros);
        long written = Pattern.compile("\\bKERNEL\\b").matcher(macros.text()).results().count();
        assertEquals(written, kernels.size(), stem);
        for (String kernel : kernels) {
          signatures.add(KernelSignature.of(macros, kernel).names());
        }
      }
    }
    return signatures;
  }

  @Test
  void everyKernelHasASignature() throws IOException {
    List<List<String>> signatures = signatures();
    assertTrue(signatures.size() >= 70, signatures.size() + " kernels");
    assertTrue(signatures.stream().allMatch(names -> !names.isEmpty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> KernelSignature.of(KernelMacros.of("sort"), "sort_nothing"));
  }

  @Test
  void everyCallNamesTheArgumentsOfAKernelInItsOrder() throws IOException {
    List<List<String>> signatures = signatures();
    Pattern chain =
        Pattern.compile("Arguments\\.of\\(\\)((?:\\s*\\.(?:put|reinterpret)\\([^;]*)?)");
    TreeSet<String> faults = new TreeSet<>();
    int calls = 0;
    try (Stream<Path> files = Files.list(CALLERS)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        if (!file.endsWith("Runtime.java") && text.contains("evice.launch(")
            || text.contains("device().launch(")) {
          faults.add(file + " starts a kernel past its signature");
        }
        Matcher matcher = chain.matcher(text);
        while (matcher.find()) {
          List<String> names =
              Pattern.compile("\\.(?:put|reinterpret)\\(\\s*\"(\\w+)\"")
                  .matcher(matcher.group(1))
                  .results()
                  .map(name -> name.group(1))
                  .toList();
          calls++;
          // The last argument may follow where its type depends on the call.
          boolean known =
              signatures.stream()
                  .anyMatch(
                      s ->
                          s.size() - names.size() <= 1
                              && s.size() >= names.size()
                              && s.subList(0, names.size()).equals(names));
          if (!known) {
            faults.add(file + " gives no kernel's arguments: " + names);
          }
        }
      }
    }
    assertEquals(new TreeSet<String>(), faults);
    assertTrue(calls >= 70, calls + " calls");
  }
}
