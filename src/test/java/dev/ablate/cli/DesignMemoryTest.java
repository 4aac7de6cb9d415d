package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A design that memory does not hold is refused beforehand, and as many as are said do fit. */
class DesignMemoryTest {
  private static final Pattern MOST = Pattern.compile("lower --budget to at most (\\d+)");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"uniform, 40", "uniform, 130", "spex, 40"})
  void whatIsSaidToFitDoes(String kind, int features) throws Exception {
    String most = Long.toString(Long.MAX_VALUE);
    String refused = design(2, kind, features, kind.equals("spex") ? most : "2147483647");
    Matcher said = MOST.matcher(refused);
    assertTrue(said.find(), refused);
    assertTrue(design(0, kind, features, said.group(1)).isEmpty());
  }

  /** What a command in little memory writes to standard error. */
  private String design(int status, String kind, int features, String budget)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xmx160m", "-cp", System.getProperty("java.class.path")));
    words.addAll(List.of(Main.class.getName(), "design", "--backend", "host", "--packed"));
    words.addAll(List.of("--features", Integer.toString(features), "--budget", budget));
    words.addAll(List.of("--out", folder.toString()));
    if (kind.equals("spex")) {
      words.addAll(List.of("--method", "spex"));
    }
    Process process =
        new ProcessBuilder(words).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String told = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(status, process.waitFor(), told);
    return told;
  }
}
