package dev.ablate.backend.host;

import dev.ablate.backend.Sets;
import java.util.Arrays;

/** Masks as bit columns, one for each feature that any set holds, and the sets' parities. */
final class HostBitColumns {
  private final int[] starts;
  private final int[] columns;
  private final int[] features;
  private final int maskWords;

  HostBitColumns(Sets sets, int features) {
    int[] members = Arrays.copyOf(sets.features(), sets.starts()[sets.size()]);
    this.features = distinct(members.clone());
    this.columns = Arrays.stream(members).map(f -> Arrays.binarySearch(this.features, f)).toArray();
    this.starts = sets.starts();
    this.maskWords = (features + 63) >>> 6;
  }

  /** The distinct ones in ascending order; sorts the array it is given. */
  private static int[] distinct(int[] numbers) {
    Arrays.sort(numbers);
    int count = 0;
    for (int number : numbers) {
      if (count == 0 || numbers[count - 1] != number) {
        numbers[count++] = number;
      }
    }
    return Arrays.copyOf(numbers, count);
  }

  /** Number of columns. */
  int count() {
    return features.length;
  }

  /**
   * The columns of some masks.
   *
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param from first mask
   * @param to one past the last mask
   * @return {@code (words, columns)}: bit r of word w is mask {@code from + 64 w + r}
   */
  long[] of(long[] masks, int from, int to) {
    int words = (to - from + 63) >>> 6;
    long[] bits = new long[Math.multiplyExact(words, features.length)];
    long[] square = new long[64];
    for (int w = 0; w < words; w++) {
      int word = -1;
      for (int c = 0; c < features.length; c++) {
        if (features[c] >>> 6 != word) {
          word = features[c] >>> 6;
          load(masks, from + 64 * w, to, word, square);
          HostBitSquare.transpose(square);
        }
        bits[w * features.length + c] = square[features[c] & 63];
      }
    }
    return bits;
  }

  private void load(long[] masks, int from, int to, int word, long[] square) {
    for (int r = 0; r < 64; r++) {
      square[r] = from + r < to ? masks[(from + r) * maskWords + word] : 0;
    }
  }

  /** The parities of set {@code s} over word {@code w} of the columns, 64 masks. */
  long parity(int s, long[] bits, int w) {
    int base = w * features.length;
    long parity = 0;
    for (int k = starts[s]; k < starts[s + 1]; k++) {
      parity ^= bits[base + columns[k]];
    }
    return parity;
  }
}
