package dev.ablate.backend.host;

import java.util.Arrays;

/**
 * The Gram matrix of parity columns over some rows. Lanes are columns, as in {@link
 * HostScreeningWalk}: columns come in tiles, and two others at a time meet all of a tile in one
 * loop of popcounts over its words, which the compiler turns into vector instructions.
 */
final class HostParityGram {
  /** Columns a tile. */
  private static final int TILE = 256;

  /** Columns that a task lets meet a tile; even. */
  private static final int TASK = 64;

  /** Two counts share a number of 32 bits: so many words of 32 rows do not overflow the lower. */
  private static final int WORDS = (1 << 16) / 32 - 1;

  private final Workers workers;
  private final int[][] columns;
  private final int words;
  private final int rows;

  /**
   * Columns on some rows.
   *
   * @param packed {@code (sets, words)} bits
   * @param rows how many of the bits of a column are rows; the others are 0 in all
   */
  HostParityGram(Workers workers, long[] packed, int sets, int words, int rows) {
    this.workers = workers;
    this.words = 2 * words;
    this.rows = rows;
    this.columns = new int[sets][];
    workers.forBlocks(
        sets,
        TASK,
        (from, to) -> {
          for (int s = from; s < to; s++) {
            long[] column = Arrays.copyOfRange(packed, s * words, (s + 1) * words);
            columns[s] = HostScreeningPlanes.halves(column, 2 * words);
          }
        });
  }

  /** Writes {@code (sets, sets)} products at a place of an array. */
  void write(double[] gram, int out) {
    int sets = columns.length;
    for (int from = 0; from < sets; from += TILE) {
      int first = from;
      int[][] tile = tile(from, Math.min(sets, from + TILE));
      // What comes before the tile has met it already.
      workers.forBlocks(
          sets - first,
          TASK,
          (low, high) -> {
            int[][] differing = new int[3][Math.min(sets, first + TILE) - first];
            for (int s = first + low; s < first + high; s += 2) {
              int t = Math.min(s + 1, sets - 1);
              count(tile, columns[s], columns[t], differing);
              write(differing[0], first, s, gram, out);
              write(differing[1], first, t, gram, out);
            }
          });
    }
  }

  /** Some columns by word. */
  private int[][] tile(int from, int to) {
    int[][] tile = new int[words][];
    workers.forBlocks(
        words,
        TASK,
        (low, high) -> {
          for (int w = low; w < high; w++) {
            tile[w] = new int[to - from];
            for (int c = from; c < to; c++) {
              tile[w][c - from] = columns[c][w];
            }
          }
        });
    return tile;
  }

  /** In how many rows each of two columns differs from those of a tile; and work space. */
  private void count(int[][] tile, int[] one, int[] other, int[][] differing) {
    int[] both = differing[2];
    Arrays.fill(differing[0], 0);
    Arrays.fill(differing[1], 0);
    for (int from = 0; from < words; from += WORDS) {
      Arrays.fill(both, 0);
      for (int w = from; w < Math.min(words, from + WORDS); w++) {
        add(both, tile[w], one[w], other[w]);
      }
      for (int c = 0; c < both.length; c++) {
        differing[0][c] += both[c] & 0xFFFF;
        differing[1][c] += both[c] >>> 16;
      }
    }
  }

  /** Writes products and their mirror images; where two tasks write one, they write the same. */
  private void write(int[] differing, int first, int s, double[] gram, int out) {
    int sets = columns.length;
    for (int c = 0; c < differing.length; c++) {
      double product = rows - 2.0 * differing[c];
      gram[out + s * sets + first + c] = product;
      gram[out + (first + c) * sets + s] = product;
    }
  }

  private static void add(int[] both, int[] word, int p, int q) {
    for (int c = 0; c < both.length; c++) {
      both[c] += Integer.bitCount(word[c] ^ p) + (Integer.bitCount(word[c] ^ q) << 16);
    }
  }
}
