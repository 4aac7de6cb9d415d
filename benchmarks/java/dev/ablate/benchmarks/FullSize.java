package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Output;
import dev.ablate.game.Values;
import dev.ablate.index.Index;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.run.Designs;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.run.TableSource;
import dev.ablate.spectrum.R2;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Tables of uniform masks of games with hundreds of features, solved as {@code ablate solve} does:
 * seconds, the processor's seconds, the most memory that the process held, and R² on 2,000 fresh
 * masks without noise. A method that needs masks of its own design gets the largest that the number
 * of masks affords. A process a game, or memory is that of all.
 */
@Command(name = "FullSize", mixinStandardHelpOptions = true, sortOptions = false)
public final class FullSize implements Callable<Integer> {
  private static final int FRESH = 2_000;
  private static final int STREAM = 0x46756C6C;

  @Option(names = "--kind", description = "planted, forest, deep-forest or attention")
  private String kind = "planted";

  @Option(names = "--features", description = "features (default: ${DEFAULT-VALUE})")
  private int features = 256;

  @Option(names = "--masks", description = "masks (default: 8 n log2 n)")
  private int masks;

  @Option(names = "--seed", description = "(default: ${DEFAULT-VALUE})")
  private int seed;

  @Option(names = "--method", description = "as of ablate solve (default: ${DEFAULT-VALUE})")
  private String method = "auto";

  @Option(names = "--backend", description = "as of ablate solve (default: ${DEFAULT-VALUE})")
  private String backend = "host";

  @Option(
      names = "--indices",
      split = ",",
      description = "read off the fit afterwards and timed, each with its order: SII:2,SV:1")
  private List<String> indices = List.of();

  @Option(names = "--notes", description = "prints what the explanation notes")
  private boolean notes;

  @Option(names = "--stages", description = "prints which shares stages say they take, and take")
  private boolean stages;

  /** Measures. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new FullSize()).execute(args));
  }

  @Override
  public Integer call() {
    int rows =
        masks > 0 ? masks : (int) Math.round(8 * features * Math.log(features) / Math.log(2));
    LargeGames.Value game = LargeGames.of(kind, features, seed);
    Design design = design(rows);
    Masks fitted = masks(design);
    double[] values = LargeGames.values(game, fitted);
    Philox.Stream random = Philox.stream(seed, STREAM);
    for (int r = 0; r < values.length; r++) {
      values[r] += LargeGames.noise(kind) * random.nextGaussian();
    }
    Masks fresh = uniform(FRESH, UniformMasks.Use.TEST);
    double[] truth = LargeGames.values(game, fresh);
    TableSource table =
        new TableSource(
            MaskRows.of(fitted),
            Values.of(values),
            design,
            IntStream.range(0, features).mapToObj(Integer::toString).toList(),
            TableSource.numbered(1));
    Request request = Request.standard().withMethod(dev.ablate.solve.Method.parse(method));
    try (Backends.Choice choice = Backends.open(backend, 0)) {
      long start = System.nanoTime();
      double processor = ProcessUse.processorSeconds();
      StageTimes times = new StageTimes();
      Explanation explanation = new Runner(choice).solve(table, null, request, times);
      double seconds = (System.nanoTime() - start) / 1e9;
      double worked = ProcessUse.processorSeconds() - processor;
      long memory = ProcessUse.peakMemory();
      Output output = explanation.outputs().get(0);
      double r2 = R2.of(truth, output.predict(fresh));
      Measured.of("FullSize", choice.backend())
          .with("kind", kind)
          .with("features", features)
          .with("asked", rows)
          .with("masks", fitted.count())
          .with("seed", seed)
          .with("method", method)
          .with("s", Measured.rounded(seconds))
          .with("processor_s", Measured.rounded(worked))
          .with("peak_mib", memory)
          .with("ran", output.method().ran())
          .with("terms", output.spectrum().size())
          .with("r2_held", Measured.rounded(output.fit().r2()))
          .with("r2_fresh", Measured.rounded(r2))
          .with("missed_fresh", Measured.rounded(1 - r2))
          .report();
      for (String index : indices) {
        readOff(index, output, choice.backend());
      }
      if (notes) {
        explanation.provenance().report().notes().forEach(System.out::println);
      }
      if (stages) {
        times.report();
      }
    }
    return 0;
  }

  /** An index with its standard errors, its folds fitted already for the one that was asked for. */
  private void readOff(String asked, Output output, Backend there) {
    String[] parts = asked.split(":");
    Index index = Index.parse(parts[0]);
    long start = System.nanoTime();
    double processor = ProcessUse.processorSeconds();
    Interactions read = output.interactions(index, Integer.parseInt(parts[1]));
    double worked = ProcessUse.processorSeconds() - processor;
    Measured.of("FullSize", there)
        .with("kind", kind)
        .with("features", features)
        .with("index", asked)
        .with("s", Measured.rounded((System.nanoTime() - start) / 1e9))
        .with("processor_s", Measured.rounded(worked))
        .with("listed", read.values().size())
        .with("largest", read.top(1).get(0).value())
        .with("squares", read.values().stream().mapToDouble(i -> i.value() * i.value()).sum())
        .report();
  }

  /** A coded design where the method needs one, else masks that somebody else drew. */
  private Design design(int rows) {
    return Method.parse(method).plan(features, rows, seed) instanceof Design.Coded coded
        ? coded
        : new Design.Foreign(features, rows);
  }

  private Masks masks(Design design) {
    if (design instanceof Design.Coded) {
      try (HostBackend host = new HostBackend(1)) {
        return Designs.masks(design, host);
      }
    }
    return uniform((int) design.masks(), UniformMasks.Use.FIT);
  }

  private Masks uniform(int rows, UniformMasks.Use use) {
    try (HostBackend host = new HostBackend(1)) {
      return UniformMasks.draw(host.sampling(), features, rows, seed, use, null);
    }
  }
}
