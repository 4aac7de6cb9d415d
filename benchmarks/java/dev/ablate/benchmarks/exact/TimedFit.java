package dev.ablate.benchmarks.exact;

import dev.ablate.Ablate;
import java.util.function.ToDoubleFunction;

/**
 * Seconds of one fit; given the number of the game, the masks and the threads. A function of the
 * JDK's types alone, so that several builds can be asked beside each other.
 */
public final class TimedFit implements ToDoubleFunction<int[]> {
  private final EvaluatedSet set;
  private final String index;
  private Ablate engine;

  /** Of a set and an index. */
  public TimedFit(String set, String index) {
    this.set = EvaluatedSet.read(set);
    this.index = index;
  }

  @Override
  public double applyAsDouble(int[] asked) {
    if (engine == null) {
      engine = Ablate.open("host", asked[2]);
    }
    int number = asked[0] % set.games();
    long start = System.nanoTime();
    engine
        .request()
        .game(set.game(number))
        .index(index, Family.ORDER)
        .budget(asked[1])
        .testMasks(0)
        .seed(number)
        .explain();
    return (System.nanoTime() - start) / 1e9;
  }
}
