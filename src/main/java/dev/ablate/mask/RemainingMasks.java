package dev.ablate.mask;

import dev.ablate.code.Philox;
import java.util.Arrays;

/** What is left of masks that fit in an int, in random order. */
final class RemainingMasks implements MaskDraws {
  private final KnownMasks known;
  private final int[] left;
  private int at;

  /**
   * Those of some masks that are not known.
   *
   * @param random decides the order
   */
  RemainingMasks(int[] some, KnownMasks known, Philox.Stream random) {
    this.known = known;
    long[] mask = new long[1];
    int[] unknown =
        Arrays.stream(some)
            .filter(
                m -> {
                  mask[0] = m;
                  return !known.has(mask, 0);
                })
            .toArray();
    int[] order = random.permutation(unknown.length);
    this.left = Arrays.stream(order).map(k -> unknown[k]).toArray();
  }

  @Override
  public boolean next(long[] mask) {
    while (at < left.length) {
      mask[0] = left[at++];
      if (!known.has(mask, 0)) {
        return true;
      }
    }
    return false;
  }
}
