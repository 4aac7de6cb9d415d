package dev.ablate.benchmarks;

import dev.ablate.backend.Backends;
import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Output;
import dev.ablate.game.Values;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskRows;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.run.TableSource;
import dev.ablate.table.NpyHeader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A table in the layout of datamodels (Ilyas et al., 2022), written to files and solved from them:
 * masks of very many features, half of them kept, and values of a planted truth of single features
 * and of sets of these, with noise.
 */
@Command(name = "Datamodels", mixinStandardHelpOptions = true, sortOptions = false)
public final class Datamodels implements Callable<Integer> {
  @Option(names = "--features", description = "features (default: ${DEFAULT-VALUE})")
  private int features = 50_000;

  @Option(names = "--masks", description = "masks (default: ${DEFAULT-VALUE})")
  private int masks = 30_000;

  @Option(names = "--outputs", description = "outputs (default: ${DEFAULT-VALUE})")
  private int outputs = 1;

  @Option(
      names = "--terms",
      split = ",",
      description = "terms of order 1, 2, and so on (default: ${DEFAULT-VALUE})")
  private int[] terms = {40, 40, 10};

  @Option(
      names = "--strength",
      description =
          "F sqrt(masks) / sd of the weakest term, sd that of the values; the strongest has twice"
              + " as much (default: ${DEFAULT-VALUE})")
  private double strength = 8;

  @Option(names = "--method", description = "as of ablate solve (default: ${DEFAULT-VALUE})")
  private String method = "auto";

  @Option(names = "--backend", description = "as of ablate solve (default: ${DEFAULT-VALUE})")
  private String backend = "host";

  @Option(names = "--packed", description = "masks as packed uint64 in the place of bool")
  private boolean packed;

  @Option(names = "--seed", description = "(default: ${DEFAULT-VALUE})")
  private int seed = 0;

  @Option(names = "--folder", description = "where the files are; a temporary folder if missing")
  private Path folder;

  private Measured measured;

  /** Measures. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Datamodels()).execute(args));
  }

  /** One output: its sets, their coefficients, and the noise's standard deviation. */
  private record Truth(List<int[]> sets, double[] coefficients, double noise) {}

