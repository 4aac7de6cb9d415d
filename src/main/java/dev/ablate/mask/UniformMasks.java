package dev.ablate.mask;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sampling;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Uniform masks that are all different. */
public final class UniformMasks {
  /** Streams of one seed, so that no two uses see the same masks. */
  public enum Use {
    /** Masks a solver fits. */
    FIT,
    /** Masks that only score. */
    TEST
  }

  private UniformMasks() {}

  /** A mask's words with value equality. */
  private record Key(long[] words) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(words, key.words);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(words);
    }
  }

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
    if (neverRepeats(features, count + (seen == null ? 0L : seen.count()))) {
      Buffer drawn = sampling.uniform(seed, use.ordinal(), 0, count, features);
      return new Masks(drawn, count, features);
    }
    Set<Key> known = new HashSet<>();
    if (seen != null) {
      addAll(known, seen);
    }
    int wanted = count;
    if (features < 31) {
      wanted = (int) Math.min(count, (1L << features) - known.size());
    }
    int words = Masks.words(features);
    long[] kept = new long[Math.multiplyExact(wanted, words)];
    int have = 0;
    long row = 0;
    while (have < wanted) {
      int batch = Math.max(1024, wanted - have);
      long[] drawn = sampling.uniform(seed, use.ordinal(), row, batch, features).toHost().words();
      row += batch;
      for (int r = 0; r < batch && have < wanted; r++) {
        long[] mask = Arrays.copyOfRange(drawn, r * words, (r + 1) * words);
        if (known.add(new Key(mask))) {
          System.arraycopy(mask, 0, kept, have * words, words);
          have++;
        }
      }
    }
    return new Masks(HostBuffer.of(kept), wanted, features);
  }

  /**
   * Whether so many masks are different for certain, for all practical purposes: less than one
   * repeat is expected in 2^40 draws. Then nobody has to look, and they can stay where they are.
   */
  private static boolean neverRepeats(int features, long count) {
    return 2 * (63 - Long.numberOfLeadingZeros(Math.max(1, count)) + 1) + 40 <= features;
  }

  private static void addAll(Set<Key> known, Masks masks) {
    long[] all = masks.hostWords();
    int words = masks.words();
    for (int r = 0; r < masks.count(); r++) {
      known.add(new Key(Arrays.copyOfRange(all, r * words, (r + 1) * words)));
    }
  }
}
