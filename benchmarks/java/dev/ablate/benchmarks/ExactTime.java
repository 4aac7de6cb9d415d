package dev.ablate.benchmarks;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Seconds of a warm fit of the default on an evaluated game, and in turns with it those of another
 * build, so that both meet the same machine.
 */
@Command(name = "ExactTime", mixinStandardHelpOptions = true, sortOptions = false)
public final class ExactTime implements Callable<Integer> {
  private static final String FIT = "dev.ablate.benchmarks.exact.TimedFit";

  @Option(names = "--set", description = "which set (default: ${DEFAULT-VALUE})")
  private String set = "sentiment-distilbert-14";

  @Option(names = "--masks", description = "masks of a fit (default: ${DEFAULT-VALUE})")
  private int masks = 1799;

  @Option(
      names = "--index",
      description = "the index that is asked for (default: ${DEFAULT-VALUE})")
  private String index = "fbii";

  @Option(names = "--games", description = "games that are timed (default: ${DEFAULT-VALUE})")
  private int games = 10;

  @Option(names = "--warm", description = "games before them (default: ${DEFAULT-VALUE})")
  private int warm = 3;

  @Option(names = "--threads", description = "threads a fit; 0, the default, for one a processor")
  private int threads;

  @Option(
      names = "--against",
      description = "classes or ablate.jar of another build, whose fits are timed in turns")
  private Path against;

  /** Measures. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ExactTime()).execute(args));
  }

  @Override
  public Integer call() throws ReflectiveOperationException, IOException {
    List<ToDoubleFunction<int[]>> builds =
        new ArrayList<>(List.of(fit(getClass().getClassLoader())));
    List<String> names = List.of("this build", "the other");
    if (against != null) {
      builds.add(fit(other()));
    }
    double[][] seconds = new double[builds.size()][games];
    for (int g = 0; g < warm + games; g++) {
      for (int b = 0; b < builds.size(); b++) {
        double taken = builds.get(b).applyAsDouble(new int[] {g, masks, threads});
        if (g >= warm) {
          seconds[b][g - warm] = taken;
        }
      }
    }
    for (int b = 0; b < builds.size(); b++) {
      System.out.printf(
          "%-10s %s, %,d masks, --index %s: %s s%n",
          names.get(b), set, masks, index, Measured.spread(seconds[b]));
    }
    if (against != null) {
      double[] ratios = new double[games];
      Arrays.setAll(ratios, g -> seconds[0][g] / seconds[1][g]);
      System.out.printf(
          Locale.ROOT, "ratio a game, median (least-most): %s%n", Measured.spread(ratios));
    }
    return 0;
  }

  @SuppressWarnings("unchecked")
  private ToDoubleFunction<int[]> fit(ClassLoader loader) throws ReflectiveOperationException {
    return (ToDoubleFunction<int[]>)
        loader.loadClass(FIT).getConstructor(String.class, String.class).newInstance(set, index);
  }

  /** The other build's product before this build's benchmarks and libraries. */
  private ClassLoader other() throws MalformedURLException {
    List<URL> places = new ArrayList<>(List.of(against.toUri().toURL()));
    for (String place : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
      places.add(Path.of(place).toUri().toURL());
    }
    return new URLClassLoader(places.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }
}
