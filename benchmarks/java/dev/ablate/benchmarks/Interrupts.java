package dev.ablate.benchmarks;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.run.TableSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long a solve goes on once its thread is interrupted, at moments that are spread over a given
 * time: the longest by stage. Results say nothing where a run was over before its moment.
 */
@Command(name = "Interrupts", mixinStandardHelpOptions = true, sortOptions = false)
public final class Interrupts implements Callable<Integer> {
  private static final int STREAM = 0x496E7472;

  @Option(names = "--kind", description = "planted, forest, deep-forest or attention")
  private String kind = "attention";

  @Option(names = "--features", description = "features (default: ${DEFAULT-VALUE})")
  private int features = 512;

  @Option(names = "--masks", description = "masks (default: 8 n log2 n)")
  private int masks;

  @Option(names = "--method", description = "as of ablate solve (default: ${DEFAULT-VALUE})")
  private String method = "auto";

  @Option(names = "--seconds", description = "latest moment (default: ${DEFAULT-VALUE})")
  private double seconds = 60;

  @Option(names = "--tries", description = "interrupts (default: ${DEFAULT-VALUE})")
  private int tries = 10;

  @Option(names = "--seed", description = "decides the moments")
  private int seed;

  private volatile String stage;

  /** Measures. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Interrupts()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    TableSource table = table();
    Request request = Request.standard().withMethod(dev.ablate.solve.Method.parse(method));
    Philox.Stream random = Philox.stream(seed, STREAM);
    Map<String, Double> latest = new TreeMap<>();
    try (Backends.Choice choice = Backends.open("host", 0)) {
      for (int t = 0; t < tries; t++) {
        double moment = seconds * (t + random.nextDouble()) / tries;
        double late = late(new Runner(choice), table, request, moment);
        latest.merge(stage, late, Math::max);
      }
      for (Map.Entry<String, Double> one : latest.entrySet()) {
        Measured.of("Interrupts", choice.backend())
            .with("kind", kind)
            .with("features", features)
            .with("method", method)
            .with("stage", one.getKey())
            .with("latest_s", Measured.rounded(one.getValue()))
            .report();
      }
    }
    return 0;
  }

  /** Seconds from an interrupt to the end; NaN where the end came first. */
  private double late(Runner runner, TableSource table, Request request, double moment)
      throws InterruptedException {
    stage = "start";
    boolean[] over = new boolean[1];
    Thread caller =
        new Thread(
            () -> {
              try {
                runner.solve(table, null, request, listener());
                over[0] = true;
              } catch (CancellationException e) {
                over[0] = false;
              }
            });
    caller.start();
    Thread.sleep((long) (1000 * moment));
    String at = stage;
    long before = System.nanoTime();
    caller.interrupt();
    caller.join();
    stage = over[0] ? "over" : at;
    return over[0] ? 0 : (System.nanoTime() - before) / 1e9;
  }

  private Progress listener() {
    return new Progress() {
      @Override
      public void done(long masks) {}

      @Override
      public void solving(String name, double share) {
        stage = name;
      }
    };
  }

  private TableSource table() {
    int rows =
        masks > 0 ? masks : (int) Math.round(8 * features * Math.log(features) / Math.log(2));
    Masks drawn;
    try (HostBackend host = new HostBackend(1)) {
      drawn = UniformMasks.draw(host.sampling(), features, rows, seed, UniformMasks.Use.FIT, null);
    }
    double[] values = LargeGames.values(LargeGames.of(kind, features, seed), drawn);
    Philox.Stream random = Philox.stream(seed, STREAM + 1);
    for (int r = 0; r < rows; r++) {
      values[r] += LargeGames.noise(kind) * random.nextGaussian();
    }
    return new TableSource(
        MaskRows.of(drawn),
        Values.of(values),
        new Design.Foreign(features, rows),
        IntStream.range(0, features).mapToObj(Integer::toString).toList(),
        TableSource.numbered(1));
  }
}
