package dev.ablate.backend.host;

/**
 * All triples of few features as one tile: a prefix of few features has few pairs above it, and the
 * loop over them would be short. Not thread-safe: one a thread.
 */
final class HostScreeningTriples implements HostScreeningTails {
  /** Most words of parities, which a core's second cache holds. */
  private static final int MOST = 1 << 16;

  private final int features;
  private final int[][] parities;
  private final byte[][] members;

  /** Whether all triples of so many features fit, over so many words of rows. */
  static boolean fit(int features, int words) {
    return features >= 3 && features <= Byte.MAX_VALUE && count(features) * words <= MOST;
  }

  /**
   * The triples of some features.
   *
   * @param byWord {@code (words, features)} bit = the mask keeps the feature
   */
  HostScreeningTriples(int[][] byWord, int features) {
    this.features = features;
    int count = (int) count(features);
    this.parities = new int[byWord.length][count];
    this.members = new byte[count][];
    int c = 0;
    for (int i = features - 3; i >= 0; i--) {
      for (int j = i + 1; j < features - 1; j++) {
        for (int w = 0; w < parities.length; w++) {
          int with = byWord[w][i] ^ byWord[w][j];
          for (int k = j + 1; k < features; k++) {
            parities[w][c + k - j - 1] = byWord[w][k] ^ with;
          }
        }
        for (int k = j + 1; k < features; k++) {
          members[c++] = new byte[] {(byte) i, (byte) j, (byte) k};
        }
      }
    }
  }

  /** Number of triples of some features. */
  private static long count(long features) {
    return features * (features - 1) * (features - 2) / 6;
  }

  @Override
  public int most() {
    return members.length;
  }

  @Override
  public void load(long number) {
    // All are there.
  }

  @Override
  public int highest() {
    return features - 3;
  }

  @Override
  public int above(int feature) {
    return (int) Math.max(0, count(Math.max(0, features - 1L - feature)));
  }

  @Override
  public int[] word(int w) {
    return parities[w];
  }

  @Override
  public int[] set(int[] prefix, int prefixSize, int tail) {
    int[] set = new int[prefixSize + 3];
    System.arraycopy(prefix, 0, set, 0, prefixSize);
    for (int k = 0; k < 3; k++) {
      set[prefixSize + k] = members[tail][k];
    }
    return set;
  }
}
