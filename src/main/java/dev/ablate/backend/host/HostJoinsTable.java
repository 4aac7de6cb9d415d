package dev.ablate.backend.host;

import java.util.Arrays;

/**
 * Pairs of features by their word, the XOR of the two features' words. A bit for every word says
 * whether any pair has it, small enough to stay in cache; pairs lie in buckets by a hash of the
 * word.
 */
final class HostJoinsTable {
  /** Pairs are {@code smaller << HALF | larger}. */
  static final int HALF = 16;

  static final int LOWER = (1 << HALF) - 1;

  private static final int MULTIPLIER = 0x9E3779B1;
  private final int[] present;
  private final int[] starts;
  private final int[] pairs;
  private final int shift;

  /**
   * Room for a table.
   *
   * @param bits bits of a word
   * @param most most pairs that it holds
   */
  HostJoinsTable(int bits, int most) {
    this.present = new int[bits > 5 ? 1 << bits - 5 : 1];
    int bucketBits = Math.max(1, Math.min(bits, 32 - Integer.numberOfLeadingZeros(most)));
    this.shift = 32 - bucketBits;
    this.starts = new int[(1 << bucketBits) + 1];
    this.pairs = new int[most];
  }

  /** Holds the pairs whose larger member is from {@code from} to {@code to}, exclusive. */
  void load(int[] words, int from, int to) {
    Arrays.fill(present, 0);
    Arrays.fill(starts, 0);
    for (int j = from; j < to; j++) {
      for (int i = 0; i < j; i++) {
        int word = words[i] ^ words[j];
        present[word >>> 5] |= 1 << word;
        starts[bucket(word)]++;
      }
    }
    for (int b = 1; b < starts.length; b++) {
      starts[b] += starts[b - 1];
    }
    // From the ends of the buckets down to their starts.
    for (int j = from; j < to; j++) {
      for (int i = 0; i < j; i++) {
        pairs[--starts[bucket(words[i] ^ words[j])]] = i << HALF | j;
      }
    }
  }

  private int bucket(int word) {
    return word * MULTIPLIER >>> shift;
  }

  /** First place of the pairs that may have the word. */
  int start(int word) {
    return starts[bucket(word)];
  }

  /** One past the last place of the pairs that may have the word. */
  int end(int word) {
    return starts[bucket(word) + 1];
  }

  /** The pair at a place. */
  int pair(int place) {
    return pairs[place];
  }

  /** Whether any pair has the word: 1 or 0. */
  private static int present(int[] bits, int word) {
    return bits[word >>> 5] >>> word & 1;
  }

  /** Probes whose words some pairs have. */
  static final class Met {
    final int[] words;

    /** What the caller says of each. */
    final int[] probes;

    int count;

    Met(int room) {
      this.words = new int[room];
      this.probes = new int[room];
    }
  }

  /**
   * Looks up {@code base ^ words[q]} for {@code q} from {@code from} on.
   *
   * @param met where to add those that some pair has, as {@code probe + step q}, with room for all
   */
  void lookUp(int[] words, int from, int base, int probe, int step, Met met) {
    int[] bits = present;
    int[] metWords = met.words;
    int[] metProbes = met.probes;
    int count = met.count;
    for (int q = from; q < words.length; q++) {
      int word = base ^ words[q];
      // Without a branch, because nobody can foretell it.
      metWords[count] = word;
      metProbes[count] = probe + step * q;
      count += present(bits, word);
    }
    met.count = count;
  }
}
