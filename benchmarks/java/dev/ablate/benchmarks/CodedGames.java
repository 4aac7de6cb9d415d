package dev.ablate.benchmarks;

import dev.ablate.backend.Backends;
import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Games that can be called, explained by default: parities of orders that are alike, of magnitudes
 * uniform in ±[.5, 1.5], with noise that belongs to the mask; R² on 4,000 fresh masks with their
 * noise. Which masks a run takes is in the provenance: see {@code docs/design/0048-coded-part.md}.
 */
@Command(name = "CodedGames", mixinStandardHelpOptions = true, sortOptions = false)
public final class CodedGames implements Runnable {
  private static final int FRESH = 4_000;
  private static final int STREAM = 77;
  private static final long MIX = 7919;

  @Option(names = "--features", description = "features (default: ${DEFAULT-VALUE})")
  private int features = 64;

  @Option(names = "--terms", description = "parities (default: ${DEFAULT-VALUE})")
  private int terms = 60;

  @Option(names = "--least-order", description = "(default: ${DEFAULT-VALUE})")
  private int least = 1;

  @Option(names = "--most-order", description = "(default: ${DEFAULT-VALUE})")
  private int most = 8;

  @Option(names = "--noise", description = "standard deviation (default: ${DEFAULT-VALUE})")
  private double noise = 0.1;

  @Option(names = "--seed", description = "(default: ${DEFAULT-VALUE})")
  private int seed = 1;

  /** Measures. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new CodedGames()).execute(args));
  }

  @Override
  public void run() {
    Spectrum truth = truth();
    try (Backends.Choice choice = Backends.open("host", 0)) {
      Game game = Game.of(features, masks -> values(truth, masks, choice));
      double start = ProcessUse.processorSeconds();
      Explanation explanation = new Runner(choice).explain(game, Request.standard(), Progress.NONE);
      double seconds = ProcessUse.processorSeconds() - start;
      Output output = explanation.outputs().get(0);
      Masks fresh =
          UniformMasks.draw(
              choice.backend().sampling(),
              features,
              FRESH,
              seed + 1000L,
              UniformMasks.Use.TEST,
              null);
      Measured.of("CodedGames", choice.backend())
          .with("features", features)
          .with("terms", terms)
          .with("orders", least + "-" + most)
          .with("noise", noise)
          .with("seed", seed)
          .with("design", explanation.provenance().report().design())
          .with("masks", output.fit().masks())
          .with("evaluated", output.fit().evaluated())
          .with("processor_s", Measured.rounded(seconds))
          .with("ran", output.method().ran())
          .with("found", output.spectrum().size())
          .with("r2_fresh", R2.of(values(truth, fresh, choice), output.predict(fresh)))
          .report();
    }
  }

  private double[] values(Spectrum truth, Masks masks, Backends.Choice choice) {
    double[] values = truth.evaluate(masks, choice.backend());
    for (int r = 0; r < values.length && noise > 0; r++) {
      values[r] += noise * new Random(Arrays.hashCode(masks.row(r)) * MIX).nextGaussian();
    }
    return values;
  }

  private Spectrum truth() {
    Philox.Stream random = Philox.stream(seed, STREAM);
    TreeMap<int[], Double> found = new TreeMap<>(Sets::compare);
    while (found.size() < terms) {
      int order = least + random.nextInt(most - least + 1);
      int[] set =
          IntStream.generate(() -> random.nextInt(features))
              .distinct()
              .limit(order)
              .sorted()
              .toArray();
      double size = 0.5 + random.nextDouble();
      found.putIfAbsent(set, random.nextInt(2) == 0 ? size : -size);
    }
    double[] coefficients = found.values().stream().mapToDouble(Double::doubleValue).toArray();
    return new Spectrum(features, Sets.of(found.keySet()), coefficients);
  }
}
