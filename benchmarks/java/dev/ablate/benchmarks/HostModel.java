package dev.ablate.benchmarks;

import dev.ablate.game.Values;
import dev.ablate.lens.text.Ablation;
import dev.ablate.lens.text.TextGame;
import dev.ablate.lens.text.TextLens;
import dev.ablate.lens.text.Unit;
import dev.ablate.lens.text.ValueFunction;
import dev.ablate.mask.Masks;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextClassifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the game of a text takes besides its network: masks of the bundled model, by the game as
 * {@code explain} asks it, against ONNX Runtime alone on ready-made batches of the same rows, in
 * turns in one process. The values of both must be equal. Also what removing tokens gains against
 * hiding them, beside what the numbers of tokens promise.
 *
 * <p>{@code benchmarks/run HostModel [--words=10,30,100,300] [--threads=1] [--turns=31]
 * [--tokens=20000] [--warm=3] [--pattern] [--inside]}: about how many tokens each evaluation has
 * (short texts have fewer, as their masks are all there are), how many turns do not count, whether
 * the runtime alone plans its memory for every shape, and whether its threads share each run in
 * place of having one each.
 */
public final class HostModel {
  private static final String GRAPH = "src/main/resources/dev/ablate/models/sentiment/model.onnx";

  /** Each is one token of the bundled model, as is checked. */
  private static final String[] WORDS =
      ("the film is a never dull and always charming but not quite good story with bad acting that"
              + " to move us hardly ever boring very long cast plot thin leads of it in as an for"
              + " movie one like by has its from about all you more so at most who there than be"
              + " his what some into just if up even out time no much this are on or when")
          .split(" ");

  private final int threads;
  private final int together;
  private final int turns;
  private final int warm;
  private final long tokens;

  private HostModel(Map<String, String> given) {
    this.threads = number(given, "--threads", 1);
    this.together = given.containsKey("--inside") ? 1 : threads;
    this.turns = number(given, "--turns", 31);
    this.warm = number(given, "--warm", 3);
    this.tokens = number(given, "--tokens", 20000);
  }

  /** The arguments are above. */
  public static void main(String[] arguments) {
    Map<String, String> given = new HashMap<>();
    for (String argument : arguments) {
      given.put(argument.replaceFirst("=.*", ""), argument.replaceFirst(".*?=", ""));
    }
    HostModel benchmark = new HostModel(given);
    int inside = benchmark.threads / benchmark.together;
    try (TextClassifier model = (TextClassifier) ModelDirectory.bundled().load(benchmark.threads);
        BareSession bare =
            new BareSession(Path.of(GRAPH), inside, given.containsKey("--pattern"))) {
      for (String words : given.getOrDefault("--words", "10,30,100,300").split(",")) {
        benchmark.compare(model, bare, Integer.parseInt(words));
      }
    }
  }

  private static int number(Map<String, String> given, String name, int otherwise) {
    return Integer.parseInt(given.getOrDefault(name, String.valueOf(otherwise)));
  }

  /** One text, hidden and removed. */
  private void compare(TextClassifier model, BareSession bare, int words) {
    SplittableRandom random = new SplittableRandom(words);
    List<String> chosen = new ArrayList<>();
    for (int w = 0; w < words; w++) {
      chosen.add(WORDS[random.nextInt(WORDS.length)]);
    }
    String text = String.join(" ", chosen);
    int[] ids = model.tokenizer().tokenize(text).ids();
    if (ids.length != words + 2) {
      throw new IllegalStateException("a word is more than one token: " + text);
    }
    Masks masks = masks(words, random);
    Side hidden = new Side(model, bare, text, ids, Ablation.MASK, masks);
    Side removed = new Side(model, bare, text, ids, Ablation.REMOVE, masks);
    for (int t = -warm; t < turns; t++) {
      hidden.turn(t);
      removed.turn(t);
    }
    hidden.requireEqual();
    removed.requireEqual();
    hidden.print(words, "mask");
    removed.print(words, "remove");
    double promised = (double) hidden.tokens / removed.tokens;
    double[] clock = new double[turns];
    double[] processor = new double[turns];
    double[] alone = new double[turns];
    for (int t = 0; t < turns; t++) {
      clock[t] = hidden.game[t].clock / removed.game[t].clock;
      processor[t] = hidden.game[t].processor / removed.game[t].processor;
      alone[t] = hidden.alone[t].processor / removed.alone[t].processor;
    }
    System.out.printf(
        Locale.ROOT,
        "%d words, removed: tokens promise %.3f; gained %.3f by the clock and %.3f by the"
            + " processor, that is %.3f and %.3f of it; ONNX Runtime alone gains %.3f by the"
            + " processor%n",
        words,
        promised,
        median(clock),
        median(processor),
        median(clock) / promised,
        median(processor) / promised,
        median(alone));
    hidden.close();
    removed.close();
  }

  /** Different masks: all of a short text, else random ones. */
  private Masks masks(int words, SplittableRandom random) {
    int most = (int) Math.max(16, tokens / (words + 2));
    boolean all = words < 20 && 1 << words <= most;
    boolean[][] rows = new boolean[all ? 1 << words : most][words];
    for (int m = 0; m < rows.length; m++) {
      for (int f = 0; f < words; f++) {
        rows[m][f] = all ? (m >> f & 1) != 0 : random.nextBoolean();
      }
    }
    return Masks.of(rows);
  }

