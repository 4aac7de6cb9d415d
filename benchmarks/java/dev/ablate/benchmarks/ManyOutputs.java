package dev.ablate.benchmarks;

import dev.ablate.backend.Backends;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.run.TableSource;
import dev.ablate.spectrum.R2;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Many outputs of the same uniform masks, solved together as {@code ablate solve} does, and some of
 * them alone: seconds, the processor's seconds, the most memory that the process held after the
 * outputs were solved together, and R² of those that were drawn on 2,000 fresh masks without noise.
 */
@Command(name = "ManyOutputs", mixinStandardHelpOptions = true, sortOptions = false)
public final class ManyOutputs implements Callable<Integer> {
  private static final int FRESH = 2_000;
  private static final int STREAM = 0x4D616E79;

  /** What R² may be less than alone. */
  private static final double ALLOWED = 0.01;

  @Option(names = "--kind", description = "dense, sparse, bounded or mixed")
  private String kind = "mixed";

  @Option(names = "--features", description = "features (default: ${DEFAULT-VALUE})")
  private int features = 30;

  @Option(names = "--masks", description = "masks (default: 2 n log2 n)")
  private int masks;

  @Option(names = "--outputs", description = "outputs (default: ${DEFAULT-VALUE})")
  private int outputs = 1_000;

  @Option(names = "--alone", description = "drawn outputs to solve alone too")
  private int alone;

  @Option(names = "--seed", description = "(default: ${DEFAULT-VALUE})")
  private int seed;

  @Option(names = "--backend", description = "as of ablate solve (default: ${DEFAULT-VALUE})")
  private String backend = "host";

  @Option(names = "--each", description = "prints each output that was solved alone")
  private boolean each;

  private OutputGames games;
  private Masks fitted;
  private double[] values;
  private Masks fresh;
  private double[] truth;

  /** Measures. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ManyOutputs()).execute(args));
  }

  @Override
  public Integer call() {
    int rows =
        masks > 0 ? masks : (int) Math.round(2 * features * Math.log(features) / Math.log(2));
    games = new OutputGames(kind, features, outputs, seed);
    fitted = uniform(rows, UniformMasks.Use.FIT);
    values = games.values(fitted);
    Philox.Stream random = Philox.stream(seed, STREAM);
    for (int k = 0; k < values.length; k++) {
      values[k] += games.noise(k % outputs) * random.nextGaussian();
    }
    fresh = uniform(FRESH, UniformMasks.Use.TEST);
    truth = games.values(fresh);
    int[] every = IntStream.range(0, outputs).toArray();
    int[] drawn =
        IntStream.of(Philox.stream(seed, STREAM + 1).permutation(outputs))
            .filter(o -> !games.kind(o).equals("constant") && !games.kind(o).equals("noise"))
            .limit(alone > 0 ? alone : 50)
            .sorted()
            .toArray();
    try (Backends.Choice choice = Backends.open(backend, 0)) {
      long start = System.nanoTime();
      double processor = ProcessUse.processorSeconds();
      Explanation together = solved(choice, every);
      line(choice, rows)
          .with("s", Measured.rounded((System.nanoTime() - start) / 1e9))
          .with("processor_s", Measured.rounded(ProcessUse.processorSeconds() - processor))
          .with("peak_mib", ProcessUse.peakMemory())
          .with("drawn", drawn.length)
          .with("r2_fresh", Measured.rounded(mean(r2(together, drawn, drawn))))
          .report();
      if (alone > 0) {
        compare(choice, together, drawn, line(choice, rows));
      }
    }
    return 0;
  }

  private Measured line(Backends.Choice choice, int rows) {
    return Measured.of("ManyOutputs", choice.backend())
        .with("kind", kind)
        .with("features", features)
        .with("masks", rows)
        .with("outputs", outputs)
        .with("seed", seed);
  }

  /** Solves some outputs alone, and reports what they lost together. */
  private void compare(Backends.Choice choice, Explanation together, int[] drawn, Measured line) {
    double[] ofAll = r2(together, drawn, drawn);
    double[] single = new double[drawn.length];
    Map<String, Integer> ran = new TreeMap<>();
    long start = System.nanoTime();
    double processor = ProcessUse.processorSeconds();
    for (int k = 0; k < drawn.length; k++) {
      Explanation one = solved(choice, new int[] {drawn[k]});
      single[k] = r2(one, new int[] {0}, new int[] {drawn[k]})[0];
      ran.merge(ran(one.outputs().get(0)), 1, Integer::sum);
      if (each) {
        System.out.printf(
            Locale.ROOT,
            "%4d %-9s together %-15s %4d terms %.4f  alone %-15s %4d terms %.4f  %+.4f%n",
            drawn[k],
            games.kind(drawn[k]),
            ran(together.outputs().get(drawn[k])),
            together.outputs().get(drawn[k]).spectrum().size(),
            ofAll[k],
            ran(one.outputs().get(0)),
            one.outputs().get(0).spectrum().size(),
            single[k],
            ofAll[k] - single[k]);
      }
    }
    double[] lost = new double[drawn.length];
    Arrays.setAll(lost, k -> single[k] - ofAll[k]);
    line.with("drawn", drawn.length)
        .with("r2_fresh", Measured.rounded(mean(ofAll)))
        .with("r2_alone", Measured.rounded(mean(single)))
        .with("lost_mean", Measured.rounded(mean(lost)))
        .with("lost_most", Measured.rounded(Arrays.stream(lost).max().orElse(0)))
        .with("beyond_0.01", Arrays.stream(lost).filter(l -> l > ALLOWED).count())
        .with("alone_s", Measured.rounded((System.nanoTime() - start) / 1e9 / drawn.length))
        .with(
            "alone_processor_s",
            Measured.rounded((ProcessUse.processorSeconds() - processor) / drawn.length))
        .with("ran_together", ran(together, drawn))
        .with("ran_alone", ran)
        .report();
  }

