package dev.ablate.backend.host;

/**
 * All pairs of features, those with the largest smaller member first: the pairs above a feature are
 * the first ones. A tile of them has its parities formed. Not thread-safe: one a thread.
 */
final class HostScreeningPairs implements HostScreeningTails {
  /** Pairs of a tile: with some thousand rows its parities stay in a core's second cache. */
  private static final int TILE = 512;

  private final int features;
  private final int[][] byWord;
  private final int[][] parities;
  private final int[] lower = new int[TILE];
  private final int[] upper = new int[TILE];
  private long tile = -1;
  private int size;

  /**
   * The pairs of some features.
   *
   * @param byWord {@code (words, features)} bit = the mask keeps the feature
   */
  HostScreeningPairs(int[][] byWord, int features) {
    this.features = features;
    this.byWord = byWord;
    this.parities = new int[byWord.length][TILE];
  }

  /** Number of tiles. */
  static long tiles(int features) {
    return (countAbove(features, -1) + TILE - 1) / TILE;
  }

  /** Number of pairs whose members are both above a feature. */
  private static long countAbove(int features, int feature) {
    long above = features - 1L - feature;
    return above * (above - 1) / 2;
  }

  @Override
  public int most() {
    return TILE;
  }

  @Override
  public void load(long number) {
    if (number == tile) {
      return;
    }
    tile = number;
    long first = number * TILE;
    size = (int) Math.min(TILE, countAbove(features, -1) - first);
    int k = features - 2;
    while (countAbove(features, k - 1) <= first) {
      k--;
    }
    int l = k + 1 + (int) (first - countAbove(features, k));
    for (int c = 0; c < size; k--, l = k + 1) {
      int end = Math.min(size, c + features - l);
      form(k, l, c, end);
      c = end;
    }
  }

  /** The pairs of one smaller member, from place {@code start} of the tile on. */
  private void form(int k, int l, int start, int end) {
    for (int c = start; c < end; c++) {
      lower[c] = k;
      upper[c] = l + c - start;
    }
    for (int w = 0; w < parities.length; w++) {
      int with = byWord[w][k];
      for (int c = start; c < end; c++) {
        parities[w][c] = byWord[w][l + c - start] ^ with;
      }
    }
  }

  @Override
  public int highest() {
    return lower[0];
  }

  @Override
  public int above(int feature) {
    return (int) Math.max(0, Math.min(size, countAbove(features, feature) - tile * TILE));
  }

  @Override
  public int[] word(int w) {
    return parities[w];
  }

  @Override
  public int[] set(int[] prefix, int prefixSize, int pair) {
    int[] set = new int[prefixSize + 2];
    System.arraycopy(prefix, 0, set, 0, prefixSize);
    set[prefixSize] = lower[pair];
    set[prefixSize + 1] = upper[pair];
    return set;
  }
}
