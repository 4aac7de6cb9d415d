package dev.ablate.benchmarks.peers;

import dev.ablate.benchmarks.exact.Asked;
import java.util.random.RandomGenerator;

/** A published estimator of indices. */
public interface Peer {
  /** Its name and that of its curve in {@code published.csv}. */
  String name();

  /** Whether it estimates an index. */
  boolean gives(Asked asked);

  /**
   * The least masks with which its answer follows from its description; with fewer, curves depend
   * on what an implementation does where it has none.
   *
   * @param features number of features
   */
  default int least(int features, Asked asked) {
    return features + 1;
  }

  /**
   * Estimates an index.
   *
   * @param game looks values up
   * @param masks how many different masks it may look up, both ends included
   * @return one value for each of {@link dev.ablate.benchmarks.exact.SmallSets#of}
   */
  double[] estimate(LookedUp game, int masks, Asked asked, RandomGenerator random);
}