  /** What a piece of work took. */
  private record Cost(double clock, double processor) {
    static Cost of(Runnable work) {
      long processor = ofAllThreads();
      long clock = System.nanoTime();
      work.run();
      long end = System.nanoTime();
      return new Cost((end - clock) * 1e-9, (ofAllThreads() - processor) * 1e-9);
    }

    /** Nanoseconds that the threads which are alive have had, also those of Java itself. */
    private static long ofAllThreads() {
      try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
        long sum = 0;
        for (Path task : (Iterable<Path>) tasks::iterator) {
          sum += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]);
        }
        return sum;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A game and the same rows ready for the network. */
  private final class Side implements AutoCloseable {
    private final TextGame asked;
    private final Masks masks;
    private final Values values;
    private final List<BareSession.Batch> batches = new ArrayList<>();
    private final BareSession bare;
    private final Cost[] game = new Cost[turns];
    private final Cost[] alone = new Cost[turns];
    private long tokens;
    private int[] order;
    private int[] rowOf;

    Side(
        TextClassifier model,
        BareSession bare,
        String text,
        int[] ids,
        Ablation ablation,
        Masks masks) {
      this.bare = bare;
      this.masks = masks;
      this.values = Values.zeros(masks.count(), 1);
      TextLens lens =
          new TextLens(Unit.WORD, ablation, ValueFunction.LOG_ODDS, List.of("positive"), List.of());
      this.asked = lens.game(model, text);
      ready(rows(ids, ablation == Ablation.REMOVE ? -1 : model.maskId().orElseThrow()));
    }

    /** The different rows, and which of them each mask has. */
    private List<int[]> rows(int[] ids, int hiding) {
      Map<List<Integer>, Integer> known = new HashMap<>();
      List<int[]> rows = new ArrayList<>();
      rowOf = new int[masks.count()];
      long[] words = masks.hostWords();
      for (int m = 0; m < masks.count(); m++) {
        int[] row = new int[ids.length];
        int count = 0;
        for (int t = 0; t < ids.length; t++) {
          int f = t - 1;
          boolean stays =
              f < 0
                  || f == masks.features()
                  || (words[m * masks.words() + (f >> 6)] >>> f & 1) != 0;
          if (stays || hiding >= 0) {
            row[count++] = stays ? ids[t] : hiding;
          }
        }
        int[] own = Arrays.copyOf(row, count);
        Integer before = known.putIfAbsent(IntStream.of(own).boxed().toList(), rows.size());
        rowOf[m] = before == null ? rows.size() : before;
        if (before == null) {
          rows.add(own);
          tokens += own.length;
        }
      }
      return rows;
    }

    /** Batches as the lens cuts them. */
    private void ready(List<int[]> rows) {
      Integer[] sorted = IntStream.range(0, rows.size()).boxed().toArray(Integer[]::new);
      Arrays.sort(sorted, Comparator.comparingInt(r -> rows.get(r).length));
      order = Arrays.stream(sorted).mapToInt(r -> r).toArray();
      int most = TextClassifier.BATCH_TOKENS;
      int from = 0;
      for (int at = 1; at <= order.length; at++) {
        int width = rows.get(order[at - 1]).length;
        int next = at == order.length ? most + 1 : rows.get(order[at]).length;
        boolean full = (at + 1 - from) * next > most;
        boolean enough = 4 * (at - from) * width >= most && next > width;
        if (full || enough) {
          batches.add(
              bare.ready(Arrays.stream(order, from, at).mapToObj(rows::get).toList(), width));
          from = at;
        }
      }
    }

    /** Whether both found the same. */
    void requireEqual() {
      double[] found = new double[order.length];
      int at = 0;
      for (BareSession.Batch batch : batches) {
        for (int r = 0; r < batch.rows(); r++) {
          found[order[at++]] = (double) batch.logit(r, 1) - batch.logit(r, 0);
        }
      }
      for (int m = 0; m < masks.count(); m++) {
        if (!(Math.abs(found[rowOf[m]] - values.get(m, 0)) < 1e-4)) {
          throw new IllegalStateException(
              "mask " + m + ": " + values.get(m, 0) + ", alone " + found[rowOf[m]]);
        }
      }
    }

    /** One after the other, the first in turns. */
    void turn(int number) {
      Cost first;
      Cost second;
      if (number % 2 == 0) {
        first = Cost.of(() -> asked.evaluate(masks, values));
        second = Cost.of(() -> bare.run(batches, together));
      } else {
        second = Cost.of(() -> bare.run(batches, together));
        first = Cost.of(() -> asked.evaluate(masks, values));
      }
      if (number >= 0) {
        game[number] = first;
        alone[number] = second;
      }
    }

    void print(int words, String how) {
      double[] clock = new double[turns];
      double[] processor = new double[turns];
      double[] rate = new double[turns];
      for (int t = 0; t < turns; t++) {
        clock[t] = alone[t].clock / game[t].clock;
        processor[t] = alone[t].processor / game[t].processor;
        rate[t] = masks.count() / game[t].clock;
      }
      System.out.printf(
          Locale.ROOT,
          "%d words, %s, %d threads: %d masks, %d batches, %.0f masks a second; share of ONNX"
              + " Runtime alone %.3f by the clock (%.3f to %.3f), %.3f by the processor%n",
          words,
          how,
          threads,
          masks.count(),
          batches.size(),
          median(rate),
          median(clock),
          Arrays.stream(clock).min().getAsDouble(),
          Arrays.stream(clock).max().getAsDouble(),
          median(processor));
    }

    @Override
    public void close() {
      batches.forEach(BareSession.Batch::close);
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
