package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.kernel.Commands;
import dev.ablate.backend.kernel.SharedLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ablate devices} says of models on a GPU, in a Java of its own. */
@Timeout(120)
class DevicesCommandTest {
  @TempDir Path folder;

  private String devices(String... words) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "devices",
            "--backend",
            "host");
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(command.stream(), List.of(words).stream()).toList());
    builder.environment().put("LD_LIBRARY_PATH", folder.toString());
    Commands.Result result = Commands.run(builder, 100);
    assertEquals(0, result.status(), result.output());
    return result.output();
  }

  private void library(String name) throws IOException {
    Files.createFile(folder.resolve(name));
  }

  private static String line(String output, String start) {
    List<String> lines = output.lines().filter(line -> line.startsWith(start)).toList();
    assertEquals(1, lines.size(), output);
    return lines.get(0);
  }

  @Test
  void nothingIsSaidWhereThereIsNoDriver() throws Exception {
    assumeTrue(SharedLibraries.find("libcuda.so.1") == null, "there is a driver");
    String output = devices();
    assertFalse(output.contains("models on"), output);
    for (JsonNode row : new ObjectMapper().readTree(devices("--json", "-"))) {
      assertTrue(row.has("backend"), row.toString());
    }
  }

  @Test
  void whatModelsLackIsNamed() throws Exception {
    assumeTrue(SharedLibraries.find("libcudnn.so.9") == null, "there is cuDNN");
    assumeTrue(SharedLibraries.find("libnvinfer.so.10") == null, "there is TensorRT");
    // A file that is no library: what is not loaded need not be one.
    library("libcuda.so.1");
    String output = devices();
    String cuda = line(output, "models on cuda: ");
    assertTrue(cuda.startsWith("models on cuda: not usable: "), cuda);
    assertTrue(cuda.contains("libcudnn.so.9") && cuda.contains("LD_LIBRARY_PATH"), cuda);
    assertTrue(line(output, "models on tensorrt: ").contains("libnvinfer.so.10"), output);
    library("libcudnn.so.9");
    assertFalse(line(devices(), "models on cuda: ").contains("libcudnn.so.9"));
    JsonNode rows = new ObjectMapper().readTree(devices("--json", "-"));
    JsonNode last = rows.get(rows.size() - 1);
    assertEquals("tensorrt", last.get("provider").asText());
    assertFalse(last.get("usable").asBoolean());
    assertTrue(last.get("reason").asText().contains("libnvinfer.so.10"), last.toString());
    assertEquals("cuda", rows.get(rows.size() - 2).get("provider").asText());
  }
}
