package dev.ablate.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.jobs.Batch;
import dev.ablate.jobs.Explainer;
import dev.ablate.jobs.Item;
import dev.ablate.jobs.Items;
import dev.ablate.lens.LensKind;
import dev.ablate.lens.Lenses;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextClassifier;
import dev.ablate.model.TextTokenizer.Tokens;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.setting.Settings;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Many short texts under the bundled model: what batches cost that hold one text's masks only,
 * which bits of scores change where texts share batches, and what several texts at once gain.
 */
public final class ManyTexts {
  private static final String WORDS =
      "the film is a never dull and always charming but not quite good story with bad acting that"
          + " fails to move us hardly ever boring very long cast rarely disappoints plot thin"
          + " leads";

  private static final int THREADS = 2;
  private static final int REPEATS = 3;

  private ManyTexts() {}

  /** The arguments are how many texts (default 200) and the words of each, such as {@code 5-8}. */
  public static void main(String[] arguments) throws Exception {
    int texts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
    String[] words = (arguments.length > 1 ? arguments[1] : "5-8").split("-");
    SplittableRandom random = new SplittableRandom(7);
    List<String> all =
        Stream.generate(() -> text(random, Integer.parseInt(words[0]), Integer.parseInt(words[1])))
            .limit(texts)
            .toList();
    try (TextClassifier model = (TextClassifier) ModelDirectory.bundled().load(1)) {
      for (boolean removed : new boolean[] {false, true}) {
        shared(model, all, removed);
      }
    }
    atOnce(Lenses.INPUTS.of(Settings.STANDARD, true), all);
  }

  private static String text(SplittableRandom random, int least, int most) {
    String[] words = WORDS.split(" ");
    int count = least + random.nextInt(most - least + 1);
    return String.join(
        " ", Stream.generate(() -> words[random.nextInt(words.length)]).limit(count).toList());
  }

  private static void shared(TextClassifier model, List<String> texts, boolean removed) {
    List<List<int[]>> apart = texts.stream().map(text -> rows(model, text, removed)).toList();
    List<int[]> joined = apart.stream().flatMap(List::stream).toList();
    float[][] together = null;
    float[][] own = null;
    double[] cpu = new double[3];
    for (int r = 0; r <= REPEATS; r++) {
      long[] at = new long[4];
      at[0] = processorTime();
      apart.forEach(rows -> scores(model, rows, true));
      at[1] = processorTime();
      own =
          apart.stream()
              .flatMap(rows -> Stream.of(scores(model, rows, false)))
              .toArray(float[][]::new);
      at[2] = processorTime();
      together = scores(model, joined, false);
      at[3] = processorTime();
      // The first run is warm-up.
      for (int k = 0; k < cpu.length && r > 0; k++) {
        cpu[k] += (at[k + 1] - at[k]) / 1e9 / REPEATS;
      }
    }
    int differing = 0;
    double most = 0;
    for (int r = 0; r < own.length; r++) {
      differing += Arrays.equals(own[r], together[r]) ? 0 : 1;
      for (int k = 0; k < own[r].length; k++) {
        most = Math.max(most, Math.abs(own[r][k] - together[r][k]));
      }
    }
    if (most > 1e-4) {
      throw new IllegalStateException("a row has another score beside others: " + most);
    }
    System.out.printf(
        "%s: %d rows of %d texts; %.2f s of processor time a text at a time in padded batches,"
            + " %.2f s as the lens cuts them, %.2f s in shared batches; %d rows differ in bits, by"
            + " at most %.1e%n",
        removed ? "removed" : "masked",
        own.length,
        texts.size(),
        cpu[0],
        cpu[1],
        cpu[2],
        differing,
        most);
  }

  /** All masks of a text's own tokens, or random ones, at most 8 n log2 n + 200. */
  private static List<int[]> rows(TextClassifier model, String text, boolean removed) {
    Tokens tokens = model.tokenizer().tokenize(text);
    int[] free = IntStream.range(0, tokens.count()).filter(t -> !tokens.special()[t]).toArray();
    int most = (int) (8 * free.length * Math.log(free.length) / Math.log(2)) + 200;
    boolean all = free.length < 20 && 1 << free.length <= most;
    SplittableRandom random = new SplittableRandom(free.length);
    int hiding = model.maskId().orElseGet(() -> model.unkId().orElseThrow());
    List<int[]> rows = new ArrayList<>();
    for (int mask = 0; mask < (all ? 1 << free.length : most); mask++) {
      boolean[] hidden = new boolean[tokens.count()];
      for (int f = 0; f < free.length; f++) {
        hidden[free[f]] = all ? (mask >> f & 1) == 0 : random.nextBoolean();
      }
      rows.add(
          IntStream.range(0, tokens.count())
              .filter(t -> !removed || !hidden[t])
              .map(t -> hidden[t] ? hiding : tokens.ids()[t])
              .toArray());
    }
    return rows;
  }

