package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Real runs of {@code ablate explain --target-r2 --resume} that are killed at random moments and
 * started again with the same journal: the result must be that of the undisturbed run, but for
 * times and for how many masks were evaluated when.
 *
 * <p>Arguments: number of kills (default 20).
 */
public final class KilledRuns {
  private static final String TEXT =
      "The plot is thin and the jokes are not new, but the leads never fail to charm, the camera"
          + " hardly ever sits still, and nobody who likes a good chase will leave bored";

  /** Share of the undisturbed run's time before which a kill comes: times vary from run to run. */
  private static final double MOST = 0.7;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  private KilledRuns(Path folder) {
    this.folder = folder;
  }

  /** Prints a line a kill; exits with 1 if a result differs. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int kills = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    KilledRuns runs = new KilledRuns(Files.createTempDirectory("killed-runs"));
    long start = System.nanoTime();
    runs.start("whole").waitFor();
    double seconds = (System.nanoTime() - start) * 1e-9;
    JsonNode whole = runs.result("whole");
    long bytes = Files.size(runs.folder.resolve("whole.journal"));
    System.out.printf(
        Locale.ROOT,
        "undisturbed: %.2f s, journal of %d bytes, %s%n",
        seconds,
        bytes,
        rounds(whole));
    SplittableRandom random = new SplittableRandom(11);
    int equal = 0;
    for (int k = 0; k < kills; k++) {
      double moment = MOST * seconds * random.nextDouble();
      String name = "killed" + k;
      Process process = runs.start(name);
      boolean ended = process.waitFor((long) (moment * 1e6), TimeUnit.MICROSECONDS);
      process.destroyForcibly().waitFor();
      Path journal = runs.folder.resolve(name + ".journal");
      long kept = Files.exists(journal) ? Files.size(journal) : 0;
      runs.start(name).waitFor();
      boolean same = whole.equals(runs.result(name));
      equal += same ? 1 : 0;
      System.out.printf(
          Locale.ROOT,
          "kill %2d at %.3f s%s: journal of %6d bytes; resumed: %s%n",
          k + 1,
          moment,
          ended ? " (had ended)" : "",
          kept,
          same ? "equal" : "DIFFERENT");
    }
    System.out.println(equal + " of " + kills + " equal to the undisturbed run");
    System.exit(equal == kills ? 0 : 1);
  }

  private Process start(String name) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.ablate.cli.Main"));
    command.addAll(List.of("explain", "--text", TEXT, "--backend", "host"));
    command.addAll(List.of("--target-r2", "0.97", "--test-masks", "600"));
    command.addAll(List.of("--resume", folder.resolve(name + ".journal").toString()));
    command.addAll(List.of("--json", folder.resolve(name + ".json").toString()));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** A result without what may differ: times, and what was evaluated in which run. */
  private JsonNode result(String name) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(folder.resolve(name + ".json").toFile());
    ObjectNode fit = (ObjectNode) json.get("fit");
    fit.remove("seconds");
    fit.remove("evaluated");
    ((ObjectNode) json.at("/provenance/settings")).remove("journal_masks");
    return json;
  }

  private static String rounds(JsonNode result) {
    JsonNode rounds = result.at("/provenance/settings/rounds");
    return rounds.get("rounds").size() + " rounds, " + rounds.get("stopped").asText();
  }
}