  private static Map<String, Integer> ran(Explanation explanation, int[] outputs) {
    return IntStream.of(outputs)
        .mapToObj(o -> ran(explanation.outputs().get(o)))
        .collect(Collectors.toMap(name -> name, name -> 1, Integer::sum, TreeMap::new));
  }

  /** The method that ran, and the link behind it. */
  private static String ran(Output output) {
    return output.method().ran() + (output.link().isIdentity() ? "" : "+" + output.link().label());
  }

  private Explanation solved(Backends.Choice choice, int[] some) {
    int rows = fitted.count();
    double[] of = new double[rows * some.length];
    Arrays.setAll(of, k -> values[k / some.length * outputs + some[k % some.length]]);
    TableSource table =
        new TableSource(
            MaskRows.of(fitted),
            new Values(HostBuffer.of(of), rows, some.length),
            new Design.Foreign(features, rows),
            IntStream.range(0, features).mapToObj(Integer::toString).toList(),
            TableSource.numbered(some.length));
    return new Runner(choice).solve(table, null, Request.standard());
  }

  /** R² of some outputs of an explanation on the fresh masks. */
  private double[] r2(Explanation explanation, int[] numbers, int[] games) {
    double[] r2 = new double[numbers.length];
    for (int k = 0; k < r2.length; k++) {
      double[] predicted = explanation.outputs().get(numbers[k]).predict(fresh);
      int of = games[k];
      double[] own = IntStream.range(0, FRESH).mapToDouble(m -> truth[m * outputs + of]).toArray();
      r2[k] = R2.of(own, predicted);
    }
    return r2;
  }

  private Masks uniform(int rows, UniformMasks.Use use) {
    try (HostBackend host = new HostBackend(1)) {
      return UniformMasks.draw(host.sampling(), features, rows, seed, use, null);
    }
  }

  private static double mean(double[] numbers) {
    return Arrays.stream(numbers).average().orElse(Double.NaN);
  }
}