  @Override
  public Integer call() throws IOException {
    Path where = folder == null ? Files.createTempDirectory("datamodels") : folder;
    Path maskFile = where.resolve("masks.npy");
    Path valueFile = where.resolve("values.npy");
    try {
      List<Truth> truths = IntStream.range(0, outputs).mapToObj(this::truth).toList();
      long start = System.nanoTime();
      write(maskFile, valueFile, truths);
      System.out.printf(
          Locale.ROOT,
          "%d masks of %d features, %s, %d output(s), %d MiB written in %.1f s%n",
          masks,
          features,
          packed ? "packed" : "bool",
          outputs,
          Files.size(maskFile) >> 20,
          seconds(start));
      start = System.nanoTime();
      double processor = ProcessUse.processorSeconds();
      Explanation explanation = solve(maskFile, valueFile);
      measured
          .with("features", features)
          .with("masks", masks)
          .with("outputs", outputs)
          .with("s", Measured.rounded(seconds(start)))
          .with("first_look_s", Measured.rounded(seconds(explanation).plan()))
          .with("solve_s", Measured.rounded(seconds(explanation).solve()))
          .with("processor_s", Measured.rounded(ProcessUse.processorSeconds() - processor))
          .with("peak_heap_mib", peakHeap() >> 20)
          .with("heap_mib", Runtime.getRuntime().maxMemory() >> 20)
          .report();
      for (int o = 0; o < outputs; o++) {
        report(explanation.outputs().get(o), truths.get(o));
      }
      explanation
          .provenance()
          .report()
          .notes()
          .forEach(note -> System.out.println("note: " + note));
    } finally {
      if (folder == null) {
        Files.deleteIfExists(maskFile);
        Files.deleteIfExists(valueFile);
        Files.deleteIfExists(where);
      }
    }
    return 0;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static Fit.Seconds seconds(Explanation explanation) {
    return explanation.outputs().get(0).fit().seconds();
  }

  /** Single features, and sets of these. */
  private Truth truth(int output) {
    Philox.Stream random = Philox.stream(seed, output);
    TreeSet<Integer> singles = new TreeSet<>();
    while (singles.size() < terms[0]) {
      singles.add(random.nextInt(features));
    }
    int[] active = singles.stream().mapToInt(Integer::intValue).toArray();
    TreeSet<int[]> sets = new TreeSet<>(Sets::compare);
    for (int feature : active) {
      sets.add(new int[] {feature});
    }
    int wanted = active.length;
    for (int order = 2; order <= terms.length; order++) {
      wanted += terms[order - 1];
      while (sets.size() < wanted) {
        TreeSet<Integer> members = new TreeSet<>();
        while (members.size() < order) {
          members.add(active[random.nextInt(active.length)]);
        }
        sets.add(members.stream().mapToInt(Integer::intValue).toArray());
      }
    }
    double[] coefficients = new double[sets.size()];
    double variance = 0;
    for (int s = 0; s < coefficients.length; s++) {
      double sign = random.nextInt(2) == 0 ? 1 : -1;
      coefficients[s] = sign * (1 + random.nextInt(1_000) / 1_000.0);
      variance += coefficients[s] * coefficients[s];
    }
    // sd^2 = masks / strength^2 for a weakest coefficient of 1.
    double noise = masks / (strength * strength) - variance;
    if (noise < 0) {
      throw new IllegalArgumentException(
          "so many terms of such a strength leave no room for noise");
    }
    return new Truth(new ArrayList<>(sets), coefficients, Math.sqrt(noise));
  }

  private void write(Path maskFile, Path valueFile, List<Truth> truths) throws IOException {
    int words = (features + 63) >>> 6;
    NpyHeader header =
        packed
            ? new NpyHeader("<u8", false, new long[] {masks, words})
            : new NpyHeader("|b1", false, new long[] {masks, features});
    SplittableRandom bits = new SplittableRandom(seed);
    Random noise = new Random(seed);
    Values values = Values.zeros(masks, outputs);
    long[] row = new long[words];
    byte[] bytes = new byte[packed ? 8 * words : features];
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(maskFile), 1 << 20)) {
      out.write(header.bytes());
      for (int r = 0; r < masks; r++) {
        for (int w = 0; w < words; w++) {
          row[w] = bits.nextLong();
        }
        row[words - 1] &= -1L >>> (64 * words - features);
        fill(bytes, row);
        out.write(bytes);
        for (int o = 0; o < outputs; o++) {
          Truth truth = truths.get(o);
          values.set(r, o, value(truth, row) + truth.noise() * noise.nextGaussian());
        }
      }
    }
    ValueFile.write(valueFile, values);
  }

  private void fill(byte[] bytes, long[] row) {
    if (packed) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(row);
      return;
    }
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (row[i >>> 6] >>> i & 1);
    }
  }

  private static double value(Truth truth, long[] row) {
    double value = 0;
    for (int s = 0; s < truth.coefficients().length; s++) {
      long parity = 0;
      for (int i : truth.sets().get(s)) {
        parity ^= row[i >>> 6] >>> i & 1;
      }
      value += parity == 0 ? truth.coefficients()[s] : -truth.coefficients()[s];
    }
    return value;
  }

  private Explanation solve(Path maskFile, Path valueFile) {
    MaskRows rows = MaskFile.open(maskFile, features).rows();
    TableSource table =
        new TableSource(
            rows,
            ValueFile.read(valueFile),
            new Design.Foreign(features, masks),
            IntStream.range(0, features).mapToObj(Integer::toString).toList(),
            TableSource.numbered(outputs));
    Request request = Request.standard().withMethod(dev.ablate.solve.Method.parse(method));
    try (Backends.Choice choice = Backends.open(backend, 0)) {
      measured = Measured.of("Datamodels", choice.backend());
      return new Runner(choice).solve(table, null, request);
    }
  }

  private static long peakHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }

  private void report(Output output, Truth truth) {
    int[] found = new int[terms.length + 1];
    double worst = 0;
    for (int s = 0; s < truth.sets().size(); s++) {
      int at = output.spectrum().indexOf(truth.sets().get(s));
      if (at >= 0) {
        found[truth.sets().get(s).length]++;
        double error = output.spectrum().coefficient(at) - truth.coefficients()[s];
        worst = Math.max(worst, Math.abs(error) / output.standardErrors()[at]);
      }
    }
    StringBuilder line = new StringBuilder();
    int all = 0;
    for (int order = 1; order <= terms.length; order++) {
      all += found[order];
      line.append(String.format("order %d: %d of %d, ", order, found[order], terms[order - 1]));
    }
    double signal = 0;
    for (double coefficient : truth.coefficients()) {
      signal += coefficient * coefficient;
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %s%d others; R2 %.4f of at most %.4f; ran %s; largest error %.1f standard errors%n",
        output.target(),
        line,
        output.spectrum().size() - all - (output.spectrum().indexOf(new int[0]) >= 0 ? 1 : 0),
        output.fit().r2(),
        signal / (signal + truth.noise() * truth.noise()),
        output.method().ran(),
        worst);
  }
}
