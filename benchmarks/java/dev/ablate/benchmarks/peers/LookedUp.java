package dev.ablate.benchmarks.peers;

import java.util.BitSet;

/** A game by its table of values, which counts the different masks that were looked up. */
public final class LookedUp {
  private final int features;
  private final double[] values;
  private final BitSet seen = new BitSet();

  /** A game with {@code 2^features} values. */
  public LookedUp(int features, double[] values) {
    this.features = features;
    this.values = values;
  }

  /** Number of features. */
  public int features() {
    return features;
  }

  /** The mask with every feature present. */
  public int all() {
    return values.length - 1;
  }

  /** The value of a mask. */
  public double value(int mask) {
    seen.set(mask);
    return values[mask];
  }

  /** How many different masks were looked up. */
  public int looked() {
    return seen.cardinality();
  }
}
