package dev.ablate.backend.host;

import java.util.BitSet;

/**
 * The masks of one split into training and validation rows, laid out for tree growth. Training rows
 * come first, validation rows start at the next whole word.
 *
 * @param train rows to fit, as positions in the caller's masks
 * @param validation rows to follow, as positions in the caller's masks
 * @param trainWords words that the training rows take in a column
 * @param words words a column
 * @param columns U64 {@code (features, words)}: bit = the row keeps the feature
 * @param sums the training rows, laid out for sums
 */
record HostBoostingRows(
    int[] train,
    int[] validation,
    int trainWords,
    int words,
    long[][] columns,
    HostBoostingSums sums) {

  /** Lays out the rows whose bits are set in {@code train} and {@code validation}. */
  static HostBoostingRows of(
      long[] masks, HostBoostingSums all, int features, long[] train, long[] validation) {
    int[] trainRows = positions(train);
    int[] validationRows = positions(validation);
    int trainWords = (trainRows.length + 63) >>> 6;
    int words = trainWords + ((validationRows.length + 63) >>> 6);
    long[][] columns = new long[features][words];
    int maskWords = (features + 63) >>> 6;
    fill(columns, 0, masks, maskWords, trainRows);
    fill(columns, trainWords, masks, maskWords, validationRows);
    return new HostBoostingRows(
        trainRows, validationRows, trainWords, words, columns, all.select(trainRows));
  }

  private static int[] positions(long[] bits) {
    return BitSet.valueOf(bits).stream().toArray();
  }

  private static void fill(
      long[][] columns, int firstWord, long[] masks, int maskWords, int[] rows) {
    for (int i = 0; i < rows.length; i++) {
      int target = firstWord + (i >>> 6);
      for (int w = 0; w < maskWords; w++) {
        for (long left = masks[rows[i] * maskWords + w]; left != 0; left &= left - 1) {
          columns[w * 64 + Long.numberOfTrailingZeros(left)][target] |= 1L << i;
        }
      }
    }
  }
}
