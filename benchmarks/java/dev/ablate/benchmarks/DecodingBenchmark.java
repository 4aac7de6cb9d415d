package dev.ablate.benchmarks;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Decoding;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.PlantedGame;
import dev.ablate.game.Values;
import dev.ablate.mask.CodedDesign;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Decoding and peeling of 300 planted terms of order 1 to 5 at b = 8, t = 5 and noise 0.5: soft on
 * all cores and on one, hard, and one reading of all bins as control.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class DecodingBenchmark {
  private static final int TERMS = 300;
  private static final Decoding.Settings SOFT = new Decoding.Settings(55, 0.9, 3, true);
  private static final Decoding.Settings HARD = new Decoding.Settings(1, 0.9, 3, true);

  /** Number of features. */
  @Param({"1000", "30000"})
  private int features;

  private HostBackend all;
  private HostBackend one;
  private CodedBins bins;
  private Buffer transforms;

  /** Plants the terms and checks that all of them are found. */
  @Setup
  public void setUp() {
    all = new HostBackend();
    one = new HostBackend(1);
    PlantedGame game = PlantedGame.random(features, TERMS, 5, 0.5, 0);
    CodedDesign design = new CodedDesign(CodedDesign.of(features, 3, 8, 5, 0));
    bins = design.bins();
    Values values = Values.zeros((int) design.design().masks(), 1);
    game.evaluate(design.masks(all), values);
    transforms = HostBuffer.of(values.hostDoubles());
    all.walsh()
        .transform(transforms, bins.groups() * bins.delays(), bins.points(), 1.0 / bins.points());
    Decoding.Decoded decoded = softOnAllCores().get(0);
    for (int i = 0; i < TERMS; i++) {
      if (game.truth().indexOf(decoded.sets().get(i)) < 0 || decoded.sets().size() != TERMS) {
        throw new IllegalStateException("found " + decoded.sets().size() + " terms");
      }
    }
  }

  /** Stops the workers. */
  @TearDown
  public void tearDown() {
    all.close();
    one.close();
  }

  /** Soft decoding on all cores. */
  @Benchmark
  public List<Decoding.Decoded> softOnAllCores() {
    return all.decoding().decode(bins, transforms, 1, SOFT);
  }

  /** Soft decoding on one core. */
  @Benchmark
  public List<Decoding.Decoded> softOnOneCore() {
    return one.decoding().decode(bins, transforms, 1, SOFT);
  }

  /** Hard decoding on all cores. */
  @Benchmark
  public List<Decoding.Decoded> hardOnAllCores() {
    return all.decoding().decode(bins, transforms, 1, HARD);
  }

  /** Control: the energy of all bins. */
  @Benchmark
  public double energy() {
    double energy = 0;
    for (double u : transforms.toHost().doubles()) {
      energy += u * u;
    }
    return energy;
  }
}
