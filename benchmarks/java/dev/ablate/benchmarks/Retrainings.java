package dev.ablate.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.ablate.backend.host.Workers;
import dev.ablate.mask.Masks;
import dev.ablate.train.Groups;
import dev.ablate.train.LabelledRows;
import dev.ablate.train.Learner;
import dev.ablate.train.LogisticLearner;
import dev.ablate.train.NeighboursLearner;
import dev.ablate.train.RidgeLearner;
import dev.ablate.train.Standardisation;
import dev.ablate.train.TrainingTask;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Seconds of retraining on many halves of 1,000 digits, and with {@code --python} scikit-learn's on
 * the same subsets, in turns, and how far both are from converged fits.
 */
public final class Retrainings {
  private static final int ROWS = 1000;
  private static final int CONVERGED = 20;
  private static final OperatingSystemMXBean PROCESSOR =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final Options options;
  private final TrainingTask task;
  private final Masks masks;
  private final int threads;

  private Retrainings(Options options) {
    this.options = options;
    this.threads = options.number("threads", Runtime.getRuntime().availableProcessors());
    int groups = options.number("groups", ROWS);
    this.task = task(groups);
    Random random = new Random(7);
    boolean[][] kept = new boolean[options.number("subsets", 10_000)][groups];
    for (boolean[] row : kept) {
      for (int g = 0; g < groups; g++) {
        row[g] = random.nextBoolean();
      }
    }
    this.masks = Masks.of(kept);
  }

  /** What was asked for: {@code --name=value}. */
  private record Options(String[] words) {
    String text(String name) {
      String start = "--" + name + "=";
      return Arrays.stream(words)
          .filter(word -> word.startsWith(start))
          .map(word -> word.substring(start.length()))
          .findFirst()
          .orElse(null);
    }

    int number(String name, int otherwise) {
      return text(name) == null ? otherwise : Integer.parseInt(text(name));
    }
  }

  /** Prints the seconds. */
  public static void main(String[] args) throws IOException, InterruptedException {
    new Retrainings(new Options(args)).run();
  }

  private static TrainingTask task(int groups) {
    DataTable table = DataTable.read("digits.csv", 64);
    LabelledRows train = rows(table, 0, ROWS);
    Standardisation standardisation = Standardisation.of(train);
    Random random = new Random(3);
    int[] groupOf = new int[ROWS];
    Arrays.setAll(groupOf, r -> groups == ROWS ? r : random.nextInt(groups));
    return new TrainingTask(
        standardisation.apply(train),
        new Groups(IntStream.range(0, groups).mapToObj(Integer::toString).toList(), groupOf),
        standardisation.apply(rows(table, ROWS, table.rows().length)));
  }

  private static LabelledRows rows(DataTable table, int from, int to) {
    double[] x = Arrays.stream(table.rows(), from, to).flatMapToDouble(Arrays::stream).toArray();
    double[] y =
        Arrays.stream(table.classes(), from, to).mapToDouble(Double::parseDouble).toArray();
    return new LabelledRows(
        x, to - from, 64, IntStream.range(0, 10).mapToObj(Integer::toString).toList(), y);
  }

  /** How a learner is made. */
  private interface Maker {
    Learner on(Workers workers);
  }

  private void run() throws IOException, InterruptedException {
    System.out.printf(
        "%d subsets of %d rows in %d groups, half kept, %d test rows, %d threads%n",
        masks.count(), ROWS, task.groups().count(), task.test().rows(), threads);
    seconds("ridge", workers -> new RidgeLearner(task, 1, workers), null);
    seconds("knn", workers -> new NeighboursLearner(task, 5, workers), null);
    double[][] scores = new double[Math.min(masks.count(), options.number("peer", 500))][];
    Maker logistic = workers -> new LogisticLearner(task, 1, workers);
    if (options.text("python") == null) {
      seconds("logistic", logistic, scores);
      return;
    }
    Path folder = Files.createTempDirectory("retrainings");
    write(folder);
    for (int round = 0; round < options.number("rounds", 2); round++) {
      double[] ours = seconds("logistic", logistic, scores);
      double[] peer = peer(folder, scores.length);
      System.out.printf(
          Locale.ROOT,
          "scikit-learn %.3f ms a subset, of the processor %.3f; ratios %.2f and %.2f%n",
          1e3 * peer[0],
          1e3 * peer[1],
          peer[0] / ours[0],
          peer[1] / ours[1]);
    }
    double[][] converged = read(folder.resolve("converged.f64"));
    print("logistic", scores, converged);
    print("scikit-learn", read(folder.resolve("scores.f64")), converged);
  }

