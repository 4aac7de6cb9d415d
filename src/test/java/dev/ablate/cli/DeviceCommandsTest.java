package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.Backends;
import dev.ablate.backend.kernel.DeviceListing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code devices}, {@code selftest}, {@code tune}, and {@code --backend} of all commands. */
class DeviceCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void devicesListsEachDeviceOrTheReasonAgainstIt() throws IOException {
    Cli.Result text = Cli.run("devices");
    assertEquals(0, text.status(), text.err());
    JsonNode json = JSON.readTree(Cli.run("devices", "--json", "-").out());
    int row = 0;
    for (DeviceListing listing : Backends.devices()) {
      if (listing.problem() != null) {
        assertRow(json.get(row++), listing.kind(), null, listing.problem());
        assertTrue(text.out().contains(listing.kind()), text.out());
        assertTrue(text.out().contains("not usable: " + listing.problem()), text.out());
      }
      for (DeviceListing.Candidate device : listing.devices()) {
        JsonNode line = json.get(row++);
        assertRow(line, device.id(), device.name(), device.problem());
        assertEquals(device.driver(), line.get("driver").asText());
        assertTrue(text.out().contains(device.id() + "  " + device.name()), text.out());
      }
    }
    assertRow(json.get(row++), "host", json.get(row - 1).get("device").asText(), null);
    assertEquals(row, json.size());
    List<JsonNode> chosen = new ArrayList<>();
    json.forEach(line -> chosen.addAll(line.get("chosen").asBoolean() ? List.of(line) : List.of()));
    assertEquals(1, chosen.size());
    String reason = chosen.get(0).get("reason").asText();
    assertTrue(reason.startsWith(chosen.get(0).get("backend").asText() + ": "), reason);
    assertTrue(text.out().contains("chosen: " + reason), text.out());
  }

  private static void assertRow(JsonNode row, String id, String device, String problem) {
    assertEquals(id, row.get("backend").asText());
    assertEquals(device, row.get("device").textValue());
    assertEquals(problem == null, row.get("usable").asBoolean());
    if (problem != null) {
      assertEquals(problem, row.get("reason").asText());
    }
  }

  @Test
  void selftestPassesOnTheHost() throws IOException {
    Cli.Result text = Cli.run("selftest", "--backend", "host", "--threads", 1);
    assertEquals(0, text.status(), text.out());
    assertFalse(text.out().contains("FAILED"), text.out());
    assertTrue(text.out().contains("ok      walsh.transform"), text.out());
    Path file = folder.resolve("report.json");
    assertEquals(0, Cli.run("selftest", "--backend", "host", "--json", file).status());
    JsonNode report = JSON.readTree(file.toFile());
    assertTrue(report.get("passed").asBoolean());
    assertEquals("host", report.get("backend").asText());
    for (JsonNode check : report.get("checks")) {
      assertTrue(
          check.get("deviation").asDouble() <= check.get("tolerance").asDouble(), check.toString());
      assertTrue(check.get("failure").isNull(), check.toString());
    }
  }

  @Test
  void everyCommandRunsOnADevice() throws IOException {
    String device = device();
    Path design = folder.resolve("design");
    assertOk(Cli.run("design", "--features", 70, "--budget", 50, "--out", design));
    Path same = folder.resolve("same");
    assertOk(
        Cli.run("design", "--features", 70, "--budget", 50, "--out", same, "--backend", device));
    assertEquals(
        -1, Files.mismatch(design.resolve("masks.npy"), same.resolve("masks.npy")), device);
    JsonNode host = explain("host");
    JsonNode onDevice = explain(device);
    JsonNode provenance = onDevice.get("provenance");
    assertEquals(device.split(":")[0], provenance.get("backend").asText());
    assertFalse(provenance.get("device").asText().isEmpty());
    assertFalse(provenance.get("driver").asText().isEmpty());
    assertEquals(
        device + ": asked for; --backend changes it",
        provenance.get("settings").get("backend_choice").asText());
    assertEquals(
        host.get("fit").get("r2").asDouble(), onDevice.get("fit").get("r2").asDouble(), 1e-4);
    assertEquals(
        host.get("interactions").get("values").get(0).get("features"),
        onDevice.get("interactions").get("values").get(0).get("features"));
  }

  private static JsonNode explain(String backend) throws IOException {
    // Few words and masks: a processor behind OpenCL takes minutes for many.
    String text = "not a good film but hardly ever dull";
    Cli.Result result =
        Cli.run("explain", "--text", text, "--budget", 100, "--json", "-", "--backend", backend);
    assertOk(result);
    return JSON.readTree(result.out());
  }

  @Test
  void selftestPassesOnADevice() throws IOException {
    Cli.Result text = Cli.run("selftest", "--backend", device());
    assertEquals(0, text.status(), text.out());
  }

  /** A folder that cannot be made, found before anything is measured. */
  @Test
  void tuneChecksTheTablesPlaceFirst() throws IOException, InterruptedException {
    String device = device();
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    Forked tune = fork(Map.of("XDG_CONFIG_HOME", file.toString()), "tune", "--backend", device);
    assertEquals(2, tune.status(), tune.err());
    assertEquals(1, tune.err().lines().count(), tune.err());
    assertTrue(tune.err().contains(file.toString()), tune.err());
  }

  @Test
  void aBadTableOfTheUserIsNamed() throws IOException, InterruptedException {
    String device = device();
    Path table = Files.writeString(folder.resolve("table.properties"), "group = some\n");
    Forked run = fork(Map.of("ABLATE_TUNING", table.toString()), "devices", "--backend", device);
    assertEquals(2, run.status(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(table + ": group = some"), run.err());
  }

  @Test
  void withoutADriverTheReasonIsOneLine() throws IOException, InterruptedException {
    Map<String, String> environment = Map.of("OCL_ICD_VENDORS", folder.resolve("none").toString());
    assertNoOpenCl(environment, "no OpenCL driver");
  }

  @Test
  void withoutALoaderTheReasonNamesIt() throws IOException, InterruptedException {
    // The dynamic linker finds this file first, and it is no library.
    Files.writeString(folder.resolve("libOpenCL.so"), "no library");
    assertNoOpenCl(Map.of("LD_LIBRARY_PATH", folder.toString()), "libOpenCL.so");
  }

  private static void assertNoOpenCl(Map<String, String> environment, String named)
      throws IOException, InterruptedException {
    Forked refused =
        fork(environment, "design", "--features", "5", "--out", "/nowhere", "--backend", "opencl");
    assertEquals(2, refused.status(), refused.err());
    assertEquals(1, refused.err().lines().count(), refused.err());
    assertTrue(refused.err().startsWith("ablate: --backend opencl: "), refused.err());
    assertTrue(refused.err().contains(named), refused.err());
    assertTrue(refused.err().contains("install "), refused.err());
    assertTrue(refused.err().contains("--backend host"), refused.err());
    Forked listed = fork(environment, "devices");
    assertEquals(0, listed.status(), listed.err());
    assertEquals("", listed.err());
    assertTrue(listed.out().contains("not usable: no OpenCL"), listed.out());
  }

  @Test
  void tuneWritesATableThatIsRead() throws IOException {
    String device = device();
    Path table = folder.resolve("table.properties");
    Path json = folder.resolve("tune.json");
    Cli.Result result =
        Cli.run("tune", "--only", "sampling", "--backend", device, "--out", table, "--json", json);
    assertEquals(0, result.status(), result.err());
    Properties numbers = new Properties();
    try (InputStream in = Files.newInputStream(table)) {
      numbers.load(in);
    }
    JsonNode report = JSON.readTree(json.toFile());
    int changed = 0;
    for (JsonNode number : report.get("numbers")) {
      boolean differs = number.get("chosen").asInt() != number.get("before").asInt();
      changed += differs ? 1 : 0;
      String written = numbers.getProperty(number.get("name").asText());
      assertEquals(differs ? number.get("chosen").asText() : null, written);
      double best = Double.POSITIVE_INFINITY;
      double chosen = Double.NaN;
      for (JsonNode candidate : number.get("candidates")) {
        double seconds = candidate.get("seconds").asDouble();
        best = Math.min(best, seconds);
        chosen = candidate.get("number").equals(number.get("chosen")) ? seconds : chosen;
      }
      assertTrue(chosen == best || !differs, number.toString());
    }
    assertEquals(changed, numbers.size());
    assertTrue(report.get("numbers").size() > 2, report.toString());
  }

  /** A device to run on; without one the test is skipped. */
  private static String device() {
    List<String> usable =
        Backends.devices().stream()
            .flatMap(listing -> listing.devices().stream())
            .filter(DeviceListing.Candidate::usable)
            .map(DeviceListing.Candidate::id)
            .toList();
    assumeTrue(!usable.isEmpty(), () -> "no device besides the host: " + Backends.devices());
    return usable.get(0);
  }

  private static void assertOk(Cli.Result result) {
    assertEquals(0, result.status(), result.err());
  }

  /** What a process of its own left behind. */
  private record Forked(int status, String out, String err) {}

  /** Runs a command in a process with other environment variables. */
  private static Forked fork(Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(words));
    Path out = Files.createTempFile("ablate", ".out");
    Path err = Files.createTempFile("ablate", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().putAll(environment);
      int status = builder.start().waitFor();
      return new Forked(
          status,
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
