package dev.ablate.backend.host;

/**
 * The masks of one split into training and validation rows, laid out for tree growth. Training rows
 * come first, validation rows start at the next whole word.
 *
 * @param features number of features
 * @param train rows to fit, as positions in the caller's masks
 * @param validation rows to follow, as positions in the caller's masks
 * @param trainWords words that the training rows take in a column
 * @param words words a column
 * @param columns U64 {@code (features, words) row-major}: bit = the row keeps the feature
 * @param sums the training rows again, for sums over rows
 */
record HostBoostingRows(
    int features,
    int[] train,
    int[] validation,
    int trainWords,
    int words,
    long[] columns,
    HostBoostingSums sums) {

  /** Lays out the rows whose bits are set in {@code train} and {@code validation}. */
  static HostBoostingRows of(
      long[] masks, int rows, int features, long[] train, long[] validation) {
    int[] trainRows = positions(train, rows);
    int[] validationRows = positions(validation, rows);
    int trainWords = (trainRows.length + 63) >>> 6;
    int words = trainWords + ((validationRows.length + 63) >>> 6);
    long[] columns = new long[Math.multiplyExact(features, words)];
    int maskWords = (features + 63) >>> 6;
    fill(columns, words, 0, masks, maskWords, trainRows);
    fill(columns, words, trainWords, masks, maskWords, validationRows);
    HostBoostingSums sums = HostBoostingSums.of(masks, maskWords, features, trainRows);
    return new HostBoostingRows(
        features, trainRows, validationRows, trainWords, words, columns, sums);
  }

  private static int[] positions(long[] bits, int rows) {
    int count = 0;
    for (long word : bits) {
      count += Long.bitCount(word);
    }
    int[] positions = new int[count];
    int next = 0;
    for (int r = 0; r < rows; r++) {
      if ((bits[r >>> 6] >>> r & 1) != 0) {
        positions[next++] = r;
      }
    }
    return positions;
  }

  private static void fill(
      long[] columns, int words, int firstWord, long[] masks, int maskWords, int[] rows) {
    for (int i = 0; i < rows.length; i++) {
      int target = firstWord + (i >>> 6);
      for (int w = 0; w < maskWords; w++) {
        for (long left = masks[rows[i] * maskWords + w]; left != 0; left &= left - 1) {
          int feature = w * 64 + Long.numberOfTrailingZeros(left);
          columns[feature * words + target] |= 1L << i;
        }
      }
    }
  }
}
