package dev.ablate.benchmarks;

import dev.ablate.model.onnx.GraphScan;
import dev.ablate.model.onnx.GraphSource;
import dev.ablate.model.onnx.OnnxCausal;
import dev.ablate.model.onnx.OnnxSession;
import dev.ablate.model.onnx.SampleRows;
import dev.ablate.model.onnx.TensorInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Log-probabilities of the last four tokens of a batch of 8 rows of 256, by the plain graph that
 * gives all logits and by the edited one; and with three quarters of the rows a shared front
 * against the rows whole. Prints ratios of times of pairs, the medians, and of the memory that a
 * process takes over what it holds once the model is open. The answers are compared first.
 *
 * <p>{@code benchmarks/run CausalAgainstPlain DIR [PAIRS]}, DIR from {@code
 * benchmarks/language-models/make_llama.py}.
 */
public final class CausalAgainstPlain {
  private static final int ROWS = 8;
  private static final int LENGTH = 256;
  private static final int SHARED = 192;
  private static final int ASKED = 4;
  private static final int PAIRS = 15;
  private static final int SETTLED_MS = 1000;
  private static final int[] ALL_ASKED = new int[ROWS];
  private static final String PLAIN = "plain/model.onnx";
  private static final String PAST = "past/model.onnx";

  static {
    Arrays.fill(ALL_ASKED, ASKED);
  }

  private final Path directory;
  private final int[][] rows = new int[ROWS][];
  private final int[][] behind = new int[ROWS][];
  private final int[] front;

  private CausalAgainstPlain(Path directory) {
    this.directory = directory;
    Random random = new Random(5);
    front = random.ints(SHARED, 5, 32000).toArray();
    for (int r = 0; r < ROWS; r++) {
      behind[r] = random.ints(LENGTH - SHARED, 5, 32000).toArray();
      rows[r] = Arrays.copyOf(front, LENGTH);
      System.arraycopy(behind[r], 0, rows[r], SHARED, LENGTH - SHARED);
    }
  }

  /**
   * Compares.
   *
   * @param args the folder, how many pairs; or, in a process of its own, the folder and what to run
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    CausalAgainstPlain benchmark = new CausalAgainstPlain(Path.of(args[0]));
    if (args.length > 1 && !args[1].matches("\\d+")) {
      benchmark.printMemory(args[1]);
      return;
    }
    int pairs = args.length > 1 ? Integer.parseInt(args[1]) : PAIRS;
    benchmark.compareTimes(pairs);
    benchmark.compareMemory(args[0]);
  }

  private OnnxCausal causal(String graph) {
    Path file = directory.resolve(graph);
    SampleRows sample =
        new SampleRows(new int[0], new Random(1).ints(64, 5, 999).toArray(), new int[0]);
    try (InputStream in = Files.newInputStream(file)) {
      return new OnnxCausal(GraphSource.in(file), GraphScan.of(in), List.of(), sample, 512);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The batch by the graph as it is, all logits fetched. */
  private float[][] plain(OnnxSession session) {
    TensorInfo logits =
        session.outputs().stream().filter(t -> t.name().equals("logits")).findFirst().get();
    int vocabulary = (int) (long) logits.shape().get(2);
    float[][] found = new float[ROWS][ASKED];
    session.run(
        run -> {
          for (TensorInfo input : session.inputs()) {
            ByteBuffer memory = run.input(input, ROWS, LENGTH);
            for (int i = 0; i < ROWS * LENGTH; i++) {
              memory.putLong(
                  i * Long.BYTES,
                  switch (input.name()) {
                    case "input_ids" -> rows[i / LENGTH][i % LENGTH];
                    case "position_ids" -> i % LENGTH;
                    default -> 1;
                  });
            }
          }
          ByteBuffer out = run.output(logits, ROWS, LENGTH, vocabulary);
          run.run();
          for (int r = 0; r < ROWS; r++) {
            for (int i = 0; i < ASKED; i++) {
              int t = LENGTH - ASKED + i;
              int first = (r * LENGTH + t - 1) * vocabulary;
              found[r][i] = (float) logProbability(out, first, vocabulary, rows[r][t]);
            }
          }
        });
    return found;
  }

  private static double logProbability(ByteBuffer logits, int first, int count, int token) {
    double sum = 0;
    for (int v = 0; v < count; v++) {
      sum += Math.exp(logits.getFloat((first + v) * Float.BYTES));
    }
    return logits.getFloat((first + token) * Float.BYTES) - Math.log(sum);
  }