  /**
   * Shortest first, in batches as the text lens cuts them.
   *
   * @param padded whether a batch is filled whatever it pads
   */
  private static float[][] scores(TextClassifier model, List<int[]> rows, boolean padded) {
    Integer[] order = IntStream.range(0, rows.size()).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingInt(r -> rows.get(r).length));
    float[][] scores = new float[rows.size()][];
    int from = 0;
    for (int at = 1; at <= order.length; at++) {
      int width = rows.get(order[at - 1]).length;
      int next = at == order.length ? TextClassifier.BATCH_TOKENS + 1 : rows.get(order[at]).length;
      boolean full = (at + 1 - from) * next > TextClassifier.BATCH_TOKENS;
      boolean enough = 4 * (at - from) * width >= TextClassifier.BATCH_TOKENS && next > width;
      if (full || (enough && !padded)) {
        score(model, rows, Arrays.copyOfRange(order, from, at), scores);
        from = at;
      }
    }
    return scores;
  }

  private static void score(
      TextClassifier model, List<int[]> rows, Integer[] batch, float[][] scores) {
    int width = rows.get(batch[batch.length - 1]).length;
    int labels = model.labels().size();
    int[] ids = new int[batch.length * width];
    int[] lengths = new int[batch.length];
    for (int b = 0; b < batch.length; b++) {
      int[] row = rows.get(batch[b]);
      lengths[b] = row.length;
      System.arraycopy(row, 0, ids, b * width, row.length);
    }
    float[] all = new float[batch.length * labels];
    model.scorer().score(ids, lengths, batch.length, width, all);
    for (int b = 0; b < batch.length; b++) {
      scores[batch[b]] = Arrays.copyOfRange(all, b * labels, (b + 1) * labels);
    }
  }

  private static <M extends AutoCloseable, I> void atOnce(LensKind<M, I> kind, List<String> texts)
      throws Exception {
    Path folder = Files.createTempDirectory("many-texts");
    Path input = folder.resolve("texts.jsonl");
    Files.write(input, texts.stream().map(text -> "{\"text\": \"" + text + "\"}").toList());
    List<Item<I>> items = Items.read(input, kind);
    try (HostBackend host = new HostBackend(THREADS)) {
      M model = kind.open(null, Settings.STANDARD, THREADS, host);
      try {
        Runner runner = new Runner(new Backends.Choice(host, "host: in a benchmark"));
        atOnce(
            new Explainer<>(kind.lens(Settings.STANDARD), model, Request.standard(), runner),
            items,
            folder);
      } finally {
        model.close();
      }
    } finally {
      Folders.delete(folder);
    }
  }

  private static <M, I> void atOnce(Explainer<M, I> explainer, List<Item<I>> items, Path folder) {
    for (int r = 0; r <= REPEATS; r++) {
      for (int most : new int[] {1, 2, 3, 4}) {
        Path out = folder.resolve(r + "-" + most);
        long begin = System.nanoTime();
        long processor = processorTime();
        int failed = new Batch<>(items, out, null).explain(explainer, most, new Silent<I>());
        double wall = (System.nanoTime() - begin) / 1e9;
        double cpu = (processorTime() - processor) / 1e9;
        if (failed > 0) {
          throw new IllegalStateException(failed + " failed");
        }
        if (r > 0) {
          System.out.printf(
              "%d texts, %d at once on %d threads: %.2f s, %.2f s of processor time%n",
              items.size(), most, THREADS, wall, cpu);
        }
      }
    }
  }

  private static long processorTime() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /** Hears nothing. */
  private static final class Silent<I> implements Batch.Listener<I> {
    @Override
    public Batch.Watch begins(Item<I> item) {
      return Batch.Watch.NONE;
    }

    @Override
    public void finished(Item<I> item, Path file, Explanation explanation) {}

    @Override
    public void failed(Item<I> item, InputException why) {
      System.out.println(why.getMessage());
    }
  }
}
