package dev.ablate.game;

import dev.ablate.code.InputException;

/**
 * How many different masks may be evaluated for fitting. Held-out masks come on top.
 *
 * @param masks the limit, at least 1
 */
public record Budget(long masks) {
  /** Checks the limit. */
  public Budget {
    if (masks < 1) {
      throw new InputException(
          InputException.setting("budget") + " " + masks + ": must be at least 1");
    }
  }

  /** The default, {@code min(2^n, 8 n log2 n)} rounded up, at least 2. */
  public static Budget standard(int features) {
    double wanted = Math.ceil(8.0 * features * Math.log(features) / Math.log(2));
    long all = features < 62 ? 1L << features : Long.MAX_VALUE;
    return new Budget(Math.max(2, (long) Math.min(all, wanted)));
  }

  /** Every mask of at most 30 features. */
  public static Budget all(int features) {
    return new Budget(1L << Math.min(features, 30));
  }

  /** So many masks more. */
  public Budget plus(long more) {
    return new Budget(masks > Long.MAX_VALUE - more ? Long.MAX_VALUE : masks + more);
  }

  /** Whether every mask of so many features can be evaluated. */
  public boolean coversAll(int features) {
    return features < 31 && 1L << features <= masks;
  }
}
