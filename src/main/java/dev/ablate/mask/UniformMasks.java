package dev.ablate.mask;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sampling;

/** Random masks that are all different and independent but for that. */
public final class UniformMasks {
  /** Streams of one seed, so that no two uses see the same masks. */
  public enum Use {
    /** Masks a solver fits. */
    FIT,
    /** Masks that only score. */
    TEST
  }

  private UniformMasks() {}

  /**
   * Draws different masks, none of them among {@code seen}. Where fewer are left than asked for,
   * all that are left come.
   *
   * @param sampling where uniform rows come from
   * @param features number of features
   * @param count how many masks
   * @param seed the run's seed
   * @param use which stream of the seed
   * @param seen masks to leave out, or null
   */
  public static Masks draw(
      Sampling sampling, int features, int count, long seed, Use use, Masks seen) {
    if (neverRepeat(features, count + (seen == null ? 0L : seen.count()))) {
      Buffer drawn = sampling.uniform(seed, use.ordinal(), 0, count, features);
      return new Masks(drawn, count, features);
    }
    KnownMasks known = KnownMasks.of(features, seen);
    int wanted = (int) Math.min(count, known.left());
    return taken(new UniformDraws(sampling, known, seed, use, wanted), known, wanted);
  }

  /**
   * The same by size: every size from 1 to n − 1 alike, and every set of a size alike.
   *
   * @param features number of features
   * @param count how many masks
   * @param seed the run's seed
   * @param use which stream of the seed
   * @param seen masks to leave out, or null
   */
  public static Masks drawBySize(int features, int count, long seed, Use use, Masks seen) {
    KnownMasks known = KnownMasks.of(features, seen);
    return taken(new SizeDraws(known, seed, use), known, count);
  }

  private static Masks taken(MaskDraws draws, KnownMasks known, int most) {
    int words = Masks.words(known.features());
    long[] kept = new long[Math.multiplyExact(most, words)];
    long[] mask = new long[words];
    int have = 0;
    while (have < most && draws.next(mask)) {
      known.add(mask, 0);
      System.arraycopy(mask, 0, kept, have++ * words, words);
    }
    return new Masks(HostBuffer.of(kept), most, known.features()).range(0, have);
  }

  /**
   * Whether so many masks are different for certain, for all practical purposes: less than one
   * repeat is expected in 2^40 draws. Then nobody has to look, and they can stay where they are.
   */
  static boolean neverRepeat(int features, long count) {
    return 2 * (63 - Long.numberOfLeadingZeros(Math.max(1, count)) + 1) + 40 <= features;
  }
}
