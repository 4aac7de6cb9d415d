package dev.ablate.model.remote;

import java.util.SplittableRandom;

/**
 * How often answers go wrong, as shares of all requests; what goes wrong with a request hangs on
 * its number and the seed alone.
 *
 * @param tooMany answered 429, with {@code Retry-After} in either form
 * @param failing answered 500
 * @param slow answered after {@link #SLOW_MILLIS} longer than others
 * @param truncated cut off after half of the body that was announced
 * @param garbled half a body, announced as whole
 * @param broken closed without an answer
 */
public record Faults(
    double tooMany,
    double failing,
    double slow,
    double truncated,
    double garbled,
    double broken,
    long seed) {
  /** Nothing goes wrong. */
  public static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, 0);

  /** How much later a slow answer comes. */
  static final int SLOW_MILLIS = 120;

  /** What may go wrong. */
  enum Fault {
    TOO_MANY,
    FAILING,
    SLOW,
    TRUNCATED,
    GARBLED,
    BROKEN,
    NONE
  }

  /** A share of each. */
  public static Faults some(double share, long seed) {
    return new Faults(share, share, share, share, share, share, seed);
  }

  Fault of(long request) {
    double draw = new SplittableRandom(seed * 1_000_003 + request).nextDouble();
    double[] shares = {tooMany, failing, slow, truncated, garbled, broken};
    for (int f = 0; f < shares.length; f++) {
      draw -= shares[f];
      if (draw < 0) {
        return Fault.values()[f];
      }
    }
    return Fault.NONE;
  }
}
