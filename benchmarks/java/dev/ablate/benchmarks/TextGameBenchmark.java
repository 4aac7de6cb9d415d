package dev.ablate.benchmarks;

import dev.ablate.game.Values;
import dev.ablate.lens.text.Ablation;
import dev.ablate.lens.text.TextGame;
import dev.ablate.lens.text.TextLens;
import dev.ablate.lens.text.Unit;
import dev.ablate.lens.text.ValueFunction;
import dev.ablate.mask.Masks;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Masks a second of the bundled model. The control evaluates the same masks one by one. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class TextGameBenchmark {
  private static final int MASKS = 1024;
  private static final String SHORT = "Her acting never fails to impress";
  private static final String LONG =
      "It is a film that never bores, full of warm and funny scenes, and although the ending is not"
          + " quite as strong as the start, I would gladly watch the whole thing again with friends";

  @Param({"1", "2"})
  private int threads;

  @Param({"6", "35"})
  private int words;

  @Param({"MASK", "REMOVE"})
  private Ablation ablation;

  private TextModel model;
  private TextGame game;
  private Masks masks;
  private Values values;

  /** Opens the model, draws masks, and checks that batches give what single masks give. */
  @Setup(Level.Trial)
  public void open() {
    model = ModelDirectory.bundled().load(threads);
    TextLens lens =
        new TextLens(Unit.WORD, ablation, ValueFunction.LOG_ODDS, List.of("positive"), List.of());
    game = lens.game(model, words == 6 ? SHORT : LONG);
    Random random = new Random(1);
    boolean[][] rows = new boolean[MASKS][game.features()];
    for (boolean[] row : rows) {
      for (int f = 0; f < row.length; f++) {
        row[f] = random.nextBoolean();
      }
    }
    masks = Masks.of(rows);
    values = Values.zeros(MASKS, 1);
    double[] together = allAtOnce().column(0);
    double[] single = oneByOne().column(0);
    for (int m = 0; m < MASKS; m++) {
      if (!(Math.abs(together[m] - single[m]) < 1e-4)) {
        throw new IllegalStateException("mask " + m + ": " + together[m] + ", " + single[m]);
      }
    }
  }

  /** All masks in one call. */
  @Benchmark
  @OperationsPerInvocation(MASKS)
  public Values allAtOnce() {
    game.evaluate(masks, values);
    return values;
  }

  /** Each mask in a call of its own. */
  @Benchmark
  @OperationsPerInvocation(MASKS)
  public Values oneByOne() {
    for (int m = 0; m < MASKS; m++) {
      Values one = Values.zeros(1, 1);
      game.evaluate(masks.range(m, m + 1), one);
      values.set(m, 0, one.get(0, 0));
    }
    return values;
  }

  /** Frees the model. */
  @TearDown(Level.Trial)
  public void close() {
    model.close();
  }
}
