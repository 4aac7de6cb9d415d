package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.Ablate;
import dev.ablate.benchmarks.exact.Asked;
import dev.ablate.benchmarks.exact.Budgets;
import dev.ablate.benchmarks.exact.EvaluatedSet;
import dev.ablate.benchmarks.exact.ExactSummary;
import dev.ablate.benchmarks.exact.Family;
import dev.ablate.benchmarks.exact.Fitted;
import dev.ablate.benchmarks.exact.ProductFit;
import dev.ablate.benchmarks.exact.Published;
import dev.ablate.benchmarks.exact.Score;
import dev.ablate.benchmarks.exact.TrueIndices;
import dev.ablate.code.InputException;
import dev.ablate.run.BuildInfo;
import dev.ablate.spectrum.R2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The product's default on games that others evaluated in full, against exact indices and the
 * errors that others published: one fit a game, family of indices and budget, nothing else set.
 * Each fit is a line of a file; a rerun of the same build passes over the lines that are there.
 */
@Command(name = "ExactGames", mixinStandardHelpOptions = true, sortOptions = false)
public final class ExactGames implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(names = "--sets", split = ",", description = "which sets; all by default")
  private List<String> sets = EvaluatedSet.NAMES;

  @Option(names = "--games", description = "the first K games of each set (default: all)")
  private int games = Integer.MAX_VALUE;

  @Option(
      names = "--indices",
      split = ",",
      description = "sv, sii-2, sii-3, fsii-2, k-sii-2, bii-2, bii-3: their published budgets only")
  private List<String> indices = List.of();

  @Option(
      names = "--families",
      split = ",",
      description = "by-size, uniform (both by default), faithful: R² with --index fbii")
  private List<String> families = List.of("by-size", "uniform");

  @Option(
      names = "--masks",
      split = ",",
      description = "only budgets in these ranges, such as 413 or 200-2000")
  private List<String> ranges = List.of();

  @Option(names = "--budgets", split = ",", description = "these budgets, published or not")
  private List<Integer> budgets = List.of();

  @Option(names = "--threads", description = "threads a fit; 0, the default, for one a processor")
  private int threads;

  @Option(names = "--jobs", description = "fits at a time (default: 1)")
  private int jobs = 1;

  @Option(names = "--minutes", description = "begins no fit after so many minutes")
  private double minutes = Double.POSITIVE_INFINITY;

  @Option(names = "--out", description = "the file of results (default: ${DEFAULT-VALUE})")
  private Path out = Path.of("target", "exact-games.jsonl");

  @Option(names = "--summary", description = "prints what a file of results shows, and ends")
  private Path summary;

  @Option(names = "--against", description = "with --summary: the results of another build")
  private Path against;

  @Option(names = "--markdown", description = "with --summary: the table of all cells as Markdown")
  private Path markdown;

  @Option(names = "--svg", description = "with --summary: a folder for a picture a set")
  private Path svg;

  private final Set<String> done = ConcurrentHashMap.newKeySet();
  private final Map<String, TrueIndices> truths = new ConcurrentHashMap<>();
  private final Published published = Published.read();
  private final long start = System.nanoTime();

  /** One fit to make. */
  private record Task(EvaluatedSet set, int game, Family family, int masks) {
    String key() {
      return set.name() + " " + game + " " + family + " " + masks;
    }
  }

  /** Measures or sums up. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ExactGames()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (summary != null) {
      ExactSummary lines = new ExactSummary(published, Files.readAllLines(summary));
      lines.print(markdown, svg);
      if (against != null) {
        lines.against(Files.readAllLines(against));
      }
      return 0;
    }
    readDone();
    List<Task> tasks = tasks();
    System.out.println(tasks.size() + " fits to make, " + done.size() + " are there");
    ExecutorService pool = Executors.newFixedThreadPool(jobs);
    try (Ablate engine = Ablate.open("host", threads)) {
      List<Future<?>> running = new ArrayList<>();
      for (Task task : tasks) {
        running.add(pool.submit(() -> fit(engine, task)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      pool.shutdownNow();
    }
    return 0;
  }

  private void readDone() throws IOException {
    if (!Files.exists(out)) {
      return;
    }
    for (String line : Files.readAllLines(out)) {
      JsonNode row = JSON.readTree(line);
      if (row.get("commit").asText().equals(BuildInfo.commit())) {
        done.add(row.get("key").asText());
      }
    }
  }

  /** Game by game, so that what is there after some time speaks of every cell. */
  private List<Task> tasks() {
    List<EvaluatedSet> read = sets.stream().map(EvaluatedSet::read).toList();
    int most = read.stream().mapToInt(EvaluatedSet::games).max().orElse(0);
    List<Task> tasks = new ArrayList<>();
    for (int g = 0; g < Math.min(most, games); g++) {
      for (EvaluatedSet set : read) {
        for (Family family : Family.values()) {
          for (int masks : g < set.games() ? budgets(set, family) : new TreeSet<Integer>()) {
            Task task = new Task(set, g, family, masks);
            if ((masks <= Budgets.MANY_GAMES || g < Budgets.FEW) && !done.contains(task.key())) {
              tasks.add(task);
            }
          }
        }
      }
    }
    return tasks;
  }

  private TreeSet<Integer> budgets(EvaluatedSet set, Family family) {
    List<Asked> wanted =
        family.asked().stream()
            .filter(a -> indices.isEmpty() || indices.contains(a.option()))
            .toList();
    boolean chosen = families.contains(family.option());
    if (!chosen || wanted.isEmpty() && family != Family.FAITHFUL) {
      return new TreeSet<>();
    }
    TreeSet<Integer> masks =
        budgets.isEmpty() ? Budgets.of(set, family, wanted, published) : new TreeSet<>(budgets);
    masks.removeIf(m -> m > 1 << set.features() || !inRange(m));
    return masks;
  }

  private boolean inRange(int masks) {
    return ranges.isEmpty()
        || ranges.stream()
            .map(range -> range.split("-"))
            .anyMatch(
                ends ->
                    Integer.parseInt(ends[0]) <= masks
                        && masks <= Integer.parseInt(ends[ends.length - 1]));
  }

  private void fit(Ablate engine, Task task) {
    if ((System.nanoTime() - start) / 6e10 > minutes) {
      return;
    }
    EvaluatedSet set = task.set();
    TrueIndices truth =
        truths.computeIfAbsent(
            set.name() + " " + task.game(),
            name -> new TrueIndices(set.features(), set.values()[task.game()]));
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("key", task.key());
    row.put("commit", BuildInfo.commit());
    row.put("set", set.name());
    row.put("game", task.game());
    row.put("family", task.family().option());
    row.put("masks", task.masks());
    row.put("variance", truth.variance());
    try {
      long from = System.nanoTime();
      Fitted fit = ProductFit.of(engine, set, task.game(), task.family(), task.masks());
      row.put("seconds", (System.nanoTime() - from) / 1000000 / 1e3);
      row.put("ran", fit.ran());
      Map<String, Object> scores = new LinkedHashMap<>();
      for (Asked asked : task.family().asked()) {
        scores.put(asked.label(), Score.of(truth.of(asked), fit.index(asked)).fields());
      }
      if (task.family() != Family.BY_SIZE && task.masks() < 1 << set.features()) {
        row.put("r2", R2.of(set.values()[task.game()], fit.predictions()));
        row.put("ceiling200", truth.largestTerms(200));
      }
      row.put("indices", scores);
    } catch (InputException e) {
      row.put("refused", e.getMessage());
    }
    write(row);
  }

  private synchronized void write(Map<String, Object> row) {
    try {
      String line = JSON.writeValueAsString(row);
      Files.createDirectories(out.toAbsolutePath().getParent());
      Files.writeString(out, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
