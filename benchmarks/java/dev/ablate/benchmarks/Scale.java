package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.benchmarks.ScalePoint.Axis;
import dev.ablate.run.BuildInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Cost and R² on fresh masks of each method, against masks at 256 features and against features at
 * 8 n log2 n masks (80,000 above 1,000 features). A point is a process of {@link FullSize} with its
 * own memory and limit of time. Lines go to {@code benchmarks/results/scale.jsonl} as they come,
 * pictures to {@code docs/scale/*.svg}.
 */
@Command(name = "Scale", mixinStandardHelpOptions = true, sortOptions = false)
public final class Scale implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a failure says of itself: without its class, but for errors of Java. */
  private static final Pattern FAILURE =
      Pattern.compile("(?:[\\w.]+Exception: |(?=\\bjava[\\w.]+Error\\b))(.+)$");

  @Option(names = "--methods", split = ",", description = "default: ${DEFAULT-VALUE}")
  private List<String> methods = Sweep.METHODS;

  @Option(
      names = "--kinds",
      split = ",",
      description = "kinds of games, as of FullSize (default: ${DEFAULT-VALUE})")
  private List<String> kinds = List.of("planted", "attention");

  @Option(
      names = "--points",
      split = ",",
      description =
          "part of the points: masks or features, perhaps with sizes, as in"
              + " masks:500-2000,features:30 (default: all)")
  private List<String> points = new ArrayList<>();

  @Option(
      names = "--limit",
      description =
          "seconds of a process at most; a longer point is missing (default:"
              + " ${DEFAULT-VALUE})")
  private int limit = 120;

  @Option(names = "--heap", description = "as of java -Xmx (default: ${DEFAULT-VALUE})")
  private String heap = "6g";

  @Option(names = "--draw", description = "draws what the file holds, and runs nothing")
  private boolean draw;

  @Option(names = "--results", description = "the file of lines (default: ${DEFAULT-VALUE})")
  private Path results = Path.of("benchmarks", "results", "scale.jsonl");

  @Option(names = "--pictures", description = "their folder (default: ${DEFAULT-VALUE})")
  private Path pictures = Path.of("docs", "scale");

  private Process running;

  /** Measures and draws. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Scale()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!draw) {
      Runtime.getRuntime().addShutdownHook(new Thread(this::end));
      Set<ScalePoint> left = wanted();
      lines(BuildInfo.commit()).forEach(line -> left.remove(ScalePoint.of(line)));
      for (ScalePoint point : left) {
        String line = JSON.writeValueAsString(measure(point));
        System.out.println(line);
        Files.writeString(
            results, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
    }
    ScalePictures.draw(newest(), pictures);
    return 0;
  }

  private void end() {
    if (running != null) {
      running.destroyForcibly();
    }
  }

  /** The points that were asked for, small ones first. */
  private Set<ScalePoint> wanted() {
    Set<ScalePoint> wanted = new LinkedHashSet<>();
    for (String kind : kinds) {
      for (Axis axis : Axis.values()) {
        if (points.isEmpty()) {
          wanted.addAll(ScalePoint.of(axis, kind, methods, null));
        }
        points.forEach(part -> wanted.addAll(ScalePoint.of(axis, kind, methods, part)));
      }
    }
    return wanted;
  }

  private List<JsonNode> lines(String commit) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    if (Files.exists(results)) {
      for (String text : Files.readAllLines(results)) {
        JsonNode line = JSON.readTree(text);
        if (commit == null || line.get("commit").asText().equals(commit)) {
          lines.add(line);
        }
      }
    }
    return lines;
  }

  /** The lines of the build that the last line names, so that pictures mix no builds. */
  private List<JsonNode> newest() throws IOException {
    List<JsonNode> all = lines(null);
    return all.isEmpty() ? all : lines(all.get(all.size() - 1).get("commit").asText());
  }

  private ObjectNode measure(ScalePoint point) throws IOException, InterruptedException {
    Path output = Files.createTempFile("scale", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "--enable-native-access=ALL-UNNAMED",
              "-Xmx" + heap,
              "-cp",
              System.getProperty("java.class.path"),
              FullSize.class.getName(),
              "--kind=" + point.kind(),
              "--features=" + point.features(),
              "--masks=" + point.masks(),
              "--method=" + point.method());
      running = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      boolean ended = running.waitFor(limit, TimeUnit.SECONDS);
      running.destroyForcibly().waitFor();
      return ended
          ? line(point, Files.readAllLines(output), running.exitValue())
          : missing(point, "over the limit of " + limit + " s");
    } finally {
      Files.delete(output);
    }
  }

  /** What a process printed, as a line of the file. */
  private ObjectNode line(ScalePoint point, List<String> printed, int status) throws IOException {
    for (String text : printed) {
      if (status == 0 && text.startsWith("{")) {
        return ((ObjectNode) JSON.readTree(text)).put("benchmark", "Scale").put("heap", heap);
      }
    }
    return missing(
        point,
        printed.stream()
            .map(FAILURE::matcher)
            .filter(Matcher::find)
            .map(failure -> failure.group(1))
            .findFirst()
            .orElse("ended with status " + status));
  }

  private ObjectNode missing(ScalePoint point, String why) {
    return JSON.createObjectNode()
        .put("benchmark", "Scale")
        .put("commit", BuildInfo.commit())
        .put("kind", point.kind())
        .put("features", point.features())
        .put("asked", point.masks())
        .put("method", point.method())
        .put("heap", heap)
        .put("missing", why);
  }
}
