package dev.ablate.mask;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sampling;
import dev.ablate.code.Philox;

/** Uniform masks that are all different. */
public final class UniformMasks {
  /** Streams of one seed, so that no two uses see the same masks. */
  public enum Use {
    /** Masks a solver fits. */
    FIT,
    /** Masks that only score. */
    TEST
  }

  /** From so many features on drawing the last masks takes long. */
  private static final int LISTED = 16;

  private static final int REST = 0x52455354;

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
    int words = Masks.words(features);
    MaskTable known = new MaskTable(words);
    if (seen != null) {
      addAll(known, seen);
    }
    int wanted = count;
    if (features < 31) {
      wanted = (int) Math.min(count, (1L << features) - known.count());
    }
    long[] kept = new long[Math.multiplyExact(wanted, words)];
    int have = 0;
    long row = 0;
    while (have < wanted && known.count() < drawable(features)) {
      int batch = Math.max(1024, wanted - have);
      long[] drawn = sampling.uniform(seed, use.ordinal(), row, batch, features).toHost().words();
      row += batch;
      for (int r = 0; r < batch && have < wanted; r++) {
        int before = known.count();
        if (known.add(drawn, r * words) == before) {
          System.arraycopy(drawn, r * words, kept, have * words, words);
          have++;
        }
      }
    }
    if (have < wanted) {
      takeRest(known, kept, have, seed, use, features);
    }
    return new Masks(HostBuffer.of(kept), wanted, features);
  }

  /** Masks that are drawn before the rest of a large space is listed. */
  private static long drawable(int features) {
    return features < LISTED || features > 30 ? Long.MAX_VALUE : (1L << features) / 8 * 7;
  }

  /** Fills up with masks that are not known yet, in random order: few of many are hard to draw. */
  private static void takeRest(
      MaskTable known, long[] kept, int have, long seed, Use use, int features) {
    long[] mask = new long[1];
    int[] rest = new int[(1 << features) - known.count()];
    int count = 0;
    for (int m = 0; m < 1 << features; m++) {
      mask[0] = m;
      if (known.find(mask, 0) < 0) {
        rest[count++] = m;
      }
    }
    int[] order = Philox.stream(seed, REST + use.ordinal()).permutation(count);
    for (int k = have; k < kept.length; k++) {
      kept[k] = rest[order[k - have]];
    }
  }

  /**
   * Whether so many masks are different for certain, for all practical purposes: less than one
   * repeat is expected in 2^40 draws. Then nobody has to look, and they can stay where they are.
   */
  static boolean neverRepeat(int features, long count) {
    return 2 * (63 - Long.numberOfLeadingZeros(Math.max(1, count)) + 1) + 40 <= features;
  }

  private static void addAll(MaskTable known, Masks masks) {
    long[] all = masks.hostWords();
    for (int r = 0; r < masks.count(); r++) {
      known.add(all, r * masks.words());
    }
  }
}