  private float[][] whole(OnnxCausal scorer) {
    return scorer.logProbabilities(new int[0], rows, ALL_ASKED);
  }

  private float[][] shared(OnnxCausal scorer) {
    return scorer.logProbabilities(front, behind, ALL_ASKED);
  }

  private void compareTimes(int pairs) {
    try (OnnxSession plain = OnnxSession.open(directory.resolve(PLAIN));
        OnnxCausal asked = causal(PLAIN);
        OnnxCausal past = causal(PAST)) {
      float[][] expected = plain(plain);
      System.out.println("largest difference to the plain graph");
      print("  answer positions alone", difference(expected, whole(asked)));
      print("  graph with past, nothing shared", difference(expected, whole(past)));
      print("  three quarters shared", difference(expected, shared(past)));
      System.out.printf("%d pairs, %d x %d tokens, %d asked a row%n", pairs, ROWS, LENGTH, ASKED);
      pairs("answer positions / plain graph", pairs, () -> whole(asked), () -> plain(plain));
      pairs("past, nothing shared / plain graph", pairs, () -> whole(past), () -> plain(plain));
      pairs("rows whole / front shared", pairs, () -> whole(past), () -> shared(past));
      pairs("rows whole, no past / front shared", pairs, () -> whole(asked), () -> shared(past));
      pairs("plain graph / front shared", pairs, () -> plain(plain), () -> shared(past));
    }
  }

  private static double difference(float[][] expected, float[][] found) {
    double largest = 0;
    for (int r = 0; r < ROWS; r++) {
      for (int i = 0; i < ASKED; i++) {
        largest = Math.max(largest, Math.abs(expected[r][i] - found[r][i]));
      }
    }
    if (!(largest < 1e-4)) {
      throw new IllegalStateException("the answers differ by " + largest);
    }
    return largest;
  }

  private static void print(String what, double difference) {
    System.out.printf(Locale.ROOT, "%-36s %.2e%n", what, difference);
  }

  /** Processor time of one call after the other, on this thread. */
  private static void pairs(
      String what, int pairs, Supplier<float[][]> above, Supplier<float[][]> below) {
    double[] ratios = new double[pairs];
    double[] first = new double[pairs];
    double[] second = new double[pairs];
    for (int p = 0; p < pairs; p++) {
      first[p] = seconds(above);
      second[p] = seconds(below);
      ratios[p] = first[p] / second[p];
    }
    System.out.printf(
        Locale.ROOT,
        "%-36s %.3f  (%.3f s, %.3f s; ratios %.3f to %.3f)%n",
        what,
        median(ratios),
        median(first),
        median(second),
        Arrays.stream(ratios).min().getAsDouble(),
        Arrays.stream(ratios).max().getAsDouble());
  }

  private static double seconds(Supplier<float[][]> work) {
    var threads = java.lang.management.ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    work.get();
    return (threads.getCurrentThreadCpuTime() - start) * 1e-9;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** What a batch takes over what the process holds once the model is open, in a fresh process. */
  private void printMemory(String what) throws IOException, InterruptedException {
    Supplier<float[][]> work;
    if (what.equals("plain")) {
      OnnxSession plain = OnnxSession.open(directory.resolve(PLAIN));
      work = () -> plain(plain);
    } else {
      OnnxCausal scorer = causal(what.equals("asked") ? PLAIN : PAST);
      work = () -> what.equals("shared") ? shared(scorer) : whole(scorer);
    }
    // The file of the graph is mapped until the collector has seen that nobody reads it.
    System.gc();
    Thread.sleep(SETTLED_MS);
    Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    long before = status("VmRSS");
    work.get();
    work.get();
    System.out.println(status("VmHWM") - before);
  }

  /** A line of the process's status, in kB. */
  private static long status(String key) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(l -> l.startsWith(key + ":")).findFirst().get();
      return Long.parseLong(line.replaceAll("\\D", ""));
    }
  }

  private void compareMemory(String directory) throws IOException, InterruptedException {
    long plain = memory(directory, "plain");
    System.out.printf("memory over the open model: plain graph %d MB%n", plain >> 10);
    for (String what : List.of("asked", "whole", "shared")) {
      long own = memory(directory, what);
      System.out.printf(
          Locale.ROOT, "  %-8s %5d MB  %.3f of it%n", what, own >> 10, (double) own / plain);
    }
  }

  private static long memory(String directory, String what)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(CausalAgainstPlain.class.getName(), directory, what));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes()).strip();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(what + " failed: " + out);
    }
    return Long.parseLong(out);
  }
}