  /** Seconds from the rows to the last scores, a subset, and the processor's. */
  private double[] seconds(String name, Maker maker, double[][] keep) {
    AtomicInteger told = new AtomicInteger();
    long begin = System.nanoTime();
    long processor = PROCESSOR.getProcessCpuTime();
    try (Workers workers = new Workers(threads);
        Learner learner = maker.on(workers)) {
      learner.train(
          masks,
          (subset, scores) -> {
            told.incrementAndGet();
            if (keep != null && subset < keep.length) {
              keep[subset] = scores.clone();
            }
          });
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    double worked = (PROCESSOR.getProcessCpuTime() - processor) / 1e9;
    if (told.get() != masks.count()) {
      throw new AssertionError(told + " subsets were told");
    }
    System.out.printf(
        Locale.ROOT,
        "%-12s %8.3f s, of the processor %.3f s: %.3f ms a subset%n",
        name,
        seconds,
        worked,
        1e3 * worked / masks.count());
    return new double[] {seconds / masks.count(), worked / masks.count()};
  }

  private double[] peer(Path folder, int subsets) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                options.text("python"),
                "benchmarks/retrainings.py",
                folder.toString(),
                Integer.toString(subsets),
                Integer.toString(CONVERGED),
                Integer.toString(threads))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes()).strip();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("retrainings.py ended with " + process.exitValue());
    }
    return Arrays.stream(said.split(" "))
        .mapToDouble(v -> Double.parseDouble(v) / subsets)
        .toArray();
  }

  private void write(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("shape.json"),
        "{\"rows\": %d, \"tests\": %d, \"subsets\": %d}"
            .formatted(ROWS, task.test().rows(), masks.count()));
    write(folder.resolve("rows.f64"), withConstant(task.train()));
    write(folder.resolve("tests.f64"), withConstant(task.test()));
    write(folder.resolve("labels.f64"), task.train().y());
    byte[] kept = new byte[masks.count() * ROWS];
    for (int m = 0; m < masks.count(); m++) {
      for (int row : task.groups().kept(masks, m)) {
        kept[m * ROWS + row] = 1;
      }
    }
    Files.write(folder.resolve("masks.u8"), kept);
  }

  private static double[] withConstant(LabelledRows rows) {
    int columns = rows.columns();
    double[] x = new double[rows.rows() * (columns + 1)];
    for (int r = 0; r < rows.rows(); r++) {
      System.arraycopy(rows.x(), r * columns, x, r * (columns + 1), columns);
      x[r * (columns + 1) + columns] = 1;
    }
    return x;
  }

  private static void write(Path file, double[] numbers) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(numbers);
    Files.write(file, bytes.array());
  }

  private double[][] read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int each = task.test().rows() * task.scores();
    double[][] scores = new double[bytes.capacity() / 8 / each][each];
    var numbers = bytes.asDoubleBuffer();
    for (double[] of : scores) {
      numbers.get(of);
    }
    return scores;
  }

  /** The largest deviation of a margin, in units of the spread of its subset's margins. */
  private void print(String name, double[][] scores, double[][] converged) {
    double largest = 0;
    double squares = 0;
    int count = 0;
    for (int m = 0; m < converged.length; m++) {
      double[] right = margins(converged[m]);
      double[] found = margins(scores[m]);
      double mean = Arrays.stream(right).average().orElseThrow();
      double variance =
          Arrays.stream(right).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      for (int t = 0; t < right.length; t++) {
        double from = (found[t] - right[t]) / Math.sqrt(variance);
        largest = Math.max(largest, Math.abs(from));
        squares += from * from;
        count++;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%-12s margins from converged ones, in spreads, %d subsets: largest %.5f, root mean square"
            + " %.6f%n",
        name,
        converged.length,
        largest,
        Math.sqrt(squares / count));
  }

  private double[] margins(double[] scores) {
    int classes = task.scores();
    double[] margins = new double[task.test().rows()];
    for (int t = 0; t < margins.length; t++) {
      int label = task.test().label(t);
      double other = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < classes; k++) {
        other = k == label ? other : Math.max(other, scores[t * classes + k]);
      }
      margins[t] = scores[t * classes + label] - other;
    }
    return margins;
  }
}
