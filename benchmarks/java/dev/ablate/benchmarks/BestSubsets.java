package dev.ablate.benchmarks;

import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import dev.ablate.search.BestSubset;
import dev.ablate.search.Goal;
import dev.ablate.search.SubsetSearch;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The best set of random spectra: its value, the bound, and the processor's seconds. */
@Command(name = "BestSubsets", mixinStandardHelpOptions = true, sortOptions = false)
public final class BestSubsets implements Callable<Integer> {
  @Option(names = "--features", description = "features (default: ${DEFAULT-VALUE})")
  private int features = 144;

  @Option(
      names = "--terms",
      split = ",",
      description = "terms of order 1, 2, and so on (default: ${DEFAULT-VALUE})")
  private int[] terms = {144, 600, 256};

  @Option(names = "--size", description = "features that are kept (default: ${DEFAULT-VALUE})")
  private int size = 72;

  @Option(
      names = "--decay",
      description = "how much smaller coefficients are an order (default: ${DEFAULT-VALUE})")
  private double decay = 0.5;

  @Option(names = "--work", description = "as of ablate best (default: ${DEFAULT-VALUE})")
  private long work = 100;

  @Option(names = "--seeds", description = "spectra (default: ${DEFAULT-VALUE})")
  private int seeds = 3;

  /** Measures. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new BestSubsets()).execute(args));
  }

  @Override
  public Integer call() {
    for (int seed = 0; seed < seeds; seed++) {
      Spectrum spectrum = spectrum(seed);
      long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      BestSubset best = SubsetSearch.best(spectrum, Link.IDENTITY, size, Goal.MAX, work);
      long after = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      System.out.printf(
          Locale.ROOT,
          "%d of %d, %d terms, decay %s, seed %d: %.3f, bound %.3f, gap %.1f %%, %d nodes, %.1f"
              + " s%n",
          size,
          features,
          spectrum.size(),
          decay,
          seed,
          best.value(),
          best.bound(),
          100 * best.gap() / Math.abs(best.value()),
          best.nodes(),
          (after - before) / 1e9);
    }
    return 0;
  }

  private Spectrum spectrum(int seed) {
    Philox.Stream random = Philox.stream(seed, 0);
    List<int[]> sets = new ArrayList<>();
    for (int order = 1; order <= terms.length; order++) {
      for (int k = 0; k < terms[order - 1]; k++) {
        int[] drawn = random.permutation(features);
        sets.add(order == 1 && k < features ? new int[] {k} : Arrays.copyOf(drawn, order));
      }
    }
    double[] coefficients =
        sets.stream()
            .mapToDouble(set -> random.nextGaussian() * Math.pow(decay, set.length - 1))
            .toArray();
    return new Spectrum(features, Sets.of(sets), coefficients);
  }
}
